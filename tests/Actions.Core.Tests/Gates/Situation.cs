using Actions.Core.Gates;
using Actions.Core.Ledger;
using Actions.Core.Releases;
using Actions.Core.Solana;
using Actions.Core.Store;
using Actions.Core.Tests.Tools;

namespace Actions.Core.Tests.Gates;

/// <summary>A promotion that nothing is in the way of, to be spoiled in one place by each test.</summary>
internal static class Situation
{
    public static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero); // a Friday
    public static readonly Address TargetId = Some.Address(11);
    public static readonly Address SourceId = Some.Address(12);
    public static readonly byte[] Binary = [.. Some.Bytes(1, 100), .. TargetId.ToArray(), .. Some.Bytes(2, 50)];

    public static readonly ManifestArtifact Artifact = Store.Build.Of("1.2.0", ("perps", "default", Binary)).Artifacts[0];

    public static readonly GateRules Rules = new()
    {
        MinSoak = TimeSpan.FromHours(24),
        Phrase = "SHIP IT",
        Checks = ["ci"],
        Security = new SecurityGate("security", TimeSpan.FromHours(24)),
        Approvals = new ApprovalGate(["compliance", "sre"], IsDistinct: true, IsNotByActor: true),
        Freeze = [FreezeWindow.Parse("Sat 00:00-Mon 06:00 UTC").Value],
        Window = new ChangeWindow(Now.AddHours(-1), Now.AddHours(1)),
        RequireProtectedEnvironment = true,
    };

    public static readonly GitHubEvidence Said = new(
        Known<IReadOnlyList<CommitCheck>>([new("ci", "github-actions", true, Now.AddHours(-3)), new("security", null, true, Now.AddHours(-3))]),
        Known<IReadOnlyList<RunApproval>>([new("compliance", true, "ada", 1), new("sre", true, "bob", 2)]),
        Known(new EnvironmentProtection(true, true, false, true)));

    public static readonly ProgramEvidence Perps = new("perps")
    {
        Artifact = Artifact,
        Bytes = Binary,
        Id = TargetId,
        OtherIds = [("staging", SourceId)],
        Source = new ChainState(Artifact.ExecutableHash) { Slot = 100 },
        SourceRecords = Records(Release("R1", RecordState.Succeeded), Check("C1", CheckKind.Smoke), Check("C2", CheckKind.Verify)),
        Target = new ChainState((string?)null),
    };

    public static readonly GateEvidence Evidence = new()
    {
        Now = Now,
        Version = SemVer.TryParse("1.2.0")!,
        To = "production",
        ToVariant = "default",
        Programs = [Perps],
        Source = new SourceEvidence("staging", Known(Now.AddHours(-30)), Known(Now)),
        HasPredecessor = true,
        Phrase = "SHIP IT",
        Actors = ["eve", "mallory"],
        GitHub = Said,
    };

    public static Knowable<T> Known<T>(T value) => new Knowable<T>.Known(value);

    public static GateEvidence With(Func<ProgramEvidence, ProgramEvidence> change) => Evidence with { Programs = [change(Perps)] };

    public static IReadOnlyList<LedgerRecord> Records(params LedgerEvent[] events) => LedgerFold.Fold(events).Value;

    public static LedgerEvent Release(string id, RecordState state, string? version = "1.2.0", string? hash = null, RecordKind kind = RecordKind.Release) => new()
    {
        Id = id,
        Kind = kind,
        State = state,
        Environment = "staging",
        ProgramId = SourceId,
        At = Now.AddHours(-30),
        StartedAt = Now.AddHours(-30),
        Version = version,
        Sha256 = hash is null ? Artifact.Sha256 : null,
        ExecutableHash = hash ?? Artifact.ExecutableHash,
        ReleaseId = "REL",
    };

    public static LedgerEvent Check(string id, CheckKind kind, RecordState state = RecordState.Succeeded, double hoursAgo = 20, string refersTo = "R1") => new()
    {
        Id = id,
        Kind = RecordKind.Check,
        Check = kind,
        State = state,
        Environment = "staging",
        ProgramId = SourceId,
        At = Now.AddHours(-hoursAgo),
        RefersTo = refersTo,
        ExecutableHash = Artifact.ExecutableHash,
    };

    /// <summary>The gates that are not open, as `Gate: state`.</summary>
    public static string[] Closed(GateEvidence evidence, GateRules? rules = null) =>
        [.. GateChecklist.Evaluate(rules ?? Rules, evidence).Results.Where(result => !result.IsOpen).Select(result => $"{result.Gate}: {result.State}")];
}
