using Actions.Cli.Clusters;
using Actions.Cli.Hosting;
using Actions.Cli.VerifyProgram;
using Actions.Core.Faults;
using Actions.Core.Keys;
using Actions.Core.Ledger;
using Actions.Core.Loader;
using Actions.Core.Rpc;
using Actions.Core.Sending;
using Actions.Core.Squads;
using System.Security.Cryptography;

namespace Actions.Cli.Continue;

/// <summary>Executes the proposal of a record, over bytes that were compared right before.</summary>
internal sealed class ProposalExecution(ContinueInputs inputs, ActionContext context, RpcClient rpc, RecordBook book, PendingObserver observer, MemberTransactions member, TransactionPump pump)
{
    /// <returns>The event of every record that it carries, this one's first; none when the cluster would not do it, which the next look explains.</returns>
    /// <exception cref="FaultException">A buffer is not what was recorded, or the proposal carries what no record waits for.</exception>
    public async Task<IReadOnlyList<(PendingSight Sight, LedgerEvent Event)>> RunAsync(PendingSight sight, CancellationToken cancellation)
    {
        var (vault, index) = (sight.Vault!, sight.Proposed!.Index);
        List<PendingSight> all = [sight, .. await OthersAsync(sight, cancellation)];
        foreach (var one in all)
        {
            await CheckBufferAsync(one, cancellation);
        }

        context.Log.Line($"Executing proposal {index} of the multisig {vault.Multisig}: the upgrade of {string.Join(", ", all.Select(one => one.Program.Name))}");
        var before = pump.Landed;
        var execute = SquadsProgram.VaultTransactionExecute(vault.Multisig, index, member.Member, vault.Index, sight.Proposed.Asked!.Message);
        var (landed, refusal) = await member.TryAsync([execute], [.. all.SelectMany(one => new[] { LoaderProgram.ProgramDataAddress(one.Program.Id), one.BufferAddress })], sight.Multisig!.Slot, cancellation);
        if (landed is null)
        {
            context.Log.Line($"Looking again: {refusal}");
            return [];
        }

        foreach (var one in all)
        {
            await CheckProgramAsync(one, landed.Slot, cancellation);
        }

        await Finality.WaitAsync(rpc, inputs.Cluster.Commitment, landed.Slot, context.Log, context.Time, cancellation);
        var succeeded = LedgerRules.Next(sight.Record, RecordState.Succeeded, context.Time.GetUtcNow()) with
        {
            Signature = landed.Signature,
            Slot = landed.Slot,
            BlockTime = await book.BlockTimeAsync(landed.Slot, cancellation),
            UpgradeAuthority = vault.Address,
            TransactionIndex = index,
        };
        // The one transaction counts once.
        return [.. all.Select(one => (one, Of(one.Record, succeeded, one == sight ? (pump.Landed.Count - before.Count, pump.Landed.Fees - before.Fees) : (0, 0))))];
    }

    private LedgerEvent Of(LedgerRecord record, LedgerEvent succeeded, (int Count, ulong Fees) cost) => succeeded with
    {
        Id = record.Id,
        Kind = record.Kind,
        ProgramId = record.ProgramId,
        Transactions = (record.Facts.Transactions ?? 0) + cost.Count,
        FeeLamports = (record.Facts.FeeLamports ?? 0) + cost.Fees,
        Keys = [.. record.Facts.Keys ?? [], Use()],
    };

    /// <summary>The records of the other programs that the proposal upgrades; each must be as ready as this one.</summary>
    private async Task<IReadOnlyList<PendingSight>> OthersAsync(PendingSight sight, CancellationToken cancellation)
    {
        List<PendingSight> others = [];
        foreach (var upgrade in sight.Asked!.Upgrades.Where(upgrade => upgrade.Program != sight.Program.Id))
        {
            var program = inputs.Programs?.FirstOrDefault(known => known.Id == upgrade.Program) ?? new ContinueProgram(upgrade.Program.ToString(), upgrade.Program);
            var look = await observer.LookAsync(program, sight.Multisig!.Slot, cancellation);
            var other = look.Pending.FirstOrDefault(one => one.Vault == sight.Vault && one.Proposed?.Index == sight.Proposed!.Index && one.BufferAddress == upgrade.Buffer);
            if (other is null || PendingVerdict.Of(other, member.Member) is not PendingStep.Execute)
            {
                throw new FaultException(new Fault(
                    FaultCodes.ProposalNotExecutable, $"Expected a record that waits for proposal {sight.Proposed!.Index} for every program that it upgrades",
                    other is null ? $"found none for {program.Name}" : $"found that the one of {program.Name} must not be executed any more",
                    $"let the members cancel proposal {sight.Proposed.Index}, and release again; nothing was executed"));
            }

            others.Add(other);
        }

        return others;
    }

    /// <summary>Since the proposal was made the vault may have been asked to give the buffer away and take it back.</summary>
    private async Task CheckBufferAsync(PendingSight sight, CancellationToken cancellation)
    {
        var account = (await rpc.GetAccountAsync(sight.BufferAddress, Commitment.Confirmed, cancellation, sight.Multisig!.Slot, longest: LoaderProgram.MaxAccountLength)).Value;
        var buffer = account is not null && account.Owner == LoaderProgram.Id && LoaderAccount.TryParse(account.Data, out var parsed) ? parsed as LoaderAccount.Buffer : null;
        var found = buffer is null ? "no buffer there"
            : buffer.Authority != sight.Vault!.Address ? $"that {buffer.Authority?.ToString() ?? "nobody"} has it"
            : Convert.ToHexStringLower(SHA256.HashData(buffer.Data.Span)) is var hash && hash != sight.Record.Facts.Sha256 ? $"other bytes in it, sha256 {hash}"
            : null;
        if (found is not null)
        {
            throw new FaultException(new Fault(
                FaultCodes.BufferForeign, $"Expected the buffer {sight.BufferAddress} of record {sight.Record.Id} to hold sha256 {sight.Record.Facts.Sha256} for the vault {sight.Vault!.Address}, as it did when proposal {sight.Proposed!.Index} was made",
                $"found {found}", $"let the members cancel proposal {sight.Proposed.Index}, and find out who changed the buffer; nothing was executed"));
        }
    }

    private async Task CheckProgramAsync(PendingSight sight, ulong slot, CancellationToken cancellation)
    {
        if ((await new VerifyObserver(rpc, Commitment.Confirmed).LookAsync(sight.Program.Id, cancellation, slot)).Value is not ProgramOnChain.Running running || running.ExecutableHash != sight.Record.ExecutableHash)
        {
            throw new FaultException(new Fault(
                FaultCodes.ProgramChanged, $"Expected {sight.Program.Name} to run the bytes of record {sight.Record.Id}", $"found other bytes, although proposal {sight.Proposed!.Index} was executed in slot {slot}",
                "find out who else deploys this program, then run again"));
        }
    }

    private KeyUse Use()
    {
        var source = (inputs.Member as KeyInput.Signer)?.Source;
        return new KeyUse("executor", member.Member, source?.Provider, source?.Version, source?.CreatedAt);
    }
}
