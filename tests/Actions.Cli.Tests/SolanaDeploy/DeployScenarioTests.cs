using Actions.Cli.Tests.Tools;
using Actions.Core.Loader;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.SolanaDeploy;

/// <summary>Whole deploys by the real executable against the real loader: what runs in the end, who signed, what it cost.</summary>
public sealed class DeployScenarioTests(LocalnetFixture fixture) : IClassFixture<LocalnetFixture>
{
    private Localnet Net => fixture.Net;

    [Fact]
    public async Task A_first_deploy_takes_one_transaction_per_non_zero_chunk_and_two_more()
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        using var deploy = new Deploy(Net, payer, TestPrograms.Token, ("program-keypair", program.Json));

        var run = await RunAsync(deploy, program.Address);

        run["changed"].ShouldBe("true", run.ToString());
        run["program-id"].ShouldBe(program.Address.ToString());
        run["upgrade-authority"].ShouldBe(payer.Address.ToString());
        run["transactions"].ShouldBe($"{Deploy.Chunks(TestPrograms.Token) + 2}");
        run["previous-executable-hash"].ShouldBeEmpty();
        run["slot"].ShouldBe($"{(await Net.ProgramAsync(program.Address))!.Slot}");
        await Runs(program.Address, TestPrograms.Token, payer.Address);
        (await Net.BuffersAsync(payer.Address)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_upgrade_to_a_bigger_program_extends_it_first()
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        using var deploy = new Deploy(Net, payer, TestPrograms.Token, ("program-keypair", program.Json));
        await RunAsync(deploy, program.Address);

        var run = await RunAsync(deploy.WithProgram(TestPrograms.Token2022), program.Address);

        run["transactions"].ShouldBe($"{Deploy.Chunks(TestPrograms.Token2022) + 3}");
        run["previous-executable-hash"].ShouldBe(Hash(TestPrograms.Token));
        run["executable-hash"].ShouldBe(Hash(TestPrograms.Token2022));
        await Runs(program.Address, TestPrograms.Token2022, payer.Address);
    }

    [Fact]
    public async Task An_upgrade_that_needs_little_room_extends_by_what_the_loader_takes_at_least()
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        using var deploy = new Deploy(Net, payer, TestPrograms.LookupTable, ("program-keypair", program.Json));
        await RunAsync(deploy, program.Address);
        byte[] longer = [.. TestPrograms.LookupTable, .. new byte[9]];

        await RunAsync(deploy.WithProgram(longer), program.Address);

