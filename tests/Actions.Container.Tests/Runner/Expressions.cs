using System.Text.RegularExpressions;

namespace Actions.Container.Tests.Runner;

/// <summary>As much of `${{ … }}` as our files and the steps of a test use: the value of a context's property.</summary>
internal static partial class Expressions
{
    public static string Evaluate(string text, IReadOnlyDictionary<string, string> contexts) =>
        Expression().Replace(text, match => contexts.GetValueOrDefault(match.Groups[1].Value, ""));

    [GeneratedRegex(@"\$\{\{\s*([\w.-]+)\s*\}\}")]
    private static partial Regex Expression();
}
