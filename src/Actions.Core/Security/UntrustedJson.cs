using System.Text.Json;

namespace Actions.Core.Security;

/// <summary>Looks into documents of which nothing can be taken for granted.</summary>
internal static class UntrustedJson
{
    public static JsonElement? Member(this JsonElement element, string name, JsonValueKind kind) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == kind ? value : null;

    public static string? Word(this JsonElement element, string name) => element.Member(name, JsonValueKind.String)?.GetString() is { Length: > 0 } text ? text : null;

    public static IEnumerable<JsonElement> List(this JsonElement element, string name) =>
        element.Member(name, JsonValueKind.Array) is { } list ? list.EnumerateArray() : [];

    public static IEnumerable<JsonProperty> Named(this JsonElement element, string name) =>
        element.Member(name, JsonValueKind.Object) is { } map ? map.EnumerateObject() : [];
}
