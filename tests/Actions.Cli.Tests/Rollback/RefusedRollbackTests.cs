using System.Text;
using System.Text.Json.Nodes;
using Actions.Cli.Tests.Tools;
using Actions.Core.Ledger;
using Actions.Core.Reports;
using Actions.Core.Store;

namespace Actions.Cli.Tests.Rollback;

/// <summary>Steps back that are refused, and evidence that contradicts itself: named, and nothing is sent.</summary>
public sealed class RefusedRollbackTests(LocalnetFixture fixture) : IClassFixture<LocalnetFixture>
{
    private Localnet Net => fixture.Net;

    [Theory]
    [InlineData("object")]
    [InlineData("object gone")]
    [InlineData("manifest")]
    [InlineData("manifest digest without its seal")]
    [InlineData("manifest executable hash without its seal")]
    [InlineData("record digest")]
    [InlineData("record signature")]
    [InlineData("record without evidence")]
    [InlineData("forged transaction")]
    [InlineData("forged slot")]
    public async Task Tampering_is_named_and_nothing_is_sent(string what)
    {
        using var team = await RollbackWorld.ReleasedAsync(Net, "1.0.0", "2.0.0");
        await TamperAsync(team, what);
        var before = await team.LandedAsync();

        var run = await team.RollbackAsync();

        run.Exit.ShouldBe(4, run.ToString());
        run.Errors.ShouldContain("tampered", run.ToString());
        (await team.LandedAsync()).ShouldBe(before);
        await team.RunsAsync(RollbackWorld.Build("2.0.0"));
        (await team.NewestAsync(RecordKind.Release)).State.ShouldBe(RecordState.Succeeded);
    }

    [Fact]
    public async Task A_chain_that_drifts_while_the_rollback_is_under_way_is_not_overwritten()
    {
        using var team = await RollbackWorld.ReleasedAsync(Net, "1.0.0", "2.0.0");
        using var process = team.StartRollback(("max-rps", "12")); // slow enough for the other deploy, also on a busy machine
        await process.WhenAsync(() => Task.FromResult(process.Said("Creating the buffer")));
        await team.DeployByHandAsync("perps", RollbackWorld.Build("by hand"));

        var run = await process.EndAsync();

        (run.Exit, run.Errors.ShouldHaveSingleItem()).ShouldBe((3, "program-changed"), run.ToString());
        await team.RunsAsync(RollbackWorld.Build("by hand"));
        (await team.NewestAsync(RecordKind.Rollback)).State.ShouldBe(RecordState.Failed);
    }

    [Fact]
    public async Task A_release_that_is_not_safe_to_go_back_from_must_be_named_also_on_the_way()
    {
        using var team = await RollbackWorld.StartAsync(Net);
        await team.ReleaseAsync("1.0.0");
        await team.ReleaseAsync("2.0.0", rollback: new ManifestRollback { Safe = false, Why = "orders have a new field" });
        await team.ReleaseAsync("3.0.0", rollback: new ManifestRollback { Safe = true });
        var before = await team.LandedAsync();

        var silent = await team.RollbackAsync(("to", "1.0.0"));
        var beside = await team.RollbackAsync(("to", "1.0.0"), ("reason", "12.0.0 and 2.0.0-rc.1 are bad"));

        foreach (var run in new[] { silent, beside })
        {
            (run.Exit, run.Errors.ShouldHaveSingleItem()).ShouldBe((3, "rollback-unsafe"), run.ToString());
        }

        silent.Stdout.ShouldContain("orders have a new field");
        (await team.LandedAsync()).ShouldBe(before);
        await RollbackWorld.ShouldEndAsync(team.RollbackAsync(("reason", "step by step")));
        await team.RunsAsync(RollbackWorld.Build("2.0.0"));
        await RollbackWorld.ShouldEndAsync(team.RollbackAsync(("reason", "leaving v2.0.0, the orders are migrated")));
        await team.RunsAsync(RollbackWorld.Build("1.0.0"));
    }

    [Fact]
    public async Task Bytes_that_were_pruned_or_never_kept_are_no_target()
    {
        using var team = await RollbackWorld.ReleasedAsync(Net, "1.0.0", "2.0.0");
        await team.Store.PruneAsync("perps", [Core.Releases.SemVer.TryParse("1.0.0")!], default);

        var pruned = await team.RollbackAsync();
        var elsewhere = await team.RollbackAsync(("store", "file:empty"));

        foreach (var run in new[] { pruned, elsewhere })
        {
            (run.Exit, run.Errors.ShouldHaveSingleItem()).ShouldBe((3, "rollback-target"), run.ToString());
        }

        pruned.Stdout.ShouldContain("pruned");
    }

