using Actions.Cli.Clusters;
using Actions.Cli.Hosting;
using Actions.Cli.VerifyProgram;
using Actions.Core.Ledger;
using Actions.Core.Rpc;
using Actions.Core.Smoke;
using Actions.Core.Solana;

namespace Actions.Cli.SmokeTest;

/// <summary>Finds the release under test, and leaves the verdict about it in the ledger.</summary>
/// <param name="rpc">Open; asked what runs at <paramref name="programId"/>.</param>
internal sealed class SmokeRecord(ActionContext context, SmokeTestInputs inputs, RpcClient rpc, RecordBook book, Address programId, DateTimeOffset startedAt)
{
    private ProgramOnChain.Running? running;
    private LedgerRecord? release;

    private ChainState Chain => new(running?.ExecutableHash) { Slot = running?.Slot, UpgradeAuthority = running?.Authority };

    /// <summary>The release's record says when it went live; without one, the cluster says when the program was deployed last.</summary>
    public async Task<ReleaseTime> FindAsync(CancellationToken cancellation)
    {
        running = (await new VerifyObserver(rpc, inputs.Cluster.Commitment).LookAsync(programId, cancellation)).Value as ProgramOnChain.Running;
        var records = inputs.IsDryRun ? await book.ReadAsync(programId, cancellation) : await book.SettledAsync(programId, Chain, cancellation);
        release = LedgerRules.Current(records, running?.ExecutableHash);
        if (LedgerRules.Standing(records, running?.ExecutableHash) is { } standing)
        {
            var live = standing.Facts.BlockTime is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : standing.Facts.FinishedAt ?? standing.Facts.At;
            return new ReleaseTime(live, $"record {standing.Id}");
        }

        return running is null ? new ReleaseTime(null, $"no program runs at {programId}")
            : await book.BlockTimeAsync(running.Slot, cancellation) is { } time ? new ReleaseTime(DateTimeOffset.FromUnixTimeSeconds(time), $"no record; the program was deployed in slot {running.Slot}")
            : new ReleaseTime(null, "no record knows this release, and the cluster no longer knows when it was deployed");
    }

    /// <returns>The id of the check's record; empty when none is kept.</returns>
    public async Task<string> WriteAsync(SmokeVerdict verdict, CancellationToken cancellation)
    {
        if (!book.HasLedger)
        {
            return "";
        }

        var entry = Event(verdict);
        await book.AppendAsync(entry, cancellation);
        return entry.Id;
    }

    private LedgerEvent Event(SmokeVerdict verdict) =>
        book.Begin(context.Ulids.Next(), RecordKind.Check, verdict.IsPositive ? RecordState.Succeeded : RecordState.Failed, programId, startedAt) with
        {
            Check = CheckKind.Smoke,
            FinishedAt = context.Time.GetUtcNow(),
            Name = release?.Facts.Name,
            Version = release?.Facts.Version,
            Variant = release?.Facts.Variant,
            ExecutableHash = running?.ExecutableHash,
            Slot = running?.Slot,
            UpgradeAuthority = running?.Authority,
            RefersTo = release?.Id,
            Passed = verdict.Count(SmokeResult.Passed),
            Failed = verdict.Count(SmokeResult.Failed),
            Skipped = verdict.Count(SmokeResult.Skipped),
            SpecSha256 = inputs.Spec.Sha256,
        };
}
