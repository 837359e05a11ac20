using System.Text.Json;
using Actions.Core.Loader;
using Actions.Core.Runner;

namespace Actions.Core.Metadata;

/// <summary>A security.txt as program-metadata keeps it: an object of texts, or of lists of texts (github.com/solana-program/program-metadata, README).</summary>
public static class SecurityMetadata
{
    private static readonly string[] Own = ["logo", "description", "notification", "sdk", "version"];

    /// <summary>What is wrong with it; null for nothing. An unknown key would be a field that nobody reads.</summary>
    public static string? Complain(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return "no object";
        }

        HashSet<string> seen = [];
        foreach (var field in root.EnumerateObject())
        {
            if (!SecurityTxt.Required.Contains(field.Name) && !SecurityTxt.Optional.Contains(field.Name) && !Own.Contains(field.Name))
            {
                return $"{PlainText.Quote(field.Name)}, which is no field of a security.txt";
            }

            if (!seen.Add(field.Name))
            {
                return $"{field.Name} twice";
            }

            if (!IsText(field.Value) && !(field.Value.ValueKind == JsonValueKind.Array && field.Value.EnumerateArray().All(IsText)))
            {
                return $"{field.Name} with something else than a text, or a list of texts";
            }
        }

        return SecurityTxt.Required.FirstOrDefault(name => !seen.Contains(name)) is { } missing ? $"no {missing}" : null;
    }

    private static bool IsText(JsonElement value) => value.ValueKind == JsonValueKind.String;
}
