using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Actions.Cli.Tests.Tools;
using Actions.Core.Ledger;
using Actions.Core.Loader;
using Actions.Core.Store;

namespace Actions.Cli.Tests.Rollback;

/// <summary>A team with a release file, a store and a ledger in one workspace; each step a process of its own.</summary>
internal sealed class RollbackWorld : IDisposable
{
    public const string Environment = "staging";

    private readonly Localnet net;
    private readonly TestKey authority;
    private string lastRelease = "";

    private RollbackWorld(Localnet net, TestKey payer, string[] names)
    {
        (this.net, Payer, Names) = (net, payer, names);
        authority = payer;
        Programs = names.ToDictionary(name => name, _ => TestKey.New());
        WriteReleaseFile("");
    }

    public TestKey Payer { get; }

    public IReadOnlyList<string> Names { get; }

    public IReadOnlyDictionary<string, TestKey> Programs { get; }

    public Workspace Workspace { get; } = new();

    /// <summary>What the environment of every job says besides.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    public FileLedger Ledger => new(Workspace.At("state"), TimeProvider.System);

    public FileStore Store => new(Workspace.At("state"), TimeProvider.System);

    /// <summary>The only program.</summary>
    public TestKey Program => Programs[Names[0]];

    public static Task<RollbackWorld> StartAsync(Localnet net, params string[] names) => StartAsync(net, new Dictionary<string, string>(), names);

    /// <param name="variables">What the environment of every job says besides.</param>
    public static async Task<RollbackWorld> StartAsync(Localnet net, IReadOnlyDictionary<string, string> variables, params string[] names) =>
        new(net, await net.PayerAsync(200), names.Length == 0 ? ["perps"] : names) { Variables = variables };

    /// <summary>With these versions released one after the other.</summary>
    public static async Task<RollbackWorld> ReleasedAsync(Localnet net, params string[] versions)
    {
        var team = await StartAsync(net);
        foreach (var version in versions)
        {
            await team.ReleaseAsync(version);
        }

        return team;
    }

    /// <summary>The Token program in as many versions as a test needs: the loader does not mind what stands behind an ELF.</summary>
    public static byte[] Build(string version) => [.. TestPrograms.Token, .. Encoding.UTF8.GetBytes($"version {version}")];

    public void WriteReleaseFile(string more) => Workspace.Put("solana-release.yml", Encoding.UTF8.GetBytes($$"""
        version: 1
        name: perps
        programs:
        {{string.Join('\n', Names.Select(name => $"  {name}: {{ artifact: {name}.so }}"))}}
        environments:
          staging:
            cluster: localnet
            program-ids: { {{string.Join(", ", Programs.Select(program => $"{program.Key}: \"{program.Value}\""))}} }
        {{more}}
        """));

    /// <summary>Keeps a release and lays its files out for a deploy; every program gets the same bytes unless a test says otherwise.</summary>
    public async Task<Manifest> BuildAsync(string version, byte[]? bytes = null, ManifestRollback? rollback = null, params (string Name, byte[] Bytes)[] others)
    {
        var built = Names.ToDictionary(name => name, name => others.FirstOrDefault(other => other.Name == name).Bytes ?? bytes ?? Build(version));
        var manifest = new Manifest
        {
            Name = "perps",
            Version = version,
            Source = ManifestSource.Build,
            Rollback = rollback,
            BuiltAt = DateTimeOffset.UtcNow,
            Artifacts =
            [
                .. built.Select(program => new ManifestArtifact
                {
                    Program = program.Key,
                    File = $"{program.Key}.default.so",
                    Size = program.Value.Length,
                    Sha256 = Convert.ToHexStringLower(SHA256.HashData(program.Value)),
                    ExecutableHash = Hash(program.Value),
                }),
            ],
        };
        await Store.PutAsync(manifest, [.. built.Values.Select(program => (ReadOnlyMemory<byte>)program)], default);
        lastRelease = $"out/{version}";
        Workspace.Put($"{lastRelease}/manifest.json", manifest.ToJson());
        foreach (var (name, program) in built)
        {
            Workspace.Put($"{lastRelease}/{name}.default.so", program);
        }

        return manifest;
    }

    /// <summary>Builds a version and deploys it to the end.</summary>
    public async Task ReleaseAsync(string version, byte[]? bytes = null, ManifestRollback? rollback = null, params (string Name, byte[] Bytes)[] others)
    {
        await BuildAsync(version, bytes, rollback, others);
        await ShouldEndAsync(DeployAsync());
    }

    /// <summary>By the real solana-deploy, what was built last.</summary>
    public Task<ActionRun> DeployAsync(params (string Name, string Value)[] more) => ActionProcess.RunAsync("solana-deploy", DeployInputs(more), Workspace, variables: Variables);

    public ActionProcess StartDeploy(params (string Name, string Value)[] more) => ActionProcess.Start("solana-deploy", DeployInputs(more), Workspace, variables: Variables);

    /// <summary>Kills a deploy of what was built last when its buffer holds some of the bytes.</summary>
    public async Task KillDeployAsync(params (string Name, string Value)[] more) => await KillMidWriteAsync(StartDeploy([("max-rps", "40"), .. more]));

