using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Actions.Core.Ledger;
using Actions.Core.Tests.Conventions;

namespace Actions.Core.Tests.Ledger;

/// <summary>docs/schema/record.schema.json and the type say the same.</summary>
public sealed class RecordSchemaTests
{
    private static readonly JsonObject Schema = JsonNode.Parse(Repository.Read("docs/schema/record.schema.json"))!.AsObject();

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

            Complaints(line).ShouldHaveSingleItem(name).ShouldStartWith($"$.{name}:");
            LedgerLine.Read(System.Text.Encoding.UTF8.GetBytes(line.ToJsonString()), "here").IsOk.ShouldBeFalse(name);
        }
    }

    private static IReadOnlyList<string> Complaints(LedgerEvent entry) => Complaints(JsonNode.Parse(LedgerLine.Write(entry))!.AsObject());

    private static IReadOnlyList<string> Complaints(JsonObject line) => JsonSchema.Load("record").Errors(line);

    private static JsonNode Resolve(JsonNode schema) =>
        schema["$ref"] is { } reference ? Schema["$defs"]![reference.GetValue<string>().Split('/')[^1]]! : schema;

    private static IEnumerable<string> Names(JsonNode schema) => schema["properties"]!.AsObject().Select(property => property.Key);

    private static IEnumerable<string> Texts(JsonNode list) => list.AsArray().Select(text => text!.GetValue<string>());
}
