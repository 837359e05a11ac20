using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Actions.Cli.Tests.Tools;
using Actions.Core.Ledger;
using Actions.Core.Store;

namespace Actions.Cli.Tests.PromoteArtifact;

/// <summary>The same bytes from the build over staging to production, on a real node with the real deploys.</summary>
public sealed class PromoteArtifactTests(LocalnetFixture fixture) : IClassFixture<LocalnetFixture>
{
    private Localnet Net => fixture.Net;

    [Fact]
    public async Task The_bytes_of_the_build_run_in_production_in_the_end()
    {
        using var team = await Promotion.StartAsync(Net);
        team.Workspace.Put("idl.json", "{\"name\":\"perps\"}"u8.ToArray());
        team.Workspace.Put("perps.so", TestPrograms.Token);

        var build = await Promotion.ShouldEndAsync(team.BuildAsync("v1.2.0", ("idl", "idl.json"), ("toolchain", "solana=2.1.0"), ("attachments", $"image:ghcr.io/acme/api@sha256:{new string('a', 64)}")));
        await Promotion.ShouldEndAsync(team.DeployAsync("staging", team.Staging, "out/build"));
        await Promotion.ShouldEndAsync(team.VerifyAsync("staging", team.Staging, "out/build"));
        await Promotion.ShouldEndAsync(team.SmokeTestAsync("staging", team.Staging, TestPrograms.Token));
        var ledger = team.Workspace.Files().Where(file => file.Path.Contains("/ledger/", StringComparison.Ordinal)).ToDictionary(file => file.Path, file => Convert.ToBase64String(file.Content));
        var sent = (await Net.LandedAsync(team.Payer)).Count;
        var promote = await Promotion.ShouldEndAsync(team.PromoteAsync());

        (build["version"], build["eligible"], build["soaked"], build["artifact"], build["manifest"]).ShouldBe(("1.2.0", "true", "false", "out/build/perps.default.so", "out/build/manifest.json"));
        (promote["version"], promote["eligible"], promote["soaked"], promote["replaces"], promote["replaces-commit"]).ShouldBe(("1.2.0", "true", "true", "", ""));
        promote["sha256"].ShouldBe(build["sha256"]);
        promote["executable-hash"].ShouldBe(Promotion.Hash(TestPrograms.Token));
        File.ReadAllBytes(team.Workspace.At(promote["artifact"])).ShouldBe(TestPrograms.Token);
        File.ReadAllBytes(team.Workspace.At("out/production/perps.default.idl.json")).ShouldBe("{\"name\":\"perps\"}"u8.ToArray());
        using var results = JsonDocument.Parse(promote["results"]);
        results.RootElement.GetProperty("perps").GetProperty("artifact").GetString().ShouldBe("out/production/perps.default.so");
        team.Workspace.Files().Where(file => file.Path.Contains("/ledger/", StringComparison.Ordinal)).ToDictionary(file => file.Path, file => Convert.ToBase64String(file.Content))
            .ShouldBe(ledger, ignoreOrder: true, "a promotion never writes the ledger");
        (await Net.LandedAsync(team.Payer)).Count.ShouldBe(sent);

        await Promotion.ShouldEndAsync(team.DeployAsync("production", team.Production, "out/production"));
        await team.RunsAsync(team.Production, TestPrograms.Token);
        var records = await team.Ledger.ReadAsync("production", team.Production.Address, default);
        records.ShouldHaveSingleItem().Facts.ShouldSatisfyAllConditions(facts => facts.Version.ShouldBe("1.2.0"), facts => facts.Name.ShouldBe("perps"), facts => facts.Sha256.ShouldBe(build["sha256"]));
    }

    [Fact]
    public async Task The_manifest_says_what_was_built_from_what_and_by_whom()
    {
        using var team = await Promotion.StartAsync(Net);

        await Promotion.ShouldEndAsync(team.BuildAsync("1.2.0", TestPrograms.Token));

        var manifest = Manifest.TryRead(File.ReadAllBytes(team.StorePath("manifests", "perps", "1.2.0.json")), out _)!;
        (manifest.Name, manifest.Version, manifest.Source, manifest.Repository).ShouldBe(("perps", "1.2.0", ManifestSource.Build, "acme/perps"));
        (manifest.Commit, manifest.Ref).ShouldBe(("0123456789abcdef0123456789abcdef01234567", "refs/heads/main"));
        manifest.Builder!.RunUrl.ShouldBe("https://github.com/acme/perps/actions/runs/7");
        var artifact = manifest.Artifacts.ShouldHaveSingleItem();
        (artifact.Program, artifact.Variant, artifact.File, artifact.Size, artifact.SbpfVersion).ShouldBe(("perps", "default", "perps.default.so", TestPrograms.Token.Length, 0));
        File.ReadAllBytes(team.StorePath("objects", "sha256", artifact.Sha256)).ShouldBe(TestPrograms.Token);
        File.ReadAllBytes(team.Workspace.At("out/build/manifest.json")).ShouldBe(File.ReadAllBytes(team.StorePath("manifests", "perps", "1.2.0.json")));
    }

