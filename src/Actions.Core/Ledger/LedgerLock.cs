using Actions.Core.Runner;
using Microsoft.Win32.SafeHandles;

namespace Actions.Core.Ledger;

/// <summary>
/// Opens a file of the ledger when no other process or thread writes it. The lock is flock(2) on the file itself, which .NET
/// takes on open; it ends with the process however that ends, so nothing is ever left locked.
/// </summary>
internal sealed class LedgerLock(TimeProvider time, TimeSpan patience)
{
    // EWOULDBLOCK on Linux and on macOS: what .NET's sharing violation carries.
    private const int Busy = 11;
    private const int BusyOnMac = 35;

    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(32);

    public Task<SafeFileHandle> ForWritingAsync(string path, CancellationToken cancellation) =>
        WhenFreeAsync(() => Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), cancellation);

    /// <summary>Together with others who share, and with nobody who writes.</summary>
    public Task<SafeFileHandle> ForSharingAsync(string path, CancellationToken cancellation) =>
        WhenFreeAsync(() => Open(path, FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read), cancellation);

    /// <summary>Null when there is no such file.</summary>
    public async Task<SafeFileHandle?> ForReadingAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return await WhenFreeAsync(() => Open(path, FileMode.Open, FileAccess.Read, FileShare.Read), cancellation);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>A pipe would block for ever, and a link could lead anywhere.</summary>
    private static SafeFileHandle Open(string path, FileMode mode, FileAccess access, FileShare share) =>
        UnixFile.OwnerOf(path) is null || UnixFile.IsRegular(path)
            ? File.OpenHandle(path, mode, access, share)
            : throw new IOException($"not a regular file: {path}");

    private async Task<SafeFileHandle> WhenFreeAsync(Func<SafeFileHandle> open, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        for (var wait = ShortestWait; ; wait = wait < LongestWait ? wait * 2 : wait)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                return open();
            }
            catch (IOException e) when (e.HResult is Busy or BusyOnMac && time.GetElapsedTime(start) < patience)
            {
                // Between half of the wait and all of it, so that writers who met once do not meet again.
                await Task.Delay(wait * (0.5 + (Random.Shared.NextDouble() / 2)), time, cancellation);
            }
        }
    }
}
