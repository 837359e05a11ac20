using System.Text.Json.Nodes;

namespace Actions.Core.Tests.Idl;

/// <summary>One change of an IDL each, by its name.</summary>
internal static class IdlMutations
{
    /// <summary>After each of them accounts that exist cannot be read, or calls that worked fail.</summary>
    public static readonly IReadOnlyDictionary<string, Action<JsonObject, IdlMaker>> Breaking = new Dictionary<string, Action<JsonObject, IdlMaker>>
    {
        ["instruction removed"] = (idl, maker) => Remove(idl["instructions"]!, maker),
        ["instruction renamed"] = (idl, maker) => Instruction(idl, maker)["name"] = maker.Fresh("do"),
        ["instruction with another discriminator"] = (idl, maker) => Flip(Instruction(idl, maker)),
        ["instruction that returns something else"] = (idl, maker) => Instruction(idl, maker)["returns"] = "i8",
        ["instruction that returns nothing"] = (idl, maker) => Instruction(idl, maker)["returns"] = null,
        ["argument removed"] = (idl, maker) => Remove(Instruction(idl, maker)["args"]!, maker),
        ["argument added"] = (idl, maker) => Insert(Instruction(idl, maker)["args"]!, maker, maker.Field()),
        ["arguments swapped"] = (idl, maker) => Swap(Instruction(idl, maker)["args"]!, maker),
        ["argument of another type"] = (idl, maker) => Retype(maker.Pick(Instruction(idl, maker)["args"]!), maker),
        ["account of an instruction removed"] = (idl, maker) => Remove(Instruction(idl, maker)["accounts"]!, maker),
        ["account of an instruction added"] = (idl, maker) => Insert(Instruction(idl, maker)["accounts"]!, maker, maker.Meta(true)),
        ["accounts of an instruction swapped"] = (idl, maker) => Swap(Instruction(idl, maker)["accounts"]!, maker),
        ["accounts of a group swapped"] = (idl, maker) => Swap(Instruction(idl, maker)["accounts"]![2]!["accounts"]!, maker),
        ["account that must be writable"] = (idl, maker) => Meta(idl, maker, 0)["writable"] = true,
        ["account that must sign"] = (idl, maker) => Meta(idl, maker, 0)["signer"] = true,
        ["account that must be given"] = (idl, maker) => Meta(idl, maker, 0)["optional"] = false,
        ["account that must be a certain one"] = (idl, maker) => Meta(idl, maker, 0)["address"] = "11111111111111111111111111111111",
        ["account removed"] = (idl, maker) => Remove(idl["accounts"]!, maker),
        ["account with another discriminator"] = (idl, maker) => Flip(maker.Pick(idl["accounts"]!)),
        ["field of an account removed"] = (idl, maker) => Remove(Fields(idl, maker), maker),
        ["field of an account added"] = (idl, maker) => Insert(Fields(idl, maker), maker, maker.Field()),
        ["field at the end of an account"] = (idl, maker) => Fields(idl, maker).AsArray().Add((JsonNode)maker.Field()),
        ["fields of an account swapped"] = (idl, maker) => Swap(Fields(idl, maker), maker),
        ["field of an account renamed"] = (idl, maker) => maker.Pick(Fields(idl, maker))["name"] = maker.Fresh("field"),
        ["field of an account of another type"] = (idl, maker) => Retype(maker.Pick(Fields(idl, maker)), maker),
        ["array of an account of another length"] = (idl, maker) => Fields(idl, maker).AsArray()[^1]!["type"]!["array"]![1] = 100,
        ["account with another memory layout"] = (idl, maker) => AccountType(idl, maker)["repr"] = new JsonObject { ["kind"] = "c" },
        ["account that is serialized otherwise"] = (idl, maker) => AccountType(idl, maker)["serialization"] = "bytemuck",
        ["field of an inner struct removed"] = (idl, maker) => Remove(Inner(idl, "struct", maker)["fields"]!, maker),
        ["field of an inner struct of another type"] = (idl, maker) => Retype(maker.Pick(Inner(idl, "struct", maker)["fields"]!), maker),
        ["variant removed"] = (idl, maker) => Remove(Inner(idl, "enum", maker)["variants"]!, maker),
        ["variant added before others"] = (idl, maker) => Inner(idl, "enum", maker)["variants"]!.AsArray().Insert(maker.Below(3), new JsonObject { ["name"] = maker.Fresh("Four") }),
        ["variants swapped"] = (idl, maker) => Swap(Inner(idl, "enum", maker)["variants"]!, maker),
        ["field of a variant of another type"] = (idl, maker) => Retype(maker.Pick(Inner(idl, "enum", maker)["variants"]![1]!["fields"]!), maker),
        ["field of a variant without names of another type"] = (idl, maker) => Inner(idl, "enum", maker)["variants"]![2]!["fields"]![maker.Below(2)] = "i128",
        ["struct that became an enum"] = (idl, maker) => Inner(idl, "struct", maker).ReplaceBy(new JsonObject { ["kind"] = "enum", ["variants"] = new JsonArray(new JsonObject { ["name"] = "Only" }) }),
    };

