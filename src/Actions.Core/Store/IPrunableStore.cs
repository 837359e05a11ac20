using Actions.Core.Releases;

namespace Actions.Core.Store;

/// <summary>A store that can forget the bytes of old versions, though never that there was such a version.</summary>
public interface IPrunableStore : IStore
{
    /// <summary>The manifest of a version that was pruned; null when none of this precedence was.</summary>
    Task<StoredManifest?> FindPrunedAsync(string name, SemVer version, CancellationToken cancellation);

    /// <summary>Deletes whole versions: their manifests stop being found, and bytes that no other version has are gone. Their numbers stay refused.</summary>
    /// <returns>How many bytes were freed.</returns>
    Task<long> PruneAsync(string name, IReadOnlyCollection<SemVer> versions, CancellationToken cancellation);
}
