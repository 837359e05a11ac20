using System.Text.Json;

namespace Actions.Core.Idl;

/// <summary>Reads the types of an IDL.</summary>
internal sealed class IdlTypeReader
{
    /// <summary>With the number of types that each is made of; zero for any.</summary>
    private static readonly (string Kind, int Count)[] Collections = [("hashMap", 2), ("bTreeMap", 2), ("hashSet", 1), ("bTreeSet", 1), ("tuple", 0)];

    private readonly HashSet<string> used = new(StringComparer.Ordinal);

    /// <summary>The IDL's own types that were mentioned.</summary>
    public IReadOnlySet<string> Used => used;

    public IdlDefinition Definition(JsonElement type)
    {
        var name = IdlReader.Name(type);
        string[] generics = [.. IdlReader.Items(type, "generics").Select(IdlReader.Name)];
        return type.TryGetProperty("type", out var body) ? new IdlDefinition(name, generics, Memory(type), Body(body)) : throw new IdlException($"a type {name} that is made of nothing");
    }

    public IdlBody Body(JsonElement body) => Text(body, "kind") switch
    {
        "struct" => new IdlBody.Struct(Fields(body)),
        "enum" => new IdlBody.Choice([.. IdlReader.Items(body, "variants").Select(variant => new IdlVariant(IdlReader.Name(variant), Fields(variant)))]),
        "type" when body.TryGetProperty("alias", out var alias) => new IdlBody.Alias(Type(alias)),
        var kind => throw new IdlException($"a type of the kind {Runner.PlainText.Quote(kind ?? "")}"),
    };

    /// <summary>With names, or in a tuple without.</summary>
    public IReadOnlyList<IdlField> Fields(JsonElement owner, string list = "fields") =>
    [
        .. IdlReader.Items(owner, list).Select((field, index) =>
            field.ValueKind == JsonValueKind.Object && field.TryGetProperty("name", out _) && field.TryGetProperty("type", out var type)
                ? new IdlField(IdlReader.Name(field), Type(type))
                : new IdlField($"{index}", Type(field))),
    ];

    public IdlType Type(JsonElement type)
    {
        if (type.ValueKind == JsonValueKind.String)
        {
            var name = type.ValueEquals("publicKey") ? "pubkey" : type.GetString()!;
            return IdlType.Primitives.Contains(name) ? new IdlType.Primitive(name) : throw new IdlException($"the type {Runner.PlainText.Quote(name)}");
        }

        return type.ValueKind != JsonValueKind.Object ? throw new IdlException("a type that is none")
            : type.TryGetProperty("option", out var optional) ? new IdlType.Option(Type(optional), IsC: false)
            : type.TryGetProperty("coption", out var c) ? new IdlType.Option(Type(c), IsC: true)
            : type.TryGetProperty("vec", out var item) ? new IdlType.List(Type(item))
            : type.TryGetProperty("array", out var array) ? Array(array)
            : type.TryGetProperty("defined", out var defined) ? Defined(defined)
            : Collection(type) is { } collection ? collection
            : Text(type, "generic") is { } generic ? new IdlType.Generic(IdlReader.Identifier(generic))
            : throw new IdlException("a type of a form that is not known");
    }

    private IdlType.Several? Collection(JsonElement type)
    {
        foreach (var (kind, count) in Collections)
        {
            if (type.TryGetProperty(kind, out var of))
            {
                IdlType[] items = of.ValueKind == JsonValueKind.Array ? [.. IdlReader.Items(type, kind).Select(Type)] : [Type(of)];
                return count == 0 || items.Length == count ? new IdlType.Several(kind, items) : throw new IdlException($"a {kind} of {items.Length} types");
            }
        }

        return null;
    }

    private IdlType.Array Array(JsonElement array)
    {
        if (array.ValueKind != JsonValueKind.Array || array.GetArrayLength() != 2)
        {
            throw new IdlException("an array without type and length");
        }

        var length = array[1];
        return new IdlType.Array(Type(array[0]), length switch
        {
            { ValueKind: JsonValueKind.Number } when length.TryGetInt64(out var number) && number >= 0 => new IdlLength(number, null),
            _ when Text(length, "generic") is { } generic => new IdlLength(null, IdlReader.Identifier(generic)),
            _ => throw new IdlException("an array of no length"),
        });
    }

    private IdlType.Defined Defined(JsonElement defined)
    {
        var name = defined.ValueKind == JsonValueKind.String ? IdlReader.Identifier(defined.GetString()!) : IdlReader.Name(defined);
        used.Add(name);
        return new IdlType.Defined(name, defined.ValueKind == JsonValueKind.String ? [] : [.. IdlReader.Items(defined, "generics").Select(Argument)]);
    }

    private IdlArgument Argument(JsonElement argument) =>
        argument.ValueKind == JsonValueKind.Object && argument.TryGetProperty("type", out var type) ? new IdlArgument(Type(type), null)
        : Text(argument, "value") is { } value ? new IdlArgument(null, IdlReader.Identifier(value))
        : throw new IdlException("a generic type that is filled with nothing");

    /// <summary>Both parts as they stand there: they only have to stay the same. Borsh and Rust's own layout are what is meant where nothing stands.</summary>
    private static string Memory(JsonElement type)
    {
        var serialization = type.TryGetProperty("serialization", out var own) ? Short(own) : "";
        var repr = type.TryGetProperty("repr", out var given) ? Short(given) : "";
        return $"{(serialization == "\"borsh\"" ? "" : serialization)}{repr}";
    }

    private static string Short(JsonElement value) => value.GetRawText() is { Length: <= 500 } text
        ? string.Concat(text.Where(character => !char.IsWhiteSpace(character)))
        : throw new IdlException("a layout longer than any is");

    private static string? Text(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
