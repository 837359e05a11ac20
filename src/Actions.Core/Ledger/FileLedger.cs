using Actions.Core.Faults;
using Actions.Core.Runner;
using Actions.Core.Solana;

namespace Actions.Core.Ledger;

/// <summary>`file:&lt;dir&gt;`: `ledger/&lt;environment&gt;/&lt;program-id&gt;.jsonl`, one line per event, for any number of writers.</summary>
/// <param name="directory">The folder that holds `ledger`; it need not exist.</param>
/// <param name="time">For the wait on other writers.</param>
public sealed class FileLedger(string directory, TimeProvider time) : ILedger
{
    private readonly string root = Path.Combine(Path.GetFullPath(directory), "ledger");

    public string Description { get; init; } = $"file:{directory}";

    /// <summary>How long to wait for other writers, each of which takes milliseconds.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Every path the ledger of a directory may have made.</summary>
    public static IEnumerable<string> Written(string directory)
    {
        var ledger = Path.Combine(directory, "ledger");
        return Directory.Exists(ledger)
            ? [directory, ledger, .. Directory.EnumerateFileSystemEntries(ledger, "*", SearchOption.AllDirectories)]
            : [];
    }

    private LedgerLock Lock => new(time, Patience);

    public async Task AppendAsync(LedgerEvent entry, CancellationToken cancellation)
    {
        var path = PathOf(LedgerKey.Of(entry));
        var line = LedgerLine.Write(entry);
        await Guard(async () =>
        {
            SameOwner.MakeDirectory(Path.GetDirectoryName(path)!);
            using var file = await Lock.ForWritingAsync(path, cancellation);
            var isNew = RandomAccess.GetLength(file) == 0;
            LedgerTail.Append(file, line);
            if (isNew)
            {
                SameOwner.AsParent(path);
                FolderSync.UpTo(Path.GetDirectoryName(root)!, path);
            }

            return path;
        });
    }

    public Task<IReadOnlyList<LedgerRecord>> ReadAsync(string environment, Address programId, CancellationToken cancellation) =>
        ReadAsync(new LedgerKey(environment, programId), cancellation);

    public async Task<IReadOnlyList<LedgerRecord>> ReadAllAsync(CancellationToken cancellation)
    {
        var all = new List<LedgerRecord>();
        foreach (var key in await Guard(() => Task.FromResult(Keys())))
        {
            all.AddRange(await ReadAsync(key, cancellation));
        }

        return all;
    }

    private async Task<IReadOnlyList<LedgerRecord>> ReadAsync(LedgerKey key, CancellationToken cancellation)
    {
        var path = PathOf(key);
        var events = await Guard(async () =>
        {
            using var file = await Lock.ForReadingAsync(path, cancellation);
            return file is null ? Result<IReadOnlyList<LedgerEvent>>.Ok([]) : LedgerLines.Read(file, key);
        });

        return LedgerFold.Fold(events.OrThrow()).OrThrow();
    }

    private LedgerKey[] Keys() => Directory.Exists(root)
        ? [.. from folder in Directory.EnumerateDirectories(root)
              from file in Directory.EnumerateFiles(folder)
              orderby file
              let key = LedgerKey.OfFile(file)
              where key is not null
              select key.Value]
        : [];

    private string PathOf(LedgerKey key) => EnvironmentName.IsUsable(key.Environment)
        ? Path.Combine(root, key.Environment, key.FileName)
        : throw new FaultException(new Fault(
            FaultCodes.InputInvalid,
            "environment: expected letters, digits, spaces and . _ -, starting with a letter or digit, because it names a folder of the file ledger",
            $"found {LedgerText.Show(key.Environment)}",
            "give the environment another name, or use the GitHub ledger",
            "environment"));

    private async Task<T> Guard<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FaultException(new Fault(
                FaultCodes.LedgerFailed,
                $"ledger: expected to read and write {Description}",
                $"found: {LedgerText.Show(e.Message)}",
                "make the folder writable and give its disk room, then run again: nothing is sent twice"));
        }
    }
}
