using System.Buffers.Binary;
using Actions.Core.Solana;

namespace Actions.Core.Loader;

/// <summary>The feature accounts that decide which SBPF versions a cluster takes.</summary>
public static class FeatureGates
{
    public static readonly Address Owner = Address.Parse("Feature111111111111111111111111111111111111");

    public static readonly Address SbpfV1 = Address.Parse("JE86WkYvTrzW8HgNmrHY7dFYpCmSptUpKupbo2AdQ9cG");
    public static readonly Address SbpfV2 = Address.Parse("F6UVKh1ujTEFK3en2SyAL3cdVnqko1FVEXWhmdLRu6WP");
    public static readonly Address SbpfV3 = Address.Parse("5cC3foj77CWun58pC51ebHFUWavHWKarWyR5UUik7dnC");

    /// <summary>Once active, versions 0 to 2 can no longer be deployed (SIMD-0500).</summary>
    public static readonly Address NoSbpfBelowV3 = Address.Parse("B8JJXCy5amZyWG9r7EnUYLwzXSXTxG7GZ1qZ1qggo83g");

    /// <summary>The gates that bear on a version: ask for these.</summary>
    public static IReadOnlyList<Address> For(int sbpfVersion) => sbpfVersion switch
    {
        0 => [NoSbpfBelowV3],
        1 => [SbpfV1, NoSbpfBelowV3],
        2 => [SbpfV2, NoSbpfBelowV3],
        3 => [SbpfV3],
        _ => [],
    };

    /// <summary>Whether a cluster takes a program of this version; null when what is known of its gates does not decide it.</summary>
    /// <param name="sbpfVersion">As the ELF says.</param>
    /// <param name="active">Of a gate: active, not active (also: no such account), or null when nobody could say.</param>
    public static bool? IsEnabled(int sbpfVersion, Func<Address, bool?> active) => sbpfVersion switch
    {
        0 => !active(NoSbpfBelowV3),
        1 => active(SbpfV1) & !active(NoSbpfBelowV3),
        2 => active(SbpfV2) & !active(NoSbpfBelowV3),
        3 => active(SbpfV3),
        _ => false,
    };

    /// <summary>The slot a feature account was activated in; null for a pending one and for anything that is no feature account.</summary>
    public static ulong? ActivationSlot(Address owner, ReadOnlySpan<byte> account) =>
        owner == Owner && account.Length >= 9 && account[0] == 1 ? BinaryPrimitives.ReadUInt64LittleEndian(account[1..]) : null;
}
