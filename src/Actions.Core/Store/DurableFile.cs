using Actions.Core.Ledger;
using Actions.Core.Runner;

namespace Actions.Core.Store;

/// <summary>Files of a store: each appears whole or not at all, and still does after the machine has stopped. What fails throws an <see cref="IOException"/>.</summary>
internal static class DurableFile
{
    /// <summary>Durable bytes first, then the name: whoever sees the name sees all bytes.</summary>
    /// <param name="root">The store's folder, up to which new folders are made durable.</param>
    public static void Write(string root, string path, ReadOnlySpan<byte> bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = Path.Combine(Path.GetDirectoryName(path)!, $".{Guid.NewGuid():N}.tmp");
        try
        {
            using (var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                RandomAccess.Write(file, bytes, 0);
                RandomAccess.FlushToDisk(file);
            }

            File.Move(temporary, path, overwrite: true);
            FolderSync.UpTo(root, path);
        }
        catch (ArgumentOutOfRangeException problem)
        {
            // What .NET makes of EFBIG: the file may not grow any more.
            throw new IOException("the file has reached the size it may have", problem);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>All bytes of a regular file that is not larger than it may be.</summary>
    public static byte[] Read(string path, int most)
    {
        // A pipe would block for ever, and a link could lead anywhere.
        if (!UnixFile.IsRegular(path))
        {
            throw new IOException($"not a regular file: {Path.GetFileName(path)}");
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length > most)
        {
            throw new IOException($"{file.Length:N0} bytes in {Path.GetFileName(path)}, more than the {most:N0} that are read");
        }

        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
