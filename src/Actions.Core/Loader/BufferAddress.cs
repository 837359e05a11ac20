using System.Security.Cryptography;
using Actions.Core.Solana;

namespace Actions.Core.Loader;

/// <summary>Where a buffer lies: computed from public values only, so that anyone finds an interrupted run again.</summary>
/// <remarks>Part of the public contract: docs/buffer-address.md.</remarks>
public static class BufferAddress
{
    private static ReadOnlySpan<byte> Domain => "solana-actions/buffer/1"u8;

    /// <summary>The buffer of a payer for one program, final authority and file; the payer's key alone signs for it.</summary>
    /// <param name="payer">The base of the derived address.</param>
    /// <param name="programId">Null in buffer mode without a program id.</param>
    /// <param name="finalAuthority">Who signs, or as a vault executes, the final deploy or upgrade.</param>
    /// <param name="sha256OfFile">Of the whole file, trailing zeros included.</param>
    public static SeededAddress Derive(Address payer, Address? programId, Address finalAuthority, ReadOnlySpan<byte> sha256OfFile)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sha256OfFile.Length, SHA256.HashSizeInBytes);
        byte[] hashed = [.. Domain, .. (programId ?? default).Bytes, .. finalAuthority.Bytes, .. sha256OfFile];
        var seed = Convert.ToHexStringLower(SHA256.HashData(hashed))[..ProgramAddress.MaxSeedLength];
        return new SeededAddress(payer, seed, LoaderProgram.Id);
    }
}
