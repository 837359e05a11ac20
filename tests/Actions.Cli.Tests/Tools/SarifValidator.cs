using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.Json;

namespace Actions.Cli.Tests.Tools;

/// <summary>Microsoft's validator of SARIF files (tests/sarif), with its rules for GitHub's code scanning.</summary>
[SupportedOSPlatform("linux")]
internal static class SarifValidator
{
    /// <summary>It asks for the address of the tool's home page; the executable does not know under whose name it is published.</summary>
    private const string HomePage = "SARIF2005";

    private static readonly string Tool = Repository.At("tests", "sarif", "node_modules", "@microsoft", "sarif-multitool-linux", "Sarif.Multitool");

    public static IReadOnlyList<string> Complaints(string file)
    {
        // npm does not run the package's install script, which does just this.
        File.SetUnixFileMode(Tool, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var report = $"{file}.report";
        var start = new ProcessStartInfo(Tool) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["validate", file, "--output", report, "--log", "ForceOverwrite", "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning"])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";
        using var tool = Process.Start(start)!;
        var said = tool.StandardOutput.ReadToEndAsync();
        var problems = tool.StandardError.ReadToEnd();
        tool.WaitForExit();
        File.Exists(report).ShouldBeTrue($"{said.Result}{problems}");
        using var json = JsonDocument.Parse(File.ReadAllBytes(report));
        return [.. json.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray()
            .Where(result => result.GetProperty("ruleId").GetString() != HomePage).Select(result => result.GetRawText())];
    }
}
