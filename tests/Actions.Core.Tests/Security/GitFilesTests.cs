using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Actions.Core.Runner;
using Actions.Core.Security.Secrets;
using Actions.Core.Solana;

namespace Actions.Core.Tests.Security;

/// <summary>What git wrote, read by us: against the git of this machine.</summary>
public sealed class GitFilesTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("git-files-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void The_tracked_files_are_those_that_git_lists(int version)
    {
        Git("init", "-q");
        string[] paths = ["a", "a.b", "folder/with a space/ä.txt", "folder/x", $"long/{new string('n', 200)}", .. Enumerable.Range(0, 300).Select(number => $"many/file-{number}.json")];
        foreach (var path in paths)
        {
            Put(path, path);
        }

        File.CreateSymbolicLink(Path.Combine(folder.FullName, "link"), "/etc/passwd");
        Git("add", ".");
        Git("update-index", "--index-version", $"{version}");
        if (version == 3)
        {
            Git("update-index", "--skip-worktree", "a");
        }

        Put("untracked", "x");

        var files = RepositoryFiles.Of(Environment());

        files.IsTracked.ShouldBeTrue();
        files.Paths.ShouldBe(paths.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Without_git_they_are_those_that_lie_there()
    {
        Put("a/b", "x");
        Put("node_modules/c", "x");
        Put(".git/config", "x");
        File.CreateSymbolicLink(Path.Combine(folder.FullName, "link"), "/etc");

        var files = RepositoryFiles.Of(Environment());

        files.IsTracked.ShouldBeFalse();
        files.Paths.ShouldBe(["a/b"]);
    }

    [Fact]
    public void An_index_of_something_else_is_none()
    {
        Git("init", "-q");
        Put("a", "x");
        Git("add", ".");
        var index = File.ReadAllBytes(Path.Combine(folder.FullName, ".git/index"));

        GitIndex.Read(index)!.ShouldBe(["a"]);
        GitIndex.Read([]).ShouldBeNull();
        for (var length = 0; length < 12 + 62; length++)
        {
            GitIndex.Read(index.AsSpan(0, length)).ShouldBeNull();
        }

        var random = new Random(5);
        for (var round = 0; round < 5_000; round++)
        {
            byte[] changed = [.. index];
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
            Should.NotThrow(() => GitIndex.Read(changed));
        }
    }

    [Fact]
    public void A_key_that_was_removed_is_found_in_the_history()
    {
        var secret = SHA256.HashData("a removed key"u8);
        var pair = $"[{string.Join(',', secret.Concat(Ed25519.PublicKey(secret).ToArray()))}]";
        Git("init", "-q");
        Put("keys/deployer.json", pair);
        Put("a line's\nend.json", "nothing");
        Commit();
        File.Delete(Path.Combine(folder.FullName, "keys/deployer.json"));
        Put("readme", "no key");
        Put("large", new string('x', SecretSearch.LongestFile + 1));
        Commit();
        var written = History();

        var (blobs, findings) = GitObjects.Search(new MemoryStream(written), _ => false)!.Value;

        blobs.ShouldBe(3);
        var finding = findings.ShouldHaveSingleItem();
        (finding.Rule, finding.Path).ShouldBe(("keypair-committed", "keys/deployer.json"));
        finding.Found.ShouldContain("in its history (");
        GitObjects.Search(new MemoryStream(written), _ => true)!.Value.Findings.ShouldBeEmpty();
        GitObjects.Search(new MemoryStream(written[..^10]), _ => false).ShouldBeNull();
        GitObjects.Search(new MemoryStream(Encoding.UTF8.GetBytes("fatal: not a git repository\n")), _ => false).ShouldBeNull();
        GitObjects.Search(new MemoryStream(), _ => false)!.Value.Blobs.ShouldBe(0);
    }

    private byte[] History()
    {
        var start = new ProcessStartInfo("bash") { WorkingDirectory = folder.FullName, RedirectStandardOutput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("git rev-list --objects --all | git cat-file --batch='%(objectname) %(objecttype) %(objectsize) %(rest)' --buffer");
        using var process = Process.Start(start)!;
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        return output.ToArray();
    }

    private RunnerEnvironment Environment() => new(new Dictionary<string, string> { ["GITHUB_WORKSPACE"] = folder.FullName }, "/");

    private void Put(string path, string text)
    {
        var full = Path.Combine(folder.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    private void Commit()
    {
        Git("add", "-A");
        Git("-c", "user.name=a", "-c", "user.email=a@x", "commit", "-q", "-m", "x");
    }

    private void Git(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = folder.FullName, RedirectStandardError = true })!;
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, process.StandardError.ReadToEnd());
    }
}
