using Actions.Cli.Clusters;
using Actions.Cli.Hosting;
using Actions.Core.Ledger;
namespace Actions.Cli.VerifyProgram;

/// <summary>Leaves the verdict about one program in the ledger.</summary>
internal sealed class VerifyRecord(ActionContext context, RecordBook book, VerifyTarget target, DateTimeOffset startedAt)
{
    private VerifyRequest Request => target.Request;

    /// <returns>The id of the check's record.</returns>
    public async Task<string> WriteAsync(VerifyVerdict verdict, CancellationToken cancellation)
    {
        var running = verdict.Running;
        var chain = new ChainState(running?.ExecutableHash) { Slot = running?.Slot, UpgradeAuthority = running?.Authority };
        var records = await book.SettledAsync(Request.ProgramId, chain, cancellation);
        var entry = Event(verdict, LedgerRules.Current(records, running?.ExecutableHash));
        await book.AppendAsync(entry, cancellation);
        return entry.Id;
    }

    private LedgerEvent Event(VerifyVerdict verdict, LedgerRecord? release) =>
        book.Begin(context.Ulids.Next(), RecordKind.Check, verdict.IsPositive ? RecordState.Succeeded : RecordState.Failed, Request.ProgramId, startedAt) with
        {
            Check = CheckKind.Verify,
            FinishedAt = context.Time.GetUtcNow(),
            Name = target.Release?.Name,
            Version = target.Release?.Version,
            Variant = target.Release?.Variant,
            Sha256 = verdict.RunsOtherBytes ? null : Request.Bytes?.File?.Sha256,
            ExecutableHash = verdict.Running?.ExecutableHash,
            Slot = verdict.Running?.Slot,
            UpgradeAuthority = verdict.Running?.Authority,
            RefersTo = release?.Id,
            Passed = verdict.Count(CheckResult.Passed),
            Failed = verdict.Count(CheckResult.Failed),
            Skipped = verdict.Count(CheckResult.Skipped),
            Findings = verdict.Findings.Count,
        };
}
