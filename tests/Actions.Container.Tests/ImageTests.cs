using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json;
using Actions.Container.Tests.Runner;
using Actions.Container.Tests.Tools;

namespace Actions.Container.Tests;

/// <summary>The image itself, whatever runs in it.</summary>
[Collection(ContainerTests.Name)]
public sealed class ImageTests
{
    private const long MostBytes = 55_000_000;

    private static readonly string[] Tools =
        ["sh", "bash", "dash", "ash", "busybox", "env", "ls", "cat", "apt", "apt-get", "dpkg", "apk", "rpm", "dnf", "perl", "python3", "gdb", "curl", "wget", "openssl", "dotnet"];

    private static readonly string[] EnginesOwn = [".dockerenv", "etc/hostname", "etc/hosts", "etc/resolv.conf", "etc/mtab"];

    [ContainerFact]
    public async Task It_is_small_and_says_what_it_is()
    {
        var image = JsonDocument.Parse(await Engine.DockerAsync("image", "inspect", Engine.Image)).RootElement[0];
        var config = image.GetProperty("Config");

        image.GetProperty("Size").GetInt64().ShouldBeLessThanOrEqualTo(MostBytes);
        config.GetProperty("Entrypoint").EnumerateArray().Select(part => part.GetString()).ShouldBe(["/solana-actions"]);
        config.GetProperty("User").GetString().ShouldBeOneOf("", "0", "0:0");
        config.GetProperty("Env").EnumerateArray().Select(line => line.GetString()).ShouldContain("DOTNET_EnableDiagnostics=0");
        var labels = config.GetProperty("Labels");
        foreach (var label in new[] { "title", "description", "licenses", "version", "revision", "base.name" })
        {
            labels.GetProperty($"org.opencontainers.image.{label}").GetString().ShouldNotBeNullOrWhiteSpace();
        }
    }

    [ContainerFact]
    public async Task It_holds_one_program_and_no_tools()
    {
        var entries = await EntriesAsync();
        var programs = entries.Where(entry => entry.EntryType is TarEntryType.RegularFile && (entry.Mode & UnixFileMode.UserExecute) != 0)
            .Select(entry => entry.Name).Where(name => !name.Contains(".so", StringComparison.Ordinal));

        programs.ShouldBe(["solana-actions"]);
        entries.Select(entry => Path.GetFileName(entry.Name.TrimEnd('/'))).Where(name => name.Length > 0).Intersect(Tools).ShouldBe(["dpkg"], "the list of packages, for scanners, in var/lib/dpkg");
        entries.ShouldNotContain(entry => (entry.Mode & (UnixFileMode.SetUser | UnixFileMode.SetGroup)) != 0 && entry.EntryType == TarEntryType.RegularFile);
    }

    [ContainerFact]
    public async Task Its_list_of_contents_names_every_file_and_nothing_else()
    {
        using var bill = JsonDocument.Parse(await File.ReadAllBytesAsync(Repository.At("artifacts", "solana-actions.cdx.json")));
        var components = bill.RootElement.GetProperty("components").EnumerateArray().ToList();

        var listed = components.Where(component => component.GetProperty("type").GetString() == "file")
            .ToDictionary(component => component.GetProperty("name").GetString()!, component => component.GetProperty("hashes")[0].GetProperty("content").GetString());
        var found = (await EntriesAsync()).Where(entry => entry.EntryType is TarEntryType.RegularFile && entry.Length > 0)
            .ToDictionary(entry => $"/{entry.Name}", entry => (string?)Hash(entry));

        listed.OrderBy(pair => pair.Key, StringComparer.Ordinal).ShouldBe(found.OrderBy(pair => pair.Key, StringComparer.Ordinal));
        components.Select(component => component.GetProperty("name").GetString()).ShouldContain("Microsoft.NETCore.App.Runtime.linux-x64");
        bill.RootElement.GetProperty("bomFormat").GetString().ShouldBe("CycloneDX");
    }

    /// <summary>Every file, its bytes, mode, owner and time. The times of folders are the builder's: only one that honours SOURCE_DATE_EPOCH gives the same digest.</summary>
    [ContainerFact]
    public async Task Two_builds_have_the_same_contents()
    {
        var runtime = (await Engine.DockerAsync("image", "inspect", "--format", """{{index .Config.Labels "org.opencontainers.image.base.name"}}""", Engine.Image)).Trim();
        var (_, context) = ActionFile.Read(Repository.At("actions/verify-program")).Build;
        var contents = new List<IReadOnlyList<string>>();
        for (var build = 1; build <= 2; build++)
        {
            var image = (await Engine.DockerAsync("build", "--quiet", "--no-cache", "--target", "prebuilt", "--build-arg", $"RUNTIME_IMAGE={runtime}", context)).Trim();
            contents.Add([.. (await EntriesAsync(image)).Select(Describe)]);
            await Engine.TryAsync("image", "rm", image);
        }

        contents[1].ShouldBe(contents[0]);
        contents[0].ShouldBe((await EntriesAsync(Engine.Image)).Select(Describe));
    }

    private static string Describe(TarEntry entry) => entry.EntryType == TarEntryType.RegularFile
        ? $"{entry.Name} {entry.Mode} {entry.Uid}:{entry.Gid} {entry.ModificationTime:O} {(entry.Length > 0 ? Hash(entry) : "empty")}"
        : $"{entry.Name} {entry.EntryType} {entry.Mode} {entry.Uid}:{entry.Gid} {entry.LinkName}";

    private static async Task<IReadOnlyList<TarEntry>> EntriesAsync(string image = Engine.Image)
    {
        var container = (await Engine.DockerAsync("create", image)).Trim();
        var archive = Path.GetTempFileName();
        try
        {
            await Engine.DockerAsync("export", "--output", archive, container);
            await using var stream = File.OpenRead(archive);
            await using var reader = new TarReader(stream);
            var entries = new List<TarEntry>();
            while (await reader.GetNextEntryAsync(copyData: true) is { } entry)
            {
                entries.Add(entry);
            }

            // The engine puts these into every container; they are not of the image.
            return [.. entries.Where(entry => !EnginesOwn.Any(own => entry.Name == own || entry.Name.StartsWith("dev/", StringComparison.Ordinal)))];
        }
        finally
        {
            Engine.Remove(container);
            File.Delete(archive);
        }
    }

    private static string Hash(TarEntry entry) => Convert.ToHexStringLower(SHA256.HashData(entry.DataStream!));
}
