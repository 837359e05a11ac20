using Actions.Cli.Tests.SolanaDeploy;
using Actions.Cli.Tests.Tools;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.Secrets;

/// <summary>Providers that lie, refuse, lead away or never end, as a whole deploy meets them.</summary>
public sealed class ProviderFailureTests(KeyHomes homes) : IClassFixture<KeyHomes>
{
    /// <summary>The runtime, the program and an answer of 1 MiB fit; an answer of 1 GiB does not.</summary>
    private const long MostMemory = 300_000_000;

    [Theory]
    [InlineData("transit")]
    [InlineData("kms")]
    public Task Nothing_is_sent_with_a_wrong_signature(string name) => WithFaultAsync(name, """{"mode":"wrong-signature"}""", home => IsFoundOutAsync(home, home.Payer));

    [Theory]
    [InlineData("transit")]
    [InlineData("kms")]
    public async Task A_public_key_that_is_somebody_elses_is_found_out_before_anything_is_sent(string name)
    {
        var shown = await homes.Net.PayerAsync();
        await WithFaultAsync(name, $$"""{"mode":"swapped-key","key":"{{Convert.ToBase64String(shown.Address.ToArray())}}"}""", home => IsFoundOutAsync(home, shown.Address));
    }

    [Theory]
    [InlineData("kv-jwt", "capabilities = [\"read\"]", "the role 'kv-jwt' at auth/")]
    [InlineData("kv-token", "capabilities = [\"read\"]", "VAULT_TOKEN")]
    [InlineData("transit", "/keys/payer\" { capabilities = [\"read\"] }", "the role 'transit' at auth/")]
    [InlineData("secretsmanager", "allow secretsmanager:GetSecretValue", "role/secretsmanager")]
    [InlineData("kms", "allow kms:GetPublicKey", "role/kms")]
    [InlineData("keyvault", "Key Vault Secrets User", "the application cccccccc-1111-2222-3333-dddddddddddd")]
    public Task A_refusal_names_the_permission_and_who_lacks_it(string name, string permission, string who) => WithFaultAsync(name, """{"mode":"forbidden"}""", async home =>
    {
        using var job = new Job(homes, home);

        var run = await job.RunAsync();

        run.Exit.ShouldBe(6, run.ToString());
        run.Stdout.ShouldContain(permission);
        run.Stdout.ShouldContain(who);
    });

    [Theory]
    [InlineData("transit", """{"mode":"forbidden","path":"sign"}""", "secret-denied", "/sign/payer\" { capabilities = [\"update\"] }")]
    [InlineData("kms", """{"mode":"forbidden"}""", "secret-denied", "allow kms:Sign")]
    [InlineData("transit", """{"mode":"redirect","to":"TRAP","path":"sign"}""", "secret-unreachable", "no redirect")]
    [InlineData("kms", """{"mode":"redirect","to":"TRAP"}""", "secret-unreachable", "no redirect")]
    [InlineData("transit", """{"mode":"huge","path":"sign"}""", "secret-invalid", "a longer one")]
    [InlineData("kms", """{"mode":"huge"}""", "secret-invalid", "a longer one")]
    [InlineData("transit", """{"mode":"wrong-signature"}""", "secret-invalid", "nothing signed so was sent")]
    [InlineData("kms", """{"mode":"wrong-signature"}""", "secret-invalid", "nothing signed so was sent")]
    public Task A_signer_that_fails_halfway_leaves_a_buffer_for_the_next_run(string name, string fault, string code, string said) => WithFaultAsync(name, null, async home =>
    {
        using var job = new Job(homes, home, ("max-rps", "60"));

        var run = await job.InterruptAsync(_ => homes.StandIns.FaultAsync(home.Service, Aimed(fault)));
        await homes.StandIns.FaultAsync(home.Service, null);
        var again = await job.RunAsync();

        run.Exit.ShouldBe(6, run.ToString());
        run.Errors.ShouldBe([code], run.ToString());
        run.Stdout.ShouldContain(said);
        run["changed"].ShouldBe("false");
        run["buffer"].ShouldNotBeEmpty();
        (await homes.StandIns.NotesAsync()).ShouldBeEmpty();
        again.Exit.ShouldBe(0, again.ToString());
        (run.Transactions() + again.Transactions()).ShouldBe(Deploy.Chunks(TestPrograms.Token) + 2);
    });

