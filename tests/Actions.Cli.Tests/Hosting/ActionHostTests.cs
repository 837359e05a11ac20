using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Reports;
using Actions.Core.Runner;

namespace Actions.Cli.Tests.Hosting;

public sealed class ActionHostTests : IDisposable
{
    private readonly DirectoryInfo workspace = Directory.CreateTempSubdirectory("host-tests-");
    private readonly Dictionary<string, string> variables = [];
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();
    private readonly Signals signals = new();

    public void Dispose()
    {
        workspace.Delete(recursive: true);
        signals.Dispose();
        output.Dispose();
        error.Dispose();
    }

    [Fact]
    public async Task An_action_that_finds_nothing_wrong_ends_with_zero()
    {
        var exit = await Run((_, _) => Task.FromResult(new ActionOutcome { Outputs = new OutputSet().Set("slot", 7ul) }));

        exit.ShouldBe(ExitCode.Done);
        output.ToString().ShouldContain("solana-deploy: done");
        output.ToString().ShouldMatch(@"slot=7\nreport=\.solana-actions/reports/\w{26}\.json\n\z");
    }

    [Fact]
    public async Task The_faults_of_an_action_decide_its_exit_code()
    {
        var exit = await Run((_, _) => Task.FromResult(new ActionOutcome { Faults = [Fault(FaultCodes.HashMismatch), Fault(FaultCodes.Balance)] }));

        exit.ShouldBe(ExitCode.Refused);
        error.ToString().ShouldBe("error[hash-mismatch]: Expected a; b; c\nerror[balance]: Expected a; b; c\n");
    }

    [Fact]
    public async Task A_fault_that_is_thrown_is_reported_with_what_was_already_true()
    {
        var exit = await Run((context, _) =>
        {
            context.Partial.Outputs.Set("buffer", "address");
            context.Partial.Summary = new Markdown().Paragraph("continue like this");
            context.Partial.Plan = new ReportPlan { PeakLamports = 5 };
            throw new FaultException(Fault(FaultCodes.RpcUnreachable));
        });

        exit.ShouldBe(ExitCode.Unavailable);
        output.ToString().ShouldContain("buffer=address\n");
        output.ToString().ShouldContain("continue like this");
        Report().ShouldContain("\"peak-lamports\": 5");
    }

    [Fact]
    public async Task What_an_action_returns_wins_over_what_it_said_on_the_way()
    {
        await Run((context, _) =>
        {
            context.Partial.Outputs.Set("buffer", "address").Set("changed", false);
            return Task.FromResult(new ActionOutcome { Outputs = new OutputSet().Set("changed", true) });
        });

        output.ToString().ShouldContain("buffer=address\nchanged=true\nreport=");
    }

    [Fact]
    public async Task A_bug_is_70_and_its_stack_is_for_debugging()
    {
        variables["RUNNER_DEBUG"] = "1";

        var exit = await Run((_, _) => throw new InvalidOperationException("surprise"));

        exit.ShouldBe(ExitCode.Bug);
        error.ToString().ShouldContain("error[bug]: Expected no surprise; found InvalidOperationException: surprise");
        output.ToString().ShouldContain(nameof(A_bug_is_70_and_its_stack_is_for_debugging));
    }

    [Fact]
    public async Task A_bug_that_knows_a_secret_does_not_tell_it()
    {
        variables["RUNNER_DEBUG"] = "1";

        await Run((context, _) =>
        {
            context.Masker.Add("swordfish");
            throw new InvalidOperationException("the swordfish");
        });

        (output.ToString() + error + Report()).ShouldNotContain("swordfish");
    }

    [Fact]
    public async Task Cancelled_is_130_and_says_what_was_already_true()
    {
        var exit = await Run(async (context, cancellation) =>
        {
            context.Partial.Outputs.Set("buffer", "address");
            signals.Raise();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            return new ActionOutcome();
        });

        exit.ShouldBe(ExitCode.Cancelled);
        output.ToString().ShouldContain("buffer=address\n");
        Report().ShouldContain("\"exit-code\": 130");
    }

    [Fact]
    public async Task A_cancelled_run_that_finished_all_the_same_is_done()
    {
        var exit = await Run((_, _) =>
        {
            signals.Raise();
            return Task.FromResult(new ActionOutcome());
        });

        exit.ShouldBe(ExitCode.Done);
    }

    [Fact]
    public async Task A_connection_that_broke_because_of_the_signal_is_no_bug()
    {
        var exit = await Run((_, _) =>
        {
            signals.Raise();
            throw new HttpRequestException("closed");
        });

        exit.ShouldBe(ExitCode.Cancelled);
    }

    [Fact]
    public async Task A_cancellation_that_nobody_asked_for_is_a_bug() =>
        (await Run((_, _) => throw new TaskCanceledException())).ShouldBe(ExitCode.Bug);

    [Fact]
    public async Task An_action_that_ignores_the_signal_is_reported_without_it()
    {
        var exit = await Run(async (context, _) =>
        {
            context.Partial.Outputs.Set("buffer", "address");
            signals.Raise();
            await Task.Delay(Timeout.InfiniteTimeSpan, CancellationToken.None);
            return new ActionOutcome();
        });

        exit.ShouldBe(ExitCode.Cancelled);
        output.ToString().ShouldContain("buffer=address\n");
    }

    [Fact]
    public async Task A_second_signal_ends_the_patience()
    {
        var running = Run(
            async (_, _) =>
            {
                signals.Raise();
                signals.Raise();
                await Task.Delay(Timeout.InfiniteTimeSpan, CancellationToken.None);
                return new ActionOutcome();
            },
            grace: TimeSpan.FromMinutes(10));

        (await running.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBe(ExitCode.Cancelled);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("", false)]
    public async Task The_report_says_whether_it_was_a_dry_run(string input, bool dryRun)
    {
        variables["INPUT_DRY-RUN"] = input;

        await Run((_, _) => Task.FromResult(new ActionOutcome()));

        Report().ShouldContain($"\"dry-run\": {(dryRun ? "true" : "false")}");
    }

    private static Fault Fault(FaultCode code) => new(code, "a", "b", "c");

    private string Report() => File.ReadAllText(Directory.GetFiles(Path.Combine(workspace.FullName, RunReporter.Directory)).Single());

    private Task<ExitCode> Run(ActionBody body, TimeSpan? grace = null)
    {
        var environment = new RunnerEnvironment(variables, workspace.FullName);
        var host = new ActionHost(
            environment, output, error, TimeProvider.System, bytes => bytes.Clear(), () => throw new InvalidOperationException("No test here uses the network."))
        {
            Grace = grace ?? TimeSpan.FromMilliseconds(100),
        };
        return host.RunAsync("solana-deploy", body, signals);
    }
}
