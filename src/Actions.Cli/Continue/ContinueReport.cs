using System.Globalization;
using Actions.Cli.Hosting;
using Actions.Cli.SolanaDeploy;
using Actions.Core.Faults;
using Actions.Core.Ledger;
using Actions.Core.Reports;
using Actions.Core.Runner;
using Actions.Core.Sending;
using Actions.Core.Solana;
using Actions.Core.Squads;

namespace Actions.Cli.Continue;

/// <summary>Collects what `continue` finds and does; always current, for a run can end at any moment.</summary>
internal sealed class ContinueReport(ContinueInputs inputs, ActionContext context)
{
    private readonly List<Fault> faults = [];
    private readonly List<ContinueRow> rows = [];
    private readonly List<LeftoverSight> leftovers = [];
    private readonly Dictionary<Address, ulong> collected = [];
    private (int Count, ulong Fees) landed;
    private ulong refunded;

    public IReadOnlyList<ContinueRow> Rows => rows;

    /// <summary>Buffers that still hold rent.</summary>
    public IReadOnlyList<LeftoverSight> Leftovers => leftovers;

    public ulong Refunded => refunded;

    /// <summary>What rent collectors of multisigs got for proposals that are over, in lamports.</summary>
    public IReadOnlyDictionary<Address, ulong> Collected => collected;

    public void Add(Fault fault) => faults.Add(fault);

    public void Add(IEnumerable<Fault> found) => faults.AddRange(found);

    /// <summary>The chain holds its bytes, or its run is over.</summary>
    public void SettledByChain(ContinueProgram program, LedgerRecord record, LedgerEvent entry)
    {
        var what = entry.State switch
        {
            RecordState.Succeeded => $"runs since slot {record.Facts.Slot?.ToString(CultureInfo.InvariantCulture) ?? "unknown"}",
            RecordState.Undone => "undone by a rollback",
            _ => "its run ended before it was done",
        };
        Put(new ContinueRow(program, record, entry.State, what, null) { Signature = record.Facts.Signature, Slot = record.Facts.Slot });
    }

    public void Executed(PendingSight sight, LedgerEvent entry) => Put(
        new ContinueRow(sight.Program, sight.Record, entry.State, $"executed in slot {entry.Slot}", sight.Squads) { Signature = entry.Signature, Slot = entry.Slot, IsExecuted = true });

