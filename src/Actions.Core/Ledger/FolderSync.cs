using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Actions.Core.Ledger;

/// <summary>Makes a new file's name as durable as its bytes; .NET opens no folders.</summary>
internal static partial class FolderSync
{
    private const int ReadOnlyCloseOnExec = 0x80000;

    /// <summary>Every folder from the file's own up to and including this one and the one that holds it.</summary>
    public static void UpTo(string top, string file)
    {
        for (var folder = Path.GetDirectoryName(file); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            Sync(folder);
            if (folder == Path.GetDirectoryName(top))
            {
                return;
            }
        }
    }

    private static void Sync(string folder)
    {
        var descriptor = Open(folder, ReadOnlyCloseOnExec);
        if (descriptor < 0)
        {
            // It may be searchable only; then its own writer syncs it.
            return;
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        RandomAccess.FlushToDisk(handle);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}
