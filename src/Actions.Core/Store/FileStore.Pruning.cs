using Actions.Core.Releases;

namespace Actions.Core.Store;

/// <content>A pruned version's manifest moves to `pruned/`: its bytes go, what it was stays known, and its number stays refused.</content>
public sealed partial class FileStore
{
    private const string Tombstones = "pruned";

    /// <summary>Whoever prunes has it alone: an object that looks unused may be one that a writer is about to list.</summary>
    private string PruningPath => Path.Combine(root, Seals, ".lock");

    public Task<StoredManifest?> FindPrunedAsync(string name, SemVer version, CancellationToken cancellation) => Guard(() => Task.FromResult(FindPruned(name, version)));

    public Task<long> PruneAsync(string name, IReadOnlyCollection<SemVer> versions, CancellationToken cancellation) => Guard(async () =>
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PruningPath)!);
        using var alone = await Lock.ForWritingAsync(PruningPath, cancellation);
        foreach (var version in versions)
        {
            Bury(name, version);
        }

        // Also what a run that was killed here had buried already.
        return Sweep(VersionsIn(Path.Combine(root, Tombstones, Usable(name))).Select(version => ReadTombstone(name, version).Manifest));
    });

    private void Bury(string name, SemVer version)
    {
        if (Find(name, version) is { } stored)
        {
            var exact = SemVer.TryParse(stored.Manifest.Version)!;
            Write(TombstonePath(name, exact), stored.Json.Span);
            File.Delete(ManifestPath(name, exact));
            File.Delete(SealPath(name, exact));
        }
    }

    private long Sweep(IEnumerable<Manifest> pruned)
    {
        var needed = NeededObjects();
        var freed = 0L;
        foreach (var path in pruned.SelectMany(StoredFile.AllOf).Select(file => file.Sha256).Where(digest => !needed.Contains(digest)).Distinct().Select(ObjectPath).Where(File.Exists))
        {
            freed += Length(path);
            File.Delete(path);
        }

        return freed;
    }

    /// <summary>Of every version of every name: a manifest that cannot be read ends the pruning, for nobody knows what it needs.</summary>
    private HashSet<string> NeededObjects()
    {
        var folder = Path.Combine(root, Manifests);
        return Directory.Exists(folder)
            ? [.. from name in Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path)!)
                  where ReleaseName.IsUsable(name)
                  from version in Versions(name)
                  from file in StoredFile.AllOf(ReadManifest(name, version).Manifest)
                  select file.Sha256]
            : [];
    }

    private StoredManifest? FindPruned(string name, SemVer version) =>
        VersionsIn(Path.Combine(root, Tombstones, Usable(name))).Find(pruned => pruned.Precedence(version) == 0) is { } found ? ReadTombstone(name, found) : null;

    private StoredManifest ReadTombstone(string name, SemVer version)
    {
        var path = TombstonePath(name, version);
        var json = ReadFile(path, Manifest.LongestFile);
        return Manifest.TryRead(json, out var problem) is { } manifest && manifest.Name == name && manifest.Version == version.Text
            ? new StoredManifest(manifest, json)
            : throw new Faults.FaultException(StoreFaults.Tampered(Shown(path), $"the manifest of {name} {version}, which was pruned", problem.Length > 0 ? problem : "that of another version"));
    }

    private string TombstonePath(string name, SemVer version) => Path.Combine(root, Tombstones, Usable(name), version.Text + Extension);
}
