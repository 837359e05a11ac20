using Actions.Cli.VerifyProgram;
using Actions.Core.Faults;
using Actions.Core.Ledger;
using Actions.Core.Rpc;
using Actions.Core.Store;
using Actions.Cli.SolanaDeploy;

namespace Actions.Cli.Rollback;

/// <summary>Looks at ledger and chain, and fetches what is to come back. Reads only.</summary>
internal sealed class RollbackObserver(RollbackInputs inputs, DeploySite site, IStore store)
{
    private readonly TargetStore targets = new(store, inputs.ReleaseName, site.Rpc.GenesisHash);

    public async Task<IReadOnlyList<SeenProgram>> LookAsync(CancellationToken cancellation)
    {
        List<(RollbackSubject Subject, ProgramOnChain OnChain)> looks = [];
        foreach (var program in inputs.Programs)
        {
            looks.Add(await LookAsync(program, cancellation));
        }

        var steps = RollbackRules.Decide(looks.ConvertAll(look => look.Subject), inputs.To, site.Context.Environment.RunId);
        List<SeenProgram> seen = [];
        foreach (var (program, look, step) in inputs.Programs.Zip(looks, steps))
        {
            seen.Add(await FindAsync(new SeenProgram(program, look.Subject, look.OnChain, step), cancellation));
        }

        return seen;
    }

    private async Task<(RollbackSubject Subject, ProgramOnChain OnChain)> LookAsync(RollbackProgram program, CancellationToken cancellation)
    {
        // Records of another cluster are about another program of the same id.
        var all = await site.Book.ReadAsync(program.Id, cancellation);
        List<LedgerRecord> records = [.. all.Where(record => record.Facts.GenesisHash is null || record.Facts.GenesisHash == site.Rpc.GenesisHash)];
        var onChain = (await new VerifyObserver(site.Rpc, Commitment.Confirmed).LookAsync(program.Id, cancellation)).Value;
        var chain = onChain is ProgramOnChain.Running running
            ? new ChainState(running.ExecutableHash) { Slot = running.Slot, UpgradeAuthority = running.Authority }
            : new ChainState(ExecutableHash: null);
        var isOver = await site.Book.OverAsync(records, cancellation);
        return (RollbackSubject.Of(program.Shown, records, chain, isOver, site.Context.Time.GetUtcNow()), onChain);
    }

    private async Task<SeenProgram> FindAsync(SeenProgram seen, CancellationToken cancellation)
    {
        try
        {
            return seen.Step switch
            {
                RollbackStep.Restore restore => await RestoreAsync(seen, restore, cancellation),
                RollbackStep.Untouched when inputs.To is not RollbackTo.Previous => seen with { Target = await targets.FindSavedAsync(seen.Program, inputs.To, cancellation) },
                _ => seen,
            };
        }
        catch (FaultException problem) when (problem.Faults.All(fault => fault.Code.Exit != ExitCode.Unavailable))
        {
            return seen with { Problems = problem.Faults };
        }
    }

    private async Task<SeenProgram> RestoreAsync(SeenProgram seen, RollbackStep.Restore restore, CancellationToken cancellation)
    {
        var evidence = new TargetEvidence(site.Rpc);
        List<Fault> problems = [];
        foreach (var record in new[] { restore.Target, LedgerRules.Standing(seen.Subject.Records, seen.Subject.Chain.ExecutableHash) }.OfType<LedgerRecord>().Distinct())
        {
            if (await evidence.JudgeAsync(seen.Program.Shown, record, seen.Subject.Chain, cancellation) is { } problem)
            {
                problems.Add(problem);
            }
        }

        return seen with
        {
            Target = await targets.FetchAsync(seen.Program, restore.Target, cancellation),
            Unsafe = await targets.UnsafeAsync(seen.Program, restore.Left, cancellation),
            Problems = problems,
        };
    }
}
