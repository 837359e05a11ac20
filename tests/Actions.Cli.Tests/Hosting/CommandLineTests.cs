using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Runner;

namespace Actions.Cli.Tests.Hosting;

public sealed class CommandLineTests : IDisposable
{
    private readonly DirectoryInfo workspace = Directory.CreateTempSubdirectory("command-line-tests-");
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();

    public void Dispose()
    {
        workspace.Delete(recursive: true);
        output.Dispose();
        error.Dispose();
    }

    [Fact]
    public async Task The_first_argument_names_the_action()
    {
        (await Run("verify-program")).ShouldBe(ExitCode.Verdict);
        (await Run("solana-deploy")).ShouldBe(ExitCode.Done);
    }

    [Theory]
    [InlineData]
    [InlineData("")]
    [InlineData("SOLANA-DEPLOY")]
    [InlineData("deploy")]
    [InlineData("--verbose")]
    [InlineData("solana-deploy", "devnet")]
    public async Task Anything_else_is_answered_with_the_usage(params string[] arguments)
    {
        (await Run(arguments)).ShouldBe(ExitCode.Input);

        error.ToString().ShouldStartWith("usage: solana-actions <action>");
        error.ToString().ShouldContain("actions: solana-deploy, verify-program");
        output.ToString().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("solana-deploy", "--help")]
    public async Task Help_is_not_a_failure(params string[] arguments)
    {
        (await Run(arguments)).ShouldBe(ExitCode.Done);

        output.ToString().ShouldStartWith("usage: solana-actions <action>");
    }

    [Fact]
    public async Task The_version_is_one_line()
    {
        (await Run("--version")).ShouldBe(ExitCode.Done);

        output.ToString().ShouldMatch(@"\Asolana-actions \d+\.\d+\.\d+\n\z");
    }

    private async Task<ExitCode> Run(params string[] arguments)
    {
        using var signals = new Signals();
        var host = new ActionHost(
            new RunnerEnvironment(new Dictionary<string, string>(), workspace.FullName), output, error, TimeProvider.System, bytes => bytes.Clear(),
            () => throw new InvalidOperationException("No test here uses the network."));
        var actions = new Dictionary<string, ActionBody>
        {
            ["solana-deploy"] = (_, _) => Task.FromResult(new ActionOutcome()),
            ["verify-program"] = (_, _) => Task.FromResult(new ActionOutcome { Faults = [new Fault(FaultCodes.HashMismatch, "a", "b", "c")] }),
        };
        return await new CommandLine(actions, host, output, error).RunAsync(arguments, signals);
    }
}
