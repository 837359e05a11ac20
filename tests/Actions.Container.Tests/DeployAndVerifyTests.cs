using Actions.Container.Tests.Runner;
using Actions.Container.Tests.Tools;

namespace Actions.Container.Tests;

/// <summary>The main job, step by step, as a runner runs it.</summary>
[Collection(ContainerTests.Name)]
public sealed class DeployAndVerifyTests(ContainerNet net)
{
    [ContainerFact]
    public async Task A_deploy_feeds_a_verification()
    {
        var (payer, program) = (await net.PayerAsync(), TestKey.New());
        using var job = new Job(net.Network);
        job.Put("target/deploy/my_program.so", TestPrograms.Token);

        var deploy = await job.RunAsync(Steps.Deploy(payer, program));
        var verify = await job.RunAsync(Steps.Verify());

        deploy.Exit.ShouldBe(0, deploy.ToString());
        deploy["program-id"].ShouldBe($"{program}");
        deploy["changed"].ShouldBe("true");
        (await net.ProgramAsync(program.Address))!.ShouldBe(TestPrograms.Token);
        verify.Exit.ShouldBe(0, verify.ToString());
        verify["verified"].ShouldBe("true");
        verify["executable-hash"].ShouldBe(deploy["executable-hash"]);
        deploy.Summary.ShouldNotBeNull().ShouldContain("Deployed");
        deploy.Outputs.Keys.Except(ActionFile.Read(Repository.At("actions/solana-deploy")).Outputs).ShouldBeEmpty();
        verify.Outputs.Keys.Except(ActionFile.Read(Repository.At("actions/verify-program")).Outputs).ShouldBeEmpty();
    }

    [ContainerFact]
    public async Task The_action_at_the_root_runs_the_one_it_is_told_to()
    {
        using var job = new Job(net.Network);

        var verify = await job.RunAsync(new Step("verify", "", new Dictionary<string, string>
        {
            ["command"] = "verify-program", ["ledger"] = Steps.Ledger, ["cluster"] = "localnet", ["rpc-url"] = ContainerNet.Url, ["program-id"] = $"{TestKey.New()}", ["expected-hash"] = new string('0', 64),
        }));

        verify.Exit.ShouldBe(4, verify.ToString());
        verify["verified"].ShouldBe("false");
    }

    [ContainerFact]
    public async Task All_bad_inputs_are_said_at_once_and_a_report_is_left()
    {
        using var job = new Job(net.Network);

        var result = await job.RunAsync(new Step("deploy", "actions/solana-deploy", new Dictionary<string, string>
        {
            ["cluster"] = "nonet", ["program"] = "missing.so", ["payer"] = "", ["mode"] = "sideways",
        }));

        result.Exit.ShouldBe(2, result.ToString());
        result.Errors.ShouldContain("input-unknown-value");
        result.Errors.ShouldContain("input-missing");
        result.Errors.ShouldContain("file-unreadable");
        File.Exists(Path.Combine(job.Workspace, result["report"])).ShouldBeTrue();
    }

    [ContainerTheory]
    [InlineData("http://127.0.0.1:8899")]
    [InlineData("http://localhost:8899")]
    [InlineData("")]
    public async Task A_node_on_the_jobs_loopback_is_out_of_reach_and_the_fault_says_so(string url)
    {
        using var job = new Job(net.Network);
        job.Put("target/deploy/my_program.so", TestPrograms.Token);

        var result = await job.RunAsync(Steps.Verify(("rpc-url", url), ("program-id", $"{TestKey.New()}")));

        result.Exit.ShouldBe(2, result.ToString());
        result.Errors.ShouldBe(["loopback-in-container"], result.ToString());
    }

    [ContainerFact]
    public async Task What_it_leaves_in_the_workspace_belongs_to_the_workspaces_owner()
    {
        var (payer, program) = (await net.PayerAsync(), TestKey.New());
        using var job = new Job(net.Network);
        job.Put("target/deploy/my_program.so", TestPrograms.Token);

        (await job.RunAsync(Steps.Deploy(payer, program))).Exit.ShouldBe(0);

        var owner = await Engine.OwnerOfAsync(job.Workspace);
        foreach (var path in Directory.EnumerateFileSystemEntries(Path.Combine(job.Workspace, ".solana-actions"), "*", SearchOption.AllDirectories).Append(Path.Combine(job.Workspace, ".solana-actions")))
        {
            (await Engine.OwnerOfAsync(path)).ShouldBe(owner, path);
        }
    }
}
