using Actions.Cli.Tests.Tools;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.SolanaDeploy;

/// <summary>An upgrade that is exported for a key on a device, and signed there when every blockhash of its time is long forgotten.</summary>
public sealed class ExportNonceTests(LocalnetFixture fixture) : IClassFixture<LocalnetFixture>
{
    private Localnet Net => fixture.Net;

    [Fact]
    public async Task What_is_exported_lands_as_it_was_written_once_its_key_has_signed_it()
    {
        var (payer, cold) = (await Net.PayerAsync(), await Net.PayerAsync());
        var nonce = await NonceOfAsync(cold);
        var (job, program) = await JobAsync(payer, cold, nonce);
        using var _ = job;

        var run = await job.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        run.Summary.ShouldContain($"until the nonce of {nonce} is used");
        var exported = Exports.Read(File.ReadAllText(job.Workspace.At(run["export"])));
        exported.Message.Signers.ShouldBe([cold.Address]);
        await Net.WaitSlotsAsync(160);
        var signed = await Transaction.SignAsync(exported.Message, [cold.Signer], CancellationToken.None);
        await Net.CallAsync("sendTransaction", $$"""["{{Convert.ToBase64String(signed.Serialize())}}",{"encoding":"base64","preflightCommitment":"confirmed"}]""");
        await Until.TrueAsync(async () => (await Net.ProgramAsync(program))!.Data.Span.StartsWith(TestPrograms.Token));

        // The next run sees it done; the used nonce is good for the next export.
        var done = await job.RunAsync();
        (done.Exit, done["changed"]).ShouldBe((0, "false"), done.ToString());
        var next = await job.WithProgram(TestPrograms.Stake).RunAsync();
        next.Exit.ShouldBe(0, next.ToString());
        Exports.Read(File.ReadAllText(job.Workspace.At(next["export"]))).Message.Blockhash.ShouldNotBe(exported.Message.Blockhash);
    }

    [Fact]
    public async Task A_nonce_that_the_signer_cannot_use_is_refused_before_anything_is_written()
    {
        var (payer, cold) = (await Net.PayerAsync(), await Net.PayerAsync());
        var (job, _) = await JobAsync(payer, cold, TestKey.New().Address);
        using var __ = job;
        var before = (await Net.LandedAsync(payer.Address)).Count;

        var missing = await job.RunAsync();
        (missing.Exit, missing.Errors.ShouldHaveSingleItem()).ShouldBe((3, "nonce-invalid"), missing.ToString());
        var foreign = await job.With(("nonce-account", $"{await NonceOfAsync(payer)}")).RunAsync();
        (foreign.Exit, foreign.Errors.ShouldHaveSingleItem()).ShouldBe((3, "nonce-invalid"), foreign.ToString());

        (await Net.LandedAsync(payer.Address)).Count.ShouldBe(before + 1, "the test's own nonce account");
    }

    [Theory]
    [InlineData("deploy", "")]
    [InlineData("export", "squads:")]
    public async Task It_goes_with_the_export_for_a_key(string mode, string prefix)
    {
        var payer = await Net.PayerAsync();
        using var job = new Deploy(
            Net, payer, TestPrograms.Token, ("mode", mode), ("program-id", $"{TestKey.New()}"), ("nonce-account", $"{TestKey.New()}"), ("upgrade-authority", prefix.Length > 0 ? $"{prefix}{TestKey.New()}" : payer.Json));

        var run = await job.RunAsync();

        (run.Exit, run.Errors.ShouldHaveSingleItem()).ShouldBe((2, "input-conflict"), run.ToString());
    }

    /// <summary>An export for a program that the cold key owns.</summary>
    private async Task<(Deploy Job, Address Program)> JobAsync(TestKey payer, TestKey cold, Address nonce)
    {
        var program = TestKey.New();
        using var deploy = new Deploy(Net, payer, TestPrograms.LookupTable, ("program-keypair", program.Json), ("upgrade-authority", $"{cold}"));
        (await deploy.RunAsync()).Exit.ShouldBe(0);
        var job = new Deploy(Net, payer, TestPrograms.Token, ("mode", "export"), ("program-id", $"{program}"), ("upgrade-authority", $"{cold}"), ("nonce-account", $"{nonce}"));
        return (job, program.Address);
    }

    private async Task<Address> NonceOfAsync(TestKey authority)
    {
        var account = TestKey.New();
        await Net.SendAsync(
            [
                SystemProgram.CreateAccount(authority.Address, account.Address, await Net.RentAsync(NonceAccount.Size), NonceAccount.Size, SystemProgram.Id),
                new Instruction(
                    SystemProgram.Id, [AccountMeta.Writable(account.Address), AccountMeta.ReadOnly(Sysvars.RecentBlockhashes), AccountMeta.ReadOnly(Sysvars.Rent)],
                    (byte[])[6, 0, 0, 0, .. authority.Address.ToArray()]),
            ], authority, account);
        return account.Address;
    }
}
