using Actions.Cli.Tests.SolanaDeploy;
using Actions.Cli.Tests.Tools;
using Actions.Core.Tests.Secrets;

namespace Actions.Cli.Tests.Secrets;

/// <summary>Whole deploys whose keys live in AWS or in Azure.</summary>
public sealed class CloudDeployTests(LocalnetFixture fixture, TestAws aws, TestAzure azure) : IClassFixture<LocalnetFixture>, IClassFixture<TestAws>, IClassFixture<TestAzure>
{
    private Localnet Net => fixture.Net;

    [Fact]
    public async Task Payer_and_authority_sign_inside_kms()
    {
        var (payer, authority, program) = (await aws.NewKeyAsync("hot-payer"), await aws.NewKeyAsync("cold-authority"), TestKey.New());
        await Net.FundAsync(payer, 100_000_000_000);
        using var deploy = Job(program, ("payer", $"aws-kms:{TestAws.Region}/alias/hot-payer"), ("upgrade-authority", $"aws-kms:{TestAws.Region}/alias/cold-authority"), ("aws-role-arn", aws.Role));

        var run = await deploy.RunAsync(variables: aws.Variables);

        run.Exit.ShouldBe(0, run.ToString());
        (await Net.ProgramAsync(program.Address))!.Authority.ShouldBe(authority);
        run.Summary.ShouldContain("aws-kms:eu-west-1/alias/cold-authority");
        LeakScan.ShouldBeClean(run, deploy.Workspace, [.. program.Leaks, .. await aws.StandIns.IssuedAsync()]);
        (await aws.StandIns.NotesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Keys_kept_in_secrets_manager_leave_no_trace()
    {
        var (payer, authority, program) = (await Net.PayerAsync(), TestKey.New(), TestKey.New());
        await aws.PutAsync("deploy/payer", payer.Json);
        await aws.PutAsync("deploy/authority", $$"""{"keypair":"{{authority.InBase58}}"}""");
        await aws.PutAsync("deploy/url", $"{Net.Url}/access-key-in-the-path");
        using var deploy = Job(program,
            ("payer", $"aws-secretsmanager:{TestAws.Region}/deploy/payer"), ("upgrade-authority", $"aws-secretsmanager:{TestAws.Region}/deploy/authority#keypair"),
            ("rpc-url", $"aws-secretsmanager:{TestAws.Region}/deploy/url"));

        var variables = await aws.UserAsync(isTemporary: true);
        var run = await deploy.RunAsync(variables: variables);

        run.Exit.ShouldBe(0, run.ToString());
        (await Net.ProgramAsync(program.Address))!.Authority.ShouldBe(authority.Address);
        LeakScan.ShouldBeClean(run, deploy.Workspace, [.. payer.Leaks, .. authority.Leaks, "access-key-in-the-path", variables["AWS_SECRET_ACCESS_KEY"], variables["AWS_SESSION_TOKEN"]]);
        (await aws.StandIns.NotesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Keys_kept_in_key_vault_leave_no_trace()
    {
        var (payer, authority, program) = (await Net.PayerAsync(), TestKey.New(), TestKey.New());
        await azure.PutAsync("payer", payer.InBase58);
        await azure.PutAsync("authority", authority.Json);
        await azure.PutAsync("program", program.Json);
        using var deploy = Job(program, ("payer", $"azure-keyvault:{azure.Vault}/payer"), ("upgrade-authority", $"azure-keyvault:{azure.Vault}/authority"),
            ("program-keypair", $"azure-keyvault:{azure.Vault}/program"), ("azure-tenant-id", azure.Tenant), ("azure-client-id", TestAzure.Client));

        var run = await deploy.RunAsync(variables: azure.Variables);

        run.Exit.ShouldBe(0, run.ToString());
        (await Net.ProgramAsync(program.Address))!.Authority.ShouldBe(authority.Address);
        LeakScan.ShouldBeClean(run, deploy.Workspace, [.. payer.Leaks, .. authority.Leaks, .. program.Leaks, .. await azure.StandIns.IssuedAsync()]);
        (await azure.StandIns.NotesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_kms_that_lies_ends_in_6_and_nothing_signed_so_is_sent()
    {
        var payer = await aws.NewKeyAsync("lied-about");
        await Net.FundAsync(payer, 100_000_000_000);
        using var deploy = Job(TestKey.New(), ("payer", $"aws-kms:{TestAws.Region}/alias/lied-about"), ("aws-role-arn", aws.Role));
        await aws.StandIns.FaultAsync("aws", """{"mode":"wrong-signature"}""");
        try
        {
            var run = await deploy.RunAsync(variables: aws.Variables);

            run.Exit.ShouldBe(6, run.ToString());
            run.Errors.ShouldBe(["secret-invalid"]);
            (await Net.LandedAsync(payer)).ShouldBeEmpty();
        }
        finally
        {
            await aws.StandIns.FaultAsync("aws", null);
        }
    }

    private Deploy Job(TestKey program, params (string Name, string Value)[] more) =>
        new Deploy(Net, TestKey.New(), TestPrograms.Token, ("program-keypair", program.Json), ("ledger", "file:ledger")).With(more);
}
