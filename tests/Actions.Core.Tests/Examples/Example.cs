using System.Text;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Releases;
using Actions.Core.Runner;
using Actions.Core.Smoke;
using Actions.Core.Solana;
using Actions.Core.Tests.Runner;
using Actions.Core.Tests.Tools;

namespace Actions.Core.Tests.Examples;

/// <summary>One team's files in docs/examples, read as an action in that repository would.</summary>
internal sealed class Example(string name)
{
    public const string ReleaseFileName = "solana-release.yml";

    /// <summary>Of their folders.</summary>
    public static IReadOnlyList<string> Names => [.. Directory.GetDirectories(Folder("")).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Each => [.. Names];

    public string ReleaseText => Read(ReleaseFileName);

    /// <summary>Null where nothing is looked at every night.</summary>
    public string? Fleet => File.Exists(Path.Combine(Folder(name), "fleet.yml")) ? Read("fleet.yml") : null;

    /// <summary>Paths below the example's folder, the largest spec first.</summary>
    public IReadOnlyList<string> Specs =>
        [.. Directory.GetFiles(Path.Combine(Folder(name), "smoke")).OrderByDescending(path => new FileInfo(path).Length).Select(path => $"smoke/{Path.GetFileName(path)}")];

    public string Read(string path) => File.ReadAllText(Path.Combine(Folder(name), path));

    public static Result<ReleaseFile> Release(string text) => ReleaseFile.Parse(Encoding.UTF8.GetBytes(text), ReleaseFileName);

    /// <param name="text">The spec's text, the example's own or one with a mistake.</param>
    /// <param name="programId">The input; an id that no example has unless told.</param>
    public Result<SmokeSpec> Spec(string text, Address? programId) => Spec(Encoding.UTF8.GetBytes(text), programId);

    public Result<SmokeSpec> Spec(byte[] bytes, Address? programId)
    {
        using var world = new World().With("GITHUB_WORKSPACE", Folder(name)).With("PROMETHEUS_TOKEN", "a-token-of-some-length");
        var file = new InputFile(new WorkspacePath("smoke.yml", Path.Combine(Folder(name), "smoke.yml")), bytes);
        return SmokeSpecReader.Read(file, programId, world.Environment, world.Masker);
    }

    private static string Folder(string name) => Repository.At("docs", "examples", name);
}