    public async Task KillMidWriteAsync(ActionProcess process)
    {
        using (process)
        {
            var before = await net.LandedByNowAsync(Payer.Address);
            await process.WhenAsync(async () => await net.LandedByNowAsync(Payer.Address) >= before + 3);
            process.HasExited.ShouldBeFalse((process.HasExited ? await process.EndAsync() : null)?.ToString());
            await process.KillAsync();
        }

        await net.WaitSlotsAsync(4);
    }

    public Task<ActionRun> RollbackAsync(params (string Name, string Value)[] more) => RollbackAsync(null, more);

    /// <param name="run">The GitHub run it is part of.</param>
    public Task<ActionRun> RollbackAsync(string? run, params (string Name, string Value)[] more) =>
        ActionProcess.RunAsync("rollback", RollbackInputs(more), Workspace, variables: VariablesOf(run));

    public ActionProcess StartRollback(params (string Name, string Value)[] more) => ActionProcess.Start("rollback", RollbackInputs(more), Workspace, variables: Variables);

    /// <summary>Somebody deploys with another tool: nothing is recorded.</summary>
    public async Task DeployByHandAsync(string name, byte[] bytes)
    {
        Workspace.Put("by-hand.so", bytes);
        await ShouldEndAsync(ActionProcess.RunAsync("solana-deploy", new Dictionary<string, string>
        {
            ["cluster"] = "localnet", ["rpc-url"] = net.Url, ["program"] = "by-hand.so", ["program-id"] = Programs[name].ToString(), ["payer"] = Payer.Json, ["ledger"] = "none",
        }, Workspace));
    }

    public Task<IReadOnlyList<LedgerRecord>> RecordsAsync(string? name = null) => Ledger.ReadAsync(Environment, Programs[name ?? Names[0]].Address, default);

    public async Task<LedgerRecord> NewestAsync(RecordKind kind, string? name = null) => (await RecordsAsync(name)).Last(record => record.Kind == kind);

    /// <summary>Exactly these bytes, and zeros up to the account's end.</summary>
    public async Task RunsAsync(byte[] bytes, string? name = null)
    {
        var data = (await net.ProgramAsync(Programs[name ?? Names[0]].Address))!.Data;
        data.Span[..bytes.Length].SequenceEqual(bytes).ShouldBeTrue($"{name}: other bytes, hash {Hash(data.ToArray())}");
        data.Span[bytes.Length..].ContainsAnyExcept((byte)0).ShouldBeFalse(name);
    }

    public async Task LeavesNoBufferAsync() => (await net.BuffersAsync(Payer.Address)).ShouldBeEmpty();

    public Task<int> LandedAsync() => LandedAsync(net, Payer);

    public string StatePath(params string[] parts) => Path.Combine([Workspace.At("state"), .. parts]);

    public string LedgerPath(string? name = null) => StatePath("ledger", Environment, $"{Programs[name ?? Names[0]]}.jsonl");

    public static string Hash(byte[] program) => Convert.ToHexStringLower(ProgramBinary.HashOf(program));

    public static List<(string Name, JsonElement Value)> Results(ActionRun run) =>
        [.. JsonDocument.Parse(run["results"]).RootElement.EnumerateObject().Select(property => (property.Name, property.Value))];

    public static async Task<ActionRun> ShouldEndAsync(Task<ActionRun> running, int exit = 0)
    {
        var run = await running;
        run.Exit.ShouldBe(exit, run.ToString());
        return run;
    }

    public void Dispose() => Workspace.Dispose();

    private static async Task<int> LandedAsync(Localnet net, TestKey payer) => (await net.LandedAsync(payer.Address)).Count;

    private Dictionary<string, string> VariablesOf(string? run) =>
        run is null ? new(Variables) : new(Variables) { ["GITHUB_REPOSITORY"] = "acme/perps", ["GITHUB_RUN_ID"] = run, ["GITHUB_ACTOR"] = "eve" };

    private Dictionary<string, string> DeployInputs((string Name, string Value)[] more)
    {
        var inputs = Common();
        inputs["manifest"] = $"{lastRelease}/manifest.json";
        inputs["program-keypair"] = Names.Count == 1 ? Program.Json : string.Join('\n', Programs.Select(program => $"{program.Key}={program.Value.Json}"));
        return With(inputs, more);
    }

    private Dictionary<string, string> RollbackInputs((string Name, string Value)[] more)
    {
        var inputs = Common();
        inputs["store"] = "file:state";
        return With(inputs, more);
    }

    private Dictionary<string, string> Common() => new()
    {
        ["release-file"] = "solana-release.yml", ["environment"] = Environment, ["rpc-url"] = net.Url, ["ledger"] = "file:state", ["payer"] = Payer.Json, ["upgrade-authority"] = authority.Json,
    };

    private static Dictionary<string, string> With(Dictionary<string, string> inputs, (string Name, string Value)[] more)
    {
        foreach (var (name, value) in more)
        {
            inputs[name] = value;
        }

        return inputs;
    }
}
