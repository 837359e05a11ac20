using Actions.Core.Faults;

namespace Actions.Cli.Hosting;

/// <summary>Finds the action that the first argument names.</summary>
internal sealed class CommandLine(IReadOnlyDictionary<string, ActionBody> actions, ActionHost host, TextWriter output, TextWriter error)
{
    /// <summary>What `ledger` and the arguments after it do; null where there is no such command.</summary>
    public Func<IReadOnlyList<string>, CancellationToken, Task<ExitCode>>? Ledger { get; init; }

    public async Task<ExitCode> RunAsync(IReadOnlyList<string> arguments, Signals signals)
    {
        switch (arguments)
        {
            case ["--version"]:
                await output.WriteLineAsync($"solana-actions {typeof(CommandLine).Assembly.GetName().Version?.ToString(3)}");
                return ExitCode.Done;
            case ["ledger", ..] when Ledger is not null:
                return await Ledger([.. arguments.Skip(1)], signals.Cancelled);
            case ["--help"] or [_, "--help"]:
                await output.WriteLineAsync(Usage());
                return ExitCode.Done;
            case [var name] when actions.TryGetValue(name, out var body):
                return await host.RunAsync(name, body, signals);
            default:
                await error.WriteLineAsync(Usage());
                return ExitCode.Input;
        }
    }

    private string Usage() => $"""
        usage: solana-actions <action>
               solana-actions ledger export | prune | --help
               solana-actions --version | --help

        actions: {string.Join(", ", actions.Keys.Order(StringComparer.Ordinal))}

        Inputs are environment variables, as the runner passes them: the input program-id is INPUT_PROGRAM-ID.
        In a shell:  env 'INPUT_CLUSTER=devnet' 'INPUT_PROGRAM-ID=...' solana-actions verify-program
        """;
}
