using System.Security.Cryptography;
using Actions.Cli.Hosting;
using Actions.Cli.VerifyProgram;
using Actions.Core.Loader;
using Actions.Core.Releases;
using Actions.Core.Solana;
using Actions.Core.Store;

namespace Actions.Cli.Rollback;

/// <summary>Bytes that a program runs and nobody recorded: kept before they are replaced, all of them, the last zeros too.</summary>
internal static class SavedBytes
{
    private const int ShortHash = 16;

    /// <summary>What their version is called.</summary>
    public static SemVer VersionOf(string sha256) => SemVer.TryParse($"0.0.0-chain.h{sha256[..ShortHash]}")!;

    /// <summary>Where they were found, as their manifest has it.</summary>
    public static string Reference(string genesisHash, Address program) => $"solana:{genesisHash}/{program}";

    /// <summary>A release of one program.</summary>
    /// <param name="releaseName">The release file's; null without one.</param>
    public static Manifest Describe(ActionContext context, RollbackProgram program, ProgramOnChain.Running running, string? releaseName, string genesisHash)
    {
        var bytes = running.Data;
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes.Span));
        var binary = ProgramBinary.Read(bytes, "program-id");
        return new Manifest
        {
            Name = releaseName ?? program.Id.ToString(),
            Version = VersionOf(sha256).Text,
            Source = ManifestSource.Chain,
            Ref = Reference(genesisHash, program.Id),
            BuiltAt = context.Time.GetUtcNow(),
            Builder = context.Environment.RunUrl is { } url ? new ManifestBuilder { RunUrl = url } : null,
            Artifacts =
            [
                new ManifestArtifact
                {
                    Program = program.Shown,
                    Variant = program.Variant,
                    File = ManifestArtifact.FileOf(program.Shown, program.Variant),
                    Size = bytes.Length,
                    Sha256 = sha256,
                    ExecutableHash = running.ExecutableHash,
                    SbpfVersion = binary.IsOk ? binary.Value.SbpfVersion : null,
                },
            ],
        };
    }
}
