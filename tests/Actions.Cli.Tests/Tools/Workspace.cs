namespace Actions.Cli.Tests.Tools;

/// <summary>A directory for one job, with what an earlier step would have left in it.</summary>
internal sealed class Workspace : IDisposable
{
    public Workspace(byte[]? program = null)
    {
        Folder = Directory.CreateTempSubdirectory("job-").FullName;
        if (program is not null)
        {
            Put("program.so", program);
        }
    }

    public string Folder { get; }

    public string At(string relative) => Path.Combine(Folder, relative);

    public void Put(string relative, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(relative))!);
        File.WriteAllBytes(At(relative), content);
    }

    /// <summary>Every file below, with its content.</summary>
    public IEnumerable<(string Path, byte[] Content)> Files() =>
        Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Select(path => (path, File.ReadAllBytes(path)));

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