    [Fact]
    public async Task A_key_that_is_rotated_during_a_deploy_stays_the_key_of_the_deploy()
    {
        var home = homes.All.Single(each => each.Name == "transit");
        using var job = new Job(homes, home, ("payer", homes.Rotating.Reference), ("max-rps", "60"));

        var run = await job.InterruptAsync(homes.Rotating.Address, _ => homes.RotateAsync());

        run.Exit.ShouldBe(0, run.ToString());
        (await homes.Net.ProgramAsync(job.Program.Address))!.Authority.ShouldBe(homes.Rotating.Address);
        (await homes.Net.LandedAsync(homes.Rotating.Address)).Count.ShouldBe(run.Transactions());
        // Without a version the next run takes the new key; with it, the old one is still there.
        using var pinned = new Job(homes, home, ("payer", $"{homes.Rotating.Reference}@1"));
        (await pinned.RunAsync()).Exit.ShouldBe(0);
        (await homes.Net.ProgramAsync(pinned.Program.Address))!.Authority.ShouldBe(homes.Rotating.Address);
        using var latest = new Job(homes, home, ("payer", homes.Rotating.Reference));
        (await latest.RunAsync()).Errors.ShouldBe(["balance"]);
    }

    [Theory]
    [InlineData("kv-jwt")]
    [InlineData("secretsmanager")]
    [InlineData("keyvault")]
    public Task An_answer_without_end_takes_no_memory(string name) => WithFaultAsync(name, """{"mode":"huge"}""", async home =>
    {
        using var job = new Job(homes, home);
        using var process = job.Start();
        long peak = 0;
        await process.WhenAsync(() =>
        {
            peak = Math.Max(peak, process.PeakBytes() ?? 0);
            return Task.FromResult(false);
        });

        var run = await process.EndAsync();

        run.Exit.ShouldBe(6, run.ToString());
        run.Errors.ShouldBe(["secret-invalid"]);
        peak.ShouldBeInRange(10_000_000, MostMemory);
    });

    [Fact]
    public async Task The_token_that_asks_github_for_an_identity_is_not_sent_elsewhere()
    {
        await homes.StandIns.FaultAsync("oidc", Aimed("""{"mode":"redirect","to":"TRAP"}"""));
        using var job = new Job(homes, homes.All[0]);

        var run = await job.RunAsync();

        await homes.StandIns.FaultAsync("oidc", null);
        run.Exit.ShouldBe(6, run.ToString());
        run.Errors.ShouldBe(["secret-unreachable"]);
        (await homes.StandIns.NotesAsync()).ShouldBeEmpty();
    }

    private async Task IsFoundOutAsync(KeyHome home, Address payer)
    {
        using var job = new Job(homes, home);
        var before = (await homes.Net.LandedAsync(payer)).Count;

        var run = await job.RunAsync();

        run.Exit.ShouldBe(6, run.ToString());
        run.Errors.ShouldBe(["secret-invalid"], run.ToString());
        run.Stdout.ShouldContain($"Expected a signature by {payer}");
        (await homes.Net.LandedAsync(payer)).Count.ShouldBe(before);
        (await homes.Net.ProgramAsync(job.Program.Address)).ShouldBeNull();
    }

    private string Aimed(string fault) => fault.Replace("TRAP", homes.StandIns["trap"], StringComparison.Ordinal);

    private async Task WithFaultAsync(string name, string? fault, Func<KeyHome, Task> test)
    {
        var home = homes.All.Single(each => each.Name == name);
        await homes.StandIns.FaultAsync(home.Service, fault);
        try
        {
            await test(home);
        }
        finally
        {
            await homes.StandIns.FaultAsync(home.Service, null);
        }
    }
}
