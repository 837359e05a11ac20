using System.Globalization;
using Actions.Cli.SolanaDeploy;
using Actions.Cli.VerifyProgram;
using Actions.Core.Faults;
using Actions.Core.Ledger;
using Actions.Core.Registry;
using Actions.Core.Runner;

namespace Actions.Cli.Rollback;

/// <summary>What there is to say about a program that nothing is deployed to.</summary>
/// <param name="isReal">Neither a dry run nor a drill: what can be written down is.</param>
internal sealed class RestingReport(SeenProgram seen, bool isReal) : IProgramReport
{
    public string Name => seen.Program.Shown;

    public bool HasLooked => true;

    public bool IsResult => true;

    public IReadOnlyList<Fault> Faults => [];

    public DeployCosts? Costs => null;

    public IEnumerable<string> Steps => [];

    /// <summary>The closing of a buffer that a failed attempt left; null when there was none.</summary>
    public ClosedBuffer? Closed { get; set; }

    /// <summary>The rollback that this run wrote down to take back a version; null when it wrote none.</summary>
    public string? Record { get; set; }

    private ProgramOnChain.Running? Running => seen.OnChain as ProgramOnChain.Running;

    /// <summary>The release that runs, as far as a record or this rollback knows.</summary>
    private LedgerRecord? Runs => seen.Step switch
    {
        RollbackStep.Done done => done.Restored ?? done.Rollback,
        RollbackStep.Runs runs => runs.Release,
        RollbackStep.Relabel relabel => relabel.Target,
        RollbackStep.NeverLive => seen.Current,
        _ => null,
    };

    private string? RecordId => Record ?? seen.Step switch
    {
        RollbackStep.Done done => done.Rollback.Id,
        RollbackStep.NeverLive never => never.Attempt.Id,
        _ => seen.Current?.Id,
    };

    public IEnumerable<KeyValuePair<string, string>> Outputs() => Values().Select(output => KeyValuePair.Create(output.Name, output.Value ?? ""));

    public RegistryEntry? Registered(DateTimeOffset now) => RunningEntry.Of(Name, seen.Program.Id, seen.OnChain, Runs ?? seen.Current, now);

    public Markdown Summary(IEnumerable<Fault> ofRun) => new Markdown().Paragraph(Headline(ofRun)).Table(["Evidence", ""], Evidence());

    public Inline[] Headline(IEnumerable<Fault> ofRun) =>
    [
        .. (Inline[])(seen.Step switch
        {
            RollbackStep.Done => [Inline.Strong("Done already:"), $" an earlier run rolled {Name} back to {Shown(Runs)}."],
            RollbackStep.Runs => [Inline.Strong("Nothing to roll back:"), $" {Name} runs {Shown(Runs)}."],
            RollbackStep.NeverLive never => [Inline.Strong("Nothing to undo:"), $" {Shown(never.Attempt)} of {Name} {(never.Attempt.State == RecordState.Started ? "is still being deployed, and has not reached" : "never reached")} the chain, {(Running is null ? "where there is no program" : $"which runs {Shown(Runs)}")}. To go further back, name a version in ", Inline.Code("to"), "."],
            RollbackStep.Relabel relabel => [Inline.Strong("Nothing to change:"), $" {Shown(relabel.Replaced)} of {Name} has the bytes of {Shown(relabel.Target)}, {(isReal ? "and only the record says so now" : "which a rollback would write down")}."],
            RollbackStep.Untouched untouched => [Inline.Strong("Left as it is:"), $" {Name}, because {untouched.Why}."],
            _ => [Inline.Strong("Not rolled back."), $" This run did not change {Name}."],
        }),
        .. Closed is { } closed ? (Inline[])[$" The buffer {closed.Address} of the failed attempt is closed, and {Money.Sol(closed.Lamports)} came back."] : [],
    ];

    private IEnumerable<(string Name, string? Value)> Values()
    {
        yield return ("program-id", seen.Program.Id.ToString());
        yield return ("buffer", Closed?.Address.ToString());
        yield return ("signature", null);
        yield return ("slot", Running?.Slot.ToString(CultureInfo.InvariantCulture));
        yield return ("sha256", Runs?.Facts.Sha256);
        yield return ("executable-hash", Running?.ExecutableHash);
        yield return ("previous-executable-hash", Running?.ExecutableHash);
        yield return ("upgrade-authority", Running is null ? null : Running.Authority?.ToString() ?? "none");
        yield return ("changed", "false");
        yield return ("transactions", (Closed?.Transactions ?? 0).ToString(CultureInfo.InvariantCulture));
        yield return ("fee-lamports", (Closed?.Fees ?? 0).ToString(CultureInfo.InvariantCulture));
        yield return ("refunded-lamports", (Closed?.Lamports ?? 0).ToString(CultureInfo.InvariantCulture));
        yield return ("stale-buffers", "[]");
        yield return ("record", RecordId);
        yield return ("restored-version", Runs?.Version());
        yield return ("rto-seconds", null);
    }

    private IEnumerable<Inline[]> Evidence()
    {
        yield return ["Program", Inline.Code(seen.Program.Id.ToString())];
        if (Running is { } running)
        {
            yield return ["Executable hash", Inline.Code(running.ExecutableHash)];
            yield return ["Slot", running.Slot.ToString(CultureInfo.InvariantCulture)];
        }

        if (RecordId is { } record)
        {
            yield return ["Record", Inline.Code(record)];
        }
    }

    private static string Shown(LedgerRecord? record) => record?.Shown() ?? "what no record knows";
}

/// <summary>A buffer that was closed, and what that cost.</summary>
/// <param name="Lamports">What came back.</param>
internal sealed record ClosedBuffer(Core.Solana.Address Address, ulong Lamports, int Transactions, ulong Fees);
