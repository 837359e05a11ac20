using System.Globalization;
using System.Text.RegularExpressions;
using Actions.Core.Faults;
using Actions.Core.Solana;

namespace Actions.Core.Keys;

/// <summary>Reads the grammar of key references (contract §3). Nothing that could be a key is ever quoted.</summary>
internal static partial class KeyReferenceParser
{
    public const string Forms =
        "env:NAME, a key's JSON byte array or base58 (64 bytes), vault:, vault-transit:, azure-keyvault:, aws-secretsmanager:, aws-kms:, squads: or an address";

    private const int LongestReference = 2048;

    public static Result<KeyReference> Parse(string text, string input)
    {
        text = text.Trim();
        if (text.StartsWith('['))
        {
            return KeyLiteral.FromJson(text, input);
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return LooksLikeFile(text) ? File(input) : KeyLiteral.FromBase58(text, input);
        }

        var (scheme, rest) = (text[..colon], text[(colon + 1)..]);
        if (text.Length > LongestReference || rest.Any(char.IsControl))
        {
            return Malformed(input, "a key reference on one line");
        }

        return scheme switch
        {
            "env" => VariableName().IsMatch(rest) ? new KeyReference.Variable(rest) : Malformed(input, "env:NAME"),
            "vault" => Vault(rest, input),
            "vault-transit" => Transit(rest, input),
            "azure-keyvault" => Azure(rest, input),
            "aws-secretsmanager" => SecretsManager(rest, input),
            "aws-kms" => Kms(rest, input),
            "squads" => Squads(rest, input),
            _ => new Fault(FaultCodes.InputUnknownValue, $"Expected a key reference in '{input}': {Forms}",
                "found a reference of another kind (not shown: it could be a key)", "use one of these forms", input),
        };
    }

    private static Result<KeyReference> Vault(string rest, string input)
    {
        var match = VaultForm().Match(rest);
        return match.Success
            ? new KeyReference.Vault(match.Groups["path"].Value, match.Groups["field"].Value)
            : Malformed(input, "vault:<mount>/<path>#<field>");
    }

    private static Result<KeyReference> Transit(string rest, string input)
    {
        var match = TransitForm().Match(rest);
        return match.Success
            ? new KeyReference.VaultTransit(match.Groups["mount"].Value, match.Groups["key"].Value,
                match.Groups["version"] is { Success: true } version ? uint.Parse(version.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : null)
            : Malformed(input, "vault-transit:<mount>/<key>[@version]");
    }

    private static Result<KeyReference> Azure(string rest, string input)
    {
        var match = AzureForm().Match(rest);
        return match.Success
            ? new KeyReference.AzureKeyVault(match.Groups["vault"].Value, match.Groups["secret"].Value, Optional(match.Groups["version"]))
            : Malformed(input, "azure-keyvault:<vault>/<secret>[/<version>]");
    }

    private static Result<KeyReference> SecretsManager(string rest, string input)
    {
        var match = SecretsManagerForm().Match(rest);
        return match.Success
            ? new KeyReference.AwsSecretsManager(match.Groups["region"].Value, match.Groups["id"].Value, Optional(match.Groups["field"]))
            : Malformed(input, "aws-secretsmanager:<region>/<id>[#field]");
    }

    private static Result<KeyReference> Kms(string rest, string input)
    {
        var match = KmsForm().Match(rest);
        return match.Success
            ? new KeyReference.AwsKms(match.Groups["region"].Value, match.Groups["key"].Value)
            : Malformed(input, "aws-kms:<region>/<key-id>");
    }

    private static Result<KeyReference> Squads(string rest, string input)
    {
        var parts = rest.Split('/');
        byte index = 0;
        var wellFormed = Address.TryParse(parts[0], out var multisig)
            && (parts.Length == 1 || (parts.Length == 2 && byte.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index)));
        return wellFormed ? new KeyReference.Squads(multisig, index) : Malformed(input, "squads:<multisig>[/<vault-index>]");
    }

    private static string? Optional(Group group) => group.Success ? group.Value : null;

    private static bool LooksLikeFile(string text) =>
        text.StartsWith('/') || text.StartsWith('~') || text.StartsWith('.') || text.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    private static Fault File(string input) => new(FaultCodes.InputUnknownValue, $"Expected a key reference in '{input}': {Forms}",
        "found what looks like the path of a key file", "keep keys out of the workspace: put the file's content into a secret and pass that, or use env:NAME", input);

    private static Fault Malformed(string input, string form) => new(FaultCodes.InputInvalid, $"Expected {form} in '{input}'",
        "found a reference of that kind in another form", "check its parts and separators", input);

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*\z")]
    private static partial Regex VariableName();

    [GeneratedRegex(@"\A(?<path>[^/#\s][^#\s]*/[^#\s]*[^/#\s])#(?<field>[^#\s]+)\z")]
    private static partial Regex VaultForm();

    [GeneratedRegex(@"\A(?<mount>[^/@\s][^@\s]*)/(?<key>[^/@\s]+)(?:@(?<version>[1-9][0-9]{0,8}))?\z")]
    private static partial Regex TransitForm();

    [GeneratedRegex(@"\A(?<vault>https?://[^/\s]+|[A-Za-z0-9-]+)/(?<secret>[A-Za-z0-9-]+)(?:/(?<version>[A-Za-z0-9]+))?\z")]
    private static partial Regex AzureForm();

    [GeneratedRegex(@"\A(?<region>[a-z0-9-]+)/(?<id>[^#\s]+)(?:#(?<field>[^#\s]+))?\z")]
    private static partial Regex SecretsManagerForm();

    [GeneratedRegex(@"\A(?<region>[a-z0-9-]+)/(?<key>[^#\s]+)\z")]
    private static partial Regex KmsForm();
}
