using System.Diagnostics;

namespace Actions.Cli.Tests.Tools;

/// <summary>The localnet's folder, with its packages installed once.</summary>
internal static class NodeScripts
{
    private static readonly Lazy<string> Installed = new(Install);

    public static string Folder => Installed.Value;

    /// <summary>Runs one script to its end.</summary>
    public static void Run(params string[] arguments) => Start(Folder, "node", arguments);

    private static string Install()
    {
        var folder = Repository.At("src", "localnet");
        if (!Directory.Exists(Path.Combine(folder, "node_modules")))
        {
            Start(folder, "npm", ["ci", "--no-audit", "--no-fund"]);
        }

        return folder;
    }

    private static void Start(string folder, string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: exit {process.ExitCode}\n{errors.Result}");
        }
    }
}
