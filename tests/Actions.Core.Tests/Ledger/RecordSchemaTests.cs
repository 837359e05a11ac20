using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.RegularExpressions;
using Actions.Core.Ledger;
using Actions.Core.Tests.Tools;

namespace Actions.Core.Tests.Ledger;

/// <summary>docs/schema/record.json and the type say the same.</summary>
public sealed class RecordSchemaTests
{
    private static readonly JsonObject Schema = JsonNode.Parse(File.ReadAllText(Repository.At("docs", "schema", "record.json")))!.AsObject();

    private static readonly JsonObject OfType = LedgerJson.Default.LedgerEvent.GetJsonSchemaAsNode().AsObject();

    [Fact]
    public void The_schema_names_the_types_fields_in_their_order()
    {
        Names(Schema).ShouldBe(Names(OfType));
        Names(Schema["properties"]!["approvals"]!["items"]!).ShouldBe(Names(OfType["properties"]!["approvals"]!["items"]!));
        Names(Schema["properties"]!["keys"]!["items"]!).ShouldBe(Names(OfType["properties"]!["keys"]!["items"]!));
    }

    [Fact]
    public void What_the_type_requires_the_schema_requires_and_the_time_as_well() =>
        Texts(Schema["required"]!).Order().ShouldBe(Texts(OfType["required"]!).Append("at").Order());

    [Fact]
    public void The_schema_lists_every_kind_state_and_check()
    {
        Texts(Schema["properties"]!["kind"]!["enum"]!).ShouldBe(Kebab<RecordKind>());
        Texts(Schema["properties"]!["state"]!["enum"]!).ShouldBe(Kebab<RecordState>());
        Texts(Schema["properties"]!["check"]!["enum"]!).ShouldBe(Kebab<CheckKind>());

        static IEnumerable<string> Kebab<T>()
            where T : struct, Enum => Enum.GetNames<T>().Select(JsonNamingPolicy.KebabCaseLower.ConvertName);
    }

    [Fact]
    public void Numbers_flags_and_lists_have_the_types_types()
    {
        foreach (var (name, ofType) in OfType["properties"]!.AsObject())
        {
            if (ofType is JsonObject && ofType["type"] is { } type && name != "schema")
            {
                var plain = type is JsonArray several ? several[0]! : type;
                Resolve(Schema["properties"]![name]!)["type"]?.GetValue<string>().ShouldBe(plain.GetValue<string>(), name);
            }
        }
    }

    [Fact]
    public void What_we_write_satisfies_the_schema()
    {
        Complaints(Make.Full()).ShouldBeEmpty();
        Complaints(Make.Event("A")).ShouldBeEmpty();
        foreach (var kind in Enum.GetValues<RecordKind>())
        {
            Complaints(Make.Event("A", RecordState.Succeeded, kind)).ShouldBeEmpty();
        }
    }

    [Fact]
    public void What_the_schema_refuses_is_refused_when_it_is_read()
    {
        foreach (var (name, bad) in new (string, JsonNode?)[]
        {
            ("schema", 0), ("id", "a b"), ("kind", "x"), ("state", 1), ("environment", ""), ("program-id", "0"), ("at", "x"),
            ("sha256", "AB"), ("signature", "x"), ("slot", -1), ("approvals", "x"), ("check", "x"), ("passed", "x"), ("rto-seconds", "x"),
        })
        {
            var line = JsonNode.Parse(LedgerLine.Write(Make.Full()))!.AsObject();
            line[name] = bad;

            Complaints(line).ShouldHaveSingleItem(name).ShouldStartWith(name);
            LedgerLine.Read(System.Text.Encoding.UTF8.GetBytes(line.ToJsonString()), "here").IsOk.ShouldBeFalse(name);
        }
    }

    private static List<string> Complaints(LedgerEvent entry) => Complaints(JsonNode.Parse(LedgerLine.Write(entry))!.AsObject());

    private static List<string> Complaints(JsonObject line) =>
    [
        .. Texts(Schema["required"]!).Where(name => !line.ContainsKey(name)).Select(name => $"{name}: missing"),
        .. line.Where(field => !Schema["properties"]!.AsObject().ContainsKey(field.Key)).Select(field => $"{field.Key}: not in the schema"),
        .. line.SelectMany(field => Complain(field.Key, field.Value!, Resolve(Schema["properties"]![field.Key]!))),
    ];

    /// <summary>As much of JSON Schema as the file uses; another keyword in it fails the test.</summary>
    private static IEnumerable<string> Complain(string path, JsonNode value, JsonNode schema) =>
        schema.AsObject().SelectMany(rule => rule.Key switch
        {
            "description" => [],
            "const" => JsonNode.DeepEquals(value, rule.Value) ? [] : [$"{path}: not the constant"],
            "enum" => rule.Value!.AsArray().Any(one => JsonNode.DeepEquals(value, one)) ? [] : [$"{path}: not one of them"],
            "type" => IsOfType(value, rule.Value!.GetValue<string>()) ? [] : [$"{path}: not of type {rule.Value}"],
            "pattern" => value is JsonValue text && text.TryGetValue<string>(out var found) && !Regex.IsMatch(found, rule.Value!.GetValue<string>())
                ? [$"{path}: not of the pattern"] : [],
            "minLength" => value.ToString().Length >= rule.Value!.GetValue<int>() ? [] : [$"{path}: too short"],
            "maxLength" => value.ToString().Length <= rule.Value!.GetValue<int>() ? [] : [$"{path}: too long"],
            "minimum" => value.ToString().StartsWith('-') ? [$"{path}: too small"] : [],
            "items" => value is JsonArray items ? items.SelectMany(item => Complain(path, item!, Resolve(rule.Value!))) : [],
            "properties" => value.AsObject().SelectMany(field => Complain($"{path}.{field.Key}", field.Value!, Resolve(rule.Value![field.Key]!))),
            _ => (string[])[$"{path}: the test does not know {rule.Key}"],
        });

    private static bool IsOfType(JsonNode value, string type) => (type, value.GetValueKind()) switch
    {
        ("string", JsonValueKind.String) or ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) or ("number", JsonValueKind.Number) => true,
        ("integer", JsonValueKind.Number) => !value.ToString().Contains('.', StringComparison.Ordinal),
        _ => false,
    };

    private static JsonNode Resolve(JsonNode schema) =>
        schema["$ref"] is { } reference ? Schema["$defs"]![reference.GetValue<string>().Split('/')[^1]]! : schema;

    private static IEnumerable<string> Names(JsonNode schema) => schema["properties"]!.AsObject().Select(property => property.Key);

    private static IEnumerable<string> Texts(JsonNode list) => list.AsArray().Select(text => text!.GetValue<string>());
}
