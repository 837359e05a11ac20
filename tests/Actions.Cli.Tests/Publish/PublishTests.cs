using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Actions.Cli.Tests.SolanaDeploy;
using Actions.Cli.Tests.Tools;
using Actions.Core.Metadata;
using Actions.Core.Solana;
using Actions.Core.Squads;

namespace Actions.Cli.Tests.Publish;

/// <summary>`idl` and `security-txt` of `solana-deploy`: what a program says about itself, on chain.</summary>
public sealed class PublishTests(MetadataLocalnetFixture fixture) : IClassFixture<MetadataLocalnetFixture>
{
    private const string Security = """{"name":"perps","project_url":"https://perps.example","contacts":["email:security@perps.example"],"policy":"https://perps.example/security"}""";

    private Localnet Net => fixture.Net;

    [Fact]
    public async Task An_IDL_is_published_after_the_program_and_costs_what_the_plan_said()
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        using var job = Job(payer, program, TestIdl.Text());
        var planned = await job.With(("dry-run", "true")).RunAsync();
        var before = await Books.OpenAsync(Net, payer.Address);

        var run = await job.With(("dry-run", "")).RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        (run["changed"], run["transactions"]).ShouldBe(("true", $"{Deploy.Chunks(TestPrograms.Token) + 3}"), run.ToString());
        await ShouldSayAsync(program.Address, "idl", TestIdl.Text(), run);
        State(run, "idl").ShouldBe("published");
        var after = await Books.OpenAsync(Net, payer.Address);
        ((long)before.Payer - (long)after.Payer).ShouldBe(planned.Planned("net-lamports"), planned.ToString());
        run.Amount("fee-lamports").ShouldBe(after.Fees - before.Fees);
        planned.Summary.ShouldContain("publish the IDL");
        run.Summary.ShouldContain(MetadataProgram.Canonical(program.Address, "idl").ToString());
        planned["published"].ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_said_already_is_not_sent_again()
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        using var job = Job(payer, program, TestIdl.Text());
        await DoneAsync(job);

        var again = await DoneAsync(job.With(("program-keypair", $"{program}")));

