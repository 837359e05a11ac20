using System.Text.RegularExpressions;

namespace Actions.Core.Tests.Examples;

/// <summary>A mistake somebody could make in any example.</summary>
/// <param name="What">The kind of mistake.</param>
/// <param name="Pattern">What is there; its last match when <see cref="IsLast"/>.</param>
/// <param name="Replacement">What is written instead. Its first line that differs is the mistake's place, unless <see cref="Below"/> or <see cref="At"/> say otherwise.</param>
/// <param name="Code">Of the only fault.</param>
/// <param name="Expected">Part of what the fault says.</param>
internal sealed record Seed(string What, string Pattern, string Replacement, string Code, string Expected)
{
    public bool IsLast { get; init; }

    /// <summary>How many lines below the first changed one the mistake is.</summary>
    public int Below { get; init; }

    /// <summary>What stands in the mistake's line, where it is about something that is not there; the last match counts.</summary>
    public string? At { get; init; }

    /// <summary>The text with the mistake and the mistake's line; null where the text has nothing to make it of.</summary>
    public (string Text, int Line)? In(string text)
    {
        var matches = Regex.Matches(text, Pattern, RegexOptions.Multiline);
        if (matches.Count == 0)
        {
            return null;
        }

        var match = IsLast ? matches[^1] : matches[0];
        var seeded = text[..match.Index] + match.Result(Replacement) + text[(match.Index + match.Length)..];
        var at = At is null ? text.Zip(seeded).TakeWhile(pair => pair.First == pair.Second).Count() : Regex.Matches(seeded, At, RegexOptions.Multiline)[^1].Index;
        return (seeded, seeded[..at].Count(character => character == '\n') + 1 + Below);
    }

    /// <summary>Every mistake that can be made in every example.</summary>
    public static TheoryData<string, string> Cases(IReadOnlyList<Seed> seeds, Func<Example, string> textOf)
    {
        TheoryData<string, string> cases = [];
        foreach (var (name, seed) in Example.Names.SelectMany(name => seeds.Select(seed => (name, seed))).Where(pair => pair.seed.In(textOf(new Example(pair.name))) is not null))
        {
            cases.Add(name, seed.What);
        }

        return cases;
    }
}
