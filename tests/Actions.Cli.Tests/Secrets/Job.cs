using Actions.Cli.Tests.SolanaDeploy;
using Actions.Cli.Tests.Tools;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.Secrets;

/// <summary>A deploy whose payer lives at a provider, with all the folders that a runner gives a job inside the one that is looked through afterwards.</summary>
internal sealed class Job : IDisposable
{
    private readonly KeyHomes homes;
    private readonly Deploy deploy;
    private readonly Dictionary<string, string> variables;

    public Job(KeyHomes homes, KeyHome home, params (string Name, string Value)[] more)
    {
        (this.homes, Home, Program) = (homes, home, TestKey.New());
        deploy = new Deploy(homes.Net, TestKey.New(), TestPrograms.Token, ("payer", home.Key), ("program-keypair", Program.Json), ("ledger", "file:ledger")).With(home.Inputs).With(more);
        variables = new Dictionary<string, string>(home.Variables);
        foreach (var folder in new[] { "HOME", "RUNNER_TEMP", "TMPDIR" })
        {
            variables[folder] = Directory.CreateDirectory(deploy.Workspace.At($"_{folder}")).FullName;
        }
    }

    public KeyHome Home { get; }

    public TestKey Program { get; }

    public Task<ActionRun> RunAsync() => deploy.RunAsync(variables: variables);

    public ActionProcess Start() => deploy.Start(variables);

    /// <summary>Does something to the deploy when some of its writes landed, and waits for its end.</summary>
    public Task<ActionRun> InterruptAsync(Func<ActionProcess, Task> act) => InterruptAsync(Home.Payer, act);

    public async Task<ActionRun> InterruptAsync(Address payer, Func<ActionProcess, Task> act)
    {
        var before = await homes.Net.LandedByNowAsync(payer);
        using var process = Start();
        await process.WhenAsync(async () => await homes.Net.LandedByNowAsync(payer) >= before + 5);
        process.HasExited.ShouldBeFalse(process.HasExited ? (await process.EndAsync()).ToString() : "");
        await act(process);
        return await process.EndAsync();
    }

    public async Task IsCleanAsync(ActionRun run, string what)
    {
        try
        {
            LeakScan.ShouldBeClean(run, deploy.Workspace, [.. Program.Leaks, .. await homes.LeaksAsync(Home)]);
        }
        catch (ShouldAssertException leak)
        {
            throw new ShouldAssertException($"{what}: {leak.Message}");
        }
    }

    public void Dispose() => deploy.Dispose();
}
