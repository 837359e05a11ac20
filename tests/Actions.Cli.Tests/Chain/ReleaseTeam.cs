using System.Globalization;
using System.Text;
using System.Text.Json;
using Actions.Cli.Tests.Tools;
using Actions.Core.Ledger;

namespace Actions.Cli.Tests.Chain;

/// <summary>A team with two programs and three environments, each on a node of its own; every step of its jobs is a process in one workspace.</summary>
internal sealed class ReleaseTeam : IAsyncDisposable
{
    /// <summary>In the release file's order.</summary>
    public static readonly string[] Programs = ["registry", "vault"];

    /// <summary>Why a release is undone.</summary>
    public const string Reason = "the indexer does not understand it";

    private static readonly string[] Environments = ["devnet", "testnet", "mainnet"];

    private readonly Dictionary<string, Localnet> nets = [];
    private readonly Dictionary<string, TestKey> ids = Programs.ToDictionary(name => name, _ => TestKey.New());
    private readonly TestKey payer = TestKey.New();
    private readonly TestKey authority = TestKey.New();
    private readonly Workspace workspace = new();
    private int runs;

    private ReleaseTeam()
    {
    }

    public static async Task<ReleaseTeam> StartAsync()
    {
        var team = new ReleaseTeam();
        foreach (var environment in Environments)
        {
            team.nets[environment] = await Localnet.StartAsync("--airdrop", $"{team.payer}=100");
        }

        return team;
    }

    public FileLedger Ledger => new(workspace.At(".solana-actions"), TimeProvider.System);

    /// <summary>Writes the release file; mainnet wants this much soak.</summary>
    public void Describe(int soakSeconds)
    {
        string Environment(string name, string more) =>
            $$"""  {{name}}: { cluster: localnet, {{more}}program-ids: { registry: "{{ids["registry"]}}", vault: "{{ids["vault"]}}" }, upgrade-authority: "{{authority}}" """.TrimEnd();
        Put("solana-release.yml", $$"""
            version: 1
            name: savings
            programs: { registry: { artifact: registry.so }, vault: { artifact: vault.so } }
            environments:
            {{Environment("devnet", "")}} }
            {{Environment("testnet", "after: devnet, ")}} }
            {{Environment("mainnet", "after: testnet, ")}}, gates: { min-soak: {{soakSeconds}}s } }
            smoke: { "*": common.yml, mainnet: mainnet.yml }
            """);
        Put("common.yml", Spec(""));
        Put("mainnet.yml", Spec($"      logs: {RewordedProgram.Complaint}"));
    }

    /// <summary>What a compiler leaves: both programs, which declare their ids.</summary>
    public Dictionary<string, byte[]> Build(byte[] registry, byte[] vault)
    {
        var built = new Dictionary<string, byte[]> { ["registry"] = [.. registry, .. ids["registry"].Address.ToArray()], ["vault"] = [.. vault, .. ids["vault"].Address.ToArray()] };
        built.ToList().ForEach(program => workspace.Put($"{program.Key}.so", program.Value));
        return built;
    }

    public Task<ActionRun> BuildAsync(string version) => RunAsync("promote-artifact", null, ("from", "build"), ("to", "devnet"), ("version", version), ("store", "file:.solana-actions"));

    public Task<ActionRun> PromoteAsync(string from, string to) =>
        RunAsync("promote-artifact", null, ("to", to), ("rpc-url", nets[to].Url), ("from-rpc-url", nets[from].Url), ("store", "file:.solana-actions"));

    /// <param name="promoted">The step before, whose output names the manifest.</param>
    public Task<ActionRun> DeployAsync(string environment, ActionRun promoted, bool isFirst = false) => RunAsync(
        "solana-deploy", environment, ("manifest", promoted["manifest"]), ("payer", payer.Json), ("upgrade-authority", authority.Json),
        ("program-keypair", isFirst ? string.Join('\n', ids.Select(program => $"{program.Key}={program.Value.Json}")) : ""));

    public Task<ActionRun> VerifyAsync(string environment, ActionRun promoted) => RunAsync("verify-program", environment, ("manifest", promoted["manifest"]));

    public Task<ActionRun> SmokeTestAsync(string environment) => RunAsync("smoke-test", environment);

