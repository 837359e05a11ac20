using Actions.Core.Faults;

namespace Actions.Core.Runner;

/// <summary>Reads and writes files of the workspace; what is written belongs to the workspace's owner, not to the container's root.</summary>
public sealed class WorkspaceFiles(RunnerEnvironment environment)
{
    /// <summary>All bytes of a regular file that is not larger than it may be.</summary>
    public static Result<byte[]> Read(WorkspacePath path, long most, string? input = null)
    {
        // Asked before it is opened: opening a pipe waits for somebody to write to it.
        if (!UnixFile.IsRegular(path.Full))
        {
            return Unreadable(path, File.Exists(path.Full) || Directory.Exists(path.Full) ? "which is not a regular file" : "which does not exist", input);
        }

        try
        {
            using var file = new FileStream(path.Full, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length > most)
            {
                return Unreadable(path, $"which has {file.Length} bytes, more than the {most} that are read", input);
            }

            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return Unreadable(path, $"which cannot be read ({problem.GetType().Name})", input);
        }
    }

    /// <summary>Replaces a file in one step and makes the directories on the way.</summary>
    public void Write(WorkspacePath path, ReadOnlySpan<byte> bytes)
    {
        var made = MakeDirectories(Path.GetDirectoryName(path.Full)!);
        var temporary = $"{path.Full}.{Guid.NewGuid():N}";
        File.WriteAllBytes(temporary, bytes);
        GiveToOwner([temporary, .. made]);
        File.Move(temporary, path.Full, overwrite: true);
    }

    /// <summary>Makes paths belong to whoever owns the workspace; only root can, and only root needs to.</summary>
    public void GiveToOwner(IEnumerable<string> paths)
    {
        if (!UnixFile.IsRoot || UnixFile.OwnerOf(environment.Workspace) is not { } owner)
        {
            return;
        }

        foreach (var path in paths)
        {
            UnixFile.TryGive(path, owner.User, owner.Group);
        }
    }

    private static List<string> MakeDirectories(string directory)
    {
        List<string> missing = [];
        for (var path = directory; !Directory.Exists(path); path = Path.GetDirectoryName(path)!)
        {
            missing.Add(path);
        }

        Directory.CreateDirectory(directory);
        return missing;
    }

    private static Fault Unreadable(WorkspacePath path, string found, string? input) => new(
        FaultCodes.FileUnreadable, "Expected a readable file", $"found {PlainText.Quote(path.Relative, 200)}, {found}",
        "check the path, and that an earlier step made the file", input);
}
