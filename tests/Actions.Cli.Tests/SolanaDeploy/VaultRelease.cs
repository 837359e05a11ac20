using System.Text;
using System.Text.Json;
using Actions.Cli.Tests.Tools;
using Actions.Cli.Tests.VerifyProgram;
using Actions.Core.Ledger;
using Actions.Core.Solana;
using Actions.Core.Squads;

namespace Actions.Cli.Tests.SolanaDeploy;

/// <summary>A release of several programs that one vault owns, the job that proposes it, and the scheduled one that settles it, in one workspace.</summary>
internal sealed class VaultRelease : IDisposable
{
    private const SquadsPermissions Proposer = SquadsPermissions.Initiate | SquadsPermissions.Execute;

    private readonly Localnet net;

    private VaultRelease(Localnet net, TestKey payer, TestKey member, SquadsTeam team, IReadOnlyList<(string Name, TestKey Key)> programs)
    {
        (this.net, Payer, Member, Team, Programs) = (net, payer, member, team, programs);
        Job = new Deploy(
            net, payer, TestPrograms.Token, ("program", ""), ("cluster", ""), ("environment", "staging"), ("release-file", "release.yml"), ("manifest", "manifest.json"),
            ("mode", "propose"), ("upgrade-authority", $"squads:{team.Multisig}"));
        Job.Workspace.Put("release.yml", Encoding.UTF8.GetBytes($$"""
            version: 1
            name: perps
            programs:
            {{string.Join('\n', programs.Select(program => $"  {program.Name}: {{ artifact: {program.Name}.so }}"))}}
            environments:
              staging:
                cluster: localnet
                program-ids: { {{string.Join(", ", programs.Select(program => $"{program.Name}: \"{program.Key}\""))}} }
            """));
    }

    public TestKey Payer { get; }

    /// <summary>May vote, and do everything else.</summary>
    public TestKey Member { get; }

    public SquadsTeam Team { get; }

    public IReadOnlyList<(string Name, TestKey Key)> Programs { get; }

    /// <summary>`solana-deploy` with `mode: propose`.</summary>
    public Deploy Job { get; }

    /// <param name="before">What the programs run when the release is proposed.</param>
    /// <param name="after">What the release brings, program by program.</param>
    public static async Task<VaultRelease> StartAsync(Localnet net, byte[] before, params (string Name, byte[] Bytes)[] after)
    {
        var (payer, member) = (await net.PayerAsync(), await net.PayerAsync(1));
        var team = await SquadsTeam.CreateAsync(net, 1, 0, (payer, Proposer), (member, Proposer | SquadsPermissions.Vote));
        var release = new VaultRelease(net, payer, member, team, [.. after.Select(program => (program.Name, TestKey.New()))]);
        foreach (var (_, key) in release.Programs)
        {
            using var first = new Deploy(net, payer, before, ("program-keypair", key.Json), ("upgrade-authority", $"{team.Vault}"), ("ledger", "none"));
            var run = await first.RunAsync();
            run.Exit.ShouldBe(0, run.ToString());
        }

        release.Bring(after);
        return release;
    }

    /// <summary>Other bytes for the same release.</summary>
    public void Bring(params (string Name, byte[] Bytes)[] programs)
    {
        foreach (var (name, bytes) in programs)
        {
            Job.Workspace.Put($"{name}.so", bytes);
        }

        Job.Workspace.Put("manifest.json", Encoding.UTF8.GetBytes(
            $$"""{"schema":1,"name":"perps","version":"1.2.3","source":"build","artifacts":[{{string.Join(',', programs.Select(program => Manifests.Artifact(program.Bytes, name: program.Name)))}}]}"""));
    }

    /// <summary>Proposes everything; it must end well.</summary>
    public async Task<IReadOnlyDictionary<string, JsonElement>> ProposeAsync() => Results(await DoneAsync(Job));

    public static async Task<ActionRun> DoneAsync(Deploy job)
    {
        var run = await job.RunAsync();
        run.Exit.ShouldBe(0, run.ToString());
        return run;
    }

    public Task<ActionRun> ContinueAsync(params (string Name, string Value)[] more)
    {
        var inputs = new Dictionary<string, string> { ["rpc-url"] = net.Url, ["environment"] = "staging", ["release-file"] = "release.yml", ["payer"] = Payer.Json };
        foreach (var (name, value) in more)
        {
            inputs[name] = value;
        }

        return ActionProcess.RunAsync("continue", inputs, Job.Workspace);
    }

    public static IReadOnlyDictionary<string, JsonElement> Results(ActionRun run) =>
        JsonDocument.Parse(run["results"]).RootElement.EnumerateObject().ToDictionary(property => property.Name, property => property.Value);

    public static string Of(JsonElement program, string output) => program.GetProperty(output).GetString()!;

    public Address Id(string name) => Programs.Single(program => program.Name == name).Key.Address;

    public async Task<bool> RunsAsync(string name, byte[] file) => (await net.ProgramAsync(Id(name)))!.Data.Span[..file.Length].SequenceEqual(file);

    /// <summary>The newest records of the programs, in their order.</summary>
    public async Task<IReadOnlyList<LedgerRecord>> RecordsAsync()
    {
        List<LedgerRecord> records = [];
        foreach (var (_, key) in Programs)
        {
            records.Add((await new FileLedger(Job.Workspace.At(".solana-actions"), TimeProvider.System).ReadAsync("staging", key.Address, default))[^1]);
        }

        return records;
    }

    public void Dispose() => Job.Dispose();
}
