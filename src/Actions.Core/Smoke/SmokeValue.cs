using System.Text.Json;
using Actions.Core.Runner;

namespace Actions.Core.Smoke;

/// <summary>Something found, or something expected: JSON's values, whatever they were read from.</summary>
public abstract record SmokeValue
{
    private const int MostShown = 5;

    private SmokeValue()
    {
    }

    /// <summary>As it is shown: bounded, and without anything that could be a key.</summary>
    public abstract string Shown { get; }

    public static SmokeValue From(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.True => new Flag(true),
        JsonValueKind.False => new Flag(false),
        JsonValueKind.Number => new Number(SmokeNumber.Parse(json.GetRawText())!),
        JsonValueKind.String => new Text(TextOf(json)),
        JsonValueKind.Array => new List([.. json.EnumerateArray().Select(From)]),
        JsonValueKind.Object => new Map(FieldsOf(json)),
        _ => new Null(),
    };

    /// <summary>
    /// Whether both say the same. A text says the same as the number or boolean it spells: headers are always texts, and many
    /// services write what does not fit into a double as one.
    /// </summary>
    public static bool Same(SmokeValue left, SmokeValue right) => (left, right) switch
    {
        (Null, Null) => true,
        (Flag one, Flag other) => one.Value == other.Value,
        (Number one, Number other) => one.Value.CompareTo(other.Value) == 0,
        (Text one, Text other) => one.Value == other.Value,
        (Text text, Number or Flag) => right.Equals(text.Spelled) || (text.Spelled is Number spelled && right is Number number && spelled.Value.CompareTo(number.Value) == 0),
        (Number or Flag, Text) => Same(right, left),
        (List one, List other) => one.Items.Count == other.Items.Count && one.Items.Zip(other.Items).All(pair => Same(pair.First, pair.Second)),
        (Map one, Map other) => one.Fields.Count == other.Fields.Count
            && one.Fields.All(field => other.Fields.TryGetValue(field.Key, out var value) && Same(field.Value, value)),
        _ => false,
    };

    /// <summary>The number it is or spells.</summary>
    public SmokeNumber? AsNumber() => this switch
    {
        Number number => number.Value,
        Text { Spelled: Number spelled } => spelled.Value,
        _ => null,
    };

    /// <summary>What a pattern is held against; null for what has parts.</summary>
    public string? AsText() => this switch
    {
        Text text => text.Value,
        Number number => number.Value.ToString(),
        Flag flag => flag.Shown,
        _ => null,
    };

    private static string TextOf(JsonElement json)
    {
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return json.GetRawText(); // half a surrogate pair: no text, but still something that was found
        }
    }

    private static Dictionary<string, SmokeValue> FieldsOf(JsonElement json)
    {
        var fields = new Dictionary<string, SmokeValue>(StringComparer.Ordinal);
        foreach (var property in json.EnumerateObject())
        {
            fields[property.Name] = From(property.Value);
        }

        return fields;
    }

    public sealed record Null : SmokeValue
    {
        public override string Shown => "null";
    }

    public sealed record Flag(bool Value) : SmokeValue
    {
        public override string Shown => Value ? "true" : "false";
    }

    public sealed record Number(SmokeNumber Value) : SmokeValue
    {
        public override string Shown => PlainText.Bound(Value.ToString(), 80);
    }

    public sealed record Text(string Value) : SmokeValue
    {
        public override string Shown => PlainText.Quote(Value, 200);

        internal SmokeValue? Spelled => Value switch
        {
            "true" => new Flag(true),
            "false" => new Flag(false),
            _ => SmokeNumber.Parse(Value) is { } number ? new Number(number) : null,
        };
    }

    public sealed record List(IReadOnlyList<SmokeValue> Items) : SmokeValue
    {
        public override string Shown => PlainText.Bound(
            $"[{string.Join(", ", Items.Take(MostShown).Select(item => item.Shown))}{(Items.Count > MostShown ? $", … {Items.Count} items" : "")}]", 400);
    }

    public sealed record Map(IReadOnlyDictionary<string, SmokeValue> Fields) : SmokeValue
    {
        public override string Shown => PlainText.Bound(
            $"{{{string.Join(", ", Fields.Take(MostShown).Select(pair => $"{PlainText.Quote(pair.Key, 40)}: {pair.Value.Shown}"))}{(Fields.Count > MostShown ? $", … {Fields.Count} fields" : "")}}}", 400);
    }
}
