using System.Text;
using Actions.Core.Solana;

namespace Actions.Core.Squads;

/// <summary>Instructions of Squads v4; the same id on mainnet-beta and devnet.</summary>
public static class SquadsProgram
{
    public static readonly Address Id = Address.Parse("SQDS4ep65T869zMMBKyuUq6aD6EgTu8psMjkvj52pCf");

    /// <summary>Stores a message for the vault to sign; <paramref name="index"/> must be the one after the multisig's newest.</summary>
    /// <param name="creator">A member that may initiate.</param>
    public static Instruction VaultTransactionCreate(
        Address multisig, ulong index, Address creator, Address rentPayer, byte vaultIndex, VaultMessage message, string? memo = null)
    {
        var bytes = message.Serialize();
        var note = memo is null ? null : Encoding.UTF8.GetBytes(memo);
        var data = new byte[AnchorDiscriminator.Size + 2 + 4 + bytes.Length + MemoSize(note)];
        var writer = new ByteWriter(data);
        writer.Bytes(AnchorDiscriminator.OfInstruction("vault_transaction_create"));
        writer.U8(vaultIndex);
        writer.U8(0); // no ephemeral signers: nothing of ours needs a key that exists only inside one transaction
        writer.List(bytes);
        Memo(ref writer, note);
        return Call(
            data,
            AccountMeta.Writable(multisig),
            AccountMeta.Writable(SquadsAddress.Transaction(multisig, index)),
            AccountMeta.Signer(creator),
            AccountMeta.WritableSigner(rentPayer),
            AccountMeta.ReadOnly(SystemProgram.Id));
    }

    /// <summary>Opens the vote on a transaction; the creator may initiate or vote.</summary>
    public static Instruction ProposalCreate(Address multisig, ulong index, Address creator, Address rentPayer)
    {
        var data = new byte[AnchorDiscriminator.Size + 8 + 1];
        var writer = new ByteWriter(data);
        writer.Bytes(AnchorDiscriminator.OfInstruction("proposal_create"));
        writer.U64(index);
        writer.U8(0); // active at once, no draft
        return Call(
            data,
            AccountMeta.ReadOnly(multisig),
            AccountMeta.Writable(SquadsAddress.Proposal(multisig, index)),
            AccountMeta.Signer(creator),
            AccountMeta.WritableSigner(rentPayer),
            AccountMeta.ReadOnly(SystemProgram.Id));
    }

    public static Instruction ProposalApprove(Address multisig, ulong index, Address member, string? memo = null) =>
        Vote("proposal_approve", multisig, index, member, memo);

    public static Instruction ProposalReject(Address multisig, ulong index, Address member, string? memo = null) =>
        Vote("proposal_reject", multisig, index, member, memo);

    /// <summary>A vote against a proposal that is already approved; the newer form, which makes room for members who joined since.</summary>
    public static Instruction ProposalCancel(Address multisig, ulong index, Address member, string? memo = null) =>
        Vote("proposal_cancel_v2", multisig, index, member, memo, AccountMeta.ReadOnly(SystemProgram.Id));

    /// <summary>Runs an approved transaction after its lock; the vault signs inside.</summary>
    public static Instruction VaultTransactionExecute(Address multisig, ulong index, Address member, byte vaultIndex, VaultMessage message)
    {
        if (message.Lookups.Count > 0)
        {
            throw new ArgumentException("A message with lookup tables is not ours to execute.", nameof(message));
        }

        var vault = SquadsAddress.Vault(multisig, vaultIndex);
        return Call(
            AnchorDiscriminator.OfInstruction("vault_transaction_execute"),
            [
                AccountMeta.ReadOnly(multisig),
                AccountMeta.Writable(SquadsAddress.Proposal(multisig, index)),
                AccountMeta.ReadOnly(SquadsAddress.Transaction(multisig, index)),
                AccountMeta.Signer(member),
                .. message.Accounts.Select((address, i) =>
                    new AccountMeta(address, message.IsSigner(i) && address != vault, message.IsWritable(i))),
            ]);
    }

    /// <summary>Returns the rent of a transaction and its proposal, once they are over, to the multisig's rent collector.</summary>
    public static Instruction VaultTransactionAccountsClose(Address multisig, ulong index, Address rentCollector) => Call(
        AnchorDiscriminator.OfInstruction("vault_transaction_accounts_close"),
        AccountMeta.ReadOnly(multisig),
        AccountMeta.Writable(SquadsAddress.Proposal(multisig, index)),
        AccountMeta.Writable(SquadsAddress.Transaction(multisig, index)),
        AccountMeta.Writable(rentCollector),
        AccountMeta.ReadOnly(SystemProgram.Id));

    private static Instruction Vote(string name, Address multisig, ulong index, Address member, string? memo, params AccountMeta[] more)
    {
        var note = memo is null ? null : Encoding.UTF8.GetBytes(memo);
        var data = new byte[AnchorDiscriminator.Size + MemoSize(note)];
        var writer = new ByteWriter(data);
        writer.Bytes(AnchorDiscriminator.OfInstruction(name));
        Memo(ref writer, note);
        return Call(
            data,
            [
                AccountMeta.ReadOnly(multisig),
                AccountMeta.WritableSigner(member),
                AccountMeta.Writable(SquadsAddress.Proposal(multisig, index)),
                .. more,
            ]);
    }

    private static int MemoSize(byte[]? memo) => memo is null ? 1 : 1 + 4 + memo.Length;

    private static void Memo(ref ByteWriter writer, byte[]? memo)
    {
        writer.U8(memo is null ? (byte)0 : (byte)1);
        if (memo is not null)
        {
            writer.List(memo);
        }
    }

    private static Instruction Call(byte[] data, params AccountMeta[] accounts) => new(Id, accounts, data);
}
