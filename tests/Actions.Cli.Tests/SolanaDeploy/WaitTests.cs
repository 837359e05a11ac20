using Actions.Cli.Tests.Continue;
using Actions.Cli.Tests.Tools;
using Actions.Core.Ledger;
using Actions.Core.Squads;

namespace Actions.Cli.Tests.SolanaDeploy;

/// <summary>`wait-for`: a job that stays until the members of a multisig got there.</summary>
public sealed class WaitTests(SquadsLocalnetFixture fixture) : IClassFixture<SquadsLocalnetFixture>
{
    private Localnet Net => fixture.Net;

    [Fact]
    public async Task A_job_waits_for_the_approvals_and_no_longer()
    {
        using var program = await VaultProgram.StartAsync(Net, timeLock: 3_600);
        using var process = program.Job.With(("wait-for", "approved")).Start();
        await WhenProposedAsync(program, process);
        await program.Team.ApproveAsync(1, program.Members[0]);

        var run = await process.EndAsync();

        run.Exit.ShouldBe(0, run.ToString());
        run["executable-at"].ShouldBe($"{(await program.Team.ProposalAsync(1)).Since!.Value.AddSeconds(3_600):yyyy-MM-dd'T'HH:mm:ss'Z'}");
        (await program.RecordAsync(run["record"])).State.ShouldBe(RecordState.Pending);
    }

    [Fact]
    public async Task A_job_that_may_execute_waits_for_votes_and_lock_and_executes()
    {
        using var program = await VaultProgram.StartAsync(Net, timeLock: 2);
        using var process = program.Job.With(("wait-for", "executed"), ("execute", "true"), ("config-files", "programs.json")).Start();
        await WhenProposedAsync(program, process);
        await program.Team.ApproveAsync(1, program.Members[0]);

        var run = await process.EndAsync();

        run.Exit.ShouldBe(0, run.ToString());
        (run["changed"], run["transaction-index"]).ShouldBe(("true", "1"));
        run["signature"].ShouldNotBe("");
        (await program.RunsAsync(TestPrograms.Token)).ShouldBeTrue();
        var record = await program.RecordAsync(run["record"]);
        record.State.ShouldBe(RecordState.Succeeded);
        (await Net.LandedAsync(program.Payer.Address)).Count(line => line.Failed).ShouldBe(0);
        File.ReadAllText(program.Job.Workspace.At("programs.json")).ShouldContain($"{program.Id}");
    }

    [Fact]
    public async Task What_others_execute_while_it_waits_is_recorded_as_theirs()
    {
        using var program = await VaultProgram.StartAsync(Net, may: SquadsPermissions.Initiate);
        using var process = program.Job.With(("wait-for", "executed")).Start();
        await WhenProposedAsync(program, process);
        await program.Team.ApproveAsync(1, program.Members[0]);
        await program.Team.ExecuteAsync(1, program.Members[1]);

        var run = await process.EndAsync();

        run.Exit.ShouldBe(0, run.ToString());
        run["signature"].ShouldBe("", "it is not this run's");
        run.Summary.ShouldContain("members executed");
        (await program.RecordAsync(run["record"])).State.ShouldBe(RecordState.Succeeded);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_not_reached_is_a_negative_verdict_and_the_record_still_waits(bool isRejected)
    {
        using var program = await VaultProgram.StartAsync(Net);
        using var process = program.Job.With(("wait-for", "approved"), ("timeout", isRejected ? "" : "20s")).Start();
        await WhenProposedAsync(program, process);
        if (isRejected)
        {
            await Task.WhenAll(program.Members.Select(member => program.Team.RejectAsync(1, member)));
        }

        var run = await process.EndAsync();

        run.Exit.ShouldBe(4, run.ToString());
        run.Errors.ShouldBe(["wait-unmet"]);
        (run["transaction-index"], run["changed"]).ShouldBe(("1", "true"));
        (await program.RecordAsync(run["record"])).State.ShouldBe(RecordState.Pending);
    }

    [Fact]
    public async Task A_wait_is_for_proposals_and_an_execution_waits_for_its_lock()
    {
        using var program = await VaultProgram.StartAsync(Net);

        foreach (var (name, value, mode) in new[] { ("execute", "true", "propose"), ("execute", "", "deploy") })
        {
            var run = await program.Job.With(("wait-for", "approved"), (name, value), ("mode", mode)).RunAsync();
            run.Exit.ShouldBe(2, run.ToString());
            run.Errors.ShouldContain("input-conflict");
        }
    }

    private static Task WhenProposedAsync(VaultProgram program, ActionProcess process) => process.WhenAsync(async () => await program.IsProposedAsync(1));
}
