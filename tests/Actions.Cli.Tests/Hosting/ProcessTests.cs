using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Actions.Cli.Tests.Tools;
using Actions.Core.Tests.Loader;

namespace Actions.Cli.Tests.Hosting;

/// <summary>The executable itself, as the container starts it.</summary>
public sealed class ProcessTests
{
    [Theory]
    [InlineData("", 2)]
    [InlineData("no-such-action", 2)]
    [InlineData("--version", 0)]
    [InlineData("--help", 0)]
    public async Task Exit_codes_reach_the_shell(string argument, int exit)
    {
        using var process = Process.Start(new ProcessStartInfo(Repository.Executable, argument)
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

    [Fact]
    public async Task Output_that_cannot_be_written_ends_nothing()
    {
        using var process = Process.Start("sh", ["-c", "\"$0\" --help > /dev/full 2> /dev/full", Repository.Executable]);
        await process.WaitForExitAsync();

        process.ExitCode.ShouldBe(0);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_signal_ends_it_within_five_seconds_with_report_and_outputs(string signal)
    {
        // An endpoint that takes the call and never answers.
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var workspace = Directory.CreateTempSubdirectory("process-tests-");
        var start = new ProcessStartInfo(Repository.Executable, "solana-deploy") { WorkingDirectory = workspace.FullName, RedirectStandardOutput = true, RedirectStandardError = true };
        await File.WriteAllBytesAsync(Path.Combine(workspace.FullName, "program.so"), StrictElf.Make(new byte[8]));
        start.Environment.Clear();
        start.Environment["INPUT_CLUSTER"] = "localnet";
        start.Environment["INPUT_RPC-URL"] = $"http://{silent.LocalEndpoint}";
        start.Environment["INPUT_DRY-RUN"] = "true";
        start.Environment["INPUT_PAYER"] = start.Environment["INPUT_PROGRAM-ID"] = "BPFLoaderUpgradeab1e11111111111111111111111";
        start.Environment["INPUT_PROGRAM"] = "program.so";

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var call = await silent.AcceptTcpClientAsync().WaitAsync(TimeSpan.FromSeconds(30));
        var since = Stopwatch.StartNew();
        Process.Start("kill", [$"-{signal}", $"{process.Id}"]).WaitForExit();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));

        process.ExitCode.ShouldBe(130, await error);
        since.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5));
        (await output).ShouldMatch(@"report=\.solana-actions/reports/\w{26}\.json\n");
        workspace.Delete(recursive: true);
    }
}
