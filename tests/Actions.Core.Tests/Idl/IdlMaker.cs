using System.Text.Json.Nodes;

namespace Actions.Core.Tests.Idl;

/// <summary>Makes IDLs as Anchor writes them since 0.30: every kind of type, accounts that hold structs, enums, lists and arrays of each other.</summary>
internal sealed class IdlMaker(int seed)
{
    private static readonly string[] Primitives = ["bool", "u8", "u16", "u32", "u64", "u128", "i64", "pubkey", "string", "bytes"];

    private readonly Random random = new(seed);
    private int names;

    /// <summary>At least two of everything, so that every mutation finds its place.</summary>
    public JsonObject Make()
    {
        JsonArray types = [], accounts = [], instructions = [], events = [], errors = [];
        for (var i = 0; i < 2; i++)
        {
            types.Add((JsonNode)Struct(Fresh("Inner"), []));
            types.Add((JsonNode)Enum(Fresh("Side")));
        }

        string[] own = [.. types.Select(type => type!["name"]!.GetValue<string>())];
        for (var i = 0; i < 2; i++)
        {
            // Every type is reached from an account.
            var name = Fresh("Account");
            types.Add((JsonNode)Struct(name, own));
            accounts.Add((JsonNode)new JsonObject { ["name"] = name, ["discriminator"] = Bytes() });
            var (happened, fields) = (Fresh("Event"), Struct("", own));
            types.Add((JsonNode)new JsonObject { ["name"] = happened, ["type"] = fields["type"]!.DeepClone() });
            events.Add((JsonNode)new JsonObject { ["name"] = happened, ["discriminator"] = Bytes() });
            errors.Add((JsonNode)new JsonObject { ["code"] = 6000 + i, ["name"] = Fresh("Error"), ["msg"] = "no" });
            instructions.Add((JsonNode)Instruction(own));
        }

        return new JsonObject
        {
            ["address"] = "11111111111111111111111111111111", ["metadata"] = new JsonObject { ["name"] = "made", ["version"] = "0.1.0", ["spec"] = "0.1.0" },
            ["instructions"] = instructions, ["accounts"] = accounts, ["events"] = events, ["errors"] = errors, ["types"] = types,
        };
    }

    public int Below(int count) => random.Next(count);

    public JsonNode Pick(JsonNode list) => list.AsArray()[Below(list.AsArray().Count)]!;

    public string Fresh(string name) => $"{name}_{(char)('a' + Below(26))}{++names}";

    public JsonArray Bytes() => [.. Enumerable.Range(0, 8).Select(_ => (JsonNode)Below(256))];

    public JsonObject Field() => new() { ["name"] = Fresh("field"), ["type"] = Type([]) };

    public JsonObject Meta(bool isFree) => new() { ["name"] = Fresh("meta"), ["writable"] = !isFree, ["signer"] = !isFree, ["optional"] = isFree };

    public JsonObject Instruction(string[] own) => new()
    {
        ["name"] = Fresh("do"),
        ["discriminator"] = Bytes(),
        ["accounts"] = new JsonArray(Meta(true), Meta(false), new JsonObject { ["name"] = Fresh("group"), ["accounts"] = new JsonArray(Meta(true), Meta(false)) }),
        ["args"] = new JsonArray([.. own.Take(1 + Below(own.Length)).Select(name => Named(Wrap(Defined(name)))), Field(), Field()]),
        ["returns"] = "u64",
    };

    public JsonObject Struct(string name, string[] own) => new()
    {
        ["name"] = name,
        ["type"] = new JsonObject { ["kind"] = "struct", ["fields"] = new JsonArray([.. own.Select(type => Named(Wrap(Defined(type)))), Field(), Field(), Named(new JsonObject { ["array"] = new JsonArray("u8", 1 + Below(64)) })]) },
    };

    private JsonObject Enum(string name) => new()
    {
        ["name"] = name,
        ["type"] = new JsonObject
        {
            ["kind"] = "enum",
            ["variants"] = new JsonArray(
                new JsonObject { ["name"] = Fresh("One") }, new JsonObject { ["name"] = Fresh("Two"), ["fields"] = new JsonArray(Field(), Field()) }, new JsonObject { ["name"] = Fresh("Three"), ["fields"] = new JsonArray("u8", "u64") }),
        },
    };

    private JsonObject Named(JsonNode type) => new() { ["name"] = Fresh("field"), ["type"] = type };

    private static JsonObject Defined(string name) => new() { ["defined"] = new JsonObject { ["name"] = name } };

    private JsonNode Type(string[] own) => own.Length > 0 && Below(3) == 0 ? Wrap(Defined(own[Below(own.Length)])) : Wrap(JsonValue.Create(Primitives[Below(Primitives.Length)]));

    private JsonNode Wrap(JsonNode type) => Below(6) switch
    {
        0 => new JsonObject { ["option"] = type },
        1 => new JsonObject { ["vec"] = type },
        2 => new JsonObject { ["array"] = new JsonArray(type, 1 + Below(9)) },
        3 => new JsonObject { ["coption"] = type },
        _ => type,
    };
}
