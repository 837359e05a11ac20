using System.Security.Cryptography;
using System.Text;
using Actions.Cli.Tests.Tools;
using Actions.Core.Ledger;
using Actions.Core.Loader;
using Actions.Core.Reports;
using Actions.Core.Solana;
using Actions.Core.Tests.GitHub;

namespace Actions.Cli.Tests.PromoteArtifact;

/// <summary>One team's way from its build over staging to production, each step a process of its own in one workspace.</summary>
internal sealed class Promotion : IDisposable
{
    private readonly Localnet net;
    private readonly TestKey payer;
    private readonly UlidSource ids = new(TimeProvider.System, RandomNumberGenerator.Fill);
    private GitHubStandIn? gitHub;
    private string gates = "";
    private string variants = "";

    private Promotion(Localnet net, TestKey payer)
    {
        (this.net, this.payer) = (net, payer);
        WriteFile();
    }

    public Workspace Workspace { get; } = new();

    public TestKey Staging { get; } = TestKey.New();

    public TestKey Production { get; } = TestKey.New();

    /// <summary>The payer's address, to count what was sent.</summary>
    public Address Payer => payer.Address;

    public string PayerJson => payer.Json;

    public static async Task<Promotion> StartAsync(Localnet net) => new(net, await net.PayerAsync());

    /// <summary>With records and artifacts in a repository.</summary>
    public Promotion On(GitHubStandIn standIn)
    {
        gitHub = standIn;
        return this;
    }

    /// <summary>The workflow run that the next steps are of.</summary>
    public int Run { get; set; } = 7;

    /// <summary>Gates of production, as the release file has them.</summary>
    public Promotion WithGates(string text)
    {
        gates = text;
        WriteFile();
        return this;
    }

    /// <summary>Each environment gets a build of its own.</summary>
    public Promotion WithVariants()
    {
        variants = "own";
        WriteFile();
        return this;
    }

    /// <summary>`from: build`, with these lines of programs.</summary>
    public Task<ActionRun> BuildAsync(string version, params (string Name, string Value)[] more) =>
        RunAsync("promote-artifact", [("release-file", "solana-release.yml"), ("from", "build"), ("to", "staging"), ("version", version), ("output-dir", "out/build"), .. more]);

    public Task<ActionRun> BuildAsync(string version, byte[] program, params (string Name, string Value)[] more)
    {
        Workspace.Put("perps.so", program);
        return BuildAsync(version, more);
    }

    /// <summary>By the real solana-deploy, with what a promotion left in a directory.</summary>
    public Task<ActionRun> DeployAsync(string environment, TestKey program, string directory, string variant = "default") => RunAsync(
        "solana-deploy",
        [("cluster", "localnet"), ("rpc-url", net.Url), ("environment", environment), ("program", $"{directory}/perps.{variant}.so"), ("manifest", $"{directory}/manifest.json"),
            ("program-keypair", program.Json), ("payer", payer.Json)]);

    /// <summary>By the real verify-program.</summary>
    public Task<ActionRun> VerifyAsync(string environment, TestKey program, string directory, string variant = "default") => RunAsync(
        "verify-program",
        [("cluster", "localnet"), ("rpc-url", net.Url), ("environment", environment), ("program-id", program.ToString()), ("program", $"{directory}/perps.{variant}.so"), ("manifest", $"{directory}/manifest.json")]);

    /// <summary>By the real smoke-test: the program runs these bytes.</summary>
    public Task<ActionRun> SmokeTestAsync(string environment, TestKey program, byte[] bytes)
    {
        Workspace.Put("smoke.yml", Encoding.UTF8.GetBytes($$"""
            version: 1
            checks:
              - name: runs
                program: { id: "{{program}}", executable-hash: {{Hash(bytes)}} }
            """));
        return RunAsync("smoke-test", [("cluster", "localnet"), ("rpc-url", net.Url), ("environment", environment), ("program-id", program.ToString()), ("spec", "smoke.yml")]);
    }

