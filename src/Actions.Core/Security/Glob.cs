using System.Text;
using System.Text.RegularExpressions;

namespace Actions.Core.Security;

/// <summary>Patterns of paths: `*` and `?` within a name, `**` over folders.</summary>
public static class Glob
{
    public static bool IsPattern(string path) => path.AsSpan().ContainsAny('*', '?');

    public static bool Matches(string pattern, string path) => Regex.IsMatch(path, Expression(pattern), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    private static string Expression(string pattern)
    {
        var expression = new StringBuilder(@"\A");
        for (var at = 0; at < pattern.Length; at++)
        {
            var rest = pattern.AsSpan(at);
            if (rest.StartsWith("**/", StringComparison.Ordinal))
            {
                expression.Append("(?:.*/)?");
                at += 2;
            }
            else if (rest.StartsWith("**", StringComparison.Ordinal))
            {
                expression.Append(".*");
                at++;
            }
            else
            {
                expression.Append(pattern[at] switch { '*' => "[^/]*", '?' => "[^/]", var character => Regex.Escape(character.ToString()) });
            }
        }

        return expression.Append(@"\z").ToString();
    }
}
