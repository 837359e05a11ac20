using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Keys;
using Actions.Core.Reports;
using Actions.Core.Rpc;
using Actions.Core.Runner;

namespace Actions.Cli.LedgerTool;

/// <summary>`solana-actions ledger export | prune`: for people and scripts, not for steps. Standard output is the answer; what is wrong goes to standard error.</summary>
internal sealed class LedgerCommand(RunnerEnvironment environment, TextWriter output, TextWriter error, TimeProvider time, RandomFill random, Func<HttpMessageHandler> http)
{
    private static readonly string[] Places = ["ledger", "github-token", "github-api-url", "trusted-creators"];
    private static readonly string[] OfExport = ["environment", "program-id", .. Places];
    private static readonly string[] OfPrune = ["release-file", "store", "rpc-url", "apply", "timeout", .. Places];
    private static readonly string[] Flags = ["apply"];

    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(10);

    /// <param name="arguments">Without the word `ledger`.</param>
    public async Task<ExitCode> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        switch (arguments)
        {
            case [] or ["--help"] or [_, "--help"]:
                await output.WriteLineAsync(Help);
                return arguments.Count > 0 ? ExitCode.Done : ExitCode.Input;
            case ["export", ..]:
                return await RunAsync(arguments.Skip(1), OfExport, (context, cancel) => new LedgerExport(context, output).RunAsync(cancel), cancellation);
            case ["prune", ..]:
                return await RunAsync(arguments.Skip(1), OfPrune, (context, cancel) => new StorePrune(context, output).RunAsync(cancel), cancellation);
            default:
                await error.WriteLineAsync(Help);
                return ExitCode.Input;
        }
    }

    private async Task<ExitCode> RunAsync(IEnumerable<string> arguments, IReadOnlyCollection<string> known, Func<ActionContext, CancellationToken, Task> work, CancellationToken cancellation)
    {
        var masker = new Masker();
        // A step's log commands must not stand among records: both go where errors go.
        var log = new JobLog(environment, masker, error, error, time);
        IReadOnlyList<Fault> faults;
        try
        {
            var options = ToolOptions.Read(environment, [.. arguments], known, Flags).OrThrow();
            var inputs = new InputReader(options, masker);
            ProviderInputs.Read(inputs);
            var context = new ActionContext(options, inputs, log, masker, new WorkspaceFiles(options), time, new UlidSource(time, random), random, http);
            await DoAsync(work, context, cancellation);
            faults = [.. inputs.Faults, .. context.Partial.Warnings];
        }
        catch (FaultException problem)
        {
            faults = problem.Faults;
        }
        catch (RpcRefusedException refused)
        {
            faults = [new Fault(FaultCodes.RpcInvalidAnswer, "Expected an endpoint that serves account data", $"found {refused.Message}", "use another endpoint", "rpc-url")];
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            faults = [ActionHost.Cancelled()];
        }
        catch (OperationCanceledException)
        {
            faults = [new Fault(FaultCodes.Timeout, "Expected an end in time", "found that the time is over", "run again, or raise --timeout", "timeout")];
        }

        foreach (var fault in faults)
        {
            log.Fault(fault);
        }

        return Verdict.Of(faults);
    }

    private static async Task DoAsync(Func<ActionContext, CancellationToken, Task> work, ActionContext context, CancellationToken cancellation)
    {
        try
        {
            await work(context, cancellation);
        }
        finally
        {
            await context.EndSecretsAsync(LastWord);
        }
    }

    private const string Help = """
        usage: solana-actions ledger export [options]
               solana-actions ledger prune --release-file <path> [options]

        export   writes every record as a line of JSON to standard output (docs/schema/record.schema.json)
          --environment <name>        only this environment's
          --program-id <address>      only this program's

        prune    says which stored versions no environment's `retention` keeps, and why the others stay
          --release-file <path>       has the environments and their rules
          --store <place>             file:<dir> (default file:.solana-actions)
          --rpc-url <environment>=<url>   repeated; default: the public endpoint of the environment's cluster
          --apply                     deletes them; without it nothing is changed
          --timeout <duration>        default 30m

        both
          --ledger <place>            file:<dir> or github; default as in a step
          --github-token <token>      or env:NAME
          --github-api-url <url>
          --trusted-creators <login>  repeated

        An option is the input of the same name: the variable INPUT_LEDGER is --ledger. See docs/ledger.md.
        """;
}
