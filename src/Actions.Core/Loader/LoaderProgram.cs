using Actions.Core.Solana;

namespace Actions.Core.Loader;

/// <summary>The upgradeable loader (v3). Trailing flags of newer interfaces are never written: absent is valid on every cluster.</summary>
public static class LoaderProgram
{
    public const int BufferHeader = 37;
    public const int ProgramDataHeader = 45;
    public const int ProgramSize = 36;

    /// <summary>The cluster's limit for any account.</summary>
    public const int MaxAccountLength = 10 * 1024 * 1024;

    public const int MaxProgramLength = MaxAccountLength - ProgramDataHeader;

    /// <summary>The least that ExtendProgram takes since SIMD-0431, unless the account reaches its limit.</summary>
    public const int MinExtend = 10_240;

    /// <summary>Everything in a Write before its bytes: discriminant, offset, 64-bit length.</summary>
    private const int WriteHeader = 16;

    public static readonly Address Id = Address.Parse("BPFLoaderUpgradeab1e11111111111111111111111");

    public static Address ProgramDataAddress(Address program) => ProgramAddress.Find([program.ToArray()], Id).Address;

    /// <summary>What to ask ExtendProgram for, so that an account grows by at least <paramref name="need"/>; 0 when it need not.</summary>
    public static uint ExtendBy(long accountLength, long need)
    {
        var room = MaxAccountLength - accountLength;
        ArgumentOutOfRangeException.ThrowIfNegative(room);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(need, room);
        return need <= 0 ? 0 : (uint)Math.Max(need, Math.Min(MinExtend, room));
    }

    public static Instruction InitializeBuffer(Address buffer, Address authority) =>
        Call([0, 0, 0, 0], AccountMeta.Writable(buffer), AccountMeta.ReadOnly(authority));

    public static Instruction Write(Address buffer, Address authority, uint offset, ReadOnlyMemory<byte> bytes)
    {
        var data = new byte[WriteHeader + bytes.Length];
        var writer = new ByteWriter(data);
        writer.U32(1);
        writer.U32(offset);
        writer.U64((ulong)bytes.Length);
        writer.Bytes(bytes.Span);
        return Call(data, AccountMeta.Writable(buffer), AccountMeta.Signer(authority));
    }

    /// <summary>Makes a program of a buffer; the program account must have been created in the same transaction.</summary>
    public static Instruction DeployWithMaxDataLen(Address payer, Address program, Address buffer, Address authority, ulong maxDataLen)
    {
        var data = new byte[12];
        var writer = new ByteWriter(data);
        writer.U32(2);
        writer.U64(maxDataLen);
        return Call(
            data,
            AccountMeta.WritableSigner(payer),
            AccountMeta.Writable(ProgramDataAddress(program)),
            AccountMeta.Writable(program),
            AccountMeta.Writable(buffer),
            AccountMeta.ReadOnly(Sysvars.Rent),
            AccountMeta.ReadOnly(Sysvars.Clock),
            AccountMeta.ReadOnly(SystemProgram.Id),
            AccountMeta.Signer(authority));
    }

    /// <summary>Replaces a program by a buffer; what the buffer holds beyond rent goes to <paramref name="spill"/>.</summary>
    public static Instruction Upgrade(Address program, Address buffer, Address authority, Address spill) =>
        Call(
            [3, 0, 0, 0],
            AccountMeta.Writable(ProgramDataAddress(program)),
            AccountMeta.Writable(program),
            AccountMeta.Writable(buffer),
            AccountMeta.Writable(spill),
            AccountMeta.ReadOnly(Sysvars.Rent),
            AccountMeta.ReadOnly(Sysvars.Clock),
            AccountMeta.Signer(authority));

    /// <summary>Hands a buffer or a ProgramData account over; without a next authority the program is final.</summary>
    public static Instruction SetAuthority(Address account, Address current, Address? next) =>
        next is { } given
            ? Call([4, 0, 0, 0], AccountMeta.Writable(account), AccountMeta.Signer(current), AccountMeta.ReadOnly(given))
            : Call([4, 0, 0, 0], AccountMeta.Writable(account), AccountMeta.Signer(current));

    /// <summary>Hands over to an authority that signs too, so that it cannot be one nobody holds.</summary>
    public static Instruction SetAuthorityChecked(Address account, Address current, Address next) =>
        Call([7, 0, 0, 0], AccountMeta.Writable(account), AccountMeta.Signer(current), AccountMeta.Signer(next));

    /// <summary>Closes a buffer, or with its program a ProgramData account, which ends that program id for ever.</summary>
    public static Instruction Close(Address account, Address recipient, Address authority, Address? program)
    {
        AccountMeta[] accounts = [AccountMeta.Writable(account), AccountMeta.Writable(recipient), AccountMeta.Signer(authority)];
        return Call([5, 0, 0, 0], program is { } given ? [.. accounts, AccountMeta.Writable(given)] : accounts);
    }

    /// <summary>Enlarges a program's ProgramData; no authority is asked, a payer only where the rent is not there yet.</summary>
    public static Instruction ExtendProgram(Address program, uint additional, Address? payer)
    {
        var data = new byte[8];
        var writer = new ByteWriter(data);
        writer.U32(6);
        writer.U32(additional);
        AccountMeta[] accounts = [AccountMeta.Writable(ProgramDataAddress(program)), AccountMeta.Writable(program)];
        return new Instruction(
            Id,
            payer is { } given ? [.. accounts, AccountMeta.ReadOnly(SystemProgram.Id), AccountMeta.WritableSigner(given)] : accounts,
            data);
    }

    private static Instruction Call(byte[] data, params AccountMeta[] accounts) => new(Id, accounts, data);
}