    /// <summary>After each of them everything works as before.</summary>
    public static readonly IReadOnlyDictionary<string, Action<JsonObject, IdlMaker>> Compatible = new Dictionary<string, Action<JsonObject, IdlMaker>>
    {
        ["nothing"] = (_, _) => { },
        ["documentation"] = (idl, maker) => Instruction(idl, maker)["docs"] = new JsonArray("better"),
        ["instruction added"] = (idl, maker) => Insert(idl["instructions"]!, maker, maker.Instruction([.. idl["types"]!.AsArray().Select(type => type!["name"]!.GetValue<string>())])),
        ["instructions in another order"] = (idl, maker) => Swap(idl["instructions"]!, maker),
        ["types in another order"] = (idl, maker) => Swap(idl["types"]!, maker),
        ["account added"] = (idl, maker) => AddKind(idl, "accounts", maker),
        ["event added"] = (idl, maker) => AddKind(idl, "events", maker),
        ["error added"] = (idl, maker) => idl["errors"]!.AsArray().Add((JsonNode)new JsonObject { ["code"] = 6100, ["name"] = maker.Fresh("Error") }),
        ["variant at the end"] = (idl, maker) => Inner(idl, "enum", maker)["variants"]!.AsArray().Add((JsonNode)new JsonObject { ["name"] = maker.Fresh("Four") }),
        ["account that need not be writable"] = (idl, maker) => Meta(idl, maker, 1)["writable"] = false,
        ["account that need not sign"] = (idl, maker) => Meta(idl, maker, 1)["signer"] = false,
        ["account that need not be given"] = (idl, maker) => Meta(idl, maker, 1)["optional"] = true,
        ["type renamed"] = (idl, maker) => Rename(idl, maker),
        ["type behind another name"] = (idl, maker) => Alias(maker.Pick(Fields(idl, maker)), idl, maker),
        ["event removed"] = (idl, maker) => Remove(idl["events"]!, maker),
        ["error with another code"] = (idl, maker) => maker.Pick(idl["errors"]!)["code"] = 7000,
    };

    private static JsonNode Instruction(JsonObject idl, IdlMaker maker) => maker.Pick(idl["instructions"]!);

    private static JsonNode Meta(JsonObject idl, IdlMaker maker, int at) => Instruction(idl, maker)["accounts"]![at]!;

    private static JsonNode AccountType(JsonObject idl, IdlMaker maker)
    {
        var name = maker.Pick(idl["accounts"]!)["name"]!.GetValue<string>();
        return idl["types"]!.AsArray().First(type => type!["name"]!.GetValue<string>() == name)!;
    }

    private static JsonNode Fields(JsonObject idl, IdlMaker maker) => AccountType(idl, maker)["type"]!["fields"]!;

    /// <summary>A type that accounts hold.</summary>
    private static JsonNode Inner(JsonObject idl, string kind, IdlMaker maker)
    {
        JsonNode[] inner = [.. idl["types"]!.AsArray().Where(type => type!["name"]!.GetValue<string>().StartsWith(kind == "enum" ? "Side" : "Inner", StringComparison.Ordinal)).Select(type => type!["type"]!)];
        return inner[maker.Below(inner.Length)];
    }

    private static void Remove(JsonNode list, IdlMaker maker) => list.AsArray().RemoveAt(maker.Below(list.AsArray().Count));

    private static void Insert(JsonNode list, IdlMaker maker, JsonNode item) => list.AsArray().Insert(maker.Below(list.AsArray().Count + 1), item);

    private static void Swap(JsonNode list, IdlMaker maker)
    {
        var array = list.AsArray();
        var at = maker.Below(array.Count - 1);
        var item = array[at];
        array.RemoveAt(at);
        array.Insert(at + 1, item);
    }

    private static void Flip(JsonNode owner) => owner["discriminator"]![0] = (owner["discriminator"]![0]!.GetValue<int>() + 1) % 256;

    private static void Retype(JsonNode field, IdlMaker maker)
    {
        JsonNode[] others = [JsonValue.Create("f32"), new JsonObject { ["option"] = "f64" }, new JsonObject { ["array"] = new JsonArray("i16", 77) }, new JsonObject { ["vec"] = "i32" }];
        field["type"] = others[maker.Below(others.Length)];
    }

    private static void AddKind(JsonObject idl, string list, IdlMaker maker)
    {
        var name = maker.Fresh("Added");
        idl["types"]!.AsArray().Add((JsonNode)maker.Struct(name, []));
        idl[list]!.AsArray().Add((JsonNode)new JsonObject { ["name"] = name, ["discriminator"] = maker.Bytes() });
    }

    private static void Rename(JsonObject idl, IdlMaker maker)
    {
        var inner = idl["types"]!.AsArray().First(type => type!["name"]!.GetValue<string>().StartsWith("Inner", StringComparison.Ordinal))!["name"]!.GetValue<string>();
        var text = idl.ToJsonString().Replace($"\"{inner}\"", $"\"{maker.Fresh("Renamed")}\"", StringComparison.Ordinal);
        idl.Clear();
        foreach (var (key, value) in JsonNode.Parse(text)!.AsObject())
        {
            idl[key] = value!.DeepClone();
        }
    }

    private static void Alias(JsonNode field, JsonObject idl, IdlMaker maker)
    {
        var name = maker.Fresh("Alias");
        idl["types"]!.AsArray().Add((JsonNode)new JsonObject { ["name"] = name, ["type"] = new JsonObject { ["kind"] = "type", ["alias"] = field["type"]!.DeepClone() } });
        field["type"] = new JsonObject { ["defined"] = new JsonObject { ["name"] = name } };
    }

    private static void ReplaceBy(this JsonNode node, JsonObject other)
    {
        var target = node.AsObject();
        target.Clear();
        foreach (var (key, value) in other)
        {
            target[key] = value!.DeepClone();
        }
    }
}
