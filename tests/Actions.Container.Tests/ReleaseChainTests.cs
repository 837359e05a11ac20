using System.Text;
using Actions.Container.Tests.Runner;
using Actions.Container.Tests.Tools;

namespace Actions.Container.Tests;

/// <summary>Releases and a rollback as a workflow has them: each step is handed what the steps before it said.</summary>
[Collection(ContainerTests.Name)]
public sealed class ReleaseChainTests(ContainerNet net)
{
    private static readonly string[] Actions = ["promote-artifact", "solana-deploy", "verify-program", "smoke-test", "rollback"];

    private readonly TestKey staging = TestKey.New();
    private readonly TestKey production = TestKey.New();

    [ContainerFact]
    public async Task A_release_reaches_production_and_a_bad_one_is_undone()
    {
        var payer = await net.PayerAsync();
        using var job = new Job(net.Network);
        Describe(job, payer);
        byte[] first = TestPrograms.Token, second = RewordedProgram.Make(first, RewordedProgram.Complaint, "Unknown instruction");

        job.Put("vault.so", first);
        var built = await EndAsync(job, Promote("staging", ("version", "1.0.0")));
        await ReleaseAsync(job, payer, "staging", isFirst: true);
        var promoted = await EndAsync(job, Promote("production"));
        promoted["sha256"].ShouldBe(built["sha256"]);
        var deployed = await ReleaseAsync(job, payer, "production", isFirst: true);
        (await net.ProgramAsync(production.Address)).ShouldBe(first, "production runs the very bytes that were built");

        job.Put("vault.so", second);
        await EndAsync(job, Promote("staging", ("version", "1.1.0")));
        await ReleaseAsync(job, payer, "staging");
        await EndAsync(job, Promote("production"));
        (await EndAsync(job, Deploy(payer, "production")))["previous-executable-hash"].ShouldBe(deployed["executable-hash"]);
        var bad = await EndAsync(job, Smoke("production"), exit: 4);
        bad.Errors.ShouldBe(["smoke-failed"], bad.ToString());
        (await net.ProgramAsync(production.Address)).ShouldBe(second);

        var undone = await EndAsync(job, new Step("rollback", "actions/rollback", With(
            "production", ("program-id", "${{ steps.deploy.outputs.program-id }}"), ("payer", "env:DEPLOYER"), ("store", "file:.solana-actions"), ("reason", "record ${{ steps.smoke.outputs.record }}")))
        {
            Env = Keys(payer),
        });
        (undone["changed"], undone["restored-version"], undone["executable-hash"]).ShouldBe(("true", "1.0.0", deployed["executable-hash"]), undone.ToString());
        (await net.ProgramAsync(production.Address)).ShouldBe(first);
        (await EndAsync(job, Verify("production", ("program-id", "${{ steps.rollback.outputs.program-id }}"), ("expected-hash", "${{ steps.rollback.outputs.executable-hash }}"))))["verified"].ShouldBe("true");
    }

    [ContainerFact]
    public async Task The_action_at_the_root_knows_every_action()
    {
        using var job = new Job(net.Network);
        foreach (var action in Actions)
        {
            var run = await job.RunAsync(new Step("any", "", new Dictionary<string, string> { ["command"] = action, ["cluster"] = "nonet" }));

            run.Exit.ShouldBe(2, run.ToString());
            run.Errors.ShouldContain("input-unknown-value", run.ToString());
            run.Log.Shown.ShouldContain(line => line.Contains("'cluster'"), run.ToString());
        }
    }

    /// <summary>The steps of a release's job after its promotion.</summary>
    private async Task<StepResult> ReleaseAsync(Job job, TestKey payer, string environment, bool isFirst = false)
    {
        var deployed = await EndAsync(job, Deploy(payer, environment, isFirst));
        deployed["changed"].ShouldBe("true", deployed.ToString());
        var verified = await EndAsync(job, Verify(environment, ("program-id", "${{ steps.deploy.outputs.program-id }}"), ("manifest", "${{ steps.promote.outputs.manifest }}")));
        (verified["verified"], verified["executable-hash"]).ShouldBe(("true", deployed["executable-hash"]), verified.ToString());
        var smoked = await EndAsync(job, Smoke(environment));
        smoked["failed"].ShouldBe("0", smoked.ToString());
        return deployed;
    }

    private static async Task<StepResult> EndAsync(Job job, Step step, int exit = 0)
    {
        var result = await job.RunAsync(step);
        result.Exit.ShouldBe(exit, result.ToString());
        result.Outputs.Keys.Except(ActionFile.Read(Repository.At(step.Uses)).Outputs).ShouldBeEmpty(step.Uses);
        return result;
    }

    private static Step Promote(string to, params (string Name, string Value)[] more) => new("promote", "actions/promote-artifact", Steps.With(
        [("release-file", "solana-release.yml"), ("to", to), ("rpc-url", ContainerNet.Url), ("ledger", "file:.solana-actions"), ("store", "file:.solana-actions"), .. more]));

    private Step Deploy(TestKey payer, string environment, bool isFirst = false) => new("deploy", "actions/solana-deploy", With(
        environment, ("manifest", "${{ steps.promote.outputs.manifest }}"), ("payer", "env:DEPLOYER"), ("program-keypair", isFirst ? $"env:{environment.ToUpperInvariant()}" : "")))
    {
        Env = Keys(payer),
    };

    private static Step Verify(string environment, params (string Name, string Value)[] more) => new("verify", "actions/verify-program", With(environment, more));

    private static Step Smoke(string environment) => new("smoke", "actions/smoke-test", With(environment, ("program-id", "${{ steps.deploy.outputs.program-id }}")));

    private Dictionary<string, string> Keys(TestKey payer) => new() { ["DEPLOYER"] = payer.Json, ["STAGING"] = staging.Json, ["PRODUCTION"] = production.Json };

    private static Dictionary<string, string> With(string environment, params (string Name, string Value)[] more) =>
        Steps.With([("release-file", "solana-release.yml"), ("environment", environment), ("rpc-url", ContainerNet.Url), ("ledger", "file:.solana-actions"), .. more]);

    /// <summary>Two environments on one cluster; only production minds how a refusal is worded.</summary>
    private void Describe(Job job, TestKey payer)
    {
        string Spec(TestKey program, string more) => $$"""
            version: 1
            checks:
              - { name: runs, program: { upgrade-authority: "{{payer}}" } }
              - name: refusal
                transaction:
                  instructions: [{ program: "{{program}}", accounts: [{ address: "{{payer}}", signer: true, writable: true }], data: { hex: ff } }]
                  expect: error
                  error: 12
            {{more}}
            """;
        Put("solana-release.yml", $$"""
            version: 1
            name: savings
            programs: { vault: { artifact: vault.so } }
            environments:
              staging: { cluster: localnet, program-ids: { vault: "{{staging}}" }, upgrade-authority: "{{payer}}" }
              production: { cluster: localnet, after: staging, program-ids: { vault: "{{production}}" }, upgrade-authority: "{{payer}}" }
            smoke: { staging: staging.yml, production: production.yml }
            """);
        Put("staging.yml", Spec(staging, ""));
        Put("production.yml", Spec(production, $"      logs: {RewordedProgram.Complaint}"));
        void Put(string path, string text) => job.Put(path, Encoding.UTF8.GetBytes(text));
    }
}
