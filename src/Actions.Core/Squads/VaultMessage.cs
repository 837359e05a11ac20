using System.Diagnostics.CodeAnalysis;
using Actions.Core.Solana;

namespace Actions.Core.Squads;

/// <summary>What a vault is asked to sign: like a message of the cluster, without a blockhash.</summary>
/// <param name="Signers">How many of the accounts sign; they stand first, the writable ones before the others.</param>
/// <param name="WritableOthers">How many of the accounts that do not sign may be written; they stand before the rest.</param>
public sealed record VaultMessage(
    byte Signers,
    byte WritableSigners,
    byte WritableOthers,
    IReadOnlyList<Address> Accounts,
    IReadOnlyList<CompiledInstruction> Instructions,
    IReadOnlyList<AddressLookup> Lookups)
{
    private const int MostAccounts = byte.MaxValue;
    private const int SignerRole = 2;
    private const int WritableRole = 1;

    /// <summary>As @sqds/multisig compiles it: the vault first, signing and writable, the others in order of appearance within their role.</summary>
    public static VaultMessage Compile(Address vault, IReadOnlyList<Instruction> instructions)
    {
        var roles = new OrderedDictionary<Address, int> { [vault] = SignerRole | WritableRole };
        foreach (var instruction in instructions)
        {
            Meet(instruction.Program, 0);
            foreach (var meta in instruction.Accounts)
            {
                Meet(meta.Address, (meta.IsSigner ? SignerRole : 0) | (meta.IsWritable ? WritableRole : 0));
            }
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(roles.Count, MostAccounts, nameof(instructions));
        Address[] accounts = [.. roles.OrderByDescending(account => account.Value).Select(account => account.Key)];
        byte At(Address address) => (byte)Array.IndexOf(accounts, address);
        byte Having(Func<int, bool> role) => (byte)roles.Values.Count(role);
        return new VaultMessage(
            Having(role => role >= SignerRole),
            Having(role => role == (SignerRole | WritableRole)),
            Having(role => role == WritableRole),
            accounts,
            [.. instructions.Select(one => new CompiledInstruction(At(one.Program), one.Accounts.Select(meta => At(meta.Address)).ToArray(), one.Data))],
            []);

        void Meet(Address address, int role) => roles[address] = roles.GetValueOrDefault(address) | role;
    }

    public bool IsSigner(int account) => account < Signers;

    public bool IsWritable(int account) => IsSigner(account) ? account < WritableSigners : account < Signers + WritableOthers;

    /// <summary>The instructions with their accounts spelt out; null when some of those come from a lookup table.</summary>
    public IReadOnlyList<Instruction>? Expand() => Lookups.Count > 0
        ? null
        :
        [
            .. Instructions.Select(one => new Instruction(
                Accounts[one.Program],
                [.. one.Accounts.ToArray().Select(i => new AccountMeta(Accounts[i], IsSigner(i), IsWritable(i)))],
                one.Data)),
        ];

    /// <summary>The form that an instruction carries: lengths of 8 bits, of instruction data 16.</summary>
    public byte[] Serialize()
    {
        var buffer = new byte[Size()];
        var writer = new ByteWriter(buffer);
        writer.U8(Signers);
        writer.U8(WritableSigners);
        writer.U8(WritableOthers);
        writer.U8(checked((byte)Accounts.Count));
        foreach (var account in Accounts)
        {
            writer.Address(account);
        }

        writer.U8(checked((byte)Instructions.Count));
        foreach (var instruction in Instructions)
        {
            writer.U8(instruction.Program);
            Short(ref writer, instruction.Accounts);
            writer.U16(checked((ushort)instruction.Data.Length));
            writer.Bytes(instruction.Data.Span);
        }

        writer.U8(checked((byte)Lookups.Count));
        foreach (var lookup in Lookups)
        {
            writer.Address(lookup.Table);
            Short(ref writer, lookup.Writable);
            Short(ref writer, lookup.ReadOnly);
        }

        return buffer;
    }

    /// <summary>Reads the form that the program stores, by the rules by which it stores it.</summary>
    internal static bool TryRead(ref ByteReader reader, [NotNullWhen(true)] out VaultMessage? message)
    {
        message = null;
        if (!reader.U8(out var signers)
            || !reader.U8(out var writableSigners)
            || !reader.U8(out var writableOthers)
            || !reader.Addresses(out var accounts)
            || !Read<CompiledInstruction>(ref reader, 9, ReadInstruction, out var instructions)
            || !Read<AddressLookup>(ref reader, 40, ReadLookup, out var lookups))
        {
            return false;
        }

        var all = accounts.Length + lookups.Sum(lookup => lookup.Writable.Length + lookup.ReadOnly.Length);
        if (accounts.Length > MostAccounts || signers > accounts.Length || writableSigners > signers || writableOthers > accounts.Length - signers
            || instructions.Any(one => one.Program >= all || one.Accounts.ToArray().Any(index => index >= all)))
        {
            return false;
        }

        message = new VaultMessage(signers, writableSigners, writableOthers, accounts, instructions, lookups);
        return true;
    }

    private delegate bool ItemReader<T>(ref ByteReader reader, out T item);

    private static bool Read<T>(ref ByteReader reader, int leastSize, ItemReader<T> read, out T[] items)
    {
        var ok = reader.Count(leastSize, out var count);
        items = new T[count];
        for (var i = 0; ok && i < count; i++)
        {
            ok = read(ref reader, out items[i]);
        }

        return ok;
    }

    private static bool ReadInstruction(ref ByteReader reader, out CompiledInstruction instruction)
    {
        instruction = default;
        if (!reader.U8(out var program) || !reader.List(out var accounts) || !reader.List(out var data))
        {
            return false;
        }

        instruction = new CompiledInstruction(program, accounts, data);
        return true;
    }

    private static bool ReadLookup(ref ByteReader reader, out AddressLookup lookup)
    {
        lookup = null!;
        if (!reader.Address(out var table) || !reader.List(out var writable) || !reader.List(out var readOnly))
        {
            return false;
        }

        lookup = new AddressLookup(table, writable, readOnly);
        return true;
    }

    private static void Short(ref ByteWriter writer, ReadOnlyMemory<byte> indexes)
    {
        writer.U8(checked((byte)indexes.Length));
        writer.Bytes(indexes.Span);
    }

    private int Size() =>
        6 + (Accounts.Count * Address.Size)
        + Instructions.Sum(one => 4 + one.Accounts.Length + one.Data.Length)
        + Lookups.Sum(lookup => Address.Size + 2 + lookup.Writable.Length + lookup.ReadOnly.Length);
}
