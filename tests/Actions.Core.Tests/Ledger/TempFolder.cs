using Actions.Core.Ledger;

namespace Actions.Core.Tests.Ledger;

/// <summary>A folder with a file ledger in it, gone after the test.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("ledger-").FullName;

    public FileLedger Ledger => new(Path, TimeProvider.System);

    /// <summary>The file of the program and environment all test events are about.</summary>
    public string File => System.IO.Path.Combine(Path, "ledger", Make.Environment, $"{Make.Program}.jsonl");

    public string[] Lines => System.IO.File.ReadAllLines(File);

    public void WriteFile(byte[] content)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(File)!);
        System.IO.File.WriteAllBytes(File, content);
    }

    public async Task<string[]> ReadIdsAsync() =>
        [.. (await Ledger.ReadAsync(Make.Environment, Make.Program, CancellationToken.None)).Select(record => record.Id)];

    public Task AppendAsync(string id) => Ledger.AppendAsync(Make.Event(id), CancellationToken.None);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
