using Actions.Core.Faults;
using Actions.Core.Store;

namespace Actions.Core.Fleet;

/// <summary>`&lt;store&gt;/fleet/&lt;name&gt;.json`.</summary>
/// <param name="directory">The folder of the store; it need not exist.</param>
/// <param name="description">The store as it is shown.</param>
public sealed class FileSnapshots(string directory, string description) : ISnapshots
{
    public const string Folder = "fleet";

    private readonly string root = Path.GetFullPath(directory);

    public Task<ReadOnlyMemory<byte>?> ReadAsync(string name, CancellationToken cancellation) => Task.FromResult(Guard(() =>
        Path.Exists(PathOf(name)) ? DurableFile.Read(PathOf(name), FleetSnapshot.LongestFile) : (ReadOnlyMemory<byte>?)null));

    /// <remarks>Of two runs at once the later one's snapshot stays: both saw the same cluster.</remarks>
    public Task WriteAsync(string name, ReadOnlyMemory<byte> json, CancellationToken cancellation) => Task.FromResult(Guard(() =>
    {
        DurableFile.Write(root, PathOf(name), json.Span);
        return true;
    }));

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
