using System.Diagnostics;
using Actions.Cli.Tests.Tools;

namespace Actions.Cli.Tests.LedgerTool;

/// <summary>`solana-actions ledger …` as a person runs it.</summary>
internal sealed record ToolRun(int Exit, string Stdout, string Stderr)
{
    public static async Task<ToolRun> OfAsync(Workspace workspace, params string[] arguments)
    {
        var start = new ProcessStartInfo(Repository.Executable, ["ledger", .. arguments]) { WorkingDirectory = workspace.Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Clear();
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return new ToolRun(process.ExitCode, await output, await error);
    }

    public override string ToString() => $"exit {Exit}\n{Stdout}\n{Stderr}";
}