    /// <summary>What smoke-test writes down.</summary>
    public async Task SmokeAsync(string environment, TestKey program, bool isPositive = true)
    {
        var records = await Ledger.ReadAsync(environment, program.Address, default);
        var current = records.Last(record => record.Kind == RecordKind.Release && record.State == RecordState.Succeeded);
        await Ledger.AppendAsync(
            new LedgerEvent
            {
                Id = ids.Next(),
                Kind = RecordKind.Check,
                Check = CheckKind.Smoke,
                State = isPositive ? RecordState.Succeeded : RecordState.Failed,
                Environment = environment,
                ProgramId = program.Address,
                At = DateTimeOffset.UtcNow,
                RefersTo = current.Id,
            },
            default);
    }

    /// <summary>Build, deploy to staging, verify and smoke-test: ready for production but for its gates.</summary>
    public async Task ReleaseToStagingAsync(string version, byte[] program, params (string Name, string Value)[] more)
    {
        await ShouldEndAsync(BuildAsync(version, program, more));
        await ShouldEndAsync(DeployAsync("staging", Staging, "out/build"));
        await ShouldEndAsync(VerifyAsync("staging", Staging, "out/build"));
        await SmokeAsync("staging", Staging);
    }

    public Task<ActionRun> PromoteAsync(params (string Name, string Value)[] more) =>
        RunAsync("promote-artifact", [("release-file", "solana-release.yml"), ("to", "production"), ("rpc-url", net.Url), ("output-dir", "out/production"), .. more]);

    public FileLedger Ledger => new(Workspace.At("state"), TimeProvider.System);

    public string StorePath(params string[] parts) => Path.Combine([Workspace.At("state"), .. parts]);

    public async Task RunsAsync(TestKey id, byte[] program)
    {
        var running = await net.ProgramAsync(id.Address);
        running!.Data.Span[..program.Length].SequenceEqual(program).ShouldBeTrue();
        running.Data.Span[program.Length..].ContainsAnyExcept((byte)0).ShouldBeFalse();
    }

    /// <summary>A program that declares an id: the loader does not mind what stands behind an ELF.</summary>
    public static byte[] Declaring(TestKey id) => [.. TestPrograms.Token, .. id.Address.ToArray()];

    public static string Hash(byte[] program) => Convert.ToHexStringLower(ProgramBinary.HashOf(program));

    public static async Task<ActionRun> ShouldEndAsync(Task<ActionRun> running, int exit = 0)
    {
        var run = await running;
        run.Exit.ShouldBe(exit, run.ToString());
        return run;
    }

    public void Dispose() => Workspace.Dispose();

    private Task<ActionRun> RunAsync(string action, (string Name, string Value)[] inputs)
    {
        // On GitHub a job's token is there by default, and so are ledger and store.
        Dictionary<string, string> all = gitHub is null ? new() { ["ledger"] = "file:state" } : new() { ["github-token"] = GitHubStandIn.Token, ["github-api-url"] = gitHub.Api };
        if (action == "promote-artifact" && gitHub is null)
        {
            all["store"] = "file:state";
        }

        foreach (var (name, value) in inputs)
        {
            all[name] = value;
        }

        return ActionProcess.RunAsync(action, all, Workspace, variables: new Dictionary<string, string>
        {
            ["GITHUB_REPOSITORY"] = gitHub is null ? "acme/perps" : GitHubStandIn.Repository, ["GITHUB_RUN_ID"] = $"{Run}", ["GITHUB_RUN_ATTEMPT"] = gitHub is null ? "" : "1",
            ["GITHUB_SHA"] = gitHub is null ? "0123456789abcdef0123456789abcdef01234567" : GitHubStandIn.Sha, ["GITHUB_REF"] = "refs/heads/main",
            ["GITHUB_WORKFLOW_REF"] = "acme/perps/.github/workflows/build.yml@refs/heads/main", ["GITHUB_ACTOR"] = "eve",
        });
    }

    private void WriteFile() => Workspace.Put("solana-release.yml", Encoding.UTF8.GetBytes($$"""
        version: 1
        name: perps
        programs:
          perps: { artifact: perps.so }
        environments:
          staging:
            cluster: localnet
            program-ids: { perps: "{{Staging}}" }
            variant: {{(variants.Length > 0 ? "staging" : "default")}}
          production:
            cluster: localnet
            after: staging
            program-ids: { perps: "{{Production}}" }
            variant: {{(variants.Length > 0 ? "production" : "default")}}
            gates: { {{gates}} }
        """));
}
