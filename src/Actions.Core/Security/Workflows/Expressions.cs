using System.Text.RegularExpressions;

namespace Actions.Core.Security.Workflows;

/// <summary>What `${{ … }}` in a text refers to.</summary>
internal static partial class Expressions
{
    /// <summary>Numbers, hashes and names of a fixed form, whoever caused the event.</summary>
    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal)
    {
        "number", "id", "node_id", "sha", "action", "run_id", "run_number", "run_attempt", "before", "after", "merged", "draft", "state", "created_at", "updated_at", "type", "login", "full_name", "conclusion", "status", "private", "fork",
    };

    /// <summary>Every reference of every expression, in lower case and with dots only, and where its expression begins in the text.</summary>
    public static IEnumerable<(string Name, int Index)> References(string text)
    {
        foreach (Match expression in Expression().Matches(text))
        {
            var plain = Index().Replace(expression.Groups[1].Value, match => $".{match.Groups[1].Value}");
            foreach (Match name in Name().Matches(Literal().Replace(plain, "''")))
            {
                yield return (string.Concat(name.Value.Where(character => !char.IsWhiteSpace(character))).ToLowerInvariant(), expression.Index);
            }
        }
    }

    public static bool IsSecret(string reference) => reference is "secrets" or "github.token" || (reference.StartsWith("secrets.", StringComparison.Ordinal) && reference != "secrets.github_token");

    /// <summary>The job's own token included: in a script's text it is as readable as any other.</summary>
    public static bool IsSecretOrToken(string reference) => IsSecret(reference) || reference == "secrets.github_token";

    /// <summary>What somebody outside of the workflow chooses, freely enough to be a command.</summary>
    public static bool IsUntrusted(string reference) =>
        reference is "github" or "inputs" or "github.event" or "github.head_ref" or "github.ref" or "github.ref_name" or "github.base_ref"
        || reference.StartsWith("inputs.", StringComparison.Ordinal)
        || (reference.StartsWith("github.event.", StringComparison.Ordinal) && (reference.StartsWith("github.event.inputs.", StringComparison.Ordinal)
            || reference.StartsWith("github.event.client_payload", StringComparison.Ordinal) || !Harmless.Contains(reference[(reference.LastIndexOf('.') + 1)..])));

    /// <summary>A quoted text may hold the braces that end an expression.</summary>
    [GeneratedRegex(@"\$\{\{((?:'[^']*'|(?!\}\})[^']){0,4096}?)\}\}")]
    private static partial Regex Expression();

    [GeneratedRegex(@"\[\s*(?:'([\w*-]+)'|\*|[0-9]+)\s*\]")]
    private static partial Regex Index();

    [GeneratedRegex("'[^']*'")]
    private static partial Regex Literal();

    /// <summary>No function: those have a parenthesis behind them.</summary>
    [GeneratedRegex(@"(?<![\w.-])[A-Za-z_][\w-]*(?:\s*\.\s*[\w*-]*)*(?!\s*\(|[\w.-])")]
    private static partial Regex Name();
}
