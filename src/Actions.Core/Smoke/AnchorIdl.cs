using System.Text.Json;
using Actions.Core.Solana;

namespace Actions.Core.Smoke;

/// <summary>What an Anchor IDL says about a program's accounts; both the form before Anchor 0.30 and the one since.</summary>
public sealed class AnchorIdl
{
    public const int LongestFile = 4 * 1024 * 1024;

    private const int MostDepth = 64;

    private readonly Dictionary<string, JsonElement> types;
    private readonly List<(string Name, byte[] Discriminator)> accounts;

    private AnchorIdl(Dictionary<string, JsonElement> types, List<(string Name, byte[] Discriminator)> accounts) => (this.types, this.accounts) = (types, accounts);

    /// <summary>Null when it is no IDL.</summary>
    public static AnchorIdl? Read(byte[] file)
    {
        try
        {
            using var document = JsonDocument.Parse(file, new JsonDocumentOptions { MaxDepth = MostDepth });
            var root = document.RootElement.Clone();
            var types = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
            var accounts = new List<(string, byte[])>();
            foreach (var type in Items(root, "types"))
            {
                types[type.GetProperty("name").GetString()!] = type.GetProperty("type");
            }

            foreach (var account in Items(root, "accounts"))
            {
                var name = account.GetProperty("name").GetString()!;
                if (account.TryGetProperty("type", out var type))
                {
                    types[name] = type;
                }

                accounts.Add((name, account.TryGetProperty("discriminator", out var given) ? [.. given.EnumerateArray().Select(number => number.GetByte())] : AnchorDiscriminator.OfAccount(name)));
            }

            return accounts.Count > 0 ? new AnchorIdl(types, accounts) : null;
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>What is wrong with the name of a field (`fee_bps`, `limits.max_bet`, `GlobalConfig.fee_bps`); null when some account can have it.</summary>
    public string? Complain(string field)
    {
        var path = field.Split('.');
        return accounts.Exists(account => Tail(account.Name, path) is { Length: > 0 } tail && TypeAt(account.Name, tail)) ? null
            : $"the IDL has accounts {string.Join(", ", accounts.Take(10).Select(account => account.Name))}, and none of them has such a field";
    }

    /// <summary>The field of whatever account these bytes are; null, and why, when they hold none.</summary>
    public SmokeValue? Read(ReadOnlySpan<byte> data, string field, out string why)
    {
        foreach (var (name, discriminator) in accounts)
        {
            if (!data.StartsWith(discriminator) || !types.TryGetValue(name, out var type))
            {
                continue;
            }

            if (Tail(name, field.Split('.')) is not { Length: > 0 } path)
            {
                why = $"an account of the type {name}";
                return null;
            }

            var rest = data[discriminator.Length..];
            var value = new IdlReader(types).ReadTo(type, path, ref rest);
            why = value is null ? $"an account {name} whose bytes end before that field, or do not fit the IDL" : "";
            return value;
        }

        why = "an account of a type that the IDL does not have";
        return null;
    }

    internal static bool SameName(string one, string other) =>
        one == other || string.Equals(one.Replace("_", "", StringComparison.Ordinal), other.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);

    private static JsonElement.ArrayEnumerator Items(JsonElement root, string name) =>
        root.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray() : default;

    /// <summary>The path within the account: without the account's name when it starts with it; empty when it names another account.</summary>
    private string[] Tail(string account, string[] path) =>
        path is [var first, _, ..] && accounts.Exists(other => other.Name == first) ? first == account ? path[1..] : [] : path;

    private bool TypeAt(string account, string[] path) => types.TryGetValue(account, out var type) && new IdlReader(types).Has(type, path);
}
