using Actions.Core.Releases;

namespace Actions.Core.Store;

/// <summary>Keeps the bytes of releases by their digests. What fails throws a fault: `store-failed`, `tampered`, or `version-exists`.</summary>
public interface IStore
{
    /// <summary>As the input names it: `file:…`, `github`.</summary>
    string Description { get; }

    /// <summary>Every version stored under a name, in the order of their precedence.</summary>
    Task<IReadOnlyList<SemVer>> VersionsAsync(string name, CancellationToken cancellation);

    /// <summary>The manifest of a version, of the same precedence; null when there is none.</summary>
    Task<StoredManifest?> FindAsync(string name, SemVer version, CancellationToken cancellation);

    /// <summary>Exactly the bytes the manifest describes.</summary>
    Task<byte[]> FetchAsync(Manifest manifest, StoredFile file, CancellationToken cancellation);

    /// <summary>Keeps a version until it is pruned. The same bytes again change nothing; other bytes of an equal version are refused.</summary>
    /// <param name="manifest">What is stored.</param>
    /// <param name="files">Every file of it, in any order.</param>
    /// <returns>The manifest that is stored now, which is the earlier one when there was one.</returns>
    Task<StoredManifest> PutAsync(Manifest manifest, IReadOnlyList<ReadOnlyMemory<byte>> files, CancellationToken cancellation);

    /// <summary>The manifest of a version that was pruned; null when none of this precedence was.</summary>
    Task<StoredManifest?> FindPrunedAsync(string name, SemVer version, CancellationToken cancellation);

    /// <summary>Deletes whole versions: their manifests stop being found, and bytes that no other version has are gone. Their numbers stay refused.</summary>
    /// <returns>How many bytes were freed.</returns>
    Task<long> PruneAsync(string name, IReadOnlyCollection<SemVer> versions, CancellationToken cancellation);
}

/// <summary>A manifest, and the very bytes it is stored as.</summary>
public sealed record StoredManifest(Manifest Manifest, ReadOnlyMemory<byte> Json);

/// <summary>A file of a release.</summary>
/// <param name="Size">Null where the manifest does not say.</param>
public sealed record StoredFile(string Name, string Sha256, int? Size)
{
    public static StoredFile Of(ManifestArtifact artifact) => new(artifact.File, artifact.Sha256, artifact.Size);

    public static StoredFile Of(ManifestIdl idl) => new(idl.File, idl.Sha256, null);

    public static IEnumerable<StoredFile> AllOf(Manifest manifest) =>
        manifest.Artifacts.SelectMany(artifact => (IEnumerable<StoredFile>)(artifact.Idl is { } idl ? [Of(artifact), Of(idl)] : [Of(artifact)]));
}
