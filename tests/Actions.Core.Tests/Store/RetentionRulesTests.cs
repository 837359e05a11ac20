using Actions.Core.Ledger;
using Actions.Core.Releases;
using Actions.Core.Solana;
using Actions.Core.Store;
using Actions.Core.Tests.Ledger;
using FsCheck;
using FsCheck.Fluent;

namespace Actions.Core.Tests.Store;

public sealed class RetentionRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    /// <summary>One day apart, the newest of today.</summary>
    private static readonly Manifest[] Five = [.. Enumerable.Range(1, 5).Select(i => Version($"1.{i}.0", i) with { BuiltAt = Now.AddDays(i - 5) })];

    [Fact]
    public void What_was_only_built_is_judged_by_the_first_environment()
    {
        Kept(File(staging: new Retention(2, null), production: new Retention(1, null)), []).ShouldBe("1.4.0 1.5.0");
        Kept(File(staging: new Retention(null, TimeSpan.FromDays(3)), production: new Retention(1, null)), []).ShouldBe("1.3.0 1.4.0 1.5.0", "exactly three days is old enough to go");
        Kept(File(staging: new Retention(4, TimeSpan.FromDays(1)), production: null), []).ShouldBe("1.2.0 1.3.0 1.4.0 1.5.0", "either of the two keeps");
    }

    [Fact]
    public void An_environment_without_a_rule_keeps_everything_it_judges()
    {
        Kept(File(staging: null, production: new Retention(1, null)), []).ShouldBe("1.1.0 1.2.0 1.3.0 1.4.0 1.5.0");
        Kept(File(staging: new Retention(1, null), production: null), [Program("production", 'x', Live("1.1.0", 1), Live("1.3.0", 3))]).ShouldBe("1.1.0 1.3.0 1.5.0");
    }

    [Fact]
    public void One_environment_is_enough_to_keep_a_version() =>
        Kept(File(staging: new Retention(1, null), production: new Retention(1, null)), [Program("production", '\u0002', Live("1.1.0", 1), Live("1.2.0", 2))]).ShouldBe("1.1.0 1.2.0 1.5.0");

    [Fact]
    public void What_runs_and_what_a_rollback_would_bring_back_stays_whatever_the_rules_say()
    {
        var file = File(staging: new Retention(1, null), production: new Retention(1, null));
        var records = new[] { Live("1.1.0", 1), Live("1.2.0", 2), Live("1.3.0", 3), Live("1.4.0", 4) };

        Kept(file, [Program("staging", '\u0004', records)]).ShouldBe("1.3.0 1.4.0 1.5.0");
        Kept(file, [Program("staging", '\u0001', [])]).ShouldBe("1.1.0 1.5.0", "the chain knows what the ledger does not");
        Reasons(file, "1.3.0", [Program("staging", '\u0004', records)]).ShouldBe("a rollback in staging (perps) would bring it back");
    }

    [Fact]
    public void Under_unknown_bytes_what_a_rollback_would_bring_back_is_what_ran_last() =>
        Kept(File(staging: new Retention(1, null), production: null), [Program("staging", 'x', Live("1.1.0", 1), Live("1.2.0", 2))]).ShouldBe("1.2.0 1.5.0");

    [Theory]
    [InlineData(RecordState.Started)]
    [InlineData(RecordState.Pending)]
    public void What_somebody_is_releasing_stays(RecordState state) =>
        Kept(File(staging: new Retention(1, null), production: null), [Program("production", 'x', Live("1.2.0", 2) with { State = state })]).ShouldBe("1.2.0 1.5.0");

    [Fact]
    public void What_an_environment_had_that_is_not_in_the_file_any_more_stays()
    {
        var old = Make.Records(Live("1.2.0", 2) with { Environment = "beta" });

        new RetentionRules(File(new Retention(1, null), new Retention(1, null)), [], old, Now).Judge(Five).Where(verdict => verdict.IsKept).Select(verdict => verdict.Manifest.Version).ShouldBe(["1.2.0", "1.5.0"]);
    }

    [Fact]
    public void What_was_saved_from_a_chain_is_judged_by_every_environment_and_what_has_no_date_stays()
    {
        var saved = Version("0.0.0-chain.h0123456789abcdef", 9) with { Source = ManifestSource.Chain, BuiltAt = Now.AddDays(-50) };
        var file = File(staging: new Retention(1, TimeSpan.FromDays(14)), production: new Retention(1, TimeSpan.FromDays(90)));
        // Something newer runs, so that the newest in production is not the saved one.
        RetainedProgram[] programs = [Program("production", '\u0005', Live("1.5.0", 5))];

        string Reason(Manifest version) => string.Join(' ', new RetentionRules(file, programs, [], Now).Judge([.. Five, version])[^1].Reasons);
        Reason(saved).ShouldBe("production keeps it until 2026-12-30 12:00 UTC");
        Reason(saved with { BuiltAt = Now.AddDays(-100) }).ShouldBeEmpty();
        Reason(saved with { BuiltAt = null }).ShouldContain("nobody knows how old it is");
    }

    [Fact]
    public void A_version_counts_from_when_it_was_live_last()
    {
        var file = File(staging: new Retention(null, TimeSpan.FromDays(2)), production: null);
        var block = Live("1.1.0", 1) with { BlockTime = Now.AddHours(-47).ToUnixTimeSeconds() };

        Kept(file, [Program("staging", 'x', block, Live("1.5.0", 5))]).ShouldBe("1.1.0 1.4.0 1.5.0");
    }

    [Fact]
    public void More_rules_never_keep_less_and_what_is_needed_always_stays() => Prop.ForAll(
        Arb.From(Gen.Choose(1, 5).ArrayOf(4)), Arb.From(Gen.Choose(1, 5)), Arb.From(Gen.Choose(0, 6)), (live, keep, days) =>
        {
            LedgerEvent[] records = [.. live.Select((version, i) => Live($"1.{version}.0", version) with { Id = $"record{i}", At = Now.AddHours(i - 10), FinishedAt = Now.AddHours(i - 10) })];
            RetainedProgram[] programs = [Program("staging", (char)live[^1], records)];
            var loose = Kept(File(new Retention(keep, TimeSpan.FromDays(days)), null), programs).Split(' ');
            var strict = Kept(File(new Retention(1, TimeSpan.Zero), null), programs).Split(' ');
            var previous = LedgerRules.Previous(programs[0].Records, programs[0].Chain.ExecutableHash)?.Facts.Version;
            return strict.All(loose.Contains) && strict.Contains($"1.{live[^1]}.0") && (previous is null || strict.Contains(previous));
        }).QuickCheckThrowOnFailure();

    private static string Kept(ReleaseFile file, IReadOnlyList<RetainedProgram> programs) =>
        string.Join(' ', new RetentionRules(file, programs, [], Now).Judge(Five).Where(verdict => verdict.IsKept).Select(verdict => verdict.Manifest.Version));

    private static string Reasons(ReleaseFile file, string version, IReadOnlyList<RetainedProgram> programs) =>
        string.Join("; ", new RetentionRules(file, programs, [], Now).Judge(Five).Single(verdict => verdict.Manifest.Version == version).Reasons);

    private static RetainedProgram Program(string environment, char runs, params LedgerEvent[] events) =>
        new(environment, "perps", Make.Records(events.Select(entry => entry with { Environment = environment })), new ChainState(Make.Hash(runs)));

    private static LedgerEvent Live(string version, int bytes) =>
        Make.Event($"record{bytes}", RecordState.Succeeded) with { Name = "perps", Version = version, ExecutableHash = Make.Hash((char)bytes), At = Now.AddDays(bytes - 5), FinishedAt = Now.AddDays(bytes - 5) };

    /// <summary>Its executable hash is that of its one letter.</summary>
    private static Manifest Version(string version, int bytes) => Build.Of(version, ("perps", "default", [(byte)bytes]));

    private static ReleaseFile File(Retention? staging, Retention? production) => new(
        "perps", [new ReleaseProgram("perps", "perps.so", null)],
        [new ReleaseEnvironment("staging", Cluster.Localnet) { Retention = staging }, new ReleaseEnvironment("production", Cluster.Localnet) { After = "staging", Retention = production }],
        new Dictionary<string, string>());
}
