namespace Actions.Core.Solana;

/// <summary>Accounts the cluster itself keeps.</summary>
public static class Sysvars
{
    public static readonly Address Rent = Address.Parse("SysvarRent111111111111111111111111111111111");
    public static readonly Address Clock = Address.Parse("SysvarC1ock11111111111111111111111111111111");

    public static readonly Address RecentBlockhashes = Address.Parse("SysvarRecentB1ockHashes11111111111111111111");

    /// <summary>Who owns them.</summary>
    public static readonly Address Owner = Address.Parse("Sysvar1111111111111111111111111111111111111");
}
