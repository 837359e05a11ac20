using System.Diagnostics.CodeAnalysis;

namespace Actions.Core.Solana;

/// <summary>Reads a message and sanitises it by the cluster's rules (solana-sdk message/src/{legacy,versions/v0}.rs, `sanitize`).</summary>
internal static class MessageReader
{
    public static bool TryRead(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out Message? message)
    {
        message = null;
        var reader = new ByteReader(bytes);
        var version = MessageVersion.Legacy;
        if (!reader.U8(out var first))
        {
            return false;
        }

        if (first >= MessageWriter.VersionFlag)
        {
            version = MessageVersion.V0;
            if (first != MessageWriter.VersionFlag || !reader.U8(out first))
            {
                return false;
            }
        }

        if (!reader.U8(out var readOnlySigned)
            || !reader.U8(out var readOnlyUnsigned)
            || !Accounts(ref reader, out var accounts)
            || !reader.Bytes(Blockhash.Size, out var blockhash)
            || !Instructions(ref reader, out var instructions))
        {
            return false;
        }

        AddressLookup[] lookups = [];
        if ((version == MessageVersion.V0 && !Lookups(ref reader, out lookups)) || !reader.AtEnd)
        {
            return false;
        }

        var header = new MessageHeader(first, readOnlySigned, readOnlyUnsigned);
        if (!IsSane(header, accounts.Length, instructions, lookups))
        {
            return false;
        }

        message = new Message(version, header, accounts, new Blockhash(blockhash.Span), instructions, lookups);
        return true;
    }

    private static bool Accounts(ref ByteReader reader, out Address[] accounts)
    {
        accounts = [];
        if (!reader.CompactU16(out var count) || count > MessageCompiler.MaxAccounts)
        {
            return false;
        }

        accounts = new Address[count];
        for (var i = 0; i < count; i++)
        {
            if (!reader.Address(out accounts[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Instructions(ref ByteReader reader, out List<CompiledInstruction> instructions)
    {
        instructions = [];
        if (!reader.CompactU16(out var count))
        {
            return false;
        }

        for (var i = 0; i < count; i++)
        {
            if (!reader.U8(out var program) || !reader.CompactBytes(out var accounts) || !reader.CompactBytes(out var data))
            {
                return false;
            }

            instructions.Add(new CompiledInstruction(program, accounts, data));
        }

        return true;
    }

    private static bool Lookups(ref ByteReader reader, out AddressLookup[] lookups)
    {
        lookups = [];
        if (!reader.CompactU16(out var count) || count > MessageCompiler.MaxAccounts)
        {
            return false;
        }

        lookups = new AddressLookup[count];
        for (var i = 0; i < count; i++)
        {
            if (!reader.Address(out var table)
                || !reader.CompactBytes(out var writable)
                || !reader.CompactBytes(out var readOnly)
                || writable.Length + readOnly.Length == 0)
            {
                return false;
            }

            lookups[i] = new AddressLookup(table, writable, readOnly);
        }

        return true;
    }

    private static bool IsSane(MessageHeader header, int accounts, List<CompiledInstruction> instructions, AddressLookup[] lookups)
    {
        var loaded = accounts + lookups.Sum(lookup => lookup.Writable.Length + lookup.ReadOnly.Length);
        return header.RequiredSignatures + header.ReadOnlyUnsigned <= accounts
            && header.ReadOnlySigned < header.RequiredSignatures
            && loaded <= MessageCompiler.MaxAccounts
            && instructions.All(instruction => instruction.Program > 0
                && instruction.Program < accounts
                && IndexesAreBelow(loaded, instruction.Accounts.Span));
    }

    private static bool IndexesAreBelow(int count, ReadOnlySpan<byte> indexes) =>
        count > byte.MaxValue || !indexes.ContainsAnyInRange((byte)count, byte.MaxValue);
}
