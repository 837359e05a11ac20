using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Actions.Core.Solana;

namespace Actions.Core.Loader;

/// <summary>What an account owned by the loader holds.</summary>
public abstract record LoaderAccount
{
    private LoaderAccount()
    {
    }

    /// <summary>Reads an account, whole or sliced down to its header; false when the bytes are no state of the loader.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out LoaderAccount? account)
    {
        account = bytes.Length < 4 ? null : BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span) switch
        {
            0 => new Uninitialized(),
            1 when TryAuthority(bytes, 4, out var authority) => new Buffer(authority, After(bytes, LoaderProgram.BufferHeader)),
            2 when bytes.Length >= LoaderProgram.ProgramSize => new Program(new Address(bytes.Span.Slice(4, Address.Size))),
            3 when TryAuthority(bytes, 12, out var authority) => new ProgramData(
                BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span[4..]),
                authority,
                After(bytes, LoaderProgram.ProgramDataHeader)),
            _ => null,
        };
        return account is not null;
    }

    /// <summary>An optional address behind its tag. The header keeps its full length when there is none.</summary>
    private static bool TryAuthority(ReadOnlyMemory<byte> bytes, int tag, out Address? authority)
    {
        authority = null;
        if (bytes.Length <= tag)
        {
            return false;
        }

        switch (bytes.Span[tag])
        {
            case 0:
                return true;
            case 1 when bytes.Length >= tag + 1 + Address.Size:
                authority = new Address(bytes.Span.Slice(tag + 1, Address.Size));
                return true;
            default:
                return false;
        }
    }

    private static ReadOnlyMemory<byte> After(ReadOnlyMemory<byte> bytes, int header) => bytes.Length > header ? bytes[header..] : default;

    /// <summary>Created for the loader, but holding nothing yet.</summary>
    public sealed record Uninitialized : LoaderAccount;

    /// <summary>Bytes on their way to becoming a program.</summary>
    public sealed record Buffer(Address? Authority, ReadOnlyMemory<byte> Data) : LoaderAccount;

    /// <summary>A program id, which only points at its ProgramData.</summary>
    public sealed record Program(Address ProgramDataAddress) : LoaderAccount;

    /// <summary>The bytes that run, zero padded to the account's capacity.</summary>
    /// <param name="Slot">When it was last deployed, upgraded or extended.</param>
    /// <param name="Authority">Who may upgrade it; null = nobody, for ever.</param>
    /// <param name="Data">Empty when only the header was asked for.</param>
    public sealed record ProgramData(ulong Slot, Address? Authority, ReadOnlyMemory<byte> Data) : LoaderAccount;
}
