using System.Text.RegularExpressions;

namespace Actions.Core.Security.Secrets;

/// <summary>Tokens of HashiCorp Vault: service, batch and recovery tokens say what they are; older ones only where a variable does.</summary>
/// <remarks>https://developer.hashicorp.com/vault/docs/concepts/tokens#token-prefixes</remarks>
internal static partial class VaultTokenSearch
{
    private const int FewestLetters = 12;

    /// <summary>Where each begins.</summary>
    public static IEnumerable<int> Find(string text) =>
        Token().Matches(text).Select(match => match.Groups[1]).Concat(Old().Matches(text).Select(match => match.Groups[1]))
            .Where(token => token.Value.Distinct().Count() >= FewestLetters && token.Value.Any(char.IsAsciiDigit)).Select(token => token.Index);

    [GeneratedRegex(@"(?<![\w.-])hv[sbr]\.([A-Za-z0-9_-]{24,})")]
    private static partial Regex Token();

    [GeneratedRegex("""VAULT_TOKEN["']?\s*[:=]\s*["']?s\.([A-Za-z0-9]{24})(?![A-Za-z0-9])""")]
    private static partial Regex Old();
}
