using System.Text;

namespace Actions.Core.Solana;

/// <summary>The program that makes accounts and moves lamports.</summary>
public static class SystemProgram
{
    /// <summary>32 zero bytes.</summary>
    public static readonly Address Id;

    public static Instruction CreateAccount(Address payer, Address account, ulong lamports, ulong space, Address owner)
    {
        var data = new byte[52];
        var writer = new ByteWriter(data);
        writer.U32(0);
        writer.U64(lamports);
        writer.U64(space);
        writer.Address(owner);
        return new Instruction(Id, [AccountMeta.WritableSigner(payer), AccountMeta.WritableSigner(account)], data);
    }

    public static Instruction Assign(Address account, Address owner)
    {
        var data = new byte[36];
        var writer = new ByteWriter(data);
        writer.U32(1);
        writer.Address(owner);
        return new Instruction(Id, [AccountMeta.WritableSigner(account)], data);
    }

    public static Instruction Transfer(Address from, Address to, ulong lamports)
    {
        var data = new byte[12];
        var writer = new ByteWriter(data);
        writer.U32(2);
        writer.U64(lamports);
        return new Instruction(Id, [AccountMeta.WritableSigner(from), AccountMeta.Writable(to)], data);
    }

    /// <summary>Makes an account at a derived address; a payer that is also the base is listed once.</summary>
    public static Instruction CreateAccountWithSeed(Address payer, SeededAddress account, ulong lamports, ulong space)
    {
        var data = new byte[4 + account.Size + 16 + Address.Size];
        var writer = new ByteWriter(data);
        writer.U32(3);
        account.Write(ref writer);
        writer.U64(lamports);
        writer.U64(space);
        writer.Address(account.Owner);
        AccountMeta[] accounts = [AccountMeta.WritableSigner(payer), AccountMeta.Writable(account.Address)];
        var separateBase = account.Base != payer;
        return new Instruction(Id, separateBase ? [.. accounts, AccountMeta.Signer(account.Base)] : accounts, data);
    }

    /// <summary>Uses a nonce: first in a transaction that carries its value in place of a blockhash.</summary>
    public static Instruction AdvanceNonce(Address nonce, Address authority) =>
        new(Id, [AccountMeta.Writable(nonce), AccountMeta.ReadOnly(Sysvars.RecentBlockhashes), AccountMeta.Signer(authority)], (byte[])[4, 0, 0, 0]);

    public static Instruction Allocate(Address account, ulong space)
    {
        var data = new byte[12];
        var writer = new ByteWriter(data);
        writer.U32(8);
        writer.U64(space);
        return new Instruction(Id, [AccountMeta.WritableSigner(account)], data);
    }

    /// <summary>Gives the account its size and its owner; the base alone signs.</summary>
    public static Instruction AllocateWithSeed(SeededAddress account, ulong space)
    {
        var data = new byte[4 + account.Size + 8 + Address.Size];
        var writer = new ByteWriter(data);
        writer.U32(9);
        account.Write(ref writer);
        writer.U64(space);
        writer.Address(account.Owner);
        return new Instruction(Id, [AccountMeta.Writable(account.Address), AccountMeta.Signer(account.Base)], data);
    }

    public static Instruction AssignWithSeed(SeededAddress account)
    {
        var data = new byte[4 + account.Size + Address.Size];
        var writer = new ByteWriter(data);
        writer.U32(10);
        account.Write(ref writer);
        writer.Address(account.Owner);
        return new Instruction(Id, [AccountMeta.Writable(account.Address), AccountMeta.Signer(account.Base)], data);
    }
}

/// <summary>An address made of a base, a seed and an owner; the base signs for it.</summary>
public sealed record SeededAddress(Address Base, string Seed, Address Owner)
{
    public Address Address { get; } = ProgramAddress.CreateWithSeed(Base, Seed, Owner);

    /// <summary>Of base and seed on the wire.</summary>
    internal int Size => Address.Size + 8 + Encoding.UTF8.GetByteCount(Seed);

    internal void Write(ref ByteWriter writer)
    {
        writer.Address(Base);
        writer.Text(Seed);
    }
}