    [Fact]
    public async Task The_build_of_another_environment_does_not_come_back_here()
    {
        using var team = await RollbackWorld.StartAsync(Net);
        var other = TestKey.New();
        byte[] declaring = [.. TestPrograms.Token, .. other.Address.ToArray()];
        team.WriteReleaseFile("");
        await team.ReleaseAsync("1.0.0", declaring);
        await team.ReleaseAsync("2.0.0");
        team.WriteReleaseFile($$"""
              production: { cluster: localnet, after: staging, program-ids: { perps: "{{other}}" } }
            """);

        var run = await team.RollbackAsync();

        (run.Exit, run.Errors.ShouldHaveSingleItem()).ShouldBe((3, "declared-id-mismatch"), run.ToString());
        await team.RunsAsync(RollbackWorld.Build("2.0.0"));
    }

    [Fact]
    public async Task Without_a_ledger_nobody_knows_what_ran()
    {
        using var team = await RollbackWorld.ReleasedAsync(Net, "1.0.0", "2.0.0");

        var run = await team.RollbackAsync(("ledger", "none"));

        (run.Exit, run.Errors.ShouldHaveSingleItem()).ShouldBe((3, "rollback-target"), run.ToString());
    }

    private static async Task TamperAsync(RollbackWorld team, string what)
    {
        var manifest = team.StatePath("manifests", "perps", "1.0.0.json");
        var sha256 = Manifest.TryRead(File.ReadAllBytes(manifest), out _)!.Artifacts[0].Sha256;
        if (what.EndsWith("without its seal", StringComparison.Ordinal))
        {
            Directory.Delete(team.StatePath("seals"), recursive: true);
        }

        switch (what)
        {
            case "object":
                var bytes = File.ReadAllBytes(team.StatePath("objects", "sha256", sha256));
                bytes[70_000] ^= 4;
                File.WriteAllBytes(team.StatePath("objects", "sha256", sha256), bytes);
                break;
            case "object gone":
                File.Delete(team.StatePath("objects", "sha256", sha256));
                break;
            case "manifest":
                Edit(manifest, "\"perps.default.so\"", "\"other.default.so\"");
                break;
            case "manifest digest without its seal":
                Edit(manifest, sha256, new string('b', 64));
                break;
            case "manifest executable hash without its seal":
                Edit(manifest, $"\"executable-hash\": \"{RollbackWorld.Hash(RollbackWorld.Build("1.0.0"))}", $"\"executable-hash\": \"{new string('b', 64)}");
                break;
            case "record digest":
                Edit(team.LedgerPath(), $"\"sha256\":\"{sha256}", $"\"sha256\":\"{new string('b', 64)}");
                break;
            case "record signature":
                var slot = JsonNode.Parse(File.ReadAllLines(team.LedgerPath()).First(line => line.Contains("\"signature\"", StringComparison.Ordinal)))!["slot"]!.GetValue<ulong>();
                Edit(team.LedgerPath(), $"\"slot\":{slot},", $"\"slot\":{slot - 1},");
                break;
            default:
                await ForgeAsync(team, what);
                break;
        }
    }

    /// <summary>A release that nobody made, between the two that somebody did: bytes in the store, a whole record, and `from` of what runs pointing at it.</summary>
    private static async Task ForgeAsync(RollbackWorld team, string what)
    {
        var evil = await team.BuildAsync("1.5.0");
        var records = await team.RecordsAsync();
        var first = records[0];
        var id = new UlidSource(TimeProvider.System, bytes => bytes.Fill(9)).Next();
        var forged = first.Facts with
        {
            Id = id,
            Version = "1.5.0",
            Sha256 = evil.Artifacts[0].Sha256,
            ExecutableHash = evil.Artifacts[0].ExecutableHash,
            ReleaseId = id,
            Slot = what == "record without evidence" ? null : first.Facts.Slot + 1,
            Signature = what == "forged transaction" ? new Core.Solana.Signature(new Chance(7).Bytes(64)) : null,
        };
        Edit(team.LedgerPath(), $"\"from\":\"{first.Id}\"", $"\"from\":\"{id}\"");
        await team.Ledger.AppendAsync(forged, default);
    }

    private static void Edit(string path, string right, string wrong)
    {
        var text = File.ReadAllText(path);
        text.ShouldContain(right);
        File.WriteAllText(path, text.Replace(right, wrong, StringComparison.Ordinal), new UTF8Encoding(false));
    }
}
