using Actions.Cli.Clusters;
using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Ledger;
using Actions.Core.Rpc;
using Actions.Core.Sending;
using Actions.Core.Squads;

namespace Actions.Cli.Continue;

/// <summary>Settles what waits, program by program. Two of these at once do no harm: whoever comes second finds it done.</summary>
internal sealed class ContinueRun(ContinueInputs inputs, ActionContext context, RpcClient rpc, RecordBook book, ContinueReport report)
{
    private const int MostRounds = 8;

    /// <summary>Standbys that nobody needs any more, and whose buffers may go.</summary>
    private readonly HashSet<string> overdue = new(StringComparer.Ordinal);

    private readonly PendingObserver observer = new(rpc, book, inputs.Vault, context.Time);

    public async Task RunAsync(CancellationToken cancellation)
    {
        var recorded = await RecordedAsync(cancellation);
        var registration = new Registration(inputs, context, rpc, observer, report);
        var now = context.Time.GetUtcNow();
        var (programs, running) = (Those(recorded, MayMatter), Those(recorded, registration.MayMatter));
        var proposed = Those(recorded, record => MayMatter(record) || ProposalRent.MayMatter(record, inputs, now));
        if (programs.Count + running.Count + proposed.Count == 0)
        {
            return;
        }

        report.Add(await rpc.OpenAsync(cancellation));
        await using var pump = new TransactionPump(rpc, context.Time, cancellation);
        var member = new MemberTransactions(inputs, rpc, pump);
        try
        {
            var execution = new ProposalExecution(inputs, context, rpc, book, observer, member, pump);
            foreach (var program in programs)
            {
                await SettleAsync(program, execution, member, pump, cancellation);
            }

            await registration.RunAsync(running, pump.HighestLandedSlot, cancellation);
            await new Leftovers(inputs, context, rpc, observer, member, report).RunAsync(programs, overdue, cancellation);
            await new ProposalRent(inputs, context, rpc, book, observer, member, report).RunAsync(proposed, pump.HighestLandedSlot, cancellation);
        }
        finally
        {
            report.Counted(pump);
        }
    }

    private async Task<IReadOnlyList<(ContinueProgram Program, IReadOnlyList<LedgerRecord> Records)>> RecordedAsync(CancellationToken cancellation)
    {
        if (inputs.Programs is not { } named)
        {
            return
            [
                .. from record in await book.ReadAllAsync(cancellation)
                   where record.Environment == inputs.Environment
                   group record by record.ProgramId into records
                   select (new ContinueProgram(records.Key.ToString(), records.Key), (IReadOnlyList<LedgerRecord>)[.. records]),
            ];
        }

        List<(ContinueProgram Program, IReadOnlyList<LedgerRecord> Records)> all = [];
        foreach (var program in named)
        {
            all.Add((program, await book.ReadAsync(program.Id, cancellation)));
        }

        return all;
    }

    /// <summary>Those with something to do; for all others no endpoint is asked anything.</summary>
    private static List<ContinueProgram> Those(IEnumerable<(ContinueProgram Program, IReadOnlyList<LedgerRecord> Records)> recorded, Func<LedgerRecord, bool> mayMatter) =>
        [.. recorded.Where(each => each.Records.Any(mayMatter)).Select(each => each.Program)];

    private static bool MayMatter(LedgerRecord record) => record.IsOpen || Leftovers.MayHave(record);

    private async Task SettleAsync(ContinueProgram program, ProposalExecution execution, MemberTransactions member, TransactionPump pump, CancellationToken cancellation)
    {
        var refused = new Dictionary<string, Fault>(StringComparer.Ordinal);
        for (var (round, slot) = (1, 0UL); ; round++)
        {
            var look = await observer.LookAsync(program, slot, cancellation);
            await SettleByChainAsync(program, look, cancellation);
            List<(PendingSight Sight, PendingStep Step)> steps =
                [.. from sight in look.Pending select (sight, refused.TryGetValue(sight.Record.Id, out var fault) ? new PendingStep.Refuse(fault) : Decide(sight))];
            if (inputs.IsDryRun || round > MostRounds || steps.Find(step => step.Step is PendingStep.Execute or PendingStep.Succeed or PendingStep.Withdraw { MayVote: true }) is not { Sight: { } ready } next)
            {
                await ApplyAsync(steps, cancellation);
                return;
            }

            try
            {
                await GoOnAsync(ready, next.Step, execution, member, cancellation);
            }
            catch (FaultException problem) when (problem.Faults.All(fault => fault.Code.Exit == ExitCode.Refused))
            {
                refused[ready.Record.Id] = problem.Faults[0];
            }

            slot = Math.Max(look.Slot, pump.HighestLandedSlot);
        }
    }

    private PendingStep Decide(PendingSight sight) => sight.Record.IsStandby
        ? StandbyVerdict.Of(sight, inputs.Member?.Address, inputs.Keeps, context.Time.GetUtcNow())
        : PendingVerdict.Of(sight, inputs.Member?.Address);

    /// <summary>What changes something; afterwards all is looked at again.</summary>
    private async Task GoOnAsync(PendingSight sight, PendingStep step, ProposalExecution execution, MemberTransactions member, CancellationToken cancellation)
    {
        switch (step)
        {
            case PendingStep.Execute:
                foreach (var (carried, succeeded) in await execution.RunAsync(sight, cancellation))
                {
                    await book.AppendAsync(succeeded, cancellation);
                    report.Executed(carried, succeeded);
                }

                break;
            case PendingStep.Succeed:
                await book.AppendAsync(await observer.ByOthersAsync(sight, cancellation), cancellation);
                report.Decided(sight, step);
                break;
            case PendingStep.Withdraw withdraw:
                var (multisig, voter) = (sight.Vault!.Multisig, member.Member);
                context.Log.Line($"Voting against proposal {withdraw.Index}, a standby that is not needed any more");
                await member.TryAsync([withdraw.IsApproved ? SquadsProgram.ProposalCancel(multisig, withdraw.Index, voter) : SquadsProgram.ProposalReject(multisig, withdraw.Index, voter)], [], sight.Multisig!.Slot, cancellation);
                break;
        }
    }

    private async Task SettleByChainAsync(ContinueProgram program, PendingLook look, CancellationToken cancellation)
    {
        if (!inputs.IsDryRun)
        {
            await book.AppendAsync(look.Settlements, cancellation);
        }

        foreach (var entry in look.Settlements)
        {
            report.SettledByChain(program, look.Records.First(record => record.Id == entry.Id), entry);
        }
    }

    private async Task ApplyAsync(IEnumerable<(PendingSight Sight, PendingStep Step)> steps, CancellationToken cancellation)
    {
        foreach (var (sight, step) in steps)
        {
            if (step is PendingStep.Settle settle && !inputs.IsDryRun)
            {
                await book.AppendAsync(LedgerRules.Next(sight.Record, settle.State, context.Time.GetUtcNow()) with { Reason = sight.Record.Facts.Reason ?? settle.Reason }, cancellation);
            }

            if (step is PendingStep.Withdraw)
            {
                overdue.Add(sight.Record.Id);
            }

            if (sight.Record.IsStandby && !inputs.IsDryRun && step is PendingStep.Wait && StandbyVerdict.End(sight, inputs.Keeps) is { } end && end > sight.Record.StartedAt && sight.Record.Facts.Until != end)
            {
                await book.AppendAsync(LedgerRules.Next(sight.Record, RecordState.Pending, context.Time.GetUtcNow()) with { FinishedAt = null, Until = end }, cancellation);
            }

            report.Decided(sight, step);
        }
    }
}
