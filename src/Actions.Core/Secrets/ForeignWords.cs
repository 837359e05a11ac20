using System.Text.RegularExpressions;
using Actions.Core.Runner;

namespace Actions.Core.Secrets;

/// <summary>
/// A provider's own words, fit to be quoted. They may repeat what it was sent, and what it keeps, which this run never saw and so cannot have
/// masked: everything in them that has the form of a token or of a key is left out.
/// </summary>
internal static partial class ForeignWords
{
    private const string NotShown = "(not shown)";
    private const int LongestName = 24;
    private const int MostRead = 4096;
    private const int MostShown = 300;

    /// <summary>Bounded and on one line, in quotes.</summary>
    public static string Quote(string? words) => words is { Length: > 0 } ? $"'{PlainText.Bound(PlainText.CleanLine(WithoutSecrets(PlainText.Bound(words, MostRead))), MostShown)}'" : "no reason";

    private static string WithoutSecrets(string words) =>
        LongRun().Replace(Numbers().Replace(words, NotShown), run => IsSecret(run.ValueSpan) ? NotShown : run.Value);

    /// <summary>Random letters come in both cases and with digits, or are hexadecimal, or change their case at every other step; names, paths, ids and hosts do not.</summary>
    private static bool IsSecret(ReadOnlySpan<char> run)
    {
        var hasDigit = run.ContainsAnyInRange('0', '9');
        var isMixed = run.ContainsAnyInRange('a', 'z') && run.ContainsAnyInRange('A', 'Z');
        return (isMixed && (hasDigit || (run.Length >= LongestName && 3 * Changes(run) > run.Length))) || (hasDigit && Hexadecimal().IsMatch(run));
    }

    private static int Changes(ReadOnlySpan<char> run)
    {
        var changes = 0;
        for (var i = 1; i < run.Length; i++)
        {
            changes += char.IsAsciiLetterUpper(run[i]) == char.IsAsciiLetterUpper(run[i - 1]) ? 0 : 1;
        }

        return changes;
    }

    [GeneratedRegex("[A-Za-z0-9+/=_.~-]{16,}")]
    private static partial Regex LongRun();

    [GeneratedRegex("[0-9A-Fa-f]{32}")]
    private static partial Regex Hexadecimal();

    /// <summary>Eight bytes of a key or more, written as numbers.</summary>
    [GeneratedRegex(@"[0-9]{1,3}(?:[\s,]{1,4}[0-9]{1,3}){7,}")]
    private static partial Regex Numbers();
}
