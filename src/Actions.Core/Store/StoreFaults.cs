using Actions.Core.Faults;
using Actions.Core.Runner;

namespace Actions.Core.Store;

/// <summary>What can be wrong with a store, said the same way for every kind of store.</summary>
public static class StoreFaults
{
    private const int LongestProblem = 200;

    public static Fault Failed(string store, string problem) => new(
        FaultCodes.StoreFailed, $"Expected to read and write the store {store}", $"found {PlainText.Bound(PlainText.CleanLine(problem), LongestProblem)}",
        "make it reachable and writable and give it room, then run again", "store");

    public static Fault Tampered(string where, string expected, string found) => new(
        FaultCodes.Tampered, $"Expected {expected} at {where}", $"found {found}", "find out who changed the store, then restore it from a copy you trust; release nothing of it meanwhile", "store");

    public static Fault Exists(Manifest stored, string found) => new(
        FaultCodes.VersionExists, $"Expected the bytes of {stored.Name} {stored.Version} that are stored already", $"found {found}",
        "give the new bytes a new version: a version never changes", "version");

    public static Fault Pruned(Manifest pruned) => new(
        FaultCodes.VersionExists, $"Expected a version of {pruned.Name} that was never stored", $"found that {pruned.Version} was stored, and pruned since",
        "give the bytes a new version: a version never means something else", "version");
}
