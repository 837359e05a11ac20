using System.Security.Cryptography;
using Actions.Core.Ledger;
using Actions.Core.Solana;

namespace Actions.Core.Tests.Ledger;

/// <summary>Events as short as a test needs them.</summary>
internal static class Make
{
    public const string Environment = "staging";

    public static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    public static readonly Address Program = AddressOf(7);

    public static Address AddressOf(byte seed)
    {
        var bytes = new byte[Address.Size];
        Array.Fill(bytes, seed);
        return new Address(bytes);
    }

    public static Signature SignatureOf(byte seed)
    {
        var bytes = new byte[Signature.Size];
        Array.Fill(bytes, seed);
        return new Signature(bytes);
    }

    /// <summary>The hash of the bytes a test calls by this letter.</summary>
    public static string Hash(char bytes) => Convert.ToHexStringLower(SHA256.HashData([(byte)bytes]));

    public static LedgerEvent Event(string id, RecordState state = RecordState.Started, RecordKind kind = RecordKind.Release) => new()
    {
        Id = id,
        Kind = kind,
        State = state,
        Environment = Environment,
        ProgramId = Program,
        At = Noon,
    };

    /// <summary>An event with every field set.</summary>
    public static LedgerEvent Full() => Event("01KAGXQ5V0ZZZZZZZZZZZZZZZZ", RecordState.Succeeded) with
    {
        Cluster = "devnet",
        GenesisHash = AddressOf(1).ToString(),
        Name = "perps",
        Version = "1.2.3",
        Variant = "default",
        Sha256 = Hash('a'),
        ExecutableHash = Hash('b'),
        From = "01KAGXQ5V0YYYYYYYYYYYYYYYY",
        Restores = "01KAGXQ5V0XXXXXXXXXXXXXXXX",
        UndoneBy = "01KAGXQ5V0WWWWWWWWWWWWWWWW",
        Adopted = true,
        Unchanged = false,
        SameBytes = true,
        Buffer = AddressOf(2),
        Multisig = AddressOf(6),
        Vault = 1,
        TransactionIndex = 17,
        Signature = SignatureOf(3),
        Slot = ulong.MaxValue,
        BlockTime = 1_795_176_000,
        UpgradeAuthority = AddressOf(4),
        Approvals = [new Approval("production-sre", "octocat", 583231, "línea 1\nline 2 \u2028 <&>")],
        Keys = [new KeyUse("payer", AddressOf(5), "vault-transit", "3", Noon.AddDays(-1))],
        Actor = "octocat",
        RunUrl = "https://github.com/acme/perps/actions/runs/42/attempts/2?a=b&c=d",
        Host = "build-7",
        Pid = 812,
        ProcessStart = "123456@6a1c7c3e-0000-4000-8000-000000000000",
        TimeoutSeconds = 1800,
        StartedAt = Noon.AddMinutes(-2),
        FinishedAt = Noon,
        Transactions = 12,
        FeeLamports = 60_000,
        Reason = "because",
        Until = Noon.AddDays(1),
        ReleaseId = "01KAGXQ5V0VVVVVVVVVVVVVVVV",
        RefersTo = "01KAGXQ5V0TTTTTTTTTTTTTTTT",
        Check = CheckKind.Smoke,
        Passed = 3,
        Failed = 1,
        Skipped = 2,
        Findings = 4,
        SpecSha256 = Hash('c'),
        RtoSeconds = 41.25,
    };

    public static IReadOnlyList<LedgerRecord> Records(params IEnumerable<LedgerEvent> events) => LedgerFold.Fold(events).Value;
}
