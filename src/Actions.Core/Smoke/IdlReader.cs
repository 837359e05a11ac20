using System.Text.Json;

namespace Actions.Core.Smoke;

/// <summary>Walks bytes along the types of an IDL (Borsh, and what Pod accounts look like without padding).</summary>
/// <param name="types">The IDL's own types by name.</param>
internal sealed class IdlReader(IReadOnlyDictionary<string, JsonElement> types)
{
    private const int MostDepth = 32;
    private const int MostItems = 100_000;

    private int budget = MostItems;

    /// <summary>Whether the type has this field.</summary>
    public bool Has(JsonElement type, ReadOnlySpan<string> path, int depth = 0) =>
        path.IsEmpty || (depth < MostDepth && Named(type) is { } resolved && Find(resolved, path[0]) is { } field && Has(TypeOf(field), path[1..], depth + 1));

    /// <summary>The value at a path; null when the bytes do not reach so far.</summary>
    public SmokeValue? ReadTo(JsonElement type, ReadOnlySpan<string> path, ref ReadOnlySpan<byte> bytes, int depth = 0)
    {
        if (path.IsEmpty)
        {
            return Read(type, ref bytes, depth);
        }

        if (depth > MostDepth || Named(type) is not { } resolved || Find(resolved, path[0]) is not { } wanted)
        {
            return null;
        }

        foreach (var field in Fields(resolved))
        {
            if (NameOf(field) == NameOf(wanted))
            {
                return ReadTo(TypeOf(field), path[1..], ref bytes, depth + 1);
            }

            if (Read(TypeOf(field), ref bytes, depth + 1) is null)
            {
                return null;
            }
        }

        return null;
    }

    private SmokeValue? Read(JsonElement type, ref ReadOnlySpan<byte> bytes, int depth)
    {
        if (depth > MostDepth || --budget < 0)
        {
            return null;
        }

        if (type.ValueKind == JsonValueKind.String)
        {
            return FieldType.Parse(type.GetString()!)?.Read(ref bytes);
        }

        return type.ValueKind != JsonValueKind.Object ? null
            : type.TryGetProperty("defined", out _) ? Named(type) is { } defined ? Read(defined, ref bytes, depth + 1) : null
            : type.TryGetProperty("option", out var optional) ? Optional(optional, 1, ref bytes, depth)
            : type.TryGetProperty("coption", out var c) ? Optional(c, 4, ref bytes, depth)
            : type.TryGetProperty("vec", out var item) ? Vector(item, ref bytes, depth)
            : type.TryGetProperty("array", out var array) ? Array(array, ref bytes, depth)
            : Kind(type) switch
            {
                "struct" => Struct(Fields(type), ref bytes, depth),
                "enum" => Variant(type, ref bytes, depth),
                "type" when type.TryGetProperty("alias", out var alias) => Read(alias, ref bytes, depth + 1),
                _ => null,
            };
    }

    private SmokeValue? Optional(JsonElement type, int tagSize, ref ReadOnlySpan<byte> bytes, int depth)
    {
        if (bytes.Length < tagSize)
        {
            return null;
        }

        var tag = bytes[0];
        bytes = bytes[tagSize..];
        if (tag == 1 || tagSize == 1)
        {
            return tag switch { 0 => new SmokeValue.Null(), 1 => Read(type, ref bytes, depth + 1), _ => null };
        }

        // A COption keeps its room when it is empty.
        return tag == 0 && Read(type, ref bytes, depth + 1) is not null ? new SmokeValue.Null() : null;
    }

    private SmokeValue.List? Vector(JsonElement type, ref ReadOnlySpan<byte> bytes, int depth) =>
        FieldType.Parse("u32")!.Read(ref bytes) is SmokeValue.Number { Value.Rounded: <= MostItems } count ? Items(type, (int)count.Value.Rounded, ref bytes, depth) : null;

