using System.Collections;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Actions.Cli.Continue;
using Actions.Cli.Doctor;
using Actions.Cli.Hosting;
using Actions.Cli.LedgerTool;
using Actions.Cli.Notify;
using Actions.Cli.PromoteArtifact;
using Actions.Cli.ReleasePlan;
using Actions.Cli.Rollback;
using Actions.Cli.SecurityScan;
using Actions.Cli.SmokeTest;
using Actions.Cli.SolanaDeploy;
using Actions.Cli.VerifyProgram;
using Actions.Core.Faults;
using Actions.Core.Runner;

namespace Actions.Cli;

/// <summary>Puts the program together. Only here do the console and the process environment appear.</summary>
internal static class Composition
{
    /// <summary>The actions of this version, by the name that the first argument gives.</summary>
    internal static readonly Dictionary<string, ActionBody> Actions = new(StringComparer.Ordinal)
    {
        ["continue"] = ContinueAction.RunAsync,
        ["doctor"] = DoctorAction.RunAsync,
        ["notify"] = NotifyAction.RunAsync,
        ["promote-artifact"] = PromoteArtifactAction.RunAsync,
        ["release-plan"] = ReleasePlanAction.RunAsync,
        ["rollback"] = RollbackAction.RunAsync,
        ["security-scan"] = SecurityScanAction.RunAsync,
        ["smoke-test"] = SmokeTestAction.RunAsync,
        ["solana-deploy"] = SolanaDeployAction.RunAsync,
        ["verify-program"] = VerifyProgramAction.RunAsync,
    };

#pragma warning disable RS0030 // this is the place the banned symbols point to
    public static async Task<ExitCode> RunAsync(IReadOnlyList<string> arguments)
    {
        CoreDumps.Forbid();
        await using var output = Open(Console.OpenStandardOutput());
        await using var error = Open(Console.OpenStandardError());
        using var signals = Signals.OfProcess();
        using var http = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.GZip,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        var variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
        var environment = new RunnerEnvironment(variables, Environment.CurrentDirectory) { Terminal = !Console.IsOutputRedirected };
        var host = new ActionHost(environment, output, error, TimeProvider.System, RandomNumberGenerator.Fill, () => http);
        var ledger = new LedgerCommand(environment, output, error, TimeProvider.System, RandomNumberGenerator.Fill, () => http);
        return await new CommandLine(Actions, host, output, error) { Ledger = ledger.RunAsync }.RunAsync(arguments, signals);
    }
#pragma warning restore RS0030

    /// <summary>UTF-8 without a byte order mark, line feeds, and nothing held back when the process is killed.</summary>
    private static StreamWriter Open(Stream stream) => new(new UnbrokenStream(stream), new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" };
}
