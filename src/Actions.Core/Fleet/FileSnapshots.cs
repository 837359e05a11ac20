using Actions.Core.Faults;
using Actions.Core.Ledger;
using Actions.Core.Runner;
using Actions.Core.Store;

namespace Actions.Core.Fleet;

/// <summary>`&lt;store&gt;/fleet/&lt;name&gt;.json`.</summary>
/// <param name="directory">The folder of the store; it need not exist.</param>
/// <param name="description">The store as it is shown.</param>
public sealed class FileSnapshots(string directory, string description) : ISnapshots
{
    public const string Folder = "fleet";

    private readonly string root = Path.GetFullPath(directory);

    public Task<ReadOnlyMemory<byte>?> ReadAsync(string name, CancellationToken cancellation) => Task.FromResult(Guard(() => Read(PathOf(name))));

    /// <remarks>Of two runs at once the later one's snapshot stays: both saw the same cluster.</remarks>
    public Task WriteAsync(string name, ReadOnlyMemory<byte> json, CancellationToken cancellation) => Task.FromResult(Guard(() => Write(PathOf(name), json)));

    private static ReadOnlyMemory<byte>? Read(string path)
    {
        if (!Path.Exists(path))
        {
            return null;
        }

        // A pipe would block for ever.
        if (!UnixFile.IsRegular(path))
        {
            throw new IOException($"not a regular file: {Path.GetFileName(path)}");
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length > FleetSnapshot.LongestFile)
        {
            throw new IOException($"{file.Length:N0} bytes in {Path.GetFileName(path)}, more than the {FleetSnapshot.LongestFile:N0} that are read");
        }

        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private bool Write(string path, ReadOnlyMemory<byte> json)
    {
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        var temporary = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
        try
        {
            using (var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                RandomAccess.Write(file, json.Span, 0);
                RandomAccess.FlushToDisk(file);
            }

            File.Move(temporary, path, overwrite: true);
            FolderSync.UpTo(root, path);
            return true;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private string PathOf(string name) => Path.Combine(root, Folder, $"{name}.json");

    private T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new FaultException(StoreFaults.Failed(description, problem.Message));
        }
    }
}
