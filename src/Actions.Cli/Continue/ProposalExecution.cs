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
internal sealed class ProposalExecution(ContinueInputs inputs, ActionContext context, RpcClient rpc, RecordBook book, MemberTransactions member, TransactionPump pump)
{
    /// <returns>The event that says it succeeded; null when the cluster would not do it, which the next look explains.</returns>
    /// <exception cref="FaultException">The buffer is not what was recorded.</exception>
    public async Task<LedgerEvent?> RunAsync(PendingSight sight, CancellationToken cancellation)
    {
        var (vault, index) = (sight.Vault!, sight.Proposed!.Index);
        await CheckBufferAsync(sight, cancellation);
        context.Log.Line($"Executing proposal {index} of the multisig {vault.Multisig}: the upgrade of {sight.Program.Name}");
        var before = pump.Landed;
        var execute = SquadsProgram.VaultTransactionExecute(vault.Multisig, index, member.Member, vault.Index, sight.Proposed.Asked!.Message);
        var (landed, refusal) = await member.TryAsync([execute], [LoaderProgram.ProgramDataAddress(sight.Program.Id), sight.BufferAddress], sight.Multisig!.Slot, cancellation);
        if (landed is null)
        {
            context.Log.Line($"Looking again: {refusal}");
            return null;
        }

        await CheckProgramAsync(sight, landed.Slot, cancellation);
        await Finality.WaitAsync(rpc, inputs.Cluster.Commitment, landed.Slot, context.Log, context.Time, cancellation);
        return LedgerRules.Next(sight.Record, RecordState.Succeeded, context.Time.GetUtcNow()) with
        {
            Signature = landed.Signature,
            Slot = landed.Slot,
            BlockTime = await book.BlockTimeAsync(landed.Slot, cancellation),
            UpgradeAuthority = vault.Address,
            TransactionIndex = index,
            Transactions = (sight.Record.Facts.Transactions ?? 0) + pump.Landed.Count - before.Count,
            FeeLamports = (sight.Record.Facts.FeeLamports ?? 0) + pump.Landed.Fees - before.Fees,
            Keys = [.. sight.Record.Facts.Keys ?? [], Use()],
        };
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
