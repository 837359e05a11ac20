using Actions.Cli.Clusters;
using Actions.Cli.Hosting;
using Actions.Cli.Tests.Tools;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Ledger;
using Actions.Core.Reports;
using Actions.Core.Runner;
using Actions.Core.Store;

namespace Actions.Cli.Tests.Clusters;

/// <summary>Where records and artifacts go, from the inputs and from what a job has without being asked.</summary>
public sealed class RecordInputsTests : IDisposable
{
    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [Theory]
    [InlineData("INPUT_GITHUB-TOKEN=ghs_secret;GITHUB_ACTIONS=true;GITHUB_REPOSITORY=o/r", "github")]
    [InlineData("INPUT_GITHUB-TOKEN=ghs_secret;GITHUB_REPOSITORY=o/r", "file:.solana-actions")]
    [InlineData("GITHUB_ACTIONS=true;GITHUB_REPOSITORY=o/r", "file:.solana-actions")]
    [InlineData("", "file:.solana-actions")]
    public void The_default_is_github_in_a_job_with_a_token(string variables, string expected)
    {
        var (context, records) = Read(variables);

        (records.OpenLedger(context).Description, records.OpenStore(context).Description).ShouldBe((expected, expected));
        context.Inputs.Faults.ShouldAllBe(fault => fault.Severity == Severity.Warning);
    }

    [Fact]
    public void An_input_wins_over_the_default()
    {
        var (context, records) = Read("INPUT_GITHUB-TOKEN=ghs_secret;GITHUB_ACTIONS=true;GITHUB_REPOSITORY=o/r;INPUT_LEDGER=none;INPUT_STORE=file:kept");

        records.OpenLedger(context).ShouldBeOfType<NoLedger>();
        records.OpenStore(context).ShouldBeOfType<FileStore>();
        (records.HasLedger, records.LedgerDirectory, records.StoreDirectory).ShouldBe((false, null, workspace.At("kept")));
    }

    [Theory]
    [InlineData("INPUT_LEDGER=github", "input-missing", "github-token")]
    [InlineData("INPUT_LEDGER=github;INPUT_GITHUB-TOKEN=ghs_secret", "input-missing", "ledger")]
    [InlineData("INPUT_GITHUB-TOKEN=ghs_secret;GITHUB_REPOSITORY=o/r;INPUT_GITHUB-API-URL=http://git.example/api", "input-invalid", "github-api-url")]
    [InlineData("INPUT_GITHUB-TOKEN=ghs_secret;GITHUB_REPOSITORY=o/r/..", "input-invalid", "ledger")]
    [InlineData("INPUT_GITHUB-TOKEN=two words", "input-invalid", "github-token")]
    [InlineData("INPUT_STORE=none", "input-unknown-value", "store")]
    [InlineData("INPUT_LEDGER=GitHub", "input-unknown-value", "ledger")]
    public void What_cannot_be_is_said_with_its_input(string variables, string code, string input)
    {
        var fault = Read(variables).Context.Inputs.Faults.ShouldHaveSingleItem();

        (fault.Code.Name, fault.Input, fault.Severity).ShouldBe((code, input, Severity.Error));
        fault.Message.ShouldNotContain("two words");
    }

    [Fact]
    public void The_token_is_masked_before_anything_else()
    {
        var (context, _) = Read("INPUT_GITHUB-TOKEN=ghs_secret");

        context.Masker.Scrub("it is ghs_secret").ShouldBe("it is ***");
    }

    private (ActionContext Context, RecordInputs Records) Read(string variables)
    {
        var all = variables.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        all["GITHUB_WORKSPACE"] = workspace.Folder;
        var environment = new RunnerEnvironment(all, workspace.Folder);
        var masker = new Masker();
        var context = new ActionContext(
            environment, new InputReader(environment, masker), new JobLog(environment, masker, TextWriter.Null, TextWriter.Null, TimeProvider.System), masker, new WorkspaceFiles(environment),
            TimeProvider.System, new UlidSource(TimeProvider.System, bytes => bytes.Clear()), bytes => bytes.Clear(), () => new HttpClientHandler());
        return (context, RecordInputs.Read(context, hasStore: true));
    }
}
