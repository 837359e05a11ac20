using System.Diagnostics;

namespace Actions.Cli.Tests.Hosting;

/// <summary>The executable itself, as the container starts it.</summary>
public sealed class ProcessTests
{
    /// <summary>Not the copy beside the tests, which lacks the runtime that the executable brings along.</summary>
    private static string Executable
    {
        get
        {
            var tests = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
            return Path.Combine(tests.Parent!.Parent!.FullName, "Actions.Cli", $"{tests.Name}_linux-x64", "solana-actions");
        }
    }

    [Theory]
    [InlineData("", 2)]
    [InlineData("no-such-action", 2)]
    [InlineData("--version", 0)]
    [InlineData("--help", 0)]
    public async Task Exit_codes_reach_the_shell(string argument, int exit)
    {
        using var process = Process.Start(new ProcessStartInfo(Executable, argument)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        process.ExitCode.ShouldBe(exit);
        (exit == 0 ? await output : await error).ShouldNotBeEmpty();
        (exit == 0 ? await error : await output).ShouldBeEmpty();
        (await output + await error).ShouldNotContain('\r');
    }
}
