using System.Diagnostics;
using Actions.Core.Runner;

namespace Actions.Core.Tests.Runner;

public sealed class WorkspaceFilesTests
{
    [Fact]
    public void A_file_is_read_whole()
    {
        using var world = new World();
        world.Write("program.so", [1, 2, 3]);

        Read(world, "program.so").ShouldBe([1, 2, 3]);
    }

    [Theory]
    [InlineData("missing.so", "does not exist")]
    [InlineData("directory", "not a regular file")]
    [InlineData("pipe", "not a regular file")]
    [InlineData("large.so", "11 bytes, more than the 10")]
    public void What_cannot_be_read_says_why(string path, string why)
    {
        using var world = new World();
        Directory.CreateDirectory(Path.Combine(world.Workspace, "directory"));
        world.Write("large.so", new byte[11]);
        using (var made = Process.Start("mkfifo", Path.Combine(world.Workspace, "pipe")))
        {
            made.WaitForExit();
        }

        var fault = WorkspaceFiles.Read(WorkspacePath.Resolve(world.Environment, path).Value, 10, "program").Faults.ShouldHaveSingleItem();

        fault.Code.Name.ShouldBe("file-unreadable");
        fault.Message.ShouldContain(why);
    }

    [Fact]
    public void A_file_is_replaced_in_one_step_and_its_directories_are_made()
    {
        using var world = new World();
        var path = WorkspacePath.Resolve(world.Environment, "a/b/c.json").Value;
        var files = new WorkspaceFiles(world.Environment);

        files.Write(path, [1]);
        files.Write(path, [2]);

        File.ReadAllBytes(path.Full).ShouldBe([2]);
        Directory.GetFiles(Path.GetDirectoryName(path.Full)!).Length.ShouldBe(1);
    }

    [Fact]
    public void What_root_writes_belongs_to_the_workspaces_owner()
    {
        using var world = new World();
        if (UnixFile.IsRoot)
        {
            UnixFile.TryGive(world.Workspace, 1234, 4321).ShouldBeTrue();
        }

        var path = WorkspacePath.Resolve(world.Environment, "a/b.json").Value;
        new WorkspaceFiles(world.Environment).Write(path, [1]);

        UnixFile.OwnerOf(path.Full).ShouldBe(UnixFile.OwnerOf(world.Workspace));
        UnixFile.OwnerOf(Path.Combine(world.Workspace, "a")).ShouldBe(UnixFile.OwnerOf(world.Workspace));
    }

    private static byte[] Read(World world, string path) => WorkspaceFiles.Read(WorkspacePath.Resolve(world.Environment, path).Value, 10).Value;
}
