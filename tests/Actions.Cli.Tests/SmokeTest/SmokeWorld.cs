using System.Text;
using Actions.Cli.Tests.Tools;
using Actions.Core.Loader;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.SmokeTest;

/// <summary>A node with a program, its configuration account, and somebody who can pay.</summary>
public sealed class SmokeWorld : IAsyncLifetime, IDisposable
{
    public const string Idl = """
        {"address":"x","metadata":{"name":"markets"},"accounts":[{"name":"GlobalConfig","discriminator":[1,2,3,4,5,6,7,8]}],
         "types":[{"name":"GlobalConfig","type":{"kind":"struct","fields":[{"name":"treasury","type":"pubkey"},{"name":"fee_bps","type":"u16"},{"name":"max_bet","type":"u64"}]}}]}
        """;

    private readonly Workspace files = new();

    internal Localnet Net { get; private set; } = null!;

    internal static string Hash { get; } = Convert.ToHexStringLower(ProgramBinary.HashOf(TestPrograms.Token));

    internal Address Program { get; } = TestKey.From("smoke program").Address;

    internal Address Authority { get; } = TestKey.From("smoke authority").Address;

    internal Address Missing { get; } = TestKey.From("smoke missing").Address;

    /// <summary>Holds 250 basis points and a highest bet of 10¹².</summary>
    internal Address Config { get; private set; }

    internal TestKey Payer { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Config = ProgramAddress.Find(["global_config"u8.ToArray()], Program).Address;
        byte[] data = [1, 2, 3, 4, 5, 6, 7, 8, .. Authority.ToArray(), 250, 0, .. BitConverter.GetBytes(1_000_000_000_000UL)];
        files.Put("program.so", TestPrograms.Token);
        files.Put("config.json", Encoding.UTF8.GetBytes($$$"""
            {"pubkey":"{{{Config}}}","account":{"lamports":5000000000,"data":["{{{Convert.ToBase64String(data)}}}","base64"],"owner":"{{{Program}}}","executable":false,"rentEpoch":0}}
            """));
        Net = await Localnet.StartAsync("--program", $"{Program}={files.At("program.so")}:{Authority}", "--account", files.At("config.json"));
        Payer = await Net.PayerAsync();
        // Checks that say no commitment see what is finalized.
        await Net.WaitSlotsAsync(34);
    }

    public async Task DisposeAsync() => await Net.DisposeAsync();

    public void Dispose() => files.Dispose();
}

/// <summary>One `smoke-test` job: its spec, inputs and workspace.</summary>
internal sealed class Smoke : IDisposable
{
    private readonly Dictionary<string, string> inputs;
    private readonly Dictionary<string, string> variables = [];

    public Smoke(string rpcUrl, Address? program, string checks, params (string Name, string Value)[] more)
    {
        Workspace = new Workspace();
        Workspace.Put("smoke.yml", Encoding.UTF8.GetBytes($"version: 1\n{(checks.StartsWith("limits", StringComparison.Ordinal) ? "" : "checks:\n")}{checks}\n"));
        Workspace.Put("idl.json", Encoding.UTF8.GetBytes(SmokeWorld.Idl));
        inputs = new Dictionary<string, string> { ["cluster"] = "localnet", ["rpc-url"] = rpcUrl, ["program-id"] = program?.ToString() ?? "", ["spec"] = "smoke.yml", ["ledger"] = "file:ledgers" };
        foreach (var (name, value) in more)
        {
            inputs[name] = value;
        }
    }

    public Workspace Workspace { get; }

    public Smoke WithVariable(string name, string value)
    {
        variables[name] = value;
        return this;
    }

    public ActionProcess Start() => ActionProcess.Start("smoke-test", inputs, Workspace, variables: variables);

    public Task<ActionRun> RunAsync(bool inShell = false) => ActionProcess.RunAsync("smoke-test", inputs, Workspace, inShell, variables);

    public void Dispose() => Workspace.Dispose();
}
