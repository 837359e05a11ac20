using Actions.Cli.Hosting;
using Actions.Core.Ledger;
using Actions.Core.Releases;
using Actions.Core.Store;

namespace Actions.Cli.PromoteArtifact;

/// <summary>Makes the manifest of a build and looks whether its version may be stored. No chain is asked: a build job needs none in reach.</summary>
internal sealed class BuildObserver(ActionContext context, PromoteArtifactInputs inputs, ILedger ledger, IStore store)
{
    private readonly BuildInputs build = inputs.Build!;

    public async Task<PromoteSighting> LookAsync(CancellationToken cancellation)
    {
        var manifest = MakeManifest();
        var stored = await store.FindAsync(manifest.Name, inputs.Version!, cancellation);
        List<SeenProgram> programs = [];
        foreach (var program in inputs.Scope.Programs)
        {
            programs.Add(await SeeAsync(program, program.Name ?? build.Programs[0].Program, manifest, cancellation));
        }

        // A version never changes: what is stored already is what this run is about.
        var same = stored is not null && SameRelease.Refuse(stored.Manifest, manifest) is null ? stored : null;
        return new PromoteSighting
        {
            Version = SemVer.TryParse((same?.Manifest ?? manifest).Version)!,
            Manifest = same?.Manifest ?? manifest,
            Json = same?.Json ?? manifest.ToJson(),
            Programs = programs,
            Problems = stored is not null && SameRelease.Refuse(stored.Manifest, manifest) is { } refusal ? [refusal] : [],
        };
    }

    /// <summary>Every file of the manifest.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> FilesOf(BuildInputs build) =>
        [.. build.Programs.SelectMany(program => program.Idl is { } idl ? (ReadOnlyMemory<byte>[])[program.Binary.Bytes, idl] : [program.Binary.Bytes])];

    private async Task<SeenProgram> SeeAsync(PromoteProgram program, string name, Manifest manifest, CancellationToken cancellation)
    {
        var built = build.Programs.FirstOrDefault(built => built.Program == name && built.Variant == inputs.Scope.ToVariant);
        return new SeenProgram(program, name)
        {
            Artifact = manifest.Artifact(name, inputs.Scope.ToVariant),
            Bytes = built?.Binary.Bytes ?? default,
            Idl = built?.Idl,
            TargetRecords = program.Id is { } id ? await ledger.ReadAsync(inputs.Scope.To, id, cancellation) : [],
        };
    }

    private Manifest MakeManifest()
    {
        var environment = context.Environment;
        return new Manifest
        {
            Name = build.Name,
            Version = inputs.Version!.Text,
            Source = ManifestSource.Build,
            Repository = environment.Repository,
            Commit = environment.Sha,
            Ref = environment.Ref,
            BuiltAt = context.Time.GetUtcNow(),
            Builder = environment.WorkflowRef is null && environment.RunUrl is null ? null : new ManifestBuilder { WorkflowRef = environment.WorkflowRef, RunUrl = environment.RunUrl },
            Toolchain = build.Toolchain.Count > 0 ? build.Toolchain : null,
            Artifacts = [.. build.Programs.Select(Artifact)],
            Attachments = build.Attachments.Count > 0 ? build.Attachments : null,
        };
    }

    private static ManifestArtifact Artifact(BuiltProgram built) => new()
    {
        Program = built.Program,
        Variant = built.Variant,
        File = ManifestArtifact.FileOf(built.Program, built.Variant),
        Size = built.Binary.Bytes.Length,
        Sha256 = Convert.ToHexStringLower(built.Binary.Sha256.Span),
        ExecutableHash = Convert.ToHexStringLower(built.Binary.ExecutableHash.Span),
        SbpfVersion = built.Binary.SbpfVersion,
        Idl = built.Idl is { } idl ? new ManifestIdl(ManifestIdl.FileOf(built.Program, built.Variant), Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(idl))) : null,
    };
}
