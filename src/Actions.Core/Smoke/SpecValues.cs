using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Actions.Core.Smoke;

/// <summary>YAML nodes as values and as JSON: plain `5`, `true` and `null` are no texts, quoted ones are.</summary>
internal static class SpecValues
{
    public static SmokeValue ToValue(YamlNode node) => node switch
    {
        YamlScalarNode scalar => OfScalar(scalar),
        YamlSequenceNode list => new SmokeValue.List([.. list.Select(ToValue)]),
        YamlMappingNode map => new SmokeValue.Map(map.Children.ToDictionary(pair => (pair.Key as YamlScalarNode)?.Value ?? "", pair => ToValue(pair.Value), StringComparer.Ordinal)),
        _ => new SmokeValue.Null(),
    };

    /// <param name="node">What to write.</param>
    /// <param name="json">Where to.</param>
    /// <param name="text">Turns every text into what it stands for.</param>
    public static void Write(YamlNode node, Utf8JsonWriter json, Func<string, string> text)
    {
        switch (ToValue(node))
        {
            case SmokeValue.Null:
                json.WriteNullValue();
                break;
            case SmokeValue.Flag flag:
                json.WriteBooleanValue(flag.Value);
                break;
            case SmokeValue.Number:
                json.WriteRawValue(((YamlScalarNode)node).Value!);
                break;
            case SmokeValue.Text value:
                json.WriteStringValue(text(value.Value));
                break;
            case SmokeValue.List:
                json.WriteStartArray();
                foreach (var item in (YamlSequenceNode)node)
                {
                    Write(item, json, text);
                }

                json.WriteEndArray();
                break;
            default:
                json.WriteStartObject();
                foreach (var (key, value) in ((YamlMappingNode)node).Children)
                {
                    json.WritePropertyName((key as YamlScalarNode)?.Value ?? "");
                    Write(value, json, text);
                }

                json.WriteEndObject();
                break;
        }
    }

    private static SmokeValue OfScalar(YamlScalarNode scalar) => (scalar.Style, scalar.Value ?? "") switch
    {
        (ScalarStyle.Plain, "" or "null" or "~") => new SmokeValue.Null(),
        (ScalarStyle.Plain, "true") => new SmokeValue.Flag(true),
        (ScalarStyle.Plain, "false") => new SmokeValue.Flag(false),
        (ScalarStyle.Plain, var text) when SmokeNumber.Parse(text) is { } number => new SmokeValue.Number(number),
        (_, var text) => new SmokeValue.Text(text),
    };
}
