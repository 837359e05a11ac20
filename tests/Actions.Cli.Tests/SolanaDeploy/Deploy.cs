using Actions.Cli.Tests.Tools;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.SolanaDeploy;

/// <summary>One `solana-deploy` job against a localnet: its inputs, its workspace, and the books of its payer.</summary>
internal sealed class Deploy : IDisposable
{
    private readonly Dictionary<string, string> inputs;

    public Deploy(Localnet net, TestKey payer, byte[] program, params (string Name, string Value)[] more)
    {
        (Net, Payer) = (net, payer);
        Workspace = new Workspace(program);
        inputs = new Dictionary<string, string>
        {
            ["cluster"] = "localnet",
            ["rpc-url"] = net.Url,
            ["program"] = "program.so",
            ["payer"] = payer.Json,
        };
        foreach (var (name, value) in more)
        {
            inputs[name] = value;
        }
    }

    public Localnet Net { get; }

    public TestKey Payer { get; }

    public Workspace Workspace { get; }

    /// <summary>The same job with other inputs; an empty value removes one.</summary>
    public Deploy With(params (string Name, string Value)[] changes)
    {
        foreach (var (name, value) in changes)
        {
            inputs[name] = value;
        }

        return this;
    }

    public Deploy WithProgram(byte[] program)
    {
        Workspace.Put("program.so", program);
        return this;
    }

    public ActionProcess Start(IReadOnlyDictionary<string, string>? variables = null) => ActionProcess.Start("solana-deploy", inputs, Workspace, variables: variables);

    public Task<ActionRun> RunAsync(bool inShell = false, IReadOnlyDictionary<string, string>? variables = null) =>
        ActionProcess.RunAsync("solana-deploy", inputs, Workspace, inShell, variables);

    /// <summary>Kills the job when its buffer is there and some of the bytes are; a slow pace makes sure that it is not done by then.</summary>
    public async Task KillMidWriteAsync()
    {
        var before = await Net.LandedByNowAsync(Payer.Address);
        using var process = With(("max-rps", "40")).Start();
        await process.WhenAsync(async () => await Net.LandedByNowAsync(Payer.Address) >= before + 3);
        process.HasExited.ShouldBeFalse((process.HasExited ? await process.EndAsync() : null)?.ToString());
        await process.KillAsync();
        With(("max-rps", ""));
        await Net.WaitSlotsAsync(4);
    }

    public void Dispose() => Workspace.Dispose();

    /// <summary>How many transactions write a file: chunks with a byte that is not zero.</summary>
    public static int Chunks(byte[] program, int size = 1_012) => program.Chunk(size).Count(chunk => chunk.AsSpan().ContainsAnyExcept((byte)0));
}

/// <summary>What the payer and the accounts of a deploy hold, and what landed, from the node alone.</summary>
internal sealed record Books(ulong Payer, ulong Accounts, int Transactions, ulong Fees, int Failed)
{
    public static async Task<Books> OpenAsync(Localnet net, Address payer, params Address[] accounts)
    {
        var landed = await net.LandedAsync(payer);
        ulong held = 0;
        foreach (var account in accounts.Distinct())
        {
            held += await net.BalanceAsync(account);
        }

        return new Books(
            await net.BalanceAsync(payer), held, landed.Count, landed.Aggregate(0UL, (sum, line) => sum + line.Fee), landed.Count(line => line.Failed));
    }
}
