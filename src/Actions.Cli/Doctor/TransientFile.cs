using Actions.Core.Ledger;
using Actions.Core.Reports;

namespace Actions.Cli.Doctor;

/// <summary>A file where records or artifacts go, made durable like them; folders that are not there yet are made and taken away, too.</summary>
/// <param name="root">The folder of the ledger or the store.</param>
/// <param name="folder">Where in it a release would write.</param>
internal sealed class TransientFile(string root, string folder, TransientMark mark, Func<TransientMark, Task<bool>> isLeftover) : Transient
{
    private const string Prefix = ".doctor-";
    private const string Suffix = ".tmp";
    private const int LongestMark = 4 * 1024;

    private readonly List<string> made = [];

    private string Name => Path.Combine(folder, $"{Prefix}{mark.Id}{Suffix}");

    protected override string What => $"the file {Path.GetRelativePath(root, Name)}";

    protected override async Task<int> RemoveLeftoversAsync(CancellationToken cancellation)
    {
        if (!Directory.Exists(folder))
        {
            return 0;
        }

        var removed = 0;
        foreach (var path in Directory.EnumerateFiles(folder, $"{Prefix}*{Suffix}"))
        {
            if (UlidSource.IsUlid(Path.GetFileName(path)[Prefix.Length..^Suffix.Length]) && new FileInfo(path) is { Length: <= LongestMark, LinkTarget: null }
                && TransientMark.TryRead(await File.ReadAllTextAsync(path, cancellation)) is { } other && await isLeftover(other))
            {
                File.Delete(path);
                removed++;
            }
        }

        return removed;
    }

    protected override Task MakeAsync(CancellationToken cancellation)
    {
        for (var missing = folder; !Directory.Exists(missing); missing = Path.GetDirectoryName(missing)!)
        {
            made.Add(missing);
        }

        Directory.CreateDirectory(folder);
        using var file = File.OpenHandle(Name, FileMode.CreateNew, FileAccess.Write);
        RandomAccess.Write(file, System.Text.Encoding.UTF8.GetBytes(mark.ToJson()), 0);
        RandomAccess.FlushToDisk(file);
        return Task.CompletedTask;
    }

    protected override Task RemoveAsync(CancellationToken cancellation)
    {
        if (File.Exists(Name))
        {
            File.Delete(Name);
        }

        // The innermost first, and none that somebody uses by now.
        foreach (var path in made.Where(path => Directory.Exists(path) && !Directory.EnumerateFileSystemEntries(path).Any()))
        {
            Directory.Delete(path);
        }

        return Task.CompletedTask;
    }
}