    public Task<ActionRun> RollBackAsync(string environment) => RunAsync(
        "rollback", environment, ("reason", Reason), ("payer", payer.Json), ("upgrade-authority", authority.Json), ("store", "file:.solana-actions"));

    /// <summary>What an environment runs must be exactly these files.</summary>
    public async Task ShouldRunAsync(string environment, Dictionary<string, byte[]>? built)
    {
        foreach (var name in Programs)
        {
            var running = await nets[environment].ProgramAsync(ids[name].Address);
            if (built is null)
            {
                running.ShouldBeNull(name);
                continue;
            }

            running!.Data.Span[..built[name].Length].SequenceEqual(built[name]).ShouldBeTrue($"{name} in {environment}");
            running.Data.Span[built[name].Length..].ContainsAnyExcept((byte)0).ShouldBeFalse($"{name} in {environment}");
        }

        (await nets[environment].BuffersAsync(payer.Address)).ShouldBeEmpty(environment);
        (await nets[environment].BuffersAsync(authority.Address)).ShouldBeEmpty(environment);
    }

    /// <summary>What every program's records in an environment say, oldest first: `release 1.0.0 succeeded`, `smoke 1.0.0 failed`.</summary>
    public async Task ShouldHaveRecordsAsync(string environment, params string[] expected)
    {
        foreach (var name in Programs)
        {
            var records = await RecordsAsync(environment, name);
            records.Select(record => $"{record.Facts.Check?.ToString() ?? record.Kind.ToString()} {record.Facts.Version} {record.State}".ToLowerInvariant()).ShouldBe(expected, $"{name} in {environment}");
        }
    }

    public async Task<IReadOnlyList<LedgerRecord>> RecordsAsync(string environment, string program) =>
        [.. (await Ledger.ReadAsync(environment, ids[program].Address, default)).OrderBy(record => record.Opened)];

    /// <summary>Waits until this time by the clock that promote-artifact's checklist is in.</summary>
    public static Task UntilAsync(DateTimeOffset time) => Until.TrueAsync(() => Task.FromResult(DateTimeOffset.UtcNow >= time), 50);

    /// <summary>Program and one of its outputs, in the order they are given.</summary>
    public static IReadOnlyList<string> Results(ActionRun run, string output)
    {
        using var results = JsonDocument.Parse(run["results"]);
        return [.. results.RootElement.EnumerateObject().Select(program => $"{program.Name} {program.Value.GetProperty(output).GetString()}")];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var net in nets.Values)
        {
            await net.DisposeAsync();
        }

        workspace.Dispose();
    }

    /// <summary>An unknown instruction is refused; how that is worded is nobody's business but mainnet's.</summary>
    private string Spec(string more) => $$"""
        version: 1
        checks:
          - { name: registry, program: { id: "{{ids["registry"]}}", upgrade-authority: "{{authority}}" } }
          - { name: vault, program: { id: "{{ids["vault"]}}", upgrade-authority: "{{authority}}" } }
          - name: refusal
            transaction:
              instructions: [{ program: "{{ids["vault"]}}", accounts: [{ address: "{{payer}}", signer: true, writable: true }], data: { hex: ff } }]
              expect: error
              error: 12
        {{more}}
        """;

    private void Put(string path, string text) => workspace.Put(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Each in a workflow run of its own.</summary>
    private Task<ActionRun> RunAsync(string action, string? environment, params (string Name, string Value)[] inputs)
    {
        Dictionary<string, string> all = new() { ["release-file"] = "solana-release.yml", ["ledger"] = "file:.solana-actions" };
        if (environment is not null)
        {
            (all["environment"], all["rpc-url"]) = (environment, nets[environment].Url);
        }

        foreach (var (name, value) in inputs)
        {
            all[name] = value;
        }

        return ActionProcess.RunAsync(action, all, workspace, variables: new Dictionary<string, string>
        {
            ["GITHUB_REPOSITORY"] = "acme/savings", ["GITHUB_RUN_ID"] = (++runs).ToString(CultureInfo.InvariantCulture), ["GITHUB_SHA"] = new string('a', 40), ["GITHUB_ACTOR"] = "eve",
        });
    }
}
