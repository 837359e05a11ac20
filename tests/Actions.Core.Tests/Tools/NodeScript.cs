using System.ComponentModel;
using System.Diagnostics;

namespace Actions.Core.Tests.Tools;

/// <summary>Runs one of the repository's Node scripts, with its packages installed.</summary>
internal static class NodeScript
{
    private static readonly Lock Installing = new();

    /// <summary>What the script wrote to stdout.</summary>
    public static string Run(string folder, string script, params string[] arguments)
    {
        lock (Installing)
        {
            if (!Directory.Exists(Path.Combine(folder, "node_modules")))
            {
                Start(folder, "npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
            }
        }

        return Start(folder, "node", [script, .. arguments]);
    }

    private static string Start(string folder, string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0
                ? output
                : throw new InvalidOperationException(
                    $"{program} {string.Join(' ', arguments)} in {folder}: exit {process.ExitCode}\n{errors.Result}");
        }
        catch (Win32Exception)
        {
            throw new InvalidOperationException($"These tests need Node.js 20.18 or newer: `{program}` is not on the PATH.");
        }
    }
}
