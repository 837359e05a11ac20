using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Runner;
using Actions.Core.Solana;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Actions.Core.Smoke;

/// <summary>A mapping of a spec, read key by key; <see cref="Finish"/> complains about keys that nobody asked for.</summary>
/// <param name="yaml">Collects what is wrong.</param>
/// <param name="node">The mapping.</param>
/// <param name="about">What it is, as a person says it.</param>
internal sealed class SpecMap(SpecYaml yaml, YamlMappingNode node, string about)
{
    private readonly SortedSet<string> asked = new(StringComparer.Ordinal);

    public YamlMappingNode Node => node;

    public SpecYaml Yaml => yaml;

    public string About => about;

    public bool Has(string key) => Take(key) is not null;

    /// <summary>The node of a key; null when it is absent.</summary>
    public YamlNode? Take(string key)
    {
        asked.Add(key);
        return node.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;
    }

    /// <summary>Where a key stands that is there.</summary>
    public YamlNode KeyOf(string key) => node.Children.Keys.First(other => other is YamlScalarNode { Value: { } name } && name == key);

    public void Require(string key, string purpose)
    {
        if (Take(key) is null)
        {
            yaml.Complain(node, FaultCodes.InputMissing, $"'{key}' ({purpose}) in {about}", "none", $"add '{key}:'");
        }
    }

    public string? Text(string key) => Take(key) is { } value ? TextOf(value, key) : null;

    public string? TextOf(YamlNode value, string key)
    {
        if (value is YamlScalarNode { Value: { Length: > 0 and <= 8192 } text })
        {
            return text;
        }

        Wrong(value, $"a text in '{key}' of {about}", "give one value");
        return null;
    }

    public TimeSpan? Duration(string key, TimeSpan? most = null)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        if (InputGrammar.Duration(text) is { } duration && duration > TimeSpan.Zero && duration <= (most ?? TimeSpan.MaxValue))
        {
            return duration;
        }

        Wrong(Take(key)!, $"{InputGrammar.DurationForm}{(most is { } limit ? $", at most {SmokeTime.Shown(limit)}," : "")} in '{key}' of {about}", "correct the value");
        return null;
    }

    public ulong? Number(string key, ulong least, ulong most)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        if (InputGrammar.Number(text) is { } number && number >= least && number <= most)
        {
            return number;
        }

        Wrong(Take(key)!, $"a whole number from {least} to {most} in '{key}' of {about}", "correct the value");
        return null;
    }

    public bool? Flag(string key)
    {
        var flag = Take(key) is YamlScalarNode { Style: ScalarStyle.Plain, Value: { } text } ? InputGrammar.Flag(text) : null;
        if (flag is null && Take(key) is { } other)
        {
            Wrong(other, $"true or false in '{key}' of {about}", "correct the value");
        }

        return flag;
    }

    public Address? Address(string key)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        if (Solana.Address.TryParse(text, out var address))
        {
            return address;
        }

        yaml.Complain(Take(key)!, FaultCodes.InputInvalid, $"an address (base58 of 32 bytes) in '{key}' of {about}", "something else (not shown: it could be a key)", "give the account's address");
        return null;
    }

    public string? Choice(string key, params string[] words)
    {
        if (Text(key) is not { } text || words.Contains(text))
        {
            return Text(key);
        }

        yaml.Complain(Take(key)!, FaultCodes.InputUnknownValue, $"one of {string.Join(", ", words)} in '{key}' of {about}", PlainText.Quote(text), "use one of them");
        return null;
    }

    public SpecMap? Map(string key) => Take(key) switch
    {
        null => null,
        YamlMappingNode map => new SpecMap(yaml, map, $"'{key}' of {about}"),
        var other => Wrong<SpecMap>(other, $"a mapping in '{key}' of {about}", "give 'name: value' pairs"),
    };

    public IReadOnlyList<YamlNode> List(string key) => Take(key) switch
    {
        null => [],
        YamlSequenceNode list => [.. list],
        var other => Wrong<YamlNode[]>(other, $"a list in '{key}' of {about}", "give values between [ and ]") ?? [],
    };

    /// <summary>One text or a list of them.</summary>
    public IReadOnlyList<string> Words(string key) =>
        Take(key) is YamlScalarNode ? Text(key) is { } word ? [word] : [] : [.. List(key).Select(item => TextOf(item, key)).OfType<string>()];

    /// <summary>Every pair, where any name may stand.</summary>
    public IEnumerable<(string Name, YamlNode Value)> Pairs()
    {
        foreach (var (key, value) in node.Children)
        {
            if (key is YamlScalarNode { Value: { Length: > 0 and <= 512 } name })
            {
                asked.Add(name);
                yield return (name, value);
            }
            else
            {
                Wrong(key, $"names in {about}", "give 'name: value' pairs");
            }
        }
    }

    /// <summary>The keys that nobody asked for.</summary>
    public IReadOnlyList<YamlNode> Unknown() => [.. node.Children.Keys.Where(key => key is not YamlScalarNode { Value: { } name } || !asked.Contains(name))];

    public static string Shown(YamlNode key) => key is YamlScalarNode { Value: { } text } ? PlainText.Quote(text) : "a key that is no text";

    /// <summary>A typo must not switch a check off.</summary>
    public void Finish()
    {
        foreach (var key in Unknown())
        {
            yaml.Complain(key, FaultCodes.InputUnknownValue, $"only known keys in {about}", Shown(key), $"remove it, or use one of {string.Join(", ", asked)}");
        }
    }

    public void Wrong(YamlNode at, string expected, string remedy) => yaml.Complain(
        at, FaultCodes.InputInvalid, expected,
        at switch { YamlScalarNode { Value: { } text } => PlainText.Quote(text), YamlSequenceNode => "a list", YamlMappingNode => "a mapping", _ => "something else" }, remedy);

    private T? Wrong<T>(YamlNode at, string expected, string remedy)
        where T : class
    {
        Wrong(at, expected, remedy);
        return null;
    }

    public override string ToString() => about;
}