    public void Decided(PendingSight sight, PendingStep step)
    {
        var (state, what, fault) = step switch
        {
            PendingStep.Settle settle => (settle.State, settle.Reason, settle.Fault),
            PendingStep.Wait wait => (RecordState.Pending, $"waits for {wait.For}", wait.Warning),
            PendingStep.Succeed => (RecordState.Succeeded, "executed by a member", null),
            PendingStep.Withdraw withdraw => (RecordState.Pending, $"is not needed any more: {(withdraw.IsApproved ? "members cancel" : "members reject")} proposal {withdraw.Index}", null),
            PendingStep.Refuse refuse => (RecordState.Pending, $"is not executed: {refuse.Fault.Found}", refuse.Fault),
            PendingStep.Execute execute => (RecordState.Pending, inputs.IsDryRun ? $"proposal {execute.Index} would be executed" : $"proposal {execute.Index} could not be executed, run again", null),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        if (step is PendingStep.Execute && !inputs.IsDryRun)
        {
            fault = new Fault(
                FaultCodes.TransactionRejected, $"Expected the cluster to execute the proposal of record {sight.Record.Id}", "found that it refused several times (the log says why)",
                "look at the proposal in an explorer, then run again");
        }

        if (fault is not null)
        {
            faults.Add(fault);
        }

        Put(new ContinueRow(sight.Program, sight.Record, state, what, sight.Squads));
    }

    public void Closed(ContinueProgram program, LedgerRecord record, ulong lamports)
    {
        refunded += lamports;
        if (lamports > 0)
        {
            context.Log.Line($"Closed the buffer {record.Facts.Buffer} of {program.Name}: {Money.Sol(lamports)} came back");
        }

        Publish();
    }

    /// <summary>A proposal that is over was closed.</summary>
    public void Returned(Address multisig, ulong index, Address collector, ulong lamports)
    {
        collected[collector] = collected.GetValueOrDefault(collector) + lamports;
        refunded += collector == inputs.Member?.Address ? lamports : 0;
        context.Log.Line($"Closed proposal {index} of the multisig {multisig}, which is over: {Money.Sol(lamports)} for its rent collector {collector}");
        Publish();
    }

    public void Left(LeftoverSight sight)
    {
        leftovers.Add(sight);
        Publish();
    }

    public void Counted(TransactionPump pump)
    {
        landed = pump.Landed;
        Publish();
    }

    public ActionOutcome Outcome()
    {
        Publish();
        return new ActionOutcome { Faults = faults };
    }

    private void Put(ContinueRow row)
    {
        rows.RemoveAll(known => known.Record.Id == row.Record.Id);
        rows.Add(row);
        context.Log.Line($"{row.Program.Name}, record {row.Record.Id}: {row.What}");
        Publish();
    }

    private void Publish()
    {
        var waiting = rows.FindAll(row => row.IsWaiting);
        // A standby that can be executed is what one hopes not to need.
        var earliest = waiting.Where(row => !row.Record.IsStandby).Select(row => row.Squads?.ExecutableAt).Where(at => at is not null).Order().FirstOrDefault();
        context.Partial.Outputs
            .Set("settled", (ulong)(rows.Count - waiting.Count))
            .Set("executed", (ulong)rows.Count(row => row.IsExecuted))
            .Set("pending", (ulong)waiting.Count)
            .Set("executable-at", Time(earliest))
            .Set("unreturned", (ulong)leftovers.Count)
            .Set("changed", rows.Exists(row => row.IsExecuted))
            .Set("transactions", (ulong)landed.Count)
            .Set("fee-lamports", landed.Fees)
            .Set("refunded-lamports", refunded)
            .Set("results", ResultsJson.Of([.. rows.GroupBy(row => row.Program.Name).SelectMany(group => group.Select((row, i) => (i == 0 ? group.Key : $"{group.Key} {row.Record.Id}", OutputsOf(row))))]));
        context.Partial.Summary = new ContinueSummary(inputs, this).ToMarkdown();
    }

    private static IEnumerable<KeyValuePair<string, string>> OutputsOf(ContinueRow row)
    {
        var proposal = row.Squads?.Proposal;
        return
        [
            KeyValuePair.Create("program-id", row.Program.Id.ToString()),
            KeyValuePair.Create("record", row.Record.Id),
            KeyValuePair.Create("state", row.State.ToString().ToLowerInvariant()),
            KeyValuePair.Create("version", row.Record.Facts.Version ?? ""),
            KeyValuePair.Create("executable-hash", row.Record.ExecutableHash ?? ""),
            KeyValuePair.Create("buffer", row.Record.Facts.Buffer?.ToString() ?? ""),
            KeyValuePair.Create("proposal", proposal is null ? "" : SquadsAddress.Proposal(proposal.Multisig, proposal.Index).ToString()),
            KeyValuePair.Create("transaction-index", (proposal?.Index ?? row.Record.Facts.TransactionIndex)?.ToString(CultureInfo.InvariantCulture) ?? ""),
            KeyValuePair.Create("executable-at", row.IsWaiting ? Time(row.Squads?.ExecutableAt) : ""),
            KeyValuePair.Create("signature", row.Signature?.ToString() ?? ""),
            KeyValuePair.Create("slot", row.Slot?.ToString(CultureInfo.InvariantCulture) ?? ""),
        ];
    }

    private static string Time(DateTimeOffset? at) => at is { } known ? UtcText.Iso(known) : "";
}