    [Fact]
    public async Task The_same_build_again_is_the_same_version_and_other_bytes_are_refused()
    {
        using var team = await Promotion.StartAsync(Net);
        await Promotion.ShouldEndAsync(team.BuildAsync("1.2.0", TestPrograms.Token));
        var before = File.ReadAllBytes(team.StorePath("manifests", "perps", "1.2.0.json"));

        await Promotion.ShouldEndAsync(team.BuildAsync("v1.2.0+again", TestPrograms.Token));
        var other = await team.BuildAsync("1.2.0", TestPrograms.LookupTable);
        var rehearsed = await team.BuildAsync("1.2.0", ("dry-run", "true"));

        (other.Exit, rehearsed.Exit).ShouldBe((3, 3), other.ToString());
        other.Errors.ShouldBe(["version-exists"]);
        (other["eligible"], other["artifact"]).ShouldBe(("false", ""));
        File.ReadAllBytes(team.StorePath("manifests", "perps", "1.2.0.json")).ShouldBe(before);
        Directory.GetFiles(team.StorePath("objects", "sha256")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task All_gates_that_are_not_met_are_said_at_once_and_nothing_is_written()
    {
        using var team = await Promotion.StartAsync(Net);
        await Promotion.ShouldEndAsync(team.BuildAsync("1.2.0", TestPrograms.Token));
        await Promotion.ShouldEndAsync(team.DeployAsync("staging", team.Staging, "out/build"));
        team.WithGates("min-soak: 24h, phrase: SHIP IT, checks: [ci], security: { check: audit }, approvals: { environments: [sre] }, freeze: [\"00:00-24:00 UTC\"], window: { from: 2020-01-01T00:00:00Z, to: 2020-01-02T00:00:00Z }");

        var run = await team.PromoteAsync(("phrase", "ship it"), ("require-protected-environment", "true"));

        run.Exit.ShouldBe(4, run.ToString());
        run.Errors.Order().ShouldBe([.. Enumerable.Repeat("gate-unknowable", 4), .. Enumerable.Repeat("gate-unmet", 6)]);
        foreach (var gate in new[] { "Soak", "Smoke test", "Verification", "Freeze", "Change window", "Phrase" })
        {
            run.Summary.ShouldContain($"| {gate} | **not met** |");
        }

        foreach (var gate in new[] { "Check", "Security", "Approval", "Protected environment" })
        {
            run.Summary.ShouldContain($"| {gate} | **cannot be known** |");
        }

        (run["eligible"], run["soaked"], run["artifact"], run["version"]).ShouldBe(("false", "false", "", "1.2.0"));
        Directory.Exists(team.Workspace.At("out/production")).ShouldBeFalse();
    }

    [Fact]
    public async Task What_only_needs_time_is_told_when_and_passes_then()
    {
        using var team = await Promotion.StartAsync(Net);
        await team.ReleaseToStagingAsync("1.2.0", TestPrograms.Token);

        var early = await team.PromoteAsync(("min-soak", "1h"));
        await Until.TrueAsync(async () => (await team.PromoteAsync(("min-soak", "3s"))).Exit == 0, 500);

        early.Exit.ShouldBe(4, early.ToString());
        early.Errors.ShouldBe(["gate-unmet"]);
        early.Summary.ShouldContain("It only needs time: promote again at 20");
    }

    [Fact]
    public async Task A_negative_smoke_test_stands_until_a_positive_one()
    {
        using var team = await Promotion.StartAsync(Net);
        await team.ReleaseToStagingAsync("1.2.0", TestPrograms.Token);
        await team.SmokeAsync("staging", team.Staging, isPositive: false);

        var refused = await team.PromoteAsync();
        await team.SmokeAsync("staging", team.Staging);

        refused.Errors.ShouldBe(["gate-unmet"], refused.ToString());
        refused.Summary.ShouldContain("a negative one for perps");
        await Promotion.ShouldEndAsync(team.PromoteAsync());
    }

    [Fact]
    public async Task A_drifted_chain_is_named()
    {
        using var team = await Promotion.StartAsync(Net);
        await team.ReleaseToStagingAsync("1.2.0", TestPrograms.Token);
        using var stranger = await Promotion.StartAsync(Net);
        await Promotion.ShouldEndAsync(stranger.BuildAsync("6.6.6", TestPrograms.LookupTable));
        Directory.Move(stranger.Workspace.At("out/build"), team.Workspace.At("stolen"));
        await Promotion.ShouldEndAsync(DeployUnrecorded(team));

        var found = await team.PromoteAsync();
        var asked = await team.PromoteAsync(("version", "1.2.0"));

        (found.Exit, asked.Exit).ShouldBe((4, 4), found.ToString());
        found.Errors.ShouldBe(["hash-mismatch"]);
        asked.Errors.ShouldContain("hash-mismatch");
        Directory.Exists(team.Workspace.At("out/production")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("object")]
    [InlineData("object gone")]
    [InlineData("manifest digest")]
    [InlineData("manifest commit")]
    [InlineData("manifest executable hash without its seal")]
    [InlineData("manifest digest without its seal")]
    [InlineData("record")]
    [InlineData("record signature")]
    public async Task Tampering_is_named(string what)
    {
        using var team = await Promotion.StartAsync(Net);
        await team.ReleaseToStagingAsync("1.2.0", TestPrograms.Token);
        Tamper(team, what);

        var run = await team.PromoteAsync();

        run.Exit.ShouldBe(4, run.ToString());
        run.Errors.ShouldContain("tampered", run.ToString());
        Directory.Exists(team.Workspace.At("out/production")).ShouldBeFalse();
    }

    [Fact]
    public async Task Each_environment_gets_its_own_build_of_one_version()
    {
        using var team = await Promotion.StartAsync(Net);
        team.WithVariants();
        var (staging, production) = (Promotion.Declaring(team.Staging), Promotion.Declaring(team.Production));
        team.Workspace.Put("staging.so", staging);
        team.Workspace.Put("production.so", production);
        await Promotion.ShouldEndAsync(team.BuildAsync("1.0.0", ("program", "perps@staging=staging.so\nperps@production=production.so")));
        await Promotion.ShouldEndAsync(team.DeployAsync("staging", team.Staging, "out/build", "staging"));
        await Promotion.ShouldEndAsync(team.VerifyAsync("staging", team.Staging, "out/build", "staging"));
        await team.SmokeAsync("staging", team.Staging);

        var promote = await Promotion.ShouldEndAsync(team.PromoteAsync());

        promote["artifact"].ShouldBe("out/production/perps.production.so");
        promote["executable-hash"].ShouldBe(Promotion.Hash(production));
        Directory.GetFiles(team.Workspace.At("out/production")).Length.ShouldBe(2);
        promote.Warnings.ShouldBeEmpty();
        await Promotion.ShouldEndAsync(team.DeployAsync("production", team.Production, "out/production", "production"));
        await team.RunsAsync(team.Production, production);
    }

    [Fact]
    public async Task A_missing_variant_is_never_another_one()
    {
        using var team = await Promotion.StartAsync(Net);
        team.WithVariants();
        team.Workspace.Put("staging.so", Promotion.Declaring(team.Staging));
        await Promotion.ShouldEndAsync(team.BuildAsync("1.0.0", ("program", "perps@staging=staging.so")));
        await Promotion.ShouldEndAsync(team.DeployAsync("staging", team.Staging, "out/build", "staging"));

        var run = await team.PromoteAsync(("require-smoke", "false"), ("require-verified", "false"));

        run.Exit.ShouldBe(4, run.ToString());
        run.Errors.ShouldBe(["variant-missing"]);
    }

    [Fact]
    public async Task The_build_of_another_environment_is_refused()
    {
        using var team = await Promotion.StartAsync(Net);
        await team.ReleaseToStagingAsync("1.0.0", Promotion.Declaring(team.Staging));

        var run = await team.PromoteAsync();

        run.Exit.ShouldBe(4, run.ToString());
        run.Errors.ShouldBe(["gate-unmet"]);
        run.Summary.ShouldContain("the program would refuse every call");
    }

    [Fact]
    public async Task A_version_only_goes_up_unless_it_is_allowed()
    {
        using var team = await Promotion.StartAsync(Net);
        await team.ReleaseToStagingAsync("1.2.0", TestPrograms.Token);
        await Promotion.ShouldEndAsync(team.PromoteAsync());
        await Promotion.ShouldEndAsync(team.DeployAsync("production", team.Production, "out/production"));
        var build = await team.BuildAsync("1.1.9", TestPrograms.LookupTable);
        (build.Exit, build.Errors.ShouldHaveSingleItem()).ShouldBe((4, "gate-unmet"), build.ToString());
        File.Exists(team.StorePath("manifests", "perps", "1.1.9.json")).ShouldBeTrue("a build is kept, whether or not it may go on now");
        await team.ReleaseToStagingAsync("1.1.9", TestPrograms.LookupTable, ("allow-downgrade", "true"));

        var refused = await team.PromoteAsync();
        var rehearsed = await team.PromoteAsync(("dry-run", "true"));
        var allowed = await team.PromoteAsync(("allow-downgrade", "true"), ("output-dir", "out/older"));

        (refused.Exit, rehearsed.Exit).ShouldBe((4, 4), refused.ToString());
        refused.Errors.ShouldBe(["gate-unmet"]);
        (allowed.Exit, allowed["version"], allowed["replaces"]).ShouldBe((0, "1.1.9", "1.2.0"), allowed.ToString());
    }

    [Fact]
    public async Task What_was_rolled_back_stays_away_unless_it_is_allowed()
    {
        using var team = await Promotion.StartAsync(Net);
        await team.ReleaseToStagingAsync("1.2.0", TestPrograms.Token);
        await team.Ledger.AppendAsync(Undone(team), default);

        var refused = await team.PromoteAsync();

        refused.Errors.ShouldBe(["gate-unmet"], refused.ToString());
        refused.Summary.ShouldContain("| Rolled back | **not met** |");
        await Promotion.ShouldEndAsync(team.PromoteAsync(("allow-undone", "true")));
    }

    [Fact]
    public async Task A_rehearsal_judges_as_the_real_run_and_writes_nothing()
    {
        using var team = await Promotion.StartAsync(Net);
        team.Workspace.Put("perps.so", TestPrograms.Token);
        await Promotion.ShouldEndAsync(team.BuildAsync("1.2.0", ("dry-run", "true")));
        Directory.Exists(team.StorePath()).ShouldBeFalse();
        await team.ReleaseToStagingAsync("1.2.0", TestPrograms.Token);

        var run = await Promotion.ShouldEndAsync(team.PromoteAsync(("dry-run", "true")));

        (run["eligible"], run["artifact"], run["manifest"]).ShouldBe(("true", "", ""));
        run.Report!.Value.GetProperty("plan").GetProperty("steps").EnumerateArray().Select(step => step.GetString())
            .ShouldBe(["write out/production/perps.default.so", "write out/production/manifest.json"]);
        Directory.Exists(team.Workspace.At("out/production")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_file_given_must_be_the_one_promoted()
    {
        using var team = await Promotion.StartAsync(Net);
        await team.ReleaseToStagingAsync("1.2.0", TestPrograms.Token);
        team.Workspace.Put("other.so", TestPrograms.LookupTable);

        var run = await team.PromoteAsync(("program", "other.so"));

        (run.Exit, run.Errors.ShouldHaveSingleItem()).ShouldBe((2, "manifest-mismatch"), run.ToString());
        await Promotion.ShouldEndAsync(team.PromoteAsync(("program", "perps=perps.so")));
    }

    [Fact]
    public async Task Without_a_ledger_nothing_can_be_known()
    {
        using var team = await Promotion.StartAsync(Net);
        await team.ReleaseToStagingAsync("1.2.0", TestPrograms.Token);

        var run = await team.PromoteAsync(("ledger", "none"));

        run.Exit.ShouldBe(4, run.ToString());
        run.Errors.ShouldBe(["gate-unknowable", "gate-unknowable"]);
        run["version"].ShouldBe("1.2.0", "the bytes still say which version runs");
        await Promotion.ShouldEndAsync(team.PromoteAsync(("ledger", "none"), ("require-smoke", "false"), ("require-verified", "false")));
    }

    [Fact]
    public async Task One_program_is_promoted_without_a_release_file()
    {
        using var team = await Promotion.StartAsync(Net);
        await team.ReleaseToStagingAsync("1.2.0", TestPrograms.Token);

        var run = await Promotion.ShouldEndAsync(team.PromoteAsync(
            ("release-file", ""), ("from", "staging"), ("cluster", "localnet"), ("program-id", team.Production.ToString()), ("from-program-id", team.Staging.ToString()), ("output-dir", "")));

        run["artifact"].ShouldBe(".solana-actions/artifacts/perps/1.2.0/default/perps.default.so");
        File.ReadAllBytes(team.Workspace.At(run["artifact"])).ShouldBe(TestPrograms.Token);
    }

    [Fact]
    public async Task A_version_that_is_not_stored_is_named()
    {
        using var team = await Promotion.StartAsync(Net);
        await team.ReleaseToStagingAsync("1.2.0", TestPrograms.Token);

        var unknown = await team.PromoteAsync(("version", "9.9.9"));
        var elsewhere = await team.PromoteAsync(("store", "file:empty"));

        (unknown.Exit, unknown.Errors.ShouldHaveSingleItem()).ShouldBe((2, "input-unknown-value"), unknown.ToString());
        (elsewhere.Exit, elsewhere.Errors.ShouldHaveSingleItem()).ShouldBe((5, "store-failed"), elsewhere.ToString());
    }

    /// <summary>With no ledger, as another tool would.</summary>
    private Task<ActionRun> DeployUnrecorded(Promotion team) => ActionProcess.RunAsync(
        "solana-deploy",
        new Dictionary<string, string>
        {
            ["cluster"] = "localnet", ["rpc-url"] = Net.Url, ["program"] = "stolen/perps.default.so", ["program-id"] = team.Staging.ToString(), ["payer"] = team.PayerJson, ["ledger"] = "none",
        },
        team.Workspace);

    private static LedgerEvent Undone(Promotion team) => new()
    {
        Id = "01KAGXQ5V0ZZZZZZZZZZZZZZZZ",
        Kind = RecordKind.Release,
        State = RecordState.Undone,
        Environment = "production",
        ProgramId = team.Production.Address,
        At = DateTimeOffset.UtcNow,
        Version = "v1.2.0",
        UndoneBy = "01KAGXQ5V0YYYYYYYYYYYYYYYY",
    };

    private static void Tamper(Promotion team, string what)
    {
        var manifest = team.StorePath("manifests", "perps", "1.2.0.json");
        var sha256 = Manifest.TryRead(File.ReadAllBytes(manifest), out _)!.Artifacts[0].Sha256;
        var record = team.StorePath("ledger", "staging", $"{team.Staging}.jsonl");
        void Edit(string path, string right, string wrong)
        {
            var text = File.ReadAllText(path);
            text.ShouldContain(right);
            File.WriteAllText(path, text.Replace(right, wrong, StringComparison.Ordinal));
        }

        if (what.EndsWith("without its seal", StringComparison.Ordinal))
        {
            Directory.Delete(team.StorePath("seals"), recursive: true);
        }

        switch (what)
        {
            case "object":
                var bytes = File.ReadAllBytes(team.StorePath("objects", "sha256", sha256));
                bytes[70_000] ^= 4;
                File.WriteAllBytes(team.StorePath("objects", "sha256", sha256), bytes);
                break;
            case "object gone":
                File.Delete(team.StorePath("objects", "sha256", sha256));
                break;
            case "manifest commit":
                Edit(manifest, "0123456789abcdef", "1123456789abcdef");
                break;
            case "manifest digest" or "manifest digest without its seal":
                Edit(manifest, sha256, new string('b', 64));
                break;
            case "manifest executable hash without its seal":
                Edit(manifest, $"\"executable-hash\": \"{Promotion.Hash(TestPrograms.Token)}", $"\"executable-hash\": \"{new string('b', 64)}");
                break;
            case "record":
                Edit(record, $"\"sha256\":\"{sha256}", $"\"sha256\":\"{new string('b', 64)}");
                break;
            case "record signature":
                var line = File.ReadAllLines(record).First(text => text.Contains("\"signature\"", StringComparison.Ordinal));
                var slot = JsonNode.Parse(Encoding.UTF8.GetBytes(line))!["slot"]!.GetValue<ulong>();
                Edit(record, $"\"slot\":{slot},", $"\"slot\":{slot - 1},");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(what), what, null);
        }
    }
}
