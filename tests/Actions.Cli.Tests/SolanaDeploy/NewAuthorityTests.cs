using Actions.Cli.Tests.Tools;
using Actions.Core.Squads;

namespace Actions.Cli.Tests.SolanaDeploy;

/// <summary>A program changes hands in the transaction that deploys it, and never into hands that may be nobody's.</summary>
public sealed class NewAuthorityTests(SquadsLocalnetFixture fixture) : IClassFixture<SquadsLocalnetFixture>
{
    private Localnet Net => fixture.Net;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_key_signs_for_the_program_it_gets(bool isUpgrade)
    {
        var (payer, authority, next, program) = (await Net.PayerAsync(), TestKey.New(), TestKey.New(), TestKey.New());
        using var deploy = new Deploy(Net, payer, TestPrograms.LookupTable, ("program-keypair", program.Json), ("upgrade-authority", authority.Json));
        if (isUpgrade)
        {
            await EndAsync(deploy);
            deploy.WithProgram(TestPrograms.Token);
        }

        var run = await EndAsync(deploy.With(("new-authority", next.Json)));

        run["upgrade-authority"].ShouldBe($"{next}");
        (await Net.ProgramAsync(program.Address))!.Authority.ShouldBe(next.Address);
        (await Net.SignersAsync(run["signature"])).ShouldContain(next.Address);
        ((ulong)run.Planned("fee-lamports")).ShouldBe(run.Amount("fee-lamports"), "the plan reckoned with the third signature");

        // The same job again has nothing left to do; the next release is signed by the new one.
        var again = await EndAsync(deploy);
        (again["changed"], again["transactions"]).ShouldBe(("false", "0"), again.ToString());
        again.Warnings.ShouldNotContain("authority-differs");
        await RefusedAsync(deploy.WithProgram(TestPrograms.Stake), "authority-mismatch");
        await EndAsync(deploy.With(("upgrade-authority", next.Json), ("new-authority", "")));
    }

    [Fact]
    public async Task Bytes_that_run_already_are_handed_over_in_one_transaction()
    {
        var (payer, next, program) = (await Net.PayerAsync(), TestKey.New(), TestKey.New());
        using var deploy = new Deploy(Net, payer, TestPrograms.LookupTable, ("program-keypair", program.Json));
        await EndAsync(deploy);

        var run = await EndAsync(deploy.With(("new-authority", next.Json)));

        (run["changed"], run["transactions"], run["upgrade-authority"]).ShouldBe(("true", "1", $"{next}"), run.ToString());
        ((ulong)run.Planned("fee-lamports")).ShouldBe(run.Amount("fee-lamports"));
        (await Net.ProgramAsync(program.Address))!.Authority.ShouldBe(next.Address);
    }

    [Fact]
    public async Task A_vault_is_shown_with_who_controls_it_before_it_gets_the_program()
    {
        var (payer, member, other, program) = (await Net.PayerAsync(), TestKey.New(), TestKey.New(), TestKey.New());
        var team = await SquadsTeam.CreateAsync(Net, 2, 3_600, (member, SquadsPermissions.Initiate | SquadsPermissions.Vote), (other, SquadsPermissions.Vote | SquadsPermissions.Execute));
        using var deploy = new Deploy(Net, payer, TestPrograms.LookupTable, ("program-keypair", program.Json));
        await EndAsync(deploy);

        var plan = await EndAsync(deploy.With(("new-authority", $"squads:{team.Multisig}"), ("dry-run", "true")));
        plan.Summary.ShouldContain($"the vault {team.Vault} of the multisig {team.Multisig} (2 of 2 votes, a lock of 0.01:00:00)");
        (await Net.ProgramAsync(program.Address))!.Authority.ShouldBe(payer.Address);

        var run = await EndAsync(deploy.With(("dry-run", "")));
        run["upgrade-authority"].ShouldBe($"{team.Vault}");
        (await Net.ProgramAsync(program.Address))!.Authority.ShouldBe(team.Vault);
    }

