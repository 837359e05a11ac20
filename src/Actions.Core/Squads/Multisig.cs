using System.Diagnostics.CodeAnalysis;
using Actions.Core.Solana;

namespace Actions.Core.Squads;

/// <summary>What a member may do.</summary>
[Flags]
public enum SquadsPermissions : byte
{
    None = 0,
    Initiate = 1,
    Vote = 2,
    Execute = 4,
}

public sealed record SquadsMember(Address Address, SquadsPermissions Permissions)
{
    public bool May(SquadsPermissions permissions) => (Permissions & permissions) == permissions;
}

/// <summary>A multisig of Squads v4 as its account says.</summary>
/// <param name="ConfigAuthority">Who may change members and threshold alone; null = the members by vote.</param>
/// <param name="Threshold">Approvals that a proposal needs.</param>
/// <param name="TimeLock">Seconds between the last approval and the execution.</param>
/// <param name="TransactionIndex">That of the newest transaction; 0 = there is none.</param>
/// <param name="StaleIndex">Proposals up to this index cannot be voted on any more; those approved before can still be executed.</param>
/// <param name="RentCollector">Who gets the rent of what is over; null = it cannot be had back.</param>
public sealed record Multisig(
    Address CreateKey,
    Address? ConfigAuthority,
    ushort Threshold,
    uint TimeLock,
    ulong TransactionIndex,
    ulong StaleIndex,
    Address? RentCollector,
    IReadOnlyList<SquadsMember> Members)
{
    private static readonly byte[] Discriminator = AnchorDiscriminator.OfAccount("Multisig");

    public IEnumerable<SquadsMember> Voters => Members.Where(member => member.May(SquadsPermissions.Vote));

    /// <summary>False when the bytes are no such account; those of a larger multisig that shrank may have anything behind.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out Multisig? multisig)
    {
        multisig = null;
        var reader = new ByteReader(bytes);
        if (!reader.Bytes(AnchorDiscriminator.Size, out var discriminator) || !discriminator.Span.SequenceEqual(Discriminator)
            || !reader.Address(out var createKey)
            || !reader.Address(out var configAuthority)
            || !reader.U16(out var threshold)
            || !reader.U32(out var timeLock)
            || !reader.U64(out var transactionIndex)
            || !reader.U64(out var staleIndex)
            || !Optional(ref reader, out var rentCollector)
            || !reader.U8(out _) // the bump of its address
            || !ReadMembers(ref reader, out var members))
        {
            return false;
        }

        var authority = configAuthority == default ? null : (Address?)configAuthority;
        multisig = new Multisig(createKey, authority, threshold, timeLock, transactionIndex, staleIndex, rentCollector, members);
        return true;
    }

    public SquadsMember? Member(Address address) => Members.FirstOrDefault(member => member.Address == address);

    private static bool Optional(ref ByteReader reader, out Address? address)
    {
        address = null;
        if (!reader.U8(out var tag) || tag > 1)
        {
            return false;
        }

        if (tag == 0)
        {
            return true;
        }

        var ok = reader.Address(out var given);
        address = given;
        return ok;
    }

    private static bool ReadMembers(ref ByteReader reader, out SquadsMember[] members)
    {
        var ok = reader.Count(Address.Size + 1, out var count);
        members = new SquadsMember[count];
        for (var i = 0; ok && i < count; i++)
        {
            ok = reader.Address(out var address) & reader.U8(out var mask) && mask < 8;
            members[i] = new SquadsMember(address, (SquadsPermissions)mask);
        }

        return ok;
    }
}
