using Actions.Core.Solana;

namespace Actions.Core.Rpc;

/// <summary>A value together with the slot whose state it shows.</summary>
public sealed record At<T>(ulong Slot, T Value);

/// <param name="Data">The bytes asked for; with a slice, fewer than <paramref name="Space"/>.</param>
public sealed record AccountInfo(ulong Lamports, Address Owner, bool IsExecutable, ReadOnlyMemory<byte> Data, ulong Space);

public sealed record KeyedAccount(Address Address, AccountInfo Account);

public sealed record LatestBlockhash(Blockhash Hash, ulong LastValidBlockHeight);

/// <param name="Error">The transaction's error as compact JSON; null when it succeeded.</param>
public sealed record SignatureStatus(ulong Slot, string? Error, Commitment Confirmation);

/// <param name="Error">The transaction's error as compact JSON; null when it would succeed.</param>
public sealed record Simulation(string? Error, IReadOnlyList<string> Logs, ulong UnitsConsumed);

public sealed record SignatureInfo(Signature Signature, ulong Slot, string? Error, long? BlockTime);

/// <summary>Which part of an account's data to return.</summary>
public readonly record struct DataSlice(int Offset, int Length);

/// <summary>A <c>memcmp</c> filter of getProgramAccounts.</summary>
public sealed record MemoryFilter(int Offset, ReadOnlyMemory<byte> Bytes);
