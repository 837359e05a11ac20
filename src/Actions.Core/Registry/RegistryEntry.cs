using Actions.Core.Solana;

namespace Actions.Core.Registry;

/// <summary>What runs in an environment, for the backends and frontends that call it.</summary>
/// <param name="Program">Its name; its id where nothing names it.</param>
/// <param name="Version">Of the release; null when nobody said.</param>
/// <param name="Slot">Of the last deploy.</param>
/// <param name="Time">When it was written down.</param>
public sealed record RegistryEntry(string Program, Address Id, string ExecutableHash, string Sha256, string? Version, ulong Slot, DateTimeOffset Time);
