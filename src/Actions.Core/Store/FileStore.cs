using System.Security.Cryptography;
using System.Text;
using Actions.Core.Faults;
using Actions.Core.Ledger;
using Actions.Core.Loader;
using Actions.Core.Releases;

namespace Actions.Core.Store;

/// <summary>`file:&lt;dir&gt;`: `objects/sha256/&lt;hex&gt;` and `manifests/&lt;name&gt;/&lt;version&gt;.json`, for any number of writers.</summary>
/// <remarks>
/// A file appears whole or not at all, and a manifest only after everything it lists. `seals/` holds the digest of each manifest as it
/// was written: it is no secret, so it finds accidents and careless hands; against others there are the ledger and the chain.
/// </remarks>
/// <param name="directory">The folder of the store; it need not exist.</param>
/// <param name="time">For the wait on other writers.</param>
public sealed partial class FileStore(string directory, TimeProvider time) : IStore
{
    private const string Extension = ".json";
    private const string Manifests = "manifests";
    private const string Seals = "seals";
    private const string Objects = "objects";

    private static readonly string[] Folders = [Objects, Manifests, Seals, Tombstones, Fleet.FileSnapshots.Folder];

    private const int LongestObject = LoaderProgram.MaxAccountLength;

    private readonly string root = Path.GetFullPath(directory);

    public string Description { get; init; } = $"file:{directory}";

