using System.Text.Json;
using Actions.Cli.Tests.Rollback;
using Actions.Cli.Tests.Tools;
using Actions.Core.Ledger;
using Actions.Core.Releases;

namespace Actions.Cli.Tests.LedgerTool;

public sealed class LedgerToolTests(LocalnetFixture fixture) : IClassFixture<LocalnetFixture>
{
    private Localnet Net => fixture.Net;

    [Fact]
    public async Task Every_record_is_a_line_of_json_on_standard_output_and_nothing_else_is()
    {
        using var team = await RollbackWorld.StartAsync(Net, "registry", "perps");
        await team.ReleaseAsync("1.0.0");
        await team.ReleaseAsync("2.0.0");
        await RollbackWorld.ShouldEndAsync(team.RollbackAsync());

        var all = Lines(await ToolRun.OfAsync(team.Workspace, "export", "--ledger", "file:state"));
        var one = Lines(await ToolRun.OfAsync(team.Workspace, "export", "--ledger=file:state", "--environment", "staging", "--program-id", team.Programs["perps"].ToString()));
        var none = Lines(await ToolRun.OfAsync(team.Workspace, "export", "--ledger", "file:state", "--environment", "production"));

        (all.Count, one.Count, none.Count).ShouldBe((6, 3, 0));
        one.Select(record => (record.GetProperty("kind").GetString(), record.GetProperty("state").GetString())).ShouldBe([("release", "succeeded"), ("release", "undone"), ("rollback", "succeeded")]);
        one[1].GetProperty("undone-by").GetString().ShouldBe(one[2].GetProperty("id").GetString());
        one[1].GetProperty("signature").GetString().ShouldNotBeNullOrEmpty("a line holds all that the record's events say");
    }

    [Fact]
    public async Task Pruning_says_first_what_it_would_do_and_then_does_it()
    {
        using var team = await ReleasedAsync("{ keep: 1, min-age: 0s }", "1.0.0", "2.0.0", "3.0.0");
        await team.BuildAsync("4.0.0");

        var said = await PruneAsync(team);
        (await team.Store.VersionsAsync("perps", default)).Count.ShouldBe(4, "nothing is deleted unasked");
        var done = await PruneAsync(team, "--apply");

        foreach (var run in new[] { said, done })
        {
            run.Exit.ShouldBe(0, run.ToString());
            run.Stdout.ShouldContain("perps in file:state: 4 stored, 1 to delete, 3 to keep");
            run.Stdout.ShouldContain("delete  1.0.0");
            run.Stdout.ShouldContain("keep    2.0.0: a rollback in staging (perps) would bring it back");
            run.Stdout.ShouldContain("keep    3.0.0: it runs in staging (perps)");
            run.Stdout.ShouldContain("keep    4.0.0: it is among the newest 1 of staging");
        }

        (await team.Store.VersionsAsync("perps", default)).Select(version => version.Text).ShouldBe(["2.0.0", "3.0.0", "4.0.0"]);
        (await RollbackWorld.ShouldEndAsync(team.RollbackAsync()))["restored-version"].ShouldBe("2.0.0");
        (await Should.ThrowAsync<Core.Faults.FaultException>(() => team.BuildAsync("1.0.0"))).Faults[0].Code.Name.ShouldBe("version-exists");
    }

    [Fact]
    public async Task What_an_open_record_names_stays()
    {
        using var team = await ReleasedAsync("{ keep: 1 }", "1.0.0", "2.0.0", "3.0.0");
        var records = await team.RecordsAsync();
        await team.Ledger.AppendAsync(records[0].Facts with { Id = "pending", State = RecordState.Pending, At = DateTimeOffset.UtcNow }, default);

        (await PruneAsync(team)).Stdout.ShouldContain("keep    1.0.0: record pending in staging (perps) is still open");
    }

    [Fact]
    public async Task Without_the_chain_nothing_is_deleted()
    {
        using var team = await ReleasedAsync("{ keep: 1 }", "1.0.0", "2.0.0", "3.0.0");

        var run = await ToolRun.OfAsync(team.Workspace, "prune", "--release-file", "solana-release.yml", "--ledger", "file:state", "--store", "file:state", "--apply", "--rpc-url", "staging=http://127.0.0.1:9");

        run.Exit.ShouldBe(5, run.ToString());
        run.Stderr.ShouldContain("error[rpc-unreachable]");
        (await team.Store.FindAsync("perps", SemVer.TryParse("1.0.0")!, default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_tampered_manifest_ends_the_pruning()
    {
        using var team = await ReleasedAsync("{ keep: 1 }", "1.0.0", "2.0.0");
        File.AppendAllText(team.StatePath("manifests", "perps", "2.0.0.json"), " ");

        var run = await PruneAsync(team, "--apply");

        run.Exit.ShouldBe(4, run.ToString());
        run.Stderr.ShouldContain("error[tampered]");
    }

    [Theory]
    [InlineData(2, "input-unknown-value", "export", "--what")]
    [InlineData(2, "input-unknown-value", "prune", "everything")]
    [InlineData(2, "input-missing", "export", "--ledger")]
    [InlineData(2, "input-missing", "prune")]
    [InlineData(2, "input-invalid", "export", "--ledger", "none")]
    [InlineData(2, "input-invalid", "export", "--program-id", "x")]
    [InlineData(2, "file-unreadable", "prune", "--release-file", "no.yml")]
    public async Task What_is_wrong_is_said_on_standard_error(int exit, string code, params string[] arguments)
    {
        using var workspace = new Workspace();

        var run = await ToolRun.OfAsync(workspace, arguments);

        run.Exit.ShouldBe(exit, run.ToString());
        run.Stderr.ShouldContain($"error[{code}]");
        run.Stdout.ShouldBeEmpty();
    }

    [Fact]
    public async Task Help_lists_every_option_that_the_document_has()
    {
        using var workspace = new Workspace();
        var help = await ToolRun.OfAsync(workspace, "--help");

        help.Exit.ShouldBe(0);
        var document = File.ReadAllText(Repository.At("docs", "ledger.md"));
        var options = System.Text.RegularExpressions.Regex.Matches(help.Stdout, "--[a-z-]+").Select(match => match.Value).Distinct().ToList();
        options.Count.ShouldBe(11);
        options.ShouldAllBe(option => document.Contains($"`{option}", StringComparison.Ordinal));
    }

    private Task<ToolRun> PruneAsync(RollbackWorld team, params string[] more) => ToolRun.OfAsync(
        team.Workspace, ["prune", "--release-file", "solana-release.yml", "--ledger", "file:state", "--store", "file:state", "--rpc-url", $"staging={Net.Url}", .. more]);

    private async Task<RollbackWorld> ReleasedAsync(string retention, params string[] versions)
    {
        var team = await RollbackWorld.StartAsync(Net);
        team.WriteReleaseFile($"    retention: {retention}");
        foreach (var version in versions)
        {
            await team.ReleaseAsync(version);
        }

        return team;
    }

    private static List<JsonElement> Lines(ToolRun run)
    {
        (run.Exit, run.Stderr).ShouldBe((0, ""), run.ToString());
        return [.. run.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }
}
