using Actions.Cli.Clusters;
using Actions.Cli.Hosting;
using Actions.Core.Keys;
using Actions.Core.Ledger;
using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>This run's record: opened before the first transaction, settled by what the chain says in the end.</summary>
internal sealed class DeployRecord(DeploySite site, DeployTarget target)
{
    private readonly ActionContext context = site.Context;
    private readonly DeployRequest request = target.Request;
    private readonly RecordSubject subject = target.Subject;
    private readonly RecordBook book = site.Book;
    private string id = site.Context.Ulids.Next();
    private bool isResumed;
    private (int Transactions, ulong Fees) earlier;

    /// <summary>Begun, and not settled: the next run has to.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Shared by the records of a release's programs; null makes this record's own id one.</summary>
    public string? ReleaseId { get; set; }

    /// <summary>The release that a standby would take back.</summary>
    public string? TakesBack { get; set; }

    /// <summary>The record that is the run's output; null while there is none.</summary>
    public string? Id { get; private set; }

    /// <summary>Settles what earlier runs left open, then opens this run's record; nothing may be sent before.</summary>
    /// <param name="resumes">Whether this run ends what an earlier one left with others: that one's record goes on.</param>
    public async Task OpenAsync(DeployState state, bool resumes, CancellationToken cancellation)
    {
        if (request.ProgramId is null)
        {
            return;
        }

        if (resumes && Pending(await book.ReadAsync(request.ProgramId.Value, cancellation), state.BufferAddress.Address) is { } pending)
        {
            // What this run itself left there is still among what it counts.
            earlier = pending.Id == id ? default : (pending.Facts.Transactions ?? 0, pending.Facts.FeeLamports ?? 0);
            (id, Id, IsOpen, isResumed) = (pending.Id, pending.Id, true, true);
            return;
        }

        var chain = Chain(state.Program as ProgramState.Deployed);
        var records = await book.SettledAsync(request.ProgramId.Value, chain, cancellation);
        await book.AppendAsync(Attempt(RecordState.Started) with { From = TakesBack ?? LedgerRules.Current(records, chain.ExecutableHash)?.Id, Buffer = state.BufferAddress.Address, Approvals = await book.ApprovalsAsync(cancellation) }, cancellation);
        IsOpen = book.HasLedger;
        Id = book.HasLedger ? id : null;
    }

    /// <summary>The final transaction landed: waits until it is as settled as the inputs ask for, then says so.</summary>
    public async Task SucceedAsync(DeployProgress progress, int transactions, ulong fees, CancellationToken cancellation)
    {
        if (!IsOpen)
        {
            return;
        }

        await Finality.WaitAsync(site.Rpc, site.Cluster.Commitment, progress.Slot!.Value, context.Log, context.Time, cancellation);
        await book.AppendAsync(Closing(RecordState.Succeeded, transactions, fees) with
        {
            Signature = progress.Signature,
            Slot = progress.Slot,
            BlockTime = await book.BlockTimeAsync(progress.Slot.Value, cancellation),
            UpgradeAuthority = progress.UpgradeAuthority,
            Keys = Keys(progress),
            Reason = subject.Reason,
            RtoSeconds = subject.SecondsUntil(progress.DoneAt, context.Time),
        }, cancellation);
        IsOpen = false;
        if (subject.IsRollback)
        {
            await UndoAsync(cancellation);
        }
    }

    /// <summary>The buffer is in the hands of whoever performs the upgrade.</summary>
    /// <param name="squads">What Squads shows of it; null where no multisig is asked, or a transaction was only exported.</param>
    public async Task PendAsync(DeployState state, SquadsSight? squads, int transactions, ulong fees, CancellationToken cancellation)
    {
        if (request.ProgramId is null)
        {
            return;
        }

        var buffer = state.BufferAddress.Address;
        LedgerEvent Waiting(LedgerEvent entry) => entry with { Buffer = buffer, Multisig = request.Vault?.Multisig, Vault = request.Vault?.Index, TransactionIndex = squads?.Proposal?.Index };
        if (IsOpen)
        {
            await book.AppendAsync(Waiting(Closing(RecordState.Pending, transactions, fees) with { FinishedAt = null }), cancellation);
            IsOpen = false;
            return;
        }

        var known = Pending(await book.ReadAsync(request.ProgramId.Value, cancellation), buffer);
        if (known is null)
        {
            await book.AppendAsync(Waiting(Attempt(RecordState.Pending) with { Transactions = transactions, FeeLamports = fees }), cancellation);
        }
        else if (squads?.Proposal is { } proposal && known.Facts.TransactionIndex != proposal.Index)
        {
            // The one it spoke of became stale, was rejected or cancelled.
            await book.AppendAsync(Waiting(LedgerRules.Next(known, RecordState.Pending, Now) with { FinishedAt = null }), cancellation);
        }

        Id = book.HasLedger ? known?.Id ?? id : null;
    }

