using Actions.Core.Runner;

namespace Actions.Core.Gates;

/// <summary>A person must have typed what the release file says, letter by letter.</summary>
internal static class PhraseGate
{
    public static GateResult Judge(string wanted, string? typed)
    {
        const string Gate = "Phrase";
        var expected = $"the phrase {PlainText.Quote(wanted)}";
        return typed == wanted ? GateResult.Met(Gate, expected, "it")
            : GateResult.Unmet(Gate, expected, typed is null ? "none" : "another text", "type the phrase as it is, capital letters included, into the input phrase", "phrase");
    }
}
