using System.Collections.Concurrent;

namespace Actions.Cli.Tests.Tools;

/// <summary>Real programs as LiteSVM ships them: in PROGRAMS_DIR, else dumped once into artifacts/programs.</summary>
internal static class TestPrograms
{
    private static readonly string[] Names = ["spl_token", "address_lookup_table", "stake", "spl_token_2022"];
    private static readonly Lazy<string> Folder = new(FindFolder);
    private static readonly ConcurrentDictionary<string, byte[]> Read = new();

    /// <summary>100,312 bytes.</summary>
    public static byte[] Token => Of("spl_token");

    /// <summary>170,144 bytes.</summary>
    public static byte[] LookupTable => Of("address_lookup_table");

    /// <summary>202,280 bytes.</summary>
    public static byte[] Stake => Of("stake");

    /// <summary>615,936 bytes.</summary>
    public static byte[] Token2022 => Of("spl_token_2022");

    private static byte[] Of(string name) => Read.GetOrAdd(name, _ => File.ReadAllBytes(Path.Combine(Folder.Value, $"{name}.so")));

    private static string FindFolder()
    {
        if (Environment.GetEnvironmentVariable("PROGRAMS_DIR") is { Length: > 0 } given)
        {
            return given;
        }

        var folder = Repository.At("artifacts", "programs");
        if (!Names.All(name => File.Exists(Path.Combine(folder, $"{name}.so"))))
        {
            // Other test projects dump too, at the same time: a file appears whole or not at all.
            var fresh = Directory.CreateDirectory(Repository.At("artifacts", $"programs-{Guid.NewGuid():N}")).FullName;
            Directory.CreateDirectory(folder);
            NodeScripts.Run("programs.mjs", fresh);
            foreach (var file in Directory.GetFiles(fresh))
            {
                File.Move(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
            }

            Directory.Delete(fresh);
        }

        return folder;
    }
}