        (await Net.ProgramAsync(program.Address))!.Data.Length.ShouldBe(TestPrograms.LookupTable.Length + LoaderProgram.MinExtend);
    }

    [Fact]
    public async Task An_upgrade_to_a_smaller_program_leaves_the_room_and_returns_the_buffers_rent()
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        using var deploy = new Deploy(Net, payer, TestPrograms.LookupTable, ("program-keypair", program.Json));
        await RunAsync(deploy, program.Address);

        var run = await RunAsync(deploy.WithProgram(TestPrograms.Token).With(("program-keypair", ""), ("program-id", $"{program}")), program.Address);

        run["refunded-lamports"].ShouldBe($"{await Net.RentAsync(37 + TestPrograms.Token.Length)}");
        await Runs(program.Address, TestPrograms.Token, payer.Address);
        (await Net.ProgramAsync(program.Address))!.Data.Length.ShouldBe(TestPrograms.LookupTable.Length);
    }

    [Fact]
    public async Task Nothing_is_sent_when_the_bytes_run_already()
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        using var deploy = new Deploy(Net, payer, TestPrograms.Token, ("program-keypair", program.Json));
        await RunAsync(deploy, program.Address);

        var run = await RunAsync(deploy.With(("program-keypair", $"{program}")), program.Address);

        run["changed"].ShouldBe("false");
        run["transactions"].ShouldBe("0");
        run["slot"].ShouldBe($"{(await Net.ProgramAsync(program.Address))!.Slot}");
    }

    [Fact]
    public async Task Bytes_that_run_under_another_authority_are_only_worth_a_warning()
    {
        var (payer, program, other) = (await Net.PayerAsync(), TestKey.New(), TestKey.New());
        using var deploy = new Deploy(Net, payer, TestPrograms.Token, ("program-keypair", program.Json));
        await RunAsync(deploy, program.Address);

        var run = await RunAsync(deploy.With(("upgrade-authority", other.Json)), program.Address);

        run.Warnings.ShouldContain("authority-differs");
        run["changed"].ShouldBe("false");
        run["upgrade-authority"].ShouldBe($"{payer}");
        run["transactions"].ShouldBe("0");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_authority_that_does_not_pay_signs_exactly_one_transaction(bool upgrade)
    {
        var (payer, authority, program) = (await Net.PayerAsync(), TestKey.New(), TestKey.New());
        using var deploy = new Deploy(Net, payer, TestPrograms.Token, ("program-keypair", program.Json), ("upgrade-authority", authority.Json));
        var run = await RunAsync(deploy, program.Address);
        var landed = await Net.LandedAsync(payer.Address);
        if (upgrade)
        {
            run = await RunAsync(deploy.WithProgram(TestPrograms.LookupTable), program.Address);
            landed = [.. (await Net.LandedAsync(payer.Address)).Skip(landed.Count)];
        }

        run["transactions"].ShouldBe($"{Deploy.Chunks(upgrade ? TestPrograms.LookupTable : TestPrograms.Token) + (upgrade ? 4 : 3)}");
        var several = landed.Where(line => line.Signers > 1).ToList();
        several.Count.ShouldBe(1);
        several[0].Signature.ShouldBe(run["signature"]);
        (await Net.SignersAsync(several[0].Signature!)).ShouldContain(authority.Address);
        (await Net.ProgramAsync(program.Address))!.Authority.ShouldBe(authority.Address);
        run["upgrade-authority"].ShouldBe($"{authority}");
    }

    [Fact]
    public async Task An_authority_that_cannot_sign_gets_a_first_deploy_in_one_transaction()
    {
        var (payer, program, vault) = (await Net.PayerAsync(), TestKey.New(), TestKey.Pda("vault"));
        using var deploy = new Deploy(Net, payer, TestPrograms.Token, ("program-keypair", program.Json), ("upgrade-authority", $"{vault}"));

        var run = await RunAsync(deploy, program.Address);

        run["transactions"].ShouldBe($"{Deploy.Chunks(TestPrograms.Token) + 2}");
        run["upgrade-authority"].ShouldBe($"{vault}");
        await Runs(program.Address, TestPrograms.Token, vault);
    }

    [Fact]
    public async Task An_authority_given_by_address_owns_a_first_deploy_but_cannot_upgrade()
    {
        var (payer, program, authority) = (await Net.PayerAsync(), TestKey.New(), TestKey.New());
        using var deploy = new Deploy(Net, payer, TestPrograms.Token, ("program-keypair", program.Json), ("upgrade-authority", $"{authority}"));
        await RunAsync(deploy, program.Address);
        await Runs(program.Address, TestPrograms.Token, authority.Address);

        var run = await RefusedAsync(deploy.WithProgram(TestPrograms.LookupTable), 2, "address-not-key");

        run.Stderr.ShouldNotContain("bug");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_program_becomes_final_in_its_last_transaction(bool upgrade)
    {
        var (payer, authority, program) = (await Net.PayerAsync(), TestKey.New(), TestKey.New());
        using var deploy = new Deploy(Net, payer, TestPrograms.Token, ("program-keypair", program.Json), ("upgrade-authority", authority.Json));
        if (upgrade)
        {
            await RunAsync(deploy, program.Address);
            deploy.WithProgram(TestPrograms.LookupTable);
        }

        var run = await RunAsync(deploy.With(("confirm-final", $"{program}")), program.Address);

        run["upgrade-authority"].ShouldBe("none");
        (await Net.ProgramAsync(program.Address))!.Authority.ShouldBeNull();
        var again = await RunAsync(deploy, program.Address);
        again["changed"].ShouldBe("false");
        await RefusedAsync(deploy.WithProgram(TestPrograms.Stake), 3, "program-immutable");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bytes_that_run_already_can_still_be_made_final(bool byThePayer)
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        var authority = byThePayer ? payer : TestKey.New();
        using var deploy = new Deploy(Net, payer, TestPrograms.Token, ("program-keypair", program.Json), ("upgrade-authority", authority.Json));
        await RunAsync(deploy, program.Address);

        var run = await RunAsync(deploy.With(("confirm-final", $"{program}")), program.Address);

        run["transactions"].ShouldBe("1");
        run["changed"].ShouldBe("true");
        (await Net.ProgramAsync(program.Address))!.Authority.ShouldBeNull();
    }

    [Fact]
    public async Task A_program_of_somebody_else_is_not_made_final_by_trying()
    {
        var (payer, program, other) = (await Net.PayerAsync(), TestKey.New(), TestKey.New());
        using var deploy = new Deploy(Net, payer, TestPrograms.Token, ("program-keypair", program.Json));
        await RunAsync(deploy, program.Address);

        await RefusedAsync(deploy.With(("upgrade-authority", other.Json), ("confirm-final", $"{program}")), 3, "authority-mismatch");
    }

    [Fact]
    public async Task A_fixed_priority_fee_is_on_every_transaction_and_in_the_books()
    {
        await using var net = await Localnet.StartAsync(); // a price paid here is a price others see
        var (payer, program) = (await net.PayerAsync(), TestKey.New());
        using var deploy = new Deploy(net, payer, TestPrograms.Token, ("program-keypair", program.Json), ("priority-fee", "50000"));

        var run = await RunAsync(deploy, program.Address);

        run["transactions"].ShouldBe($"{Deploy.Chunks(TestPrograms.Token, 960) + 2}");
        var landed = await net.LandedAsync(payer.Address);
        landed.ShouldAllBe(line => line.Fee > 5_000UL * (ulong)line.Signers);
        landed.Count(line => line.Fee == 5_000 + (50_000 * 3_000 / 1_000_000)).ShouldBe(Deploy.Chunks(TestPrograms.Token, 960));
    }

    [Fact]
    public async Task An_upgrade_by_another_authority_pays_its_priority_fee_everywhere_too()
    {
        await using var net = await Localnet.StartAsync(); // a price paid here is a price others see
        var (payer, authority, program) = (await net.PayerAsync(), TestKey.New(), TestKey.New());
        using var deploy = new Deploy(
            net, payer, TestPrograms.Token, ("program-keypair", program.Json), ("upgrade-authority", authority.Json), ("priority-fee", "1"));
        await RunAsync(deploy, program.Address);

        await RunAsync(deploy.WithProgram(TestPrograms.LookupTable), program.Address);

        (await net.LandedAsync(payer.Address)).ShouldAllBe(line => line.Fee > 5_000UL * (ulong)line.Signers);
    }

    [Fact]
    public async Task An_automatic_priority_fee_follows_what_others_paid_up_to_the_cap()
    {
        await using var net = await Localnet.StartAsync();
        var (rich, payer, program) = (await net.PayerAsync(), await net.PayerAsync(), TestKey.New());
        for (var index = 0; index < 3; index++)
        {
            await net.SendAsync(
                [ComputeBudgetProgram.SetComputeUnitLimit(10_000), ComputeBudgetProgram.SetComputeUnitPrice(900_000), SystemProgram.Transfer(rich.Address, payer.Address, 1)],
                rich);
        }

        using var deploy = new Deploy(net, payer, TestPrograms.Token, ("program-keypair", program.Json), ("max-priority-fee", "40000"));
        var run = await RunAsync(deploy, program.Address);

        var landed = await net.LandedAsync(payer.Address);
        landed.ShouldAllBe(line => line.Fee > 5_000UL * (ulong)line.Signers);
        landed.Count(line => line.Fee == 5_000 + (40_000 * 3_000 / 1_000_000)).ShouldBe(Deploy.Chunks(TestPrograms.Token, 960));
        ((ulong)run.Planned("fee-lamports-highest")).ShouldBeGreaterThanOrEqualTo(run.Amount("fee-lamports"));
    }

    [Fact]
    public async Task A_cap_below_the_peak_refuses_before_anything_is_sent()
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        using var deploy = new Deploy(Net, payer, TestPrograms.Token, ("program-keypair", program.Json), ("dry-run", "true"));
        var peak = (await deploy.RunAsync()).Planned("peak-lamports");

        await RefusedAsync(deploy.With(("dry-run", ""), ("max-spend", Sol(peak - 1))), 3, "spend-cap");
        await RunAsync(deploy.With(("max-spend", Sol(peak))), program.Address);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_balance_the_plan_asks_for_is_enough_and_one_lamport_less_is_refused(bool upgrade)
    {
        var (rich, payer, program) = (await Net.PayerAsync(), TestKey.New(), TestKey.New());
        using var deploy = new Deploy(Net, payer, TestPrograms.LookupTable, ("program-keypair", program.Json), ("priority-fee", "0"), ("max-priority-fee", "0"));
        if (upgrade)
        {
            using var first = new Deploy(Net, rich, TestPrograms.Token, ("program-keypair", program.Json), ("upgrade-authority", payer.Json));
            await RunAsync(first, program.Address);
        }

        await Net.FundAsync(payer.Address, 1_000_000);
        var poor = await RefusedAsync(deploy, 3, "balance");
        await Net.FundAsync(payer.Address, 100_000_000_000);
        var peak = (ulong)(await deploy.With(("dry-run", "true")).RunAsync()).Planned("peak-lamports");
        var needed = peak + await Net.RentAsync(0);
        await Net.SendAsync([SystemProgram.Transfer(payer.Address, rich.Address, await Net.BalanceAsync(payer.Address) - needed - 5_000 + 1)], payer);
        (await Net.BalanceAsync(payer.Address)).ShouldBe(needed - 1);

        await RefusedAsync(deploy.With(("dry-run", "")), 3, "balance");
        await Net.FundAsync(payer.Address, 1);
        await RunAsync(deploy, program.Address);
        poor.Outputs["changed"].ShouldBe("false");
    }

    [Fact]
    public async Task A_shell_gets_the_summary_and_the_outputs_on_stdout()
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        using var deploy = new Deploy(Net, payer, TestPrograms.Token, ("program-keypair", program.Json));

        var run = await deploy.RunAsync(inShell: true);

        run.Exit.ShouldBe(0, run.ToString());
        run["program-id"].ShouldBe($"{program}");
        run["changed"].ShouldBe("true");
        run.Stdout.ShouldContain("Deployed");
    }

    /// <summary>Runs a deploy that must succeed and checks its books to the lamport.</summary>
    private static async Task<ActionRun> RunAsync(Deploy deploy, Address program)
    {
        var data = LoaderProgram.ProgramDataAddress(program);
        var before = await Books.OpenAsync(deploy.Net, deploy.Payer.Address, program, data);
        var run = await deploy.RunAsync();
        run.Exit.ShouldBe(0, run.ToString());
        var after = await Books.OpenAsync(deploy.Net, deploy.Payer.Address, program, data);

        run["transactions"].ShouldBe($"{after.Transactions - before.Transactions}", run.ToString());
        run["fee-lamports"].ShouldBe($"{after.Fees - before.Fees}", run.ToString());
        (after.Failed - before.Failed).ShouldBe(0);
        // Nothing but fees leaves the payer, the program and its data; the plan said how much would.
        (before.Payer + before.Accounts).ShouldBe(after.Payer + after.Accounts + after.Fees - before.Fees);
        var net = (long)before.Payer - (long)after.Payer - ((long)run.Amount("fee-lamports") - run.Planned("fee-lamports"));
        net.ShouldBe(run.Planned("net-lamports"), run.ToString());
        run["refunded-lamports"].ShouldBe($"{run.Planned("refund-lamports")}", run.ToString());
        return run;
    }

    private static async Task<ActionRun> RefusedAsync(Deploy deploy, int exit, string code)
    {
        var before = await Books.OpenAsync(deploy.Net, deploy.Payer.Address);
        var run = await deploy.RunAsync();
        run.Exit.ShouldBe(exit, run.ToString());
        run.Errors.ShouldBe([code], run.ToString());
        (await Books.OpenAsync(deploy.Net, deploy.Payer.Address)).ShouldBe(before);
        return run;
    }

    private async Task Runs(Address program, byte[] bytes, Address? authority)
    {
        var data = (await Net.ProgramAsync(program))!;
        data.Authority.ShouldBe(authority);
        data.Data.Span[..bytes.Length].SequenceEqual(bytes).ShouldBeTrue();
        data.Data.Span[bytes.Length..].ContainsAnyExcept((byte)0).ShouldBeFalse();
    }

    private static string Hash(byte[] program) => Convert.ToHexStringLower(ProgramBinary.HashOf(program));

    private static string Sol(long lamports) => (lamports / 1_000_000_000m).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