    private SmokeValue? Array(JsonElement array, ref ReadOnlySpan<byte> bytes, int depth)
    {
        if (array.ValueKind != JsonValueKind.Array || array.GetArrayLength() != 2 || array[1].ValueKind != JsonValueKind.Number || !array[1].TryGetInt32(out var length) || length is < 0 or > MostItems)
        {
            return null;
        }

        return array[0].ValueKind == JsonValueKind.String && array[0].GetString() == "u8" && length > 0
            ? new FieldType.Raw(length).Read(ref bytes)
            : Items(array[0], length, ref bytes, depth);
    }

    private SmokeValue.List? Items(JsonElement type, int count, ref ReadOnlySpan<byte> bytes, int depth)
    {
        var items = new List<SmokeValue>();
        for (var i = 0; i < count; i++)
        {
            if (Read(type, ref bytes, depth + 1) is not { } item)
            {
                return null;
            }

            items.Add(item);
        }

        return new SmokeValue.List(items);
    }

    private SmokeValue.Map? Struct(JsonElement.ArrayEnumerator fields, ref ReadOnlySpan<byte> bytes, int depth)
    {
        var values = new Dictionary<string, SmokeValue>(StringComparer.Ordinal);
        foreach (var field in fields)
        {
            if (Read(TypeOf(field), ref bytes, depth + 1) is not { } value)
            {
                return null;
            }

            values[NameOf(field) ?? values.Count.ToString(System.Globalization.CultureInfo.InvariantCulture)] = value;
        }

        return new SmokeValue.Map(values);
    }

    /// <summary>A variant without fields is its name; one with fields an object of that name.</summary>
    private SmokeValue? Variant(JsonElement type, ref ReadOnlySpan<byte> bytes, int depth)
    {
        if (bytes.IsEmpty || !type.TryGetProperty("variants", out var variants) || bytes[0] >= variants.GetArrayLength())
        {
            return null;
        }

        var variant = variants[bytes[0]];
        bytes = bytes[1..];
        var name = NameOf(variant) ?? "";
        if (!Fields(variant).Any())
        {
            return new SmokeValue.Text(name);
        }

        return Struct(Fields(variant), ref bytes, depth) is { } fields ? new SmokeValue.Map(new Dictionary<string, SmokeValue> { [name] = fields }) : null;
    }

    /// <summary>What a type of the IDL's own is made of; null when it has none of that name.</summary>
    private JsonElement? Named(JsonElement type)
    {
        for (var hops = 0; hops < MostDepth; hops++)
        {
            if (type.ValueKind != JsonValueKind.Object || !type.TryGetProperty("defined", out var defined))
            {
                return type.ValueKind == JsonValueKind.Object ? type : null;
            }

            var name = defined.ValueKind == JsonValueKind.Object ? NameOf(defined) : defined.ValueKind == JsonValueKind.String ? defined.GetString() : null;
            if (name is null || !types.TryGetValue(name, out type))
            {
                return null;
            }
        }

        return null;
    }

    private static JsonElement? Find(JsonElement type, string name)
    {
        var fields = Fields(type).Where(field => NameOf(field) is { } known && AnchorIdl.SameName(known, name)).ToList();
        return fields.Count > 0 ? fields[0] : null;
    }

    private static JsonElement.ArrayEnumerator Fields(JsonElement type) =>
        type.TryGetProperty("fields", out var fields) && fields.ValueKind == JsonValueKind.Array ? fields.EnumerateArray() : default;

    /// <summary>A tuple's fields are bare types.</summary>
    private static JsonElement TypeOf(JsonElement field) => field.ValueKind == JsonValueKind.Object && field.TryGetProperty("type", out var type) && field.TryGetProperty("name", out _) ? type : field;

    private static string? NameOf(JsonElement field) =>
        field.ValueKind == JsonValueKind.Object && field.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;

    private static string? Kind(JsonElement type) => type.TryGetProperty("kind", out var kind) && kind.ValueKind == JsonValueKind.String ? kind.GetString() : null;
}