    /// <summary>The bytes ran already, or another run was quicker: settles, adopts, or names the record there is.</summary>
    public async Task UnchangedAsync(ProgramState.Deployed running, CancellationToken cancellation)
    {
        if (!book.HasLedger)
        {
            return;
        }

        var records = await book.ReadAsync(request.ProgramId!.Value, cancellation);
        var isOver = await book.OverAsync(records, cancellation);
        var chain = Chain(running) with { BlockTime = await book.BlockTimeAsync(running.Slot, cancellation) };
        var answer = new UnchangedRun(Attempt(RecordState.Started), chain, record => record.Id == id || isOver(record), subject.NamesVersions).Decide(records);
        await book.AppendAsync(answer.Append, cancellation);
        IsOpen = false;
        Id = answer.Record;
    }

    /// <summary>The run ended without success. Where the final transaction may still land the record stays open: the next run settles it.</summary>
    /// <param name="proposed">What this run asked the members for already: that waits for them, whatever else went wrong. Null for nothing.</param>
    public async Task FailAsync(bool isCancelled, bool mayStillLand, (DeployState State, SquadsSight Squads)? proposed, int transactions, ulong fees, CancellationToken cancellation)
    {
        // What waited for others still does.
        if (!IsOpen || mayStillLand || isResumed)
        {
            return;
        }

        if (proposed is { } made)
        {
            await PendAsync(made.State, made.Squads, transactions, fees, cancellation);
        }
        else
        {
            await book.AppendAsync(Closing(isCancelled ? RecordState.Cancelled : RecordState.Failed, transactions, fees), cancellation);
            IsOpen = false;
        }
    }

    /// <summary>Marks what this rollback replaced; the next reader does it when this run is killed before it can.</summary>
    private async Task UndoAsync(CancellationToken cancellation)
    {
        var records = await book.ReadAsync(request.ProgramId!.Value, cancellation);
        await book.AppendAsync(records.Where(record => record.Id == id).SelectMany(rollback => LedgerRules.Undo(records, rollback, Now)), cancellation);
    }

    private static LedgerRecord? Pending(IReadOnlyList<LedgerRecord> records, Address buffer) =>
        LedgerRules.Open(records).LastOrDefault(record => record.State == RecordState.Pending && record.Facts.Buffer == buffer);

    private DateTimeOffset Now => context.Time.GetUtcNow();

    private LedgerEvent Attempt(RecordState state) => book.Begin(id, subject.Kind, state, request.ProgramId!.Value, Now) with
    {
        Name = subject.Name,
        Version = subject.Version,
        Variant = subject.Variant,
        Sha256 = Convert.ToHexStringLower(request.Binary.Sha256.Span),
        ExecutableHash = Convert.ToHexStringLower(request.Binary.ExecutableHash.Span),
        ReleaseId = subject.IsRollback && !request.IsStandby ? subject.Undoes : ReleaseId ?? TakesBack ?? id,
        RefersTo = TakesBack,
        Restores = subject.Restores,
        Reason = subject.Reason,
    };

    private LedgerEvent Closing(RecordState state, int transactions, ulong fees) => new()
    {
        Id = id,
        Kind = subject.Kind,
        State = state,
        Environment = book.Environment,
        ProgramId = request.ProgramId!.Value,
        At = Now,
        FinishedAt = Now,
        Transactions = earlier.Transactions + transactions,
        FeeLamports = earlier.Fees + fees,
    };

    private List<KeyUse> Keys(DeployProgress progress)
    {
        List<(string Role, KeyInput? Key)> roles = [("payer", request.Payer), ("upgrade-authority", request.UpgradeAuthority), ("program", request.ProgramKey)];
        return [.. from role in roles
                   where role.Key is not null && progress.Signatures.ContainsKey(role.Key.Address)
                   let source = (role.Key as KeyInput.Signer)?.Source
                   select new KeyUse(role.Role, role.Key.Address, source?.Provider, source?.Version, source?.CreatedAt)];
    }

    private static ChainState Chain(ProgramState.Deployed? running) => new(running?.ExecutableHash) { Slot = running?.Slot, UpgradeAuthority = running?.Authority };
}
