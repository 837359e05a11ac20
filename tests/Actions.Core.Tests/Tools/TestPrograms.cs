namespace Actions.Core.Tests.Tools;

/// <summary>Real programs as LiteSVM ships them: in PROGRAMS_DIR, else dumped once into artifacts/programs.</summary>
internal static class TestPrograms
{
    public static readonly IReadOnlyDictionary<string, string> Ids = new Dictionary<string, string>
    {
        ["spl_token"] = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA",
        ["spl_token_2022"] = "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb",
        ["address_lookup_table"] = "AddressLookupTab1e1111111111111111111111111",
        ["stake"] = "Stake11111111111111111111111111111111111111",
    };

    private static readonly Lazy<string> Folder = new(FindFolder);

    public static TheoryData<string> Names => [.. Ids.Keys];

    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Folder.Value, $"{name}.so"));

    private static string FindFolder()
    {
        if (Environment.GetEnvironmentVariable("PROGRAMS_DIR") is { Length: > 0 } given)
        {
            return given;
        }

        var folder = Repository.At("artifacts", "programs");
        if (!Ids.Keys.All(name => File.Exists(Path.Combine(folder, $"{name}.so"))))
        {
            Directory.CreateDirectory(folder);
            NodeScript.Run(Repository.At("src", "localnet"), "programs.mjs", folder);
        }

        return folder;
    }
}