        (again["changed"], again["transactions"], again["fee-lamports"]).ShouldBe(("false", "0", "0"));
        State(again, "idl").ShouldBe("unchanged");
        again.Planned("net-lamports").ShouldBe(0);
    }

    [Fact]
    public async Task Another_clients_compression_of_the_same_text_is_the_same_text()
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        using var job = Job(payer, program, "");
        await DoneAsync(job.With(("idl", "")));
        var (text, account) = (TestIdl.Text(), MetadataProgram.Canonical(program.Address, "idl"));
        var form = MetadataForm.Json with { Compression = MetadataCompression.None };
        var bytes = Encoding.UTF8.GetBytes(text);
        await Net.SendAsync(
        [
            SystemProgram.Transfer(payer.Address, account, await Net.RentAsync(96 + bytes.Length)),
            MetadataProgram.Initialize(account, payer.Address, program.Address, Actions.Core.Loader.LoaderProgram.ProgramDataAddress(program.Address), "idl", form, bytes),
        ], payer);

        var run = await DoneAsync(Put(job, text).With(("idl", "idl.json"), ("program-keypair", $"{program}")));

        run["transactions"].ShouldBe("0");
        State(run, "idl").ShouldBe("unchanged");
    }

    [Fact]
    public async Task An_IDL_that_changed_alone_is_updated_and_a_shorter_one_returns_rent()
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        using var job = Job(payer, program, TestIdl.Text(200));
        await DoneAsync(job);
        var shorter = TestIdl.Text(100);
        var planned = await Put(job, shorter).With(("dry-run", "true"), ("program-keypair", $"{program}")).RunAsync();
        var before = await Books.OpenAsync(Net, payer.Address);

        var run = await DoneAsync(job.With(("dry-run", "")));

        (run["changed"], run["transactions"]).ShouldBe(("false", "1"));
        await ShouldSayAsync(program.Address, "idl", shorter, run);
        run.Amount("refunded-lamports").ShouldBeGreaterThan(0UL);
        ((long)before.Payer - (long)(await Books.OpenAsync(Net, payer.Address)).Payer).ShouldBe(planned.Planned("net-lamports"));
        var longer = TestIdl.Text(300);
        await DoneAsync(Put(job, longer));
        await ShouldSayAsync(program.Address, "idl", longer, run);
    }

    [Theory]
    [InlineData(900, 18_000)]
    [InlineData(18_000, 6_000)]
    [InlineData(4_000, 40_000)]
    public async Task An_IDL_larger_than_a_transaction_goes_through_a_buffer_whose_rent_comes_back(int first, int then)
    {
        var (payer, authority, program) = (await Net.PayerAsync(), TestKey.New(), TestKey.New());
        using var job = Job(payer, program, TestIdl.Text(first)).With(("upgrade-authority", authority.Json));
        foreach (var text in new[] { TestIdl.Text(first), TestIdl.Text(then) })
        {
            var planned = await Put(job, text).With(("dry-run", "true")).RunAsync();
            planned.Exit.ShouldBe(0, planned.ToString());
            var before = await Books.OpenAsync(Net, payer.Address);

            var run = await DoneAsync(job.With(("dry-run", "")));

            await ShouldSayAsync(program.Address, "idl", text, run);
            var after = await Books.OpenAsync(Net, payer.Address);
            ((long)before.Payer - (long)after.Payer).ShouldBe(planned.Planned("net-lamports"), planned.ToString());
            (after.Failed - before.Failed).ShouldBe(0);
            (await BuffersAsync(payer.Address)).ShouldBe(0);
            (await Net.AccountAsync(MetadataProgram.Canonical(program.Address, "idl")))!.Lamports.ShouldBe(await Net.RentAsync(96 + new MetadataDocument("idl", text).Packed.Length));
            job.With(("program-keypair", $"{program}"));
        }
    }

    [Fact]
    public async Task A_run_that_was_killed_while_it_wrote_is_continued()
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        var text = TestIdl.Text(30_000);
        using var job = Job(payer, program, text);
        await DoneAsync(job.With(("idl", "")));
        job.With(("idl", "idl.json"), ("program-keypair", $"{program}"));
        var whole = (new MetadataDocument("idl", text).Packed.Length + 1_000) / 1_000;
        await job.KillMidWriteAsync();
        (await BuffersAsync(payer.Address)).ShouldBe(1);
        var before = await Books.OpenAsync(Net, payer.Address);

        var run = await DoneAsync(job);

        await ShouldSayAsync(program.Address, "idl", text, run);
        run.Amount("transactions").ShouldBeLessThan((ulong)whole);
        (await BuffersAsync(payer.Address)).ShouldBe(0);
        (await Books.OpenAsync(Net, payer.Address)).Payer.ShouldBeGreaterThan(before.Payer - (await Net.RentAsync(96 + new MetadataDocument("idl", text).Packed.Length)));
    }

    [Fact]
    public async Task What_an_interrupted_run_left_of_another_text_is_said_and_reclaimed()
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        using var job = Job(payer, program, TestIdl.Text(30_000));
        await DoneAsync(job.With(("idl", "")));
        job.With(("idl", "idl.json"), ("program-keypair", $"{program}"));
        await job.KillMidWriteAsync();

        var text = TestIdl.Text(100);
        var run = await DoneAsync(Put(job, text));

        (await BuffersAsync(payer.Address)).ShouldBe(1);
        var left = Regex.Match(run.Summary, "`reclaim: ([1-9A-HJ-NP-Za-km-z]+)`").Groups[1].Value;
        var (held, before) = (await Net.BalanceAsync(Address.Parse(left)), await Net.BalanceAsync(payer.Address));
        var reclaimed = await ActionProcess.RunAsync(
            "solana-deploy", new Dictionary<string, string> { ["mode"] = "reclaim", ["reclaim"] = left, ["cluster"] = "localnet", ["rpc-url"] = Net.Url, ["payer"] = payer.Json }, job.Workspace);
        (reclaimed.Exit, reclaimed["refunded-lamports"]).ShouldBe((0, $"{held}"), reclaimed.ToString());
        (await Net.BalanceAsync(payer.Address)).ShouldBe(before + held - 5_000);
        await ShouldSayAsync(program.Address, "idl", text, run);
    }

    [Fact]
    public async Task Somebody_who_may_not_upgrade_is_refused_before_anything_is_sent()
    {
        var (payer, other, program) = (await Net.PayerAsync(), TestKey.New(), TestKey.New());
        using var job = Job(payer, program, TestIdl.Text());
        await DoneAsync(job);
        var before = await Books.OpenAsync(Net, payer.Address);

        var run = await Put(job, TestIdl.Text(10)).With(("upgrade-authority", other.Json), ("program-keypair", $"{program}")).RunAsync();

        run.Exit.ShouldBe(3, run.ToString());
        run.Errors.ShouldBe(["authority-mismatch"]);
        (await Books.OpenAsync(Net, payer.Address)).ShouldBe(before);
        await ShouldSayAsync(program.Address, "idl", TestIdl.Text(), run);
    }

    [Fact]
    public async Task An_authority_that_does_not_pay_signs_one_transaction_for_each_document()
    {
        var (payer, authority, program) = (await Net.PayerAsync(), TestKey.New(), TestKey.New());
        using var job = Job(payer, program, TestIdl.Text(12_000)).With(("upgrade-authority", authority.Json), ("security-txt", "security.json"));
        job.Workspace.Put("security.json", Encoding.UTF8.GetBytes(Security));
        await DoneAsync(job.With(("idl", ""), ("security-txt", "")));
        var landed = (await Net.LandedAsync(payer.Address)).Count;

        var run = await DoneAsync(job.With(("idl", "idl.json"), ("security-txt", "security.json"), ("program-keypair", $"{program}"), ("priority-fee", "1000")));

        (await Net.LandedAsync(payer.Address)).Skip(landed).Count(line => line.Signers > 1).ShouldBe(2);
        (await Net.LandedAsync(payer.Address)).Skip(landed).ShouldAllBe(line => line.Fee > 5_000UL * (ulong)line.Signers);
        await ShouldSayAsync(program.Address, "security", Security, run);
        (State(run, "idl"), State(run, "security")).ShouldBe(("published", "published"));
    }

    [Theory]
    [InlineData("security-txt", """{"name":"perps"}""", "no project_url")]
    [InlineData("security-txt", """{"name":"p","project_url":"p","contacts":"c","policy":"p","polcy":"p"}""", "polcy")]
    [InlineData("idl", "[]", "no object")]
    [InlineData("idl", "{", "no JSON")]
    public async Task A_file_that_nobody_could_read_is_not_published(string input, string content, string said)
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        using var job = Job(payer, program, content).With(("idl", ""), (input, "idl.json"));

        var run = await job.RunAsync();

        run.Exit.ShouldBe(2, run.ToString());
        run.Errors.ShouldBe(["file-unreadable"]);
        run.ToString().ShouldContain(said);
    }

    [Fact]
    public async Task What_is_published_counts_for_the_cap_and_must_come_before_a_program_is_final()
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        using var job = Job(payer, program, TestIdl.Text(9_000));
        await DoneAsync(job.With(("idl", "")));
        job.With(("idl", "idl.json"), ("program-keypair", $"{program}"), ("dry-run", "true"));
        var peak = (await job.RunAsync()).Planned("peak-lamports");

        var capped = await job.With(("dry-run", ""), ("max-spend", Sol(peak - 1))).RunAsync();

        Refused(capped, 3, "spend-cap");
        var final = await job.With(("max-spend", ""), ("confirm-final", $"{program}")).RunAsync();
        Refused(final, 3, "metadata-refused");
        await DoneAsync(job.With(("max-spend", Sol(peak)), ("confirm-final", "")));
    }

    [Fact]
    public async Task Where_the_metadata_program_is_missing_only_what_was_asked_for_by_name_is_refused()
    {
        await using var bare = await Localnet.StartAsync();
        var (payer, program) = (await bare.PayerAsync(), TestKey.New());
        using var job = new Deploy(bare, payer, TestPrograms.Token, ("program-keypair", program.Json), ("idl", "idl.json"));
        Put(job, TestIdl.Text());

        var run = await job.RunAsync();

        Refused(run, 3, "metadata-refused");
        job.Workspace.Put("solana-release.yml", Encoding.UTF8.GetBytes($$"""
            version: 1
            name: perps
            programs: { perps: { artifact: program.so, idl: idl.json } }
            environments: { staging: { cluster: localnet, program-ids: { perps: "{{program}}" } } }
            """));
        var released = await job.With(("idl", ""), ("program", ""), ("release-file", "solana-release.yml"), ("environment", "staging"), ("cluster", "")).RunAsync();
        released.Exit.ShouldBe(0, released.ToString());
        released.Warnings.ShouldContain("metadata-refused");
        released["published"].ShouldBe("[]");
    }

    [Theory]
    [InlineData("no object", "[]")]
    [InlineData("target/idl.json", null)]
    public async Task An_IDL_that_only_the_release_file_names_stops_no_deploy(string said, string? content)
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        using var job = Job(payer, program, content ?? "");
        job.Workspace.Put("solana-release.yml", Encoding.UTF8.GetBytes($$"""
            version: 1
            name: perps
            programs: { perps: { artifact: program.so, idl: {{(content is null ? "target/idl.json" : "idl.json")}} } }
            environments: { staging: { cluster: localnet, program-ids: { perps: "{{program}}" } } }
            """));

        var run = await DoneAsync(job.With(("idl", ""), ("program", ""), ("release-file", "solana-release.yml"), ("environment", "staging"), ("cluster", "")));

        run["changed"].ShouldBe("true");
        run.Warnings.ShouldContain("file-unreadable");
        run.ToString().ShouldContain(said);
    }

    [Fact]
    public async Task A_releases_IDL_is_the_one_its_manifest_means()
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        var text = TestIdl.Text();
        using var job = Job(payer, program, text).With(("idl", ""), ("program", ""), ("manifest", "manifest.json"));
        job.Workspace.Put("perps.default.so", TestPrograms.Token);
        job.Workspace.Put("perps.default.idl.json", Encoding.UTF8.GetBytes(text));
        job.Workspace.Put("manifest.json", Manifest(TestPrograms.Token, text));

        var run = await DoneAsync(job);

        await ShouldSayAsync(program.Address, "idl", text, run);
        job.Workspace.Put("perps.default.idl.json", Encoding.UTF8.GetBytes(TestIdl.Text(1)));
        var other = await job.RunAsync();
        Refused(other, 2, "manifest-mismatch");
    }

    [Theory]
    [InlineData(500)]
    [InlineData(14_000)]
    public async Task What_a_vault_says_is_exported_for_its_members_and_their_proposals_publish_it(int noise)
    {
        var (payer, member, program) = (await Net.PayerAsync(), TestKey.New(), TestKey.New());
        var team = await SquadsTeam.CreateAsync(Net, 1, 0, (member, SquadsPermissions.Initiate | SquadsPermissions.Vote | SquadsPermissions.Execute));
        var text = TestIdl.Text(noise);
        using var job = Job(payer, program, text).With(("upgrade-authority", $"squads:{team.Multisig}"));
        var planned = await job.With(("dry-run", "true")).RunAsync();
        var before = await Books.OpenAsync(Net, payer.Address);

        var run = await DoneAsync(job.With(("dry-run", "")));

        State(run, "idl").ShouldBe("exported");
        ((long)before.Payer - (long)(await Books.OpenAsync(Net, payer.Address)).Payer).ShouldBe(planned.Planned("net-lamports"), planned.ToString());
        (await BuffersAsync(payer.Address)).ShouldBe(0, "nobody but the vault can change what it is asked to publish");
        var again = await DoneAsync(job.With(("program-keypair", $"{program}")));
        (again["transactions"], again["published"]).ShouldBe(("0", run["published"]));
        using var published = JsonDocument.Parse(run["published"]);
        var exported = File.ReadAllLines(job.Workspace.At(published.RootElement[0].GetProperty("export").GetString()!));
        foreach (var (index, line) in exported.Index())
        {
            var message = Exports.Read(line).Message;
            message.Signers.ShouldBe([team.Vault]);
            await team.SignAsync((ulong)index + 1, member, Exports.Expand(message));
        }

        await ShouldSayAsync(program.Address, "idl", text, run);
        (await BuffersAsync(team.Vault)).ShouldBe(0);
        (await DoneAsync(job))["published"].ShouldContain("unchanged");
    }

    [Fact]
    public async Task An_IDL_that_breaks_accounts_is_refused_unless_a_plan_is_named()
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        using var job = Job(payer, program, TestIdl.Text());
        await DoneAsync(job);
        var before = await Books.OpenAsync(Net, payer.Address);
        var breaking = TestIdl.Text(type: "u32");

        var refused = await Put(job, breaking).With(("program-keypair", $"{program}")).RunAsync();

        Refused(refused, 3, "idl-incompatible");
        refused.ToString().ShouldContain("account Config: fee_bps is u32, before u16");
        (await Books.OpenAsync(Net, payer.Address)).ShouldBe(before);
        Refused(await job.With(("migration", "docs/migration.md")).RunAsync(), 2, "file-unreadable");
        job.Workspace.Put("docs/migration.md", Encoding.UTF8.GetBytes("# How"));
        var run = await DoneAsync(job.WithProgram(TestPrograms.LookupTable));
        await ShouldSayAsync(program.Address, "idl", breaking, run);
        run.Summary.ShouldContain("breaking");
        run.Summary.ShouldContain("docs/migration.md");
        run["idl-changes"].ShouldContain("fee_bps is u32, before u16");
        File.ReadAllText(Directory.GetFiles(job.Workspace.At(".solana-actions/ledger"), $"{program}.jsonl", SearchOption.AllDirectories).Single()).ShouldContain("migration: docs/migration.md");
    }

    [Fact]
    public async Task The_account_that_Anchor_kept_an_IDL_in_is_compared_too()
    {
        var (authority, program) = (TestKey.New(), TestKey.New());
        using var folder = new Workspace();
        folder.Put("legacy.json", LegacyAccount(program.Address, authority.Address, TestIdl.Text()));
        await using var net = await Localnet.StartAsync("--emulate", "metadata", "--account", folder.At("legacy.json"));
        var payer = await net.PayerAsync();
        using var job = new Deploy(net, payer, TestPrograms.Token, ("program-keypair", program.Json), ("idl", "idl.json"));

        Refused(await Put(job, TestIdl.Text(field: "fee")).RunAsync(), 3, "idl-incompatible");
        (await DoneAsync(Put(job, TestIdl.Text(3))))["idl-changes"].ShouldBe("[]");
    }

    private static byte[] LegacyAccount(Address program, Address authority, string idl)
    {
        var packed = MetadataContent.Pack(idl);
        byte[] data = [.. AnchorDiscriminator.Of("internal:IdlAccount"), .. authority.ToArray(), .. BitConverter.GetBytes(packed.Length), .. packed, 0, 0];
        return Encoding.UTF8.GetBytes($$$"""
            {"pubkey":"{{{LegacyIdl.AddressOf(program)}}}","account":{"lamports":100000000,"data":["{{{Convert.ToBase64String(data)}}}","base64"],"owner":"{{{program}}}","executable":false,"rentEpoch":0}}
            """);
    }

    private static byte[] Manifest(byte[] program, string idl) => new Actions.Core.Store.Manifest
    {
        Name = "perps",
        Version = "1.0.0",
        Source = Actions.Core.Store.ManifestSource.Build,
        Artifacts =
        [
            new Actions.Core.Store.ManifestArtifact
            {
                Program = "perps",
                File = "perps.default.so",
                Size = program.Length,
                Sha256 = Convert.ToHexStringLower(SHA256.HashData(program)),
                ExecutableHash = Convert.ToHexStringLower(Actions.Core.Loader.ProgramBinary.HashOf(program)),
                Idl = new Actions.Core.Store.ManifestIdl("perps.default.idl.json", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(idl)))),
            },
        ],
    }.ToJson();

    private Deploy Job(TestKey payer, TestKey program, string idl) =>
        Put(new Deploy(Net, payer, TestPrograms.Token, ("program-keypair", program.Json), ("idl", "idl.json")), idl);

    private static Deploy Put(Deploy job, string idl)
    {
        job.Workspace.Put("idl.json", Encoding.UTF8.GetBytes(idl));
        return job;
    }

    private static void Refused(ActionRun run, int exit, string code)
    {
        run.Exit.ShouldBe(exit, run.ToString());
        run.Errors.ShouldBe([code], run.ToString());
    }

    private static async Task<ActionRun> DoneAsync(Deploy job)
    {
        var run = await job.RunAsync();
        run.Exit.ShouldBe(0, run.ToString());
        return run;
    }

    private async Task ShouldSayAsync(Address program, string seed, string text, ActionRun run)
    {
        var account = await Net.AccountAsync(MetadataProgram.Canonical(program, seed));
        MetadataAccount.TryParse(account!.Data, out var parsed).ShouldBeTrue(run.ToString());
        var published = parsed.ShouldBeOfType<MetadataAccount.Published>();
        (published.IsCanonical, published.Form).ShouldBe((true, MetadataForm.Json));
        MetadataContent.Text(published).ShouldBe(text);
    }

    /// <summary>How many metadata buffers somebody may write.</summary>
    private async Task<int> BuffersAsync(Address authority) => (await Net.CallAsync("getProgramAccounts", $$$"""
        ["{{{MetadataProgram.Id}}}",{"commitment":"confirmed","encoding":"base64","dataSlice":{"offset":0,"length":0},
        "filters":[{"memcmp":{"offset":0,"bytes":"{{{Base58.Encode([1])}}}"}},{"memcmp":{"offset":33,"bytes":"{{{authority}}}"}}]}]
        """)).GetArrayLength();

    private static string State(ActionRun run, string what)
    {
        using var published = JsonDocument.Parse(run["published"]);
        return published.RootElement.EnumerateArray().First(one => one.GetProperty("what").GetString() == what).GetProperty("state").GetString()!;
    }

    private static string Sol(long lamports) => (lamports / 1_000_000_000m).ToString(CultureInfo.InvariantCulture);
}