    [Fact]
    public async Task A_multisig_that_cannot_sign_gets_nothing()
    {
        var (payer, member, program) = (await Net.PayerAsync(), TestKey.New(), TestKey.New());
        using var deploy = new Deploy(Net, payer, TestPrograms.LookupTable, ("program-keypair", program.Json));
        await EndAsync(deploy);

        await RefusedAsync(deploy.With(("new-authority", $"squads:{member}")), "multisig-missing");

        // Its vault's address in place of its own is a mistake that loses programs.
        var team = await SquadsTeam.CreateAsync(Net, 1, 0, (member, SquadsPermissions.Initiate | SquadsPermissions.Vote | SquadsPermissions.Execute));
        await RefusedAsync(deploy.With(("new-authority", $"squads:{team.Vault}")), "multisig-missing");
        await RefusedAsync(deploy.With(("new-authority", $"{team.Vault}")), "authority-unproven");
        (await Net.ProgramAsync(program.Address))!.Authority.ShouldBe(payer.Address);
    }

    [Fact]
    public async Task An_address_must_be_in_use()
    {
        var (payer, next, program) = (await Net.PayerAsync(), TestKey.New(), TestKey.New());
        using var deploy = new Deploy(Net, payer, TestPrograms.LookupTable, ("program-keypair", program.Json), ("new-authority", $"{next}"));

        await RefusedAsync(deploy, "authority-unproven");
        (await Net.LandedAsync(payer.Address)).ShouldBeEmpty();

        await Net.FundAsync(next.Address, 1_000_000_000);
        (await EndAsync(deploy))["upgrade-authority"].ShouldBe($"{next}");
        (await Net.ProgramAsync(program.Address))!.Authority.ShouldBe(next.Address);
    }

    [Fact]
    public async Task What_belongs_to_nobody_or_to_somebody_else_is_not_handed_over()
    {
        var (payer, next, program) = (await Net.PayerAsync(), TestKey.New(), TestKey.New());
        using var deploy = new Deploy(Net, payer, TestPrograms.LookupTable, ("program-keypair", program.Json));
        await EndAsync(deploy);

        await RefusedAsync(deploy.With(("new-authority", next.Json), ("upgrade-authority", TestKey.New().Json)), "authority-mismatch");
        await EndAsync(deploy.With(("new-authority", ""), ("upgrade-authority", ""), ("confirm-final", $"{program}")));
        await RefusedAsync(deploy.With(("new-authority", next.Json), ("confirm-final", "")), "program-immutable");
    }

    [Theory]
    [InlineData("mode", "buffer")]
    [InlineData("confirm-final", "program")]
    [InlineData("upgrade-authority", "vault")]
    [InlineData("upgrade-authority", "new")]
    public async Task It_goes_with_a_deploy_by_another_key_and_nothing_else(string input, string value)
    {
        var (payer, next, program) = (await Net.PayerAsync(), TestKey.New(), TestKey.New());
        var given = value switch { "program" => $"{program}", "vault" => $"squads:{payer}", "new" => next.Json, _ => value };
        using var deploy = new Deploy(Net, payer, TestPrograms.LookupTable, ("program-id", $"{program}"), ("new-authority", next.Json), (input, given));

        var run = await deploy.RunAsync();

        run.Exit.ShouldBe(2, run.ToString());
        run.Errors.ShouldContain("input-conflict", run.ToString());
    }

    private static async Task<ActionRun> EndAsync(Deploy deploy)
    {
        var run = await deploy.RunAsync();
        run.Exit.ShouldBe(0, run.ToString());
        return run;
    }

    private static async Task RefusedAsync(Deploy deploy, string fault)
    {
        var run = await deploy.RunAsync();
        run.Exit.ShouldBe(3, run.ToString());
        run.Errors.ShouldBe([fault], run.ToString());
    }
}
