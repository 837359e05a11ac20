using Actions.Core.Faults;
using Actions.Core.Loader;

namespace Actions.Core.Gates;

/// <summary>Gates that the bytes themselves decide: there is a build for the target, and it declares the target's id.</summary>
internal static class BytesGates
{
    public static GateResult Variant(GateEvidence evidence)
    {
        const string Gate = "Variant";
        var expected = $"a build for {evidence.To} (variant {evidence.ToVariant}) of every program";
        var missing = evidence.Programs.Where(program => program.Artifact is null).Select(program => $"{program.Name}@{evidence.ToVariant}").ToList();
        return missing.Count == 0
            ? GateResult.Met(Gate, expected, evidence.Programs.Count == 1 ? "it" : $"all {evidence.Programs.Count}")
            : GateResult.Unmet(Gate, expected, $"none of {string.Join(", ", missing)} in the manifest of {evidence.Version}", "build this variant in the same build job under a new version, and promote that") with { ErrorCode = FaultCodes.VariantMissing };
    }

    public static IEnumerable<GateResult> DeclaredIds(GateEvidence evidence)
    {
        foreach (var program in evidence.Programs)
        {
            if (program is { Artifact: not null, Id: { } id })
            {
                yield return DeclaredIdOf(program, id, evidence.To);
            }
        }
    }

    private static GateResult DeclaredIdOf(ProgramEvidence program, Solana.Address id, string to)
    {
        const string Gate = "Declared id";
        var expected = $"{program.Name} to declare its id in {to}, {id}";
        if (DeclaredId.IsIn(program.Bytes.Span, id))
        {
            return GateResult.Met(Gate, expected, "it in the binary");
        }

        if (DeclaredId.Elsewhere(program.Bytes.Span, id, program.OtherIds) is var (environment, other))
        {
            return GateResult.Unmet(Gate, expected, $"the id in {environment}, {other}: the program would refuse every call", $"give {to} a variant of its own in the release file, and build it with that id");
        }

        return GateResult.Warned(Gate, expected, "no id of any environment in the binary", "nothing, if the program does not check its own id", FaultCodes.DeclaredIdMismatch);
    }
}
