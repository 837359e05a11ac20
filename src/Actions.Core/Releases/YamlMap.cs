using System.Globalization;
using Actions.Core.Inputs;
using Actions.Core.Runner;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Actions.Core.Releases;

/// <summary>A mapping of one of our YAML files while it is read. What nobody asked for by the time it is closed is unknown, and that is a fault: a typo must not switch a gate off.</summary>
internal sealed class YamlMap
{
    private const int LongestText = 1024;

    private readonly YamlFaults faults;
    private readonly string path;
    private readonly YamlMappingNode node;
    private readonly Dictionary<string, YamlNode> values = new(StringComparer.Ordinal);
    private readonly List<string> asked = [];

    public YamlMap(YamlMappingNode node, string path, YamlFaults faults)
    {
        (this.node, this.path, this.faults) = (node, path, faults);
        foreach (var (key, value) in node.Children)
        {
            if (key is YamlScalarNode { Value: { Length: > 0 } name })
            {
                values[name] = value;
            }
            else
            {
                faults.Add(key, $"Expected a name before each ':' in {Shown}", "found something else", "write name: value");
            }
        }
    }

    private string Shown => path.Length == 0 ? "the file" : $"'{path}'";

    /// <summary>Every key with its value, in the file's order; none of them is unknown then.</summary>
    public IEnumerable<(string Key, YamlNode Value)> Entries()
    {
        asked.AddRange(values.Keys);
        return values.Select(pair => (pair.Key, pair.Value));
    }

    public bool Has(string key) => values.ContainsKey(key);

    public bool IsEmptyList(string key) => values.GetValueOrDefault(key) is YamlSequenceNode { Children.Count: 0 };

    public string? Text(string key) => Take(key) is { } value ? TextOf(value, key) : null;

    public T? Parse<T>(string key, string form, Func<string, T?> parse)
        where T : struct
    {
        if (Take(key) is not { } value || TextOf(value, key) is not { } text)
        {
            return null;
        }

        var parsed = parse(text);
        if (parsed is null)
        {
            faults.Add(value, $"Expected {form} in {At(key)}", $"found {PlainText.Quote(text)}", "correct the value");
        }

        return parsed;
    }

    public TimeSpan? Duration(string key) => Parse(key, InputGrammar.DurationForm, InputGrammar.Duration);

    /// <summary>Without quotes: a text that says false must not be taken for one that says true.</summary>
    public bool? Flag(string key)
    {
        if (Take(key) is not { } value)
        {
            return null;
        }

        if (value is YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" } scalar)
        {
            return scalar.Value == "true";
        }

        faults.Add(value, $"Expected true or false, without quotes, in {At(key)}", $"found {Describe(value)}", "correct the value");
        return null;
    }

    public int? Number(string key, int least)
    {
        if (Take(key) is not { } value)
        {
            return null;
        }

        if (value is YamlScalarNode { Style: ScalarStyle.Plain, Value: { } text }
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least)
        {
            return number;
        }

        faults.Add(value, $"Expected a whole number of at least {least} in {At(key)}", $"found {Describe(value)}", "correct the value");
        return null;
    }

    public IReadOnlyList<(string Text, YamlNode Node)> List(string key)
    {
        if (Take(key) is not { } value)
        {
            return [];
        }

        if (value is YamlSequenceNode sequence)
        {
            return [.. sequence.Select(item => (Text: TextOf(item, key), Node: item)).Where(item => item.Text is not null).Select(item => (item.Text!, item.Node))];
        }

        faults.Add(value, $"Expected a list in {At(key)}", $"found {Describe(value)}", "write [one, two], also for a single value");
        return [];
    }

    public YamlMap? Map(string key) => Take(key) is { } value ? MapOf(value, key) : null;

    /// <summary>A list of mappings, each with where it stands.</summary>
    public IReadOnlyList<(YamlMap Map, YamlNode Node)> Maps(string key)
    {
        if (Take(key) is not { } value)
        {
            return [];
        }

        if (value is YamlSequenceNode sequence)
        {
            return [.. sequence.Select(item => (Map: MapOf(item, key), Node: item)).Where(item => item.Map is not null).Select(item => (item.Map!, item.Node))];
        }

        faults.Add(value, $"Expected a list in {At(key)}", $"found {Describe(value)}", "begin each entry with '- '");
        return [];
    }

    /// <summary>Where a key stands that is there.</summary>
    public YamlNode KeyOf(string key) => node.Children.Keys.First(other => other is YamlScalarNode { Value: { } name } && name == key);

    /// <summary>One of the values of <see cref="Entries"/> as a mapping.</summary>
    public YamlMap? MapOf(YamlNode value, string key)
    {
        if (value is YamlMappingNode mapping)
        {
            return new YamlMap(mapping, path.Length == 0 ? key : $"{path}.{key}", faults);
        }

        faults.Add(value, $"Expected a mapping in {At(key)}", $"found {Describe(value)}", "write its keys below it");
        return null;
    }

    /// <summary>One of the values of <see cref="Entries"/>, or of a list, as text on one line.</summary>
    public string? TextOf(YamlNode value, string key)
    {
        if (value is YamlScalarNode { Value: { Length: > 0 and <= LongestText } text } scalar && !text.Any(char.IsControl)
            && !(scalar.Style == ScalarStyle.Plain && text is "~" or "null"))
        {
            return text;
        }

        faults.Add(value, $"Expected one line of text in {At(key)}", $"found {Describe(value)}", "give a value, or remove the key");
        return null;
    }

    /// <summary>Complains when a key is absent; says nothing about its value.</summary>
    public void Require(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (!values.ContainsKey(key))
            {
                faults.Add(node, $"Expected '{key}' in {Shown}", "found none", "add it");
            }
        }
    }

    public void Complain(string key, string expected, string found, string remedy) =>
        faults.Add(values.GetValueOrDefault(key) ?? node, $"Expected {expected} in {At(key)}", found, remedy);

    /// <summary>Names what is left over.</summary>
    public void Close()
    {
        foreach (var key in node.Children.Keys.OfType<YamlScalarNode>().Where(key => key.Value is { Length: > 0 } name && !asked.Contains(name)))
        {
            faults.Add(key, $"Expected only {string.Join(", ", asked.Distinct())} in {Shown}", $"found the unknown key {PlainText.Quote(key.Value!)}", "correct or remove it");
        }
    }

    private static string Describe(YamlNode value) => value switch
    {
        YamlScalarNode { Value: { Length: > 0 } text } => PlainText.Quote(text),
        YamlScalarNode => "nothing",
        YamlSequenceNode => "a list",
        _ => "a mapping",
    };

    private string At(string key) => path.Length == 0 ? $"'{key}'" : $"'{path}.{key}'";

    /// <summary>The node of a key; null when it is absent.</summary>
    public YamlNode? Take(string key)
    {
        asked.Add(key);
        return values.GetValueOrDefault(key);
    }
}
