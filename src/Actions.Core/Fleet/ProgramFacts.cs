using Actions.Core.Loader;

namespace Actions.Core.Fleet;

/// <summary>Everything a judgement needs of a program's bytes, so that they need not be read again while they stay the same.</summary>
/// <param name="ExecutableHash">64 lower-case hex digits.</param>
/// <param name="SbpfVersion">Null where the bytes are no program that a loader would take today.</param>
/// <param name="SecurityTxt">What is wrong with it, empty when it is sound; null when there is none.</param>
public sealed record ProgramFacts(string ExecutableHash, int? SbpfVersion, IReadOnlyList<string>? SecurityTxt)
{
    /// <param name="data">The program's bytes, zero padded to the account's capacity.</param>
    public static ProgramFacts Of(ReadOnlyMemory<byte> data)
    {
        var program = ProgramBinary.Read(data, "program");
        return new ProgramFacts(
            Convert.ToHexStringLower(ProgramBinary.HashOf(data.Span)),
            program.IsOk ? program.Value.SbpfVersion : null,
            Loader.SecurityTxt.Find(data.Span)?.Problems);
    }

    /// <summary>What the last run knew, if nothing can have changed it since: the loader writes the slot with every deploy, upgrade and extension.</summary>
    /// <remarks>An extension after an upgrade is a later slot than any seen, so whatever lies before it is looked at.</remarks>
    public static ProgramFacts? Known(FleetSnapshotProgram? seen, string genesisHash, string programId, ulong slot) =>
        seen is { ExecutableHash: { } hash } && seen.GenesisHash == genesisHash && seen.ProgramId == programId && seen.Slot == slot
            ? new ProgramFacts(hash, seen.SbpfVersion, seen.SecurityTxt)
            : null;
}
