using System.Text.Json;
using Actions.Cli.Tests.SmokeTest;
using Actions.Cli.Tests.SolanaDeploy;
using Actions.Cli.Tests.Tools;
using Actions.Core.Solana;
using Actions.Core.Squads;
using Actions.Core.VerifiedBuild;

namespace Actions.Cli.Tests.Publish;

/// <summary>`verified-build` of `solana-deploy`: what the upgrade authority claims on chain, and what somebody else's build says of it.</summary>
public sealed class BuildClaimTests(MetadataLocalnetFixture fixture) : IClassFixture<MetadataLocalnetFixture>
{
    private const string Repository = "https://github.com/perps/programs";
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";
    private const string OtherCommit = "76543210fedcba9876543210fedcba9876543210";

    private Localnet Net => fixture.Net;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_upgrade_authority_claims_what_the_plan_said_it_would(bool byThePayer)
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        var authority = byThePayer ? payer : TestKey.New();
        using var job = Job(payer, program).With(("upgrade-authority", authority.Json));
        var planned = await job.With(("dry-run", "true")).RunAsync();
        var before = await Books.OpenAsync(Net, payer.Address);

        var run = await DoneAsync(job.With(("dry-run", "")));

        var claim = await ClaimAsync(program.Address, authority.Address);
        (claim.Repository, claim.Commit, string.Join(' ', claim.Arguments)).ShouldBe((Repository, Commit, "--library-name perps"));
        claim.DeploySlot.ShouldBe((await Net.ProgramAsync(program.Address))!.Slot);
        ((long)before.Payer - (long)(await Books.OpenAsync(Net, payer.Address)).Payer).ShouldBe(planned.Planned("net-lamports"), planned.ToString());
        State(run).ShouldBe("published");
        var verified = await VerifyAsync(program.Address, Commit);
        (verified.Exit, verified["findings"]).ShouldBe((0, "0"), verified.ToString());
        var again = await DoneAsync(job.With(("program-keypair", $"{program}")));
        (again["transactions"], State(again)).ShouldBe(("0", "unchanged"));
    }

    [Fact]
    public async Task An_upgrade_or_another_commit_is_claimed_anew_and_without_that_the_old_claim_is_exit_4()
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        using var job = Job(payer, program);
        await DoneAsync(job);
        await DoneAsync(job.WithProgram(TestPrograms.LookupTable).With(("program-keypair", $"{program}"), ("verified-build", "off")));
        var stale = await VerifyAsync(program.Address, Commit);
        stale.Exit.ShouldBe(4, stale.ToString());
        stale.ToString().ShouldContain("verified-build-stale");

        var same = await DoneAsync(job.With(("verified-build", "write")));

        (same["changed"], same["transactions"], State(same)).ShouldBe(("false", "1", "published"));
        (await VerifyAsync(program.Address, Commit)).Exit.ShouldBe(0);
        await DoneAsync(job.With(("commit", OtherCommit), ("build-args", "--library-name perps -- --features mainnet")));
        (await ClaimAsync(program.Address, payer.Address)).Arguments.ShouldBe(["--library-name", "perps", "--", "--features", "mainnet"]);
        (await VerifyAsync(program.Address, OtherCommit)).Exit.ShouldBe(0);
        var wrong = await VerifyAsync(program.Address, Commit);
        wrong.Exit.ShouldBe(4, wrong.ToString());
        wrong.ToString().ShouldContain("verified-build-mismatch");
    }

    [Fact]
    public async Task A_claim_of_somebody_else_is_none_and_somebody_else_is_refused()
    {
        var (payer, other, program) = (await Net.PayerAsync(), await Net.PayerAsync(), TestKey.New());
        using var job = Job(payer, program).With(("verified-build", "off"));
        await DoneAsync(job);
        var before = await Books.OpenAsync(Net, payer.Address);

        var run = await job.With(("verified-build", "write"), ("upgrade-authority", other.Json), ("program-keypair", $"{program}")).RunAsync();

        run.Exit.ShouldBe(3, run.ToString());
        run.Errors.ShouldBe(["authority-mismatch"]);
        (await Books.OpenAsync(Net, payer.Address)).ShouldBe(before);
        await Net.SendAsync([OtterProgram.Initialize(program.Address, other.Address, new BuildClaim("0.4.12", Repository, Commit, [], 1))], other);
        var verified = await VerifyAsync(program.Address, Commit);
        verified.Exit.ShouldBe(4, verified.ToString());
        verified.ToString().ShouldContain("verified-build-missing");
    }

    [Fact]
    public async Task A_vaults_claim_is_exported_and_its_members_write_it()
    {
        var (payer, member, program) = (await Net.PayerAsync(), TestKey.New(), TestKey.New());
        var team = await SquadsTeam.CreateAsync(Net, 1, 0, (member, SquadsPermissions.Initiate | SquadsPermissions.Vote | SquadsPermissions.Execute));
        using var job = Job(payer, program).With(("upgrade-authority", $"squads:{team.Multisig}"));
        var refused = await job.RunAsync();
        refused.Exit.ShouldBe(2, refused.ToString());
        refused.Errors.ShouldBe(["input-conflict"]);

        var run = await DoneAsync(job.With(("verified-build", "export")));

        State(run).ShouldBe("exported");
        (await DoneAsync(job.With(("program-keypair", $"{program}"))))["transactions"].ShouldBe("0");
        using var published = JsonDocument.Parse(run["published"]);
        var message = Exports.Read(File.ReadAllText(job.Workspace.At(published.RootElement[0].GetProperty("export").GetString()!))).Message;
        message.Signers.ShouldBe([team.Vault]);
        await team.SignAsync(1, member, Exports.Expand(message));
        (await ClaimAsync(program.Address, team.Vault)).Commit.ShouldBe(Commit);
        (await VerifyAsync(program.Address, Commit)).Exit.ShouldBe(0);
        State(await DoneAsync(job)).ShouldBe("unchanged");
    }

    [Fact]
    public async Task What_a_remote_build_gave_is_compared_and_recorded()
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        await using var service = new Service();
        using var job = Job(payer, program).With(("verify-api-url", service.Url));
        var hash = Hash(TestPrograms.Token);
        var polls = 0;
        service.On("/verify-with-signer", """{"status":"in_progress","request_id":"7f3a-1"}""")
            .On("/job/7f3a-1", _ => Service.Response(++polls < 3 ? """{"status":"in_progress"}""" : $$"""{"status":"completed","on_chain_hash":"{{hash}}","executable_hash":"{{hash}}"}"""));

        var run = await DoneAsync(job);

        polls.ShouldBe(3);
        var asked = service.Requests.Single(request => request.Path == "/verify-with-signer").Body;
        asked.ShouldContain(program.Address.ToString());
        asked.ShouldContain(payer.Address.ToString());
        Checks(job, program.Address).ShouldBe([("succeeded", run["record"])]);
        service.On($"/status/{program.Address}", $$"""{"is_verified":true,"on_chain_hash":"{{hash}}","executable_hash":"{{hash}}"}""");
        await DoneAsync(job.With(("program-keypair", $"{program}")));
        service.Requests.Count(request => request.Path == "/verify-with-signer").ShouldBe(1, "what is confirmed is not built twice");
    }

    [Theory]
    [InlineData("""{"status":"completed","is_verified":true,"on_chain_hash":"OURS","executable_hash":"OTHER"}""", 4, "build-unverified")]
    [InlineData("""{"status":"completed","is_verified":true,"on_chain_hash":"OTHER","executable_hash":"OURS"}""", 4, "build-unverified")]
    [InlineData("""{"status":"completed","is_verified":true}""", 4, "build-unverified")]
    [InlineData("""{"status":"failed","message":"\u001b[31mno"}""", 4, "build-unverified")]
    [InlineData("[]", 5, "verify-api-failed")]
    [InlineData("<html>", 5, "verify-api-failed")]
    public async Task Its_word_alone_counts_for_nothing(string answer, int exit, string code)
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        await using var service = new Service();
        using var job = Job(payer, program).With(("verify-api-url", service.Url));
        service.On($"/status/{program.Address}", """{"is_verified":true}""")
            .On("/verify-with-signer", """{"status":"in_progress","request_id":"7f3a-1"}""")
            .On("/job/7f3a-1", answer.Replace("OURS", Hash(TestPrograms.Token), StringComparison.Ordinal).Replace("OTHER", Hash(TestPrograms.Stake), StringComparison.Ordinal));

        var run = await job.RunAsync();

        run.Exit.ShouldBe(exit, run.ToString());
        run.Errors.ShouldBe([code]);
        run["changed"].ShouldBe("true");
        (await ClaimAsync(program.Address, payer.Address)).Commit.ShouldBe(Commit);
        Checks(job, program.Address).ShouldBe(exit == 4 ? [("failed", run["record"])] : []);
    }

    [Fact]
    public async Task A_service_that_is_gone_is_exit_5_and_the_next_run_only_asks_again()
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        using var job = Job(payer, program).With(("verify-api-url", "http://127.0.0.1:1"));

        var run = await job.RunAsync();

        run.Exit.ShouldBe(5, run.ToString());
        run.Errors.ShouldBe(["verify-api-failed"]);
        await using var service = new Service();
        var hash = Hash(TestPrograms.Token);
        service.On($"/status/{program.Address}", $$"""{"is_verified":true,"on_chain_hash":"{{hash}}","executable_hash":"{{hash}}"}""");
        (await DoneAsync(job.With(("verify-api-url", service.Url), ("program-keypair", $"{program}"))))["transactions"].ShouldBe("0");
    }

    [Theory]
    [InlineData("repository", "git@github.com:perps/programs", "input-missing")]
    [InlineData("commit", "main", "input-missing")]
    [InlineData("mode", "buffer", "input-conflict")]
    [InlineData("verify-api-url", "http://verify.example.com", "input-invalid")]
    public async Task What_nobody_could_build_is_not_claimed(string input, string value, string code)
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        using var job = Job(payer, program).With((input, value));

        var run = await job.RunAsync();

        run.Exit.ShouldBe(2, run.ToString());
        run.Errors.ShouldBe([code]);
    }

    private Deploy Job(TestKey payer, TestKey program) => new(
        Net, payer, TestPrograms.Token, ("program-keypair", program.Json), ("verified-build", "write"), ("repository", Repository), ("commit", Commit), ("build-args", "--library-name perps"));

    private static async Task<ActionRun> DoneAsync(Deploy job)
    {
        var run = await job.RunAsync();
        run.Exit.ShouldBe(0, run.ToString());
        return run;
    }

    private async Task<BuildClaim> ClaimAsync(Address program, Address uploader)
    {
        BuildClaimAccount.TryParse((await Net.AccountAsync(OtterProgram.ClaimAddress(program, uploader)))!.Data, out var account).ShouldBeTrue();
        return account!.Claim;
    }

    private async Task<ActionRun> VerifyAsync(Address program, string commit)
    {
        using var workspace = new Workspace();
        return await ActionProcess.RunAsync("verify-program", new Dictionary<string, string>
        {
            ["cluster"] = "localnet", ["rpc-url"] = Net.Url, ["program-id"] = $"{program}", ["verified-build"] = "require", ["ledger"] = "none", ["commit"] = commit, ["repository"] = Repository,
        }, workspace);
    }

    private static string State(ActionRun run)
    {
        using var published = JsonDocument.Parse(run["published"]);
        return published.RootElement.EnumerateArray().Single(one => one.GetProperty("what").GetString() == "verified-build").GetProperty("state").GetString()!;
    }

    private static string Hash(byte[] program) => Convert.ToHexStringLower(Actions.Core.Loader.ProgramBinary.HashOf(program));

    /// <summary>The checks in the ledger: how they ended, and of which release.</summary>
    private static List<(string State, string Of)> Checks(Deploy job, Address program)
    {
        var ledger = Directory.GetFiles(job.Workspace.At(".solana-actions/ledger"), $"{program}.jsonl", SearchOption.AllDirectories).Single();
        List<(string, string)> checks = [];
        foreach (var line in File.ReadAllLines(ledger))
        {
            using var entry = JsonDocument.Parse(line);
            if (entry.RootElement.GetProperty("kind").GetString() == "check")
            {
                checks.Add((entry.RootElement.GetProperty("state").GetString()!, entry.RootElement.GetProperty("refers-to").GetString()!));
            }
        }

        return checks;
    }
}