    /// <summary>How long to wait for other writers.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Every path the store of a directory may have made: what a container's root wrote, the next step of the job must be able to move and delete.</summary>
    public static IEnumerable<string> Written(string directory)
    {
        string[] folders = [.. Folders.Select(name => Path.Combine(directory, name)).Where(Directory.Exists)];
        return folders.Length == 0 ? [] : [directory, .. folders, .. folders.SelectMany(folder => Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories))];
    }

    public Task<IReadOnlyList<SemVer>> VersionsAsync(string name, CancellationToken cancellation) => Guard(() => Task.FromResult<IReadOnlyList<SemVer>>(Versions(name)));

    public Task<StoredManifest?> FindAsync(string name, SemVer version, CancellationToken cancellation) => Guard(() => Task.FromResult(Find(name, version)));

    public Task<byte[]> FetchAsync(Manifest manifest, StoredFile file, CancellationToken cancellation) => Guard(() => Task.FromResult(Fetch(file)));

    public Task<StoredManifest> PutAsync(Manifest manifest, IReadOnlyList<ReadOnlyMemory<byte>> files, CancellationToken cancellation)
    {
        var json = manifest.ToJson();
        var objects = files.ToLookup(file => Digest(file.Span));
        if (StoredFile.AllOf(manifest).FirstOrDefault(file => !objects.Contains(file.Sha256)) is { } missing)
        {
            throw new ArgumentException($"The bytes of {missing.Name} are missing.", nameof(files));
        }

        var version = SemVer.TryParse(manifest.Version)!;
        return Guard(async () =>
        {
            var seal = SealPath(manifest.Name, version);
            Directory.CreateDirectory(Path.GetDirectoryName(seal)!);
            using var sharing = await Lock.ForSharingAsync(PruningPath, cancellation);
            using var writer = await Lock.ForWritingAsync(Path.Combine(Path.GetDirectoryName(seal)!, ".lock"), cancellation);
            if (Find(manifest.Name, version) is { } stored)
            {
                return SameRelease.Refuse(stored.Manifest, manifest) is { } refusal ? throw new FaultException(refusal) : stored;
            }

            if (FindPruned(manifest.Name, version) is { } pruned)
            {
                throw new FaultException(StoreFaults.Pruned(pruned.Manifest));
            }

            foreach (var digest in StoredFile.AllOf(manifest).Select(file => file.Sha256).Distinct())
            {
                PutObject(digest, objects[digest].First().Span);
            }

            Write(seal, Encoding.ASCII.GetBytes(Digest(json)));
            Write(ManifestPath(manifest.Name, version), json);
            return new StoredManifest(manifest, json);
        });
    }

    private static string Digest(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private LedgerLock Lock => new(time, Patience);

    private List<SemVer> Versions(string name) => VersionsIn(Path.Combine(root, Manifests, Usable(name)));

    private static List<SemVer> VersionsIn(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        var versions = Directory.EnumerateFiles(folder, $"*{Extension}").Select(Path.GetFileNameWithoutExtension).Select(SemVer.TryParse).OfType<SemVer>().ToList();
        versions.Sort((left, right) => left.Precedence(right) is not 0 and var order ? order : string.CompareOrdinal(left.Text, right.Text));
        return versions;
    }

    private StoredManifest? Find(string name, SemVer version)
    {
        var equal = Versions(name).Where(stored => stored.Precedence(version) == 0).ToList();
        return equal switch
        {
            [] => null,
            [var only] => ReadManifest(name, only),
            _ => throw new FaultException(StoreFaults.Tampered(Shown(ManifestPath(name, version)), "one manifest of this version", $"{equal.Count} whose versions are equal: {string.Join(", ", equal)}")),
        };
    }

    private StoredManifest ReadManifest(string name, SemVer version)
    {
        var path = ManifestPath(name, version);
        if (Length(path) is > Manifest.LongestFile and var length)
        {
            throw new FaultException(StoreFaults.Tampered(Shown(path), $"the manifest of {name} {version}", $"{length:N0} bytes"));
        }

        var json = ReadFile(path, Manifest.LongestFile);
        var manifest = Manifest.TryRead(json, out var problem);
        var seal = SealPath(name, version);
        var found = manifest is null ? problem
            : manifest.Name != name || manifest.Version != version.Text ? $"that of {manifest.Name} {manifest.Version}"
            : File.Exists(seal) && Encoding.ASCII.GetString(ReadFile(seal, 1024)).Trim() != Digest(json) ? "one that was changed after it was written"
            : null;
        return found is null ? new StoredManifest(manifest!, json) : throw new FaultException(StoreFaults.Tampered(Shown(path), $"the manifest of {name} {version}", found));
    }

    private byte[] Fetch(StoredFile file)
    {
        var path = ObjectPath(file.Sha256);
        var expected = $"{file.Name}{(file.Size is { } size ? $", {size:N0} bytes" : "")}";
        if (!File.Exists(path))
        {
            throw new FaultException(StoreFaults.Tampered(Shown(path), expected, "no such file, although the manifest lists it"));
        }

        if (Length(path) is var length && length > LongestObject || (file.Size is not null && length != file.Size))
        {
            throw new FaultException(StoreFaults.Tampered(Shown(path), expected, $"{length:N0} bytes"));
        }

        var bytes = ReadFile(path, LongestObject);
        return Digest(bytes) is var digest && digest == file.Sha256
            ? bytes
            : throw new FaultException(StoreFaults.Tampered(Shown(path), expected, $"bytes whose sha256 is {digest}"));
    }

    private void PutObject(string digest, ReadOnlySpan<byte> bytes)
    {
        var path = ObjectPath(digest);
        if (!File.Exists(path))
        {
            Write(path, bytes);
        }
        else if (Digest(ReadFile(path, LongestObject)) != digest)
        {
            throw new FaultException(StoreFaults.Tampered(Shown(path), "bytes of that sha256", "others"));
        }
    }

    private void Write(string path, ReadOnlySpan<byte> bytes) => DurableFile.Write(root, path, bytes);

    private static long Length(string path) => new FileInfo(path).Length;

    private static byte[] ReadFile(string path, int most) => DurableFile.Read(path, most);

    private string ObjectPath(string digest) => Path.Combine(root, Objects, "sha256", HexHash.Is(digest) ? digest : throw new ArgumentException("Not a digest.", nameof(digest)));

    private string ManifestPath(string name, SemVer version) => Path.Combine(root, Manifests, Usable(name), version.Text + Extension);

    private string SealPath(string name, SemVer version) => Path.Combine(root, Seals, Usable(name), $"{version.Text}.sha256");

    private string Shown(string path) => $"{Description}/{Path.GetRelativePath(root, path)}";

    private static string Usable(string name) => ReleaseName.IsUsable(name) ? name : throw new ArgumentException("Not a release's name.", nameof(name));

    private async Task<T> Guard<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new FaultException(StoreFaults.Failed(Description, problem.Message));
        }
    }
}
