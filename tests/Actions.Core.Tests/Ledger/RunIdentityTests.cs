using Actions.Core.Ledger;

namespace Actions.Core.Tests.Ledger;

public sealed class RunIdentityTests
{
    private const string RunUrl = "https://github.com/acme/perps/actions/runs/42/attempts/1";

    private static readonly RunIdentity Run = new()
    {
        StartedAt = Make.Noon,
        Timeout = TimeSpan.FromMinutes(10),
        RunUrl = RunUrl,
        Process = ProcessTable.Here(),
    };

    private static LedgerRecord RecordOf(RunIdentity run) => Make.Records(run.Sign(Make.Event("A"))).Single();

    private static Task<bool> IsOver(RunIdentity run, int minutes = 1, Liveness gitHub = Liveness.Unknown, HostProbe? host = null) =>
        RunIdentity.IsOverAsync(
            RecordOf(run),
            Make.Noon.AddMinutes(minutes),
            new RunProbe((_, _) => Task.FromResult(gitHub), host ?? ProcessTable.Probe),
            CancellationToken.None);

    [Fact]
    public void A_record_says_who_began_it() => RunIdentity.Of(RecordOf(Run)).ShouldBe(Run);

    [Fact]
    public void A_record_that_does_not_say_its_timeout_has_the_usual_one() =>
        RunIdentity.Of(Make.Records(Make.Event("A")).Single()).ShouldBe(new RunIdentity { StartedAt = Make.Noon });

    [Fact]
    public async Task A_run_that_goes_on_is_not_over()
    {
        (await IsOver(Run)).ShouldBeFalse();
        (await IsOver(Run, gitHub: Liveness.Running)).ShouldBeFalse();
        (await IsOver(Run with { RunUrl = null })).ShouldBeFalse();
    }

    [Fact]
    public async Task A_run_that_github_calls_completed_is_over()
    {
        string? asked = null;
        var probe = new RunProbe((url, _) => Task.FromResult((asked = url) == RunUrl ? Liveness.Over : Liveness.Running), (_, _) => Liveness.Unknown);

        (await RunIdentity.IsOverAsync(RecordOf(Run), Make.Noon, probe, CancellationToken.None)).ShouldBeTrue();
        asked.ShouldBe(RunUrl);
    }

    [Fact]
    public async Task Of_many_records_only_the_started_ones_are_asked_about()
    {
        var records = Make.Records(
            Run.Sign(Make.Event("goes on")), (Run with { Timeout = TimeSpan.Zero }).Sign(Make.Event("over")),
            (Run with { Timeout = TimeSpan.Zero }).Sign(Make.Event("pending", RecordState.Pending)), Make.Event("done", RecordState.Succeeded));

        (await RunIdentity.OverAsync(records, Make.Noon, RunProbe.Local, CancellationToken.None)).ShouldBe(["over"]);
    }

    [Theory]
    [InlineData(9, false)]
    [InlineData(10, true)]
    [InlineData(1000, true)]
    public async Task A_run_whose_timeout_has_passed_is_over(int minutes, bool over) => (await IsOver(Run, minutes)).ShouldBe(over);

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void A_timeout_beyond_reason_is_no_exception(long seconds)
    {
        var record = Make.Records(Make.Event("A") with { TimeoutSeconds = seconds, StartedAt = DateTimeOffset.MaxValue }).Single();

        RunIdentity.Of(record).Timeout.ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromDays(3650));
    }

    [Fact]
    public async Task A_process_that_lives_is_not_over_and_one_that_was_killed_is()
    {
        using var child = LedgerChild.Start("live");
        var said = (await child.Output.ReadLineAsync())!.Split(' ');
        var run = Run with { Process = new ProcessIdentity(said[0], int.Parse(said[1], null), said[2]) };
        run.Process.Pid.ShouldBe(child.Pid);
        (await IsOver(run)).ShouldBeFalse();

        child.Kill();

        (await IsOver(run)).ShouldBeTrue();
    }

    [Fact]
    public async Task Another_process_with_the_same_number_does_not_keep_a_run_alive()
    {
        var here = ProcessTable.Here();

        (await IsOver(Run with { Process = here with { Start = $"1@{here.Boot}" } })).ShouldBeTrue();
    }

    [Fact]
    public async Task A_process_on_another_host_is_not_known_to_be_gone() =>
        (await IsOver(Run with { Process = ProcessTable.Here() with { Host = "elsewhere", Pid = 1 } })).ShouldBeFalse();

    [Fact]
    public async Task A_host_that_restarted_ended_its_runs_but_machines_of_github_share_their_names()
    {
        var before = Run with { Process = ProcessTable.Here() with { Start = "1@an-earlier-boot" } };

        (await IsOver(before with { RunUrl = null })).ShouldBeTrue();
        (await IsOver(before)).ShouldBeFalse();
    }

    [Theory]
    [InlineData(0, "1@b")]
    [InlineData(-1, "1@b")]
    [InlineData(int.MaxValue, "")]
    [InlineData(1, "@")]
    [InlineData(1, "no boot")]
    public void A_process_that_cannot_be_is_no_exception(int pid, string start) =>
        ProcessTable.Probe(new ProcessIdentity(ProcessTable.Here().Host, pid, start), RunUrl).ShouldNotBe(Liveness.Running);
}
