using Actions.Cli.Rollback;
using Actions.Cli.VerifyProgram;
using Actions.Core.Ledger;
using Actions.Core.Registry;
using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>What is written down of a program that this run did not deploy.</summary>
internal static class RunningEntry
{
    /// <param name="release">Whose bytes they are said to be.</param>
    /// <returns>Null where no program runs, or other bytes than the record's.</returns>
    public static RegistryEntry? Of(string name, Address id, ProgramOnChain onChain, LedgerRecord? release, DateTimeOffset now) =>
        onChain is ProgramOnChain.Running running && release is { Facts.Sha256: { } sha256 } && release.ExecutableHash == running.ExecutableHash
            ? new RegistryEntry(name, id, running.ExecutableHash, sha256, release.Version(), running.Slot, now)
            : null;
}
