using System.Security.Cryptography;
using Actions.Core.Loader;
using Actions.Core.Store;

namespace Actions.Core.Tests.Store;

/// <summary>Releases to store: bytes of any kind, since a store does not look into them.</summary>
internal static class Build
{
    public static string Sha256(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static Manifest Of(string version, params IEnumerable<(string Program, string Variant, byte[] Bytes)> builds) => new()
    {
        Name = "perps",
        Version = version,
        Source = ManifestSource.Build,
        Artifacts =
        [
            .. builds.Select(build => new ManifestArtifact
            {
                Program = build.Program,
                Variant = build.Variant,
                File = ManifestArtifact.FileOf(build.Program, build.Variant),
                Size = build.Bytes.Length,
                Sha256 = Sha256(build.Bytes),
                ExecutableHash = Convert.ToHexStringLower(ProgramBinary.HashOf(build.Bytes)),
            }),
        ],
    };

    /// <summary>A manifest with every field.</summary>
    public static Manifest Full(byte[] program, byte[] idl) => Of("1.2.3-rc.1+7", ("perps", "default", program)) with
    {
        Repository = "acme/perps",
        Commit = "0123456789abcdef0123456789abcdef01234567",
        Ref = "refs/tags/v1.2.3-rc.1",
        BuiltAt = new DateTimeOffset(2026, 11, 20, 12, 0, 0, 250, TimeSpan.Zero),
        Builder = new ManifestBuilder { WorkflowRef = "acme/perps/.github/workflows/build.yml@refs/heads/main", RunUrl = "https://github.com/acme/perps/actions/runs/7" },
        Toolchain = new Dictionary<string, string> { ["solana"] = "2.1.0", ["anchor"] = "0.30.1 \"quoted\" <ü>" },
        Artifacts = [Of("1.2.3", ("perps", "default", program)).Artifacts[0] with { SbpfVersion = 0, Idl = new ManifestIdl("perps.default.idl.json", Sha256(idl)) }],
        Attachments = [new ManifestAttachment("image", "ghcr.io/acme/api", Sha256([1]))],
        Rollback = new ManifestRollback { Safe = false, Why = "the layout changes" },
    };
}
