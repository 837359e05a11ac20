using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Actions.Core.Tests.Conventions;

/// <summary>As much of JSON Schema 2020-12 as docs/schema uses; an unknown keyword is an error, so that none is overlooked.</summary>
internal sealed class JsonSchema(JsonNode root)
{
    private static readonly HashSet<string> Annotations = ["$schema", "$id", "title", "description", "$defs", "default", "format"];

    public static JsonSchema Load(string name) => new(JsonNode.Parse(Repository.Read($"docs/schema/{name}.schema.json"))!);

    public IReadOnlyList<string> Errors(JsonNode? value) => [.. Check(root, value, "$")];

    /// <summary>YAML as the JSON it stands for: unquoted true, false, null and numbers are no strings.</summary>
    public static JsonNode? FromYaml(string text)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        return Convert(yaml.Documents[0].RootNode);
    }

    private static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new JsonObject(mapping.Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, Convert(pair.Value)))),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Select(Convert)]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" or "null" } scalar => JsonNode.Parse(scalar.Value!),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar when Regex.IsMatch(scalar.Value!, @"\A-?(0|[1-9][0-9]*)(\.[0-9]+)?\z") => JsonNode.Parse(scalar.Value!),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => throw new InvalidOperationException(),
    };

    private IEnumerable<string> Check(JsonNode schema, JsonNode? value, string at)
    {
        if (schema is not JsonObject rules)
        {
            return schema.GetValue<bool>() ? [] : [$"{at}: is not allowed"];
        }

        return rules.SelectMany(rule => CheckRule(rules, rule.Key, rule.Value!, value, at));
    }

    private IEnumerable<string> CheckRule(JsonObject rules, string name, JsonNode rule, JsonNode? value, string at) => name switch
    {
        _ when Annotations.Contains(name) => [],
        "$ref" => Check(root["$defs"]![rule.GetValue<string>()["#/$defs/".Length..]]!, value, at),
        "type" => Must((rule as JsonArray)?.Any(type => IsOf(type!.GetValue<string>(), value)) ?? IsOf(rule.GetValue<string>(), value), $"{at}: is no {rule.ToJsonString()}"),
        "const" => Must(JsonNode.DeepEquals(rule, value), $"{at}: is not {rule.ToJsonString()}"),
        "enum" => Must(rule.AsArray().Any(choice => JsonNode.DeepEquals(choice, value)), $"{at}: is none of {rule.ToJsonString()}"),
        "pattern" => Must(value?.GetValueKind() != JsonValueKind.String || Regex.IsMatch(value.GetValue<string>(), rule.GetValue<string>()), $"{at}: does not match {rule}"),
        "minimum" => Must(value?.GetValueKind() != JsonValueKind.Number || Number(value) >= Number(rule), $"{at}: is below {rule}"),
        "maximum" => Must(value?.GetValueKind() != JsonValueKind.Number || Number(value) <= Number(rule), $"{at}: is above {rule}"),
        "required" => rule.AsArray().Where(key => value is JsonObject map && !map.ContainsKey(key!.GetValue<string>())).Select(key => $"{at}: lacks {key}"),
        "properties" => value is JsonObject map
            ? rule.AsObject().Where(property => map.ContainsKey(property.Key)).SelectMany(property => Check(property.Value!, map[property.Key], $"{at}.{property.Key}"))
            : [],
        "additionalProperties" => value is JsonObject map
            ? map.Where(pair => rules["properties"] is not JsonObject known || !known.ContainsKey(pair.Key)).SelectMany(pair => Check(rule, pair.Value, $"{at}.{pair.Key}"))
            : [],
        "propertyNames" => value is JsonObject map ? map.SelectMany(pair => Check(rule, JsonValue.Create(pair.Key), $"{at}.{pair.Key}")) : [],
        "minProperties" => Must(value is not JsonObject map || map.Count >= rule.GetValue<int>(), $"{at}: has too few properties"),
        "items" => value is JsonArray list ? list.SelectMany((item, index) => Check(rule, item, $"{at}[{index}]")) : [],
        "minItems" => Must(value is not JsonArray list || list.Count >= rule.GetValue<int>(), $"{at}: has too few items"),
        "anyOf" => Must(rule.AsArray().Any(choice => !Check(choice!, value, at).Any()), $"{at}: is none of the forms allowed"),
        "oneOf" => Must(rule.AsArray().Count(choice => !Check(choice!, value, at).Any()) == 1, $"{at}: is not exactly one of the forms allowed"),
        _ => throw new InvalidOperationException($"The schema's keyword '{name}' is unknown here."),
    };

    private static string[] Must(bool holds, string error) => holds ? [] : [error];

    private static decimal Number(JsonNode node) => decimal.Parse(node.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture);

    private static bool IsOf(string type, JsonNode? value) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) or ("null", JsonValueKind.Null)
            or ("boolean", JsonValueKind.True or JsonValueKind.False) or ("number", JsonValueKind.Number) => true,
        ("integer", JsonValueKind.Number) => decimal.IsInteger(Number(value!)),
        _ => false,
    };
}
