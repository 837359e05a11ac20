using System.Diagnostics.CodeAnalysis;
using Actions.Core.Solana;

namespace Actions.Core.Squads;

/// <summary>In the order of the program's own enumeration.</summary>
public enum ProposalStatus
{
    Draft,
    Active,
    Rejected,
    Approved,
    Executing,
    Executed,
    Cancelled,
}

/// <summary>The vote on one transaction.</summary>
/// <param name="Since">When it got its status, by the cluster's clock; null where the status keeps no time.</param>
public sealed record SquadsProposal(
    Address Multisig,
    ulong Index,
    ProposalStatus Status,
    DateTimeOffset? Since,
    IReadOnlyList<Address> Approved,
    IReadOnlyList<Address> Rejected,
    IReadOnlyList<Address> Cancelled)
{
    private static readonly byte[] Discriminator = AnchorDiscriminator.OfAccount("Proposal");

    /// <summary>Bytes of a new proposal's account, which has room for the votes of all members.</summary>
    public static int SizeOf(int members) => AnchorDiscriminator.Size + Address.Size + 8 + 9 + 1 + (3 * (4 + (members * Address.Size)));

    /// <summary>False when the bytes are no such account. A time beyond the calendar is none of ours to refuse: it is given as the calendar's end.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out SquadsProposal? proposal)
    {
        proposal = null;
        var reader = new ByteReader(bytes);
        ulong since = 0;
        if (!reader.Bytes(AnchorDiscriminator.Size, out var discriminator) || !discriminator.Span.SequenceEqual(Discriminator)
            || !reader.Address(out var multisig)
            || !reader.U64(out var index)
            || !reader.U8(out var status) || status > (byte)ProposalStatus.Cancelled
            || (status != (byte)ProposalStatus.Executing && !reader.U64(out since))
            || !reader.U8(out _) // the bump of its address
            || !reader.Addresses(out var approved)
            || !reader.Addresses(out var rejected)
            || !reader.Addresses(out var cancelled))
        {
            return false;
        }

        var time = status == (byte)ProposalStatus.Executing ? null : (DateTimeOffset?)Time((long)since);
        proposal = new SquadsProposal(multisig, index, (ProposalStatus)status, time, approved, rejected, cancelled);
        return true;
    }

    /// <summary>The first moment at which the program would execute it; null while it is not approved.</summary>
    public DateTimeOffset? ExecutableAt(uint timeLock) => Status != ProposalStatus.Approved || Since is not { } since
        ? null
        : since > DateTimeOffset.MaxValue.AddSeconds(-timeLock) ? DateTimeOffset.MaxValue : since.AddSeconds(timeLock);

    private static DateTimeOffset Time(long seconds) => DateTimeOffset.FromUnixTimeSeconds(
        Math.Clamp(seconds, DateTimeOffset.MinValue.ToUnixTimeSeconds(), DateTimeOffset.MaxValue.ToUnixTimeSeconds()));
}
