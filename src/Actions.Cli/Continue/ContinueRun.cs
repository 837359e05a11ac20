using Actions.Cli.Clusters;
using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Ledger;
using Actions.Core.Rpc;
using Actions.Core.Sending;

namespace Actions.Cli.Continue;

/// <summary>Settles what waits, program by program. Two of these at once do no harm: whoever comes second finds it done.</summary>
internal sealed class ContinueRun(ContinueInputs inputs, ActionContext context, RpcClient rpc, RecordBook book, ContinueReport report)
{
    private const int MostRounds = 8;

    private readonly PendingObserver observer = new(rpc, book, inputs.Vault, context.Time);

    public async Task RunAsync(CancellationToken cancellation)
    {
        var programs = await ProgramsAsync(cancellation);
        if (programs.Count == 0)
        {
            return;
        }

        report.Add(await rpc.OpenAsync(cancellation));
        await using var pump = new TransactionPump(rpc, context.Time, cancellation);
        var member = new MemberTransactions(inputs, rpc, pump);
        try
        {
            var execution = new ProposalExecution(inputs, context, rpc, book, member, pump);
            foreach (var program in programs)
            {
                await SettleAsync(program, execution, pump, cancellation);
            }

            await new Leftovers(inputs, context, rpc, observer, member, report).RunAsync(programs, cancellation);
        }
        finally
        {
            report.Counted(pump);
        }
    }

    /// <summary>Those with something to do; for all others no endpoint is asked anything.</summary>
    private async Task<IReadOnlyList<ContinueProgram>> ProgramsAsync(CancellationToken cancellation)
    {
        if (inputs.Programs is { } named)
        {
            List<ContinueProgram> some = [];
            foreach (var program in named)
            {
                if ((await book.ReadAsync(program.Id, cancellation)).Any(MayMatter))
                {
                    some.Add(program);
                }
            }

            return some;
        }

        return
        [
            .. from record in await book.ReadAllAsync(cancellation)
               where record.Environment == inputs.Environment && MayMatter(record)
               group record by record.ProgramId into records
               select new ContinueProgram(records.Key.ToString(), records.Key),
        ];
    }

    private static bool MayMatter(LedgerRecord record) => record.IsOpen || Leftovers.MayHave(record);

    private async Task SettleAsync(ContinueProgram program, ProposalExecution execution, TransactionPump pump, CancellationToken cancellation)
    {
        var refused = new Dictionary<string, Fault>(StringComparer.Ordinal);
        for (var (round, slot) = (1, 0UL); ; round++)
        {
            var look = await observer.LookAsync(program, slot, cancellation);
            await SettleByChainAsync(program, look, cancellation);
            List<(PendingSight Sight, PendingStep Step)> steps =
                [.. from sight in look.Pending select (sight, refused.TryGetValue(sight.Record.Id, out var fault) ? new PendingStep.Refuse(fault) : PendingVerdict.Of(sight, inputs.Member?.Address))];
            if (inputs.IsDryRun || round > MostRounds || steps.Find(step => step.Step is PendingStep.Execute) is not { Sight: { } ready })
            {
                await ApplyAsync(steps, cancellation);
                return;
            }

            try
            {
                if (await execution.RunAsync(ready, cancellation) is { } succeeded)
                {
                    await book.AppendAsync(succeeded, cancellation);
                    report.Executed(ready, succeeded);
                }
            }
            catch (FaultException problem) when (problem.Faults.All(fault => fault.Code.Exit == ExitCode.Refused))
            {
                refused[ready.Record.Id] = problem.Faults[0];
            }

            slot = Math.Max(look.Slot, pump.HighestLandedSlot);
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

            report.Decided(sight, step);
        }
    }
}
