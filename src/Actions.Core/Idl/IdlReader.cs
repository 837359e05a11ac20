using System.Text.Json;
using Actions.Core.Runner;

namespace Actions.Core.Idl;

/// <summary>Reads an IDL strictly: what it does not understand it does not skip, for that could be the part that changed.</summary>
internal sealed class IdlReader(JsonElement root)
{
    public const int MostDepth = 64;
    private const int MostItems = 10_000;

    private readonly IdlTypeReader types = new();

    /// <exception cref="IdlException">It is none.</exception>
    public AnchorIdl Read()
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new IdlException("no object");
        }

        var definitions = new Dictionary<string, IdlDefinition>(StringComparer.Ordinal);
        foreach (var type in Items(root, "types"))
        {
            Define(definitions, types.Definition(type));
        }

        var accounts = Items(root, "accounts").Select(account => Account(definitions, account, "type")).ToList();
        var events = Items(root, "events").Select(one => Account(definitions, one, "fields")).ToList();
        var errors = Items(root, "errors").Select(error => new IdlError(Name(error), Number(error, "code"))).ToList();
        if (!root.TryGetProperty("instructions", out _))
        {
            throw new IdlException("no instructions");
        }

        var idl = new AnchorIdl([.. Items(root, "instructions").Select(Instruction)], accounts, events, errors, definitions);
        Once("instructions", idl.Instructions.Select(one => one.Name));
        Once("accounts", accounts.Select(one => one.Name));
        Once("events", events.Select(one => one.Name));
        if (types.Used.FirstOrDefault(name => !definitions.ContainsKey(name)) is { } missing)
        {
            throw new IdlException($"a type {missing} that is defined nowhere");
        }

        return idl;
    }

    /// <summary>The items of a list; none where it is absent.</summary>
    internal static IEnumerable<JsonElement> Items(JsonElement owner, string name)
    {
        if (!owner.TryGetProperty(name, out var items) || items.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        return items.ValueKind == JsonValueKind.Array && items.GetArrayLength() <= MostItems ? items.EnumerateArray() : throw new IdlException($"{name} that are no list, or a longer one than any program has");
    }

    internal static string Name(JsonElement owner) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String
            ? Identifier(name.GetString()!)
            : throw new IdlException("something without a name");

    /// <summary>Names are shown, so they hold nothing that could be taken for more than one.</summary>
    internal static string Identifier(string name) =>
        name.Length is > 0 and <= 200 && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or ':' or '.' or '<' or '>' or ',' or ' ' or '[' or ']' or ';' or '(' or ')' or '&' or '$')
            ? name
            : throw new IdlException($"the name {PlainText.Quote(name)}");

    private static void Define(Dictionary<string, IdlDefinition> definitions, IdlDefinition definition)
    {
        if (!definitions.TryAdd(definition.Name, definition))
        {
            throw new IdlException($"two types {definition.Name}");
        }
    }

    /// <param name="inline">Where the older form has what the account or event is made of.</param>
    private IdlAccount Account(Dictionary<string, IdlDefinition> definitions, JsonElement account, string inline)
    {
        var name = Name(account);
        if (account.TryGetProperty(inline, out var body))
        {
            var own = $"{inline}:{name}"; // the older form lets an event be called as a type is
            Define(definitions, new IdlDefinition(own, [], "", inline == "type" ? types.Body(body) : new IdlBody.Struct(types.Fields(account))));
            if (inline == "type")
            {
                definitions.TryAdd(name, definitions[own]);
            }

            return new IdlAccount(name, Discriminator(account), own);
        }

        return definitions.ContainsKey(name) ? new IdlAccount(name, Discriminator(account), name) : throw new IdlException($"{name} without a type");
    }

    private IdlInstruction Instruction(JsonElement instruction) => new(
        Name(instruction), Discriminator(instruction), [.. Metas(instruction, "")], types.Fields(instruction, "args"),
        instruction.TryGetProperty("returns", out var returns) && returns.ValueKind != JsonValueKind.Null ? types.Type(returns) : null);

    private static IEnumerable<IdlAccountMeta> Metas(JsonElement owner, string group)
    {
        foreach (var account in Items(owner, "accounts"))
        {
            var name = $"{group}{Name(account)}";
            if (account.TryGetProperty("accounts", out _))
            {
                foreach (var inner in Metas(account, $"{name}."))
                {
                    yield return inner;
                }
            }
            else
            {
                yield return new IdlAccountMeta(name, Flag(account, "writable", "isMut"), Flag(account, "signer", "isSigner"), Flag(account, "optional", "isOptional"), Address(account));
            }
        }
    }

    private static string? Address(JsonElement account) =>
        !account.TryGetProperty("address", out var address) ? null
        : address.ValueKind == JsonValueKind.String && Solana.Address.TryParse(address.GetString()!, out var known) ? known.ToString()
        : throw new IdlException($"an address of {Name(account)} that is none");

    private static bool Flag(JsonElement owner, string name, string older) =>
        (owner.TryGetProperty(name, out var flag) || owner.TryGetProperty(older, out flag)) && flag.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw new IdlException($"{name} of {Name(owner)} that is neither true nor false"),
        };

    private static string? Discriminator(JsonElement owner)
    {
        if (!owner.TryGetProperty("discriminator", out _))
        {
            return null;
        }

        byte[] bytes = [.. Items(owner, "discriminator").Select(number => number.ValueKind == JsonValueKind.Number && number.TryGetByte(out var value) ? value : throw new IdlException($"a discriminator of {Name(owner)} that is none"))];
        return Convert.ToHexStringLower(bytes);
    }

    private static long Number(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt64(out var value) ? value : throw new IdlException($"a {name} of {Name(owner)} that is no number");

    private static void Once(string what, IEnumerable<string> names)
    {
        if (names.GroupBy(AnchorIdl.Plain).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new IdlException($"two {what} {twice.First()}");
        }
    }
}
