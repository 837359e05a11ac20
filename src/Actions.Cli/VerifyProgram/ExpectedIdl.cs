using System.Security.Cryptography;
using Actions.Cli.Clusters;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Metadata;
using Actions.Core.Store;

namespace Actions.Cli.VerifyProgram;

/// <summary>The IDL that should be on chain.</summary>
/// <param name="Source">What a person calls it.</param>
/// <param name="Sha256">Of the file, as 64 lower-case hex digits.</param>
public sealed record ExpectedIdl(string Source, string Sha256)
{
    /// <summary>The file given; else what the manifest or the release file has for this program. Null where nothing says, or an input is at fault.</summary>
    internal static ExpectedIdl? Read(InputReader inputs, ReleaseScope? scope, VerifySubject subject, bool isAlone)
    {
        if (inputs.Has("idl"))
        {
            if (!isAlone)
            {
                inputs.Add(FaultCodes.InputConflict, "idl", "Expected no 'idl' for several programs", "found one", "choose one program with 'only', or give the release's manifest");
                return null;
            }

            return Of(inputs.File("idl", MetadataContent.MaxLength));
        }

        if (subject.Release is { } release && inputs.Has("manifest"))
        {
            return ManifestInput.Read(inputs) is { } given && Artifact(given.Manifest, release)?.Idl is { } kept ? new ExpectedIdl($"{given.File.Path.Relative} ({kept.File})", kept.Sha256) : null;
        }

        return scope?.Programs.FirstOrDefault(program => program.Name == subject.Name)?.Idl is { } built ? Of(inputs.FileAt("release-file", built, MetadataContent.MaxLength)) : null;
    }

    /// <summary>What a file holds; null for one that could not be read.</summary>
    internal static ExpectedIdl? Of(InputFile? file) => file is null ? null : new ExpectedIdl(file.Path.Relative, Convert.ToHexStringLower(SHA256.HashData(file.Bytes)));

    private static ManifestArtifact? Artifact(Manifest manifest, ExpectedRelease release) =>
        release is { Program: { } program, Variant: { } variant } ? manifest.Artifact(program, variant) : manifest.Artifacts is [var only] ? only : null;
}
