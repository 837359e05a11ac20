using System.Security.Cryptography;
using Actions.Cli.Tests.SolanaDeploy;
using Actions.Cli.Tests.Tools;
using Actions.Core.Ledger;
using Actions.Core.Loader;
using Actions.Core.Solana;
using Actions.Core.Squads;
using Actions.Core.Store;
using Actions.Core.Tests.GitHub;

namespace Actions.Cli.Tests.Continue;

/// <summary>A program that a vault owns, the job that proposes its upgrades, and the scheduled one that settles them, in one workspace.</summary>
internal sealed class VaultProgram : IDisposable
{
    public const SquadsPermissions Proposer = SquadsPermissions.Initiate | SquadsPermissions.Execute;
    public const SquadsPermissions All = Proposer | SquadsPermissions.Vote;

    private readonly Localnet net;
    private (string Name, string Value)[] common = [];
    private Dictionary<string, string> variables = [];

    private VaultProgram(Localnet net, TestKey payer, SquadsTeam team, TestKey[] members, Address id)
    {
        (this.net, Payer, Team, Members, Id) = (net, payer, team, members, id);
        Job = new Deploy(net, payer, TestPrograms.Token, ("mode", "propose"), ("program-id", $"{id}"), ("upgrade-authority", $"squads:{team.Multisig}"));
    }

    public TestKey Payer { get; }

    public SquadsTeam Team { get; }

    /// <summary>Besides the payer; each may do everything.</summary>
    public TestKey[] Members { get; }

    public Address Id { get; }

    /// <summary>`solana-deploy` with `mode: propose`.</summary>
    public Deploy Job { get; }

    /// <param name="may">What the payer may do.</param>
    public static async Task<VaultProgram> StartAsync(Localnet net, ushort threshold = 1, uint timeLock = 0, SquadsPermissions may = Proposer)
    {
        var payer = await net.PayerAsync();
        TestKey[] members = [await net.PayerAsync(1), await net.PayerAsync(1)];
        var team = await SquadsTeam.CreateAsync(net, threshold, timeLock, (payer, may), (members[0], All), (members[1], All));
        var program = TestKey.New();
        var made = new VaultProgram(net, payer, team, members, program.Address);
        // Recorded where the later jobs look, and kept where a rollback finds it.
        made.Job.Workspace.Put("first.so", TestPrograms.LookupTable);
        var run = await ActionProcess.RunAsync("solana-deploy", made.Inputs([("program", "first.so"), ("program-id", ""), ("program-keypair", program.Json), ("upgrade-authority", $"{team.Vault}")]), made.Job.Workspace);
        run.Exit.ShouldBe(0, run.ToString());
        await made.StoreAsync(TestPrograms.LookupTable);
        return made;
    }

    /// <summary>From now on records are Deployments of a repository.</summary>
    public void OnGitHub(GitHubStandIn github)
    {
        common = [("github-token", GitHubStandIn.Token), ("github-api-url", github.Api)];
        Job.With(common);
        variables = new() { ["GITHUB_REPOSITORY"] = GitHubStandIn.Repository, ["GITHUB_RUN_ID"] = "1", ["GITHUB_SHA"] = GitHubStandIn.Sha, ["GITHUB_ACTOR"] = "eve", ["GITHUB_API_URL"] = github.Api };
    }

    /// <summary>What the jobs' environment says besides, as that they may ask for an OIDC token.</summary>
    public VaultProgram With(IReadOnlyDictionary<string, string> more)
    {
        foreach (var (name, value) in more)
        {
            variables[name] = value;
        }

        return this;
    }

    /// <summary>Proposes the upgrade, and votes for it with as many members.</summary>
    public async Task<ActionRun> ProposeAsync(int approvals = 0)
    {
        var run = await Job.RunAsync(variables: variables);
        run.Exit.ShouldBe(0, run.ToString());
        foreach (var member in Members.Take(approvals))
        {
            await Team.ApproveAsync(ulong.Parse(run["transaction-index"], System.Globalization.CultureInfo.InvariantCulture), member);
        }

        return run;
    }

    public Task<ActionRun> ContinueAsync(params (string Name, string Value)[] more) => ActionProcess.RunAsync("continue", Inputs(more), Job.Workspace, variables: variables);

    public ActionProcess StartContinue(params (string Name, string Value)[] more) => ActionProcess.Start("continue", Inputs(more), Job.Workspace);

    /// <summary>To what ran before, by the vault's members.</summary>
    public Task<ActionRun> RollbackAsync() =>
        ActionProcess.RunAsync("rollback", Inputs([("upgrade-authority", $"squads:{Team.Multisig}"), ("store", "file:.solana-actions")]), Job.Workspace);

    /// <summary>It must end well and say this.</summary>
    public async Task<ActionRun> ShouldSayAsync(int settled, int executed, int pending, params (string Name, string Value)[] more)
    {
        var run = await ContinueAsync(more);
        run.Exit.ShouldBe(0, run.ToString());
        (run["settled"], run["executed"], run["pending"]).ShouldBe(($"{settled}", $"{executed}", $"{pending}"), run.ToString());
        return run;
    }

    public async Task<LedgerRecord> RecordAsync(string id)
    {
        var records = await new FileLedger(Job.Workspace.At(".solana-actions"), TimeProvider.System).ReadAsync("localnet", Id, default);
        return records.Single(record => record.Id == id);
    }

    /// <summary>Makes a settled record look as if that had been so long ago.</summary>
    public async Task AgeAsync(string id, TimeSpan age)
    {
        var (record, now) = (await RecordAsync(id), DateTimeOffset.UtcNow);
        await AppendAsync(LedgerRules.Next(record, record.State, now) with { FinishedAt = now - age });
    }

    public Task AppendAsync(LedgerEvent entry) => new FileLedger(Job.Workspace.At(".solana-actions"), TimeProvider.System).AppendAsync(entry, default);

    public async Task<bool> RunsAsync(byte[] file) => (await net.ProgramAsync(Id))!.Data.Span[..file.Length].SequenceEqual(file);

    public async Task<bool> IsProposedAsync(ulong index) => await net.AccountAsync(SquadsAddress.Proposal(Team.Multisig, index)) is not null;

    public Task<IReadOnlyList<Address>> BuffersAsync() => net.BuffersAsync(Team.Vault);

    public void Dispose() => Job.Dispose();

    private async Task StoreAsync(byte[] bytes)
    {
        var artifact = new ManifestArtifact
        {
            Program = "program", File = "program.default.so", Size = bytes.Length, Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)), ExecutableHash = Convert.ToHexStringLower(ProgramBinary.HashOf(bytes)),
        };
        await new FileStore(Job.Workspace.At(".solana-actions"), TimeProvider.System).PutAsync(
            new Manifest { Name = $"{Id}", Version = "1.0.0", Source = ManifestSource.Build, BuiltAt = DateTimeOffset.UtcNow, Artifacts = [artifact] }, [bytes], default);
    }

    private Dictionary<string, string> Inputs((string Name, string Value)[] more)
    {
        var inputs = new Dictionary<string, string> { ["cluster"] = "localnet", ["rpc-url"] = net.Url, ["program-id"] = $"{Id}", ["payer"] = Payer.Json };
        foreach (var (name, value) in common.Concat(more))
        {
            inputs[name] = value;
        }

        return inputs;
    }
}
