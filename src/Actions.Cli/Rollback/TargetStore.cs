using Actions.Core.Faults;
using Actions.Core.Ledger;
using Actions.Core.Loader;
using Actions.Core.Releases;
using Actions.Core.Store;

namespace Actions.Cli.Rollback;

/// <summary>Finds the bytes of releases that ran here, and what is wrong with them. Reads only.</summary>
/// <param name="genesisHash">Of the cluster: what was saved from another one is no target here.</param>
internal sealed class TargetStore(IStore store, string? releaseName, string genesisHash)
{
    private readonly Dictionary<(string, string), StoredManifest?> known = [];

    /// <summary>The bytes of a release that ran here; throws what keeps them from being used.</summary>
    public async Task<TargetBytes> FetchAsync(RollbackProgram program, LedgerRecord release, CancellationToken cancellation)
    {
        var manifest = await FindAsync(program, release, cancellation) ?? throw new FaultException(await MissingAsync(program, release, cancellation));
        return await FetchAsync(manifest, ArtifactOf(program, release, manifest), release, cancellation);
    }

    /// <summary>Bytes that were saved from this program, and that `to` names; null when there are none.</summary>
    public async Task<TargetBytes?> FindSavedAsync(RollbackProgram program, RollbackTo to, CancellationToken cancellation)
    {
        foreach (var name in Names(program, null))
        {
            foreach (var version in (await store.VersionsAsync(name, cancellation)).Where(version => IsMeant(to, version)))
            {
                if (await FindAsync(name, version, cancellation) is { Manifest: { Source: ManifestSource.Chain } manifest } && manifest.Ref == SavedBytes.Reference(genesisHash, program.Id)
                    && manifest.Artifacts.FirstOrDefault(artifact => to is not RollbackTo.File(var sha256) || artifact.Sha256 == sha256) is { } artifact)
                {
                    return await FetchAsync(manifest, artifact, null, cancellation);
                }
            }
        }

        return null;
    }

    /// <summary>What the manifests of these releases say about going back from them; a release without one says nothing.</summary>
    public async Task<IReadOnlyList<UnsafeRelease>> UnsafeAsync(RollbackProgram program, IEnumerable<LedgerRecord> releases, CancellationToken cancellation)
    {
        List<UnsafeRelease> found = [];
        foreach (var release in releases)
        {
            if (SemVer.TryParse(release.Facts.Version) is not { } version)
            {
                continue;
            }

            foreach (var name in Names(program, release))
            {
                if ((await FindAsync(name, version, cancellation) ?? await store.FindPrunedAsync(name, version, cancellation)) is { Manifest.Rollback: { Safe: false } rollback })
                {
                    found.Add(new UnsafeRelease(version.Text, rollback.Why ?? ""));
                    break;
                }
            }
        }

        return found;
    }

    /// <summary>By version; a release that was recorded without one by its bytes.</summary>
    private async Task<Manifest?> FindAsync(RollbackProgram program, LedgerRecord release, CancellationToken cancellation)
    {
        foreach (var name in Names(program, release))
        {
            if (SemVer.TryParse(release.Facts.Version) is { } recorded)
            {
                if (await FindAsync(name, recorded, cancellation) is { } stored)
                {
                    return stored.Manifest;
                }
            }
            else if (release.Facts.Sha256 is { } sha256)
            {
                foreach (var version in (await store.VersionsAsync(name, cancellation)).Reverse())
                {
                    if (await FindAsync(name, version, cancellation) is { } stored && stored.Manifest.Artifacts.Any(artifact => artifact.Sha256 == sha256))
                    {
                        return stored.Manifest;
                    }
                }
            }
        }

        return null;
    }

    private async Task<StoredManifest?> FindAsync(string name, SemVer version, CancellationToken cancellation)
    {
        if (!known.TryGetValue((name, version.Text), out var stored))
        {
            known[(name, version.Text)] = stored = await store.FindAsync(name, version, cancellation);
        }

        return stored;
    }

    /// <summary>The record says which bytes ran; a manifest that says otherwise is not about them.</summary>
    private static ManifestArtifact ArtifactOf(RollbackProgram program, LedgerRecord release, Manifest manifest)
    {
        var (sha256, hash) = (release.Facts.Sha256, release.ExecutableHash);
        var meant = manifest.Artifacts.Where(artifact => artifact.Program == (program.Name ?? artifact.Program) && artifact.Variant == (release.Facts.Variant ?? program.Variant)).ToList();
        return meant.Find(artifact => artifact.Sha256 == (sha256 ?? artifact.Sha256) && artifact.ExecutableHash == (hash ?? artifact.ExecutableHash))
            ?? throw Tampered(
                $"Expected the manifest of {manifest.Version} to describe the bytes of {program.Shown} that record {release.Id} says ran here ({(sha256 is not null ? $"sha256 {sha256}" : $"executable hash {hash}")})",
                meant.Count == 0 ? "found no build of it in the manifest" : $"found {string.Join(", ", meant.Select(artifact => sha256 is not null && artifact.Sha256 != sha256 ? $"sha256 {artifact.Sha256}" : $"executable hash {artifact.ExecutableHash}"))}");
    }

    private async Task<TargetBytes> FetchAsync(Manifest manifest, ManifestArtifact artifact, LedgerRecord? release, CancellationToken cancellation)
    {
        var bytes = await store.FetchAsync(manifest, StoredFile.Of(artifact), cancellation);
        if (Convert.ToHexStringLower(ProgramBinary.HashOf(bytes)) is var hash && hash != artifact.ExecutableHash)
        {
            throw Tampered($"Expected {artifact.File} of {manifest.Version} to have the executable hash {artifact.ExecutableHash} of its manifest", $"found {hash} for the very file");
        }

        var binary = ProgramBinary.Read(bytes, "to");
        return binary.IsOk ? new TargetBytes(manifest, artifact, binary.Value, release) : throw new FaultException(new Fault(
            FaultCodes.VerifierRejected, $"Expected {artifact.File} of {manifest.Version} to be a program that the cluster accepts", binary.Faults[0].Found, "give another version in 'to'", "to"));
    }

    private async Task<Fault> MissingAsync(RollbackProgram program, LedgerRecord release, CancellationToken cancellation)
    {
        var pruned = false;
        if (SemVer.TryParse(release.Facts.Version) is { } version)
        {
            foreach (var name in Names(program, release))
            {
                pruned |= await store.FindPrunedAsync(name, version, cancellation) is not null;
            }
        }

        return new Fault(
            FaultCodes.RollbackTarget, $"Expected the bytes of {release.Shown()} of {program.Shown} in the store {store.Description}", pruned ? "found that they were pruned" : "found no such version there",
            "give the store that the release was promoted to, or another version in 'to'", "store");
    }

    /// <summary>Releases are stored under their own name; what was saved without a release file under the program's id.</summary>
    private IEnumerable<string> Names(RollbackProgram program, LedgerRecord? release) =>
        ((string?[])[release?.Facts.Name, releaseName, program.Id.ToString()]).OfType<string>().Where(ReleaseName.IsUsable).Distinct(StringComparer.Ordinal);

    private static bool IsMeant(RollbackTo to, SemVer version) => to switch
    {
        RollbackTo.Version(var wanted) => version.Precedence(wanted) == 0,
        RollbackTo.File(var sha256) => version.Precedence(SavedBytes.VersionOf(sha256)) == 0,
        _ => false,
    };

    private static FaultException Tampered(string expected, string found) => new(new Fault(
        FaultCodes.Tampered, expected, found, "find out who changed the ledger or the store, then restore both from copies you trust; release nothing of it meanwhile"));
}
