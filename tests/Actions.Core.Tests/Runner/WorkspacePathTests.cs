using Actions.Core.Runner;

namespace Actions.Core.Tests.Runner;

public sealed class WorkspacePathTests
{
    [Theory]
    [InlineData("program.so", "program.so")]
    [InlineData("./target/../program.so", "program.so")]
    [InlineData("not/there/yet.json", "not/there/yet.json")]
    [InlineData("a file with spaces.so", "a file with spaces.so")]
    public void A_path_is_relative_to_the_workspace(string path, string relative)
    {
        using var world = new World();

        var resolved = WorkspacePath.Resolve(world.Environment, path).Value;

        resolved.Relative.ShouldBe(relative);
        resolved.Full.ShouldBe(Path.Combine(world.Workspace, relative));
    }

    [Theory]
    [InlineData("../outside/x")]
    [InlineData("a/../../outside/x")]
    [InlineData("/etc/passwd")]
    [InlineData("/github/workspace/x")]
    [InlineData("link/x")]
    [InlineData("chain/x")]
    [InlineData("relative-link/x")]
    [InlineData("file-link")]
    [InlineData("dangling")]
    [InlineData("../workspace-sibling/x")]
    public void A_path_that_leaves_the_workspace_is_refused(string path)
    {
        using var world = new World();
        Directory.CreateDirectory($"{world.Workspace}-sibling");
        Directory.CreateSymbolicLink(Path.Combine(world.Workspace, "link"), world.Outside);
        Directory.CreateSymbolicLink(Path.Combine(world.Workspace, "chain"), Path.Combine(world.Workspace, "link"));
        Directory.CreateSymbolicLink(Path.Combine(world.Workspace, "relative-link"), "../outside");
        File.CreateSymbolicLink(Path.Combine(world.Workspace, "file-link"), "/etc/passwd");
        File.CreateSymbolicLink(Path.Combine(world.Workspace, "dangling"), Path.Combine(world.Outside, "missing"));

        var fault = WorkspacePath.Resolve(world.Environment, path, "program").Faults.ShouldHaveSingleItem();

        fault.Code.Name.ShouldBe("path-outside");
        fault.Input.ShouldBe("program");
    }

    [Fact]
    public void A_link_inside_the_workspace_is_followed()
    {
        using var world = new World();
        world.Write("real/program.so", [1]);
        Directory.CreateSymbolicLink(Path.Combine(world.Workspace, "link"), Path.Combine(world.Workspace, "real"));

        WorkspacePath.Resolve(world.Environment, "link/program.so").Value.Relative.ShouldBe("real/program.so");
    }

    [Fact]
    public void The_workspace_itself_may_be_a_link()
    {
        using var world = new World();
        world.Write("program.so", [1]);
        var link = Path.Combine(world.Outside, "workspace-link");
        Directory.CreateSymbolicLink(link, world.Workspace);
        world.With("GITHUB_WORKSPACE", link);

        WorkspacePath.Resolve(world.Environment, Path.Combine(link, "program.so")).Value.Relative.ShouldBe("program.so");
    }

    [Fact]
    public void The_runners_temporary_directory_is_allowed_too()
    {
        using var world = new World();
        var path = Path.Combine(world.Temporary, "manifest.json");

        WorkspacePath.Resolve(world.Environment, path).Value.Full.ShouldBe(path);
    }

    [Fact]
    public void Links_that_point_at_each_other_are_refused()
    {
        using var world = new World();
        File.CreateSymbolicLink(Path.Combine(world.Workspace, "a"), Path.Combine(world.Workspace, "b"));
        File.CreateSymbolicLink(Path.Combine(world.Workspace, "b"), Path.Combine(world.Workspace, "a"));

        WorkspacePath.Resolve(world.Environment, "a").Faults.ShouldHaveSingleItem().Code.Name.ShouldBe("file-unreadable");
    }

    [Theory]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("a\u001b[0mb")]
    public void Control_characters_are_refused(string path)
    {
        using var world = new World();

        WorkspacePath.Resolve(world.Environment, path).Faults.ShouldHaveSingleItem().Code.Name.ShouldBe("file-unreadable");
    }
}
