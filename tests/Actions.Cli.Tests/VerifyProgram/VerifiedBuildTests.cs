using Actions.Cli.Tests.SolanaDeploy;
using Actions.Cli.Tests.Tools;
using Actions.Core.Loader;
using Actions.Core.Solana;
using Actions.Core.VerifiedBuild;

namespace Actions.Cli.Tests.VerifyProgram;

/// <summary>`verified-build`: what the upgrade authority says on chain, against what is expected and what happened since.</summary>
public sealed class VerifiedBuildTests : IAsyncLifetime
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private Localnet net = null!;
    private TestKey owner = null!;
    private Address program;

    public async Task InitializeAsync()
    {
        net = await Localnet.StartAsync("--emulate", "otter");
        owner = await net.PayerAsync();
        program = await DeployAsync(TestPrograms.LookupTable, TestKey.New());
    }

    public async Task DisposeAsync() => await net.DisposeAsync();

    [Fact]
    public async Task A_claim_of_the_upgrade_authority_about_these_bytes_passes()
    {
        await ClaimAsync(owner, Commit);

        var run = await VerifyAsync("require");

        run.Exit.ShouldBe(0, run.ToString());
        (run["verified"], run["findings"]).ShouldBe(("true", "0"));
    }

    [Theory]
    [InlineData("require", 4, "findings-open")]
    [InlineData("warn", 0, null)]
    public async Task Without_a_claim_of_the_upgrade_authority_the_rule_decides(string rule, int exit, string? error)
    {
        await ClaimAsync(await net.PayerAsync(), Commit); // somebody else's

        var run = await VerifyAsync(rule);

        run.Exit.ShouldBe(exit, run.ToString());
        run.Errors.ShouldBe(error is null ? [] : [error]);
        run.ToString().ShouldContain("verified-build-missing");
    }

    [Theory]
    [InlineData("commit", "fedcba9876543210fedcba9876543210fedcba98")]
    [InlineData("repository", "https://github.com/perps/other")]
    public async Task A_claim_about_another_source_is_exit_4(string input, string expected)
    {
        await ClaimAsync(owner, Commit);

        var run = await VerifyAsync("warn", (input, expected));

        run.Exit.ShouldBe(4, run.ToString());
        run.ToString().ShouldContain("verified-build-mismatch");
    }

    [Fact]
    public async Task An_upgrade_after_the_claim_is_exit_4_until_it_is_written_anew()
    {
        await ClaimAsync(owner, Commit);
        await DeployAsync(TestPrograms.Token, null);
        // Mentioning the claim makes it no younger.
        await net.SendAsync([SystemProgram.Transfer(owner.Address, OtterProgram.ClaimAddress(program, owner.Address), 1)], owner);

        var stale = await VerifyAsync("require");

        stale.Exit.ShouldBe(4, stale.ToString());
        stale.ToString().ShouldContain("verified-build-stale");
        await ClaimAsync(owner, Commit, isNew: false);
        var fresh = await VerifyAsync("require");
        fresh.Exit.ShouldBe(0, fresh.ToString());
        fresh["findings"].ShouldBe("0");
    }

    [Fact]
    public async Task An_extension_after_the_claim_is_a_warning()
    {
        await ClaimAsync(owner, Commit);
        await net.SendAsync([LoaderProgram.ExtendProgram(program, 10_240, owner.Address)], owner);

        var run = await VerifyAsync("require");

        run.Exit.ShouldBe(0, run.ToString());
        (run["verified"], run["findings"]).ShouldBe(("true", "1"));
        run.ToString().ShouldContain("verified-build-slot");
    }

    [Fact]
    public async Task For_a_program_that_is_final_nobody_can_speak()
    {
        await ClaimAsync(owner, Commit);
        await net.SendAsync([LoaderProgram.SetAuthority(LoaderProgram.ProgramDataAddress(program), owner.Address, null)], owner);

        var run = await VerifyAsync("require");

        run.Exit.ShouldBe(4, run.ToString());
        run.ToString().ShouldContain("verified-build-missing");
    }

    private async Task<ActionRun> VerifyAsync(string rule, params (string Name, string Value)[] more)
    {
        using var workspace = new Workspace();
        var inputs = new Dictionary<string, string>
        {
            ["cluster"] = "localnet", ["rpc-url"] = net.Url, ["program-id"] = $"{program}", ["verified-build"] = rule, ["ledger"] = "none",
            ["commit"] = Commit, ["repository"] = "https://github.com/perps/programs",
        };
        foreach (var (name, value) in more)
        {
            inputs[name] = value;
        }

        return await ActionProcess.RunAsync("verify-program", inputs, workspace);
    }

    private async Task ClaimAsync(TestKey uploader, string commit, bool isNew = true)
    {
        var claim = new BuildClaim("0.4.12", "https://github.com/perps/programs", commit, ["--library-name", "perps"], (await net.ProgramAsync(program))!.Slot);
        await net.SendAsync([isNew ? OtterProgram.Initialize(program, uploader.Address, claim) : OtterProgram.Update(program, uploader.Address, claim)], uploader);
    }

    private async Task<Address> DeployAsync(byte[] file, TestKey? key)
    {
        using var job = new Deploy(net, owner, file, key is null ? ("program-id", $"{program}") : ("program-keypair", key.Json));
        var run = await job.RunAsync();
        run.Exit.ShouldBe(0, run.ToString());
        return Address.Parse(run["program-id"]);
    }
}
