using System.Diagnostics.CodeAnalysis;
using Actions.Core.Solana;

namespace Actions.Core.VerifiedBuild;

/// <summary>A claim as the cluster keeps it.</summary>
/// <param name="Uploader">Who signed it; whether that means anything depends on who may upgrade the program.</param>
public sealed record BuildClaimAccount(Address Program, Address Uploader, BuildClaim Claim)
{
    private static readonly byte[] Discriminator = AnchorDiscriminator.OfAccount("BuildParams");

    /// <summary>False when the bytes are no such account.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out BuildClaimAccount? account)
    {
        var reader = new ByteReader(bytes);
        account = reader.Bytes(AnchorDiscriminator.Size, out var discriminator) && discriminator.Span.SequenceEqual(Discriminator)
            && reader.Address(out var program)
            && reader.Address(out var uploader)
            && BuildClaim.TryRead(ref reader, out var claim)
                ? new BuildClaimAccount(program, uploader, claim)
                : null;
        return account is not null;
    }
}
