using System.Text.RegularExpressions;
using Actions.Core.Faults;
using YamlDotNet.RepresentationModel;

namespace Actions.Core.Smoke;

/// <summary>Reads assertions, and remembers which names they capture and compare with.</summary>
internal sealed class AssertionReader(SpecYaml yaml)
{
    private const int LongestPattern = 2000;

    private static readonly TimeSpan PatternTime = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestAge = TimeSpan.FromDays(3650);

    private readonly List<string> captures = [];
    private readonly List<string> compares = [];

    public IReadOnlyList<string> Captures => captures;

    public IReadOnlyList<string> Compares => compares;

    /// <summary>JSONPath to assertion.</summary>
    public IReadOnlyList<PathAssertion> Paths(SpecMap owner, string key)
    {
        var paths = new List<PathAssertion>();
        if (owner.Map(key) is not { } map)
        {
            return paths;
        }

        foreach (var (name, value) in map.Pairs())
        {
            var assertion = Read(value, $"'{name}' of {owner.About}"); // also of a bad path: what it captures is not missing elsewhere
            if (JsonPath.Parse(name) is { } path)
            {
                paths.Add(new PathAssertion(path, assertion));
            }
            else
            {
                map.Wrong(map.KeyOf(name), $"{JsonPath.Form} in {map.About}", "correct the path, or quote it");
            }
        }

        RequireSome(map, paths.Count);
        return paths;
    }

    /// <summary>Name to assertion.</summary>
    public IReadOnlyList<NamedAssertion> Named(SpecMap owner, string key)
    {
        if (owner.Map(key) is not { } map)
        {
            return [];
        }

        List<NamedAssertion> named = [.. map.Pairs().Select(pair => new NamedAssertion(pair.Name, Read(pair.Value, $"'{pair.Name}' of {owner.About}")))];
        RequireSome(map, named.Count);
        return named;
    }

    public Assertion? One(SpecMap owner, string key) => owner.Take(key) is { } node ? Read(node, $"'{key}' of {owner.About}") : null;

    /// <summary>A plain value means equals.</summary>
    public Assertion Read(YamlNode node, string about, bool nested = false)
    {
        if (node is not YamlMappingNode mapping)
        {
            return new Assertion { EqualTo = SpecValues.ToValue(node) };
        }

        var map = new SpecMap(yaml, mapping, about);
        var assertion = new Assertion
        {
            EqualTo = map.Take("equals") is { } value ? SpecValues.ToValue(value) : null,
            Not = map.Take("not") is { } not ? Read(not, $"'not' of {about}", nested: true) : null,
            OneOf = OneOf(map),
            Matches = Pattern(map),
            Min = Bound(map, "min"),
            Max = Bound(map, "max"),
            Every = map.Take("every") is { } every ? Read(every, $"'every' of {about}", nested: true) : null,
            Any = map.Take("any") is { } any ? Read(any, $"'any' of {about}", nested: true) : null,
            FresherThan = map.Duration("fresher-than", LongestAge),
            Exists = nested ? null : map.Flag("exists"),
            Capture = nested ? null : Name(map, "capture", captures),
            SameAs = Name(map, "same-as", compares),
        };
        map.Finish();
        Contradictions(map, mapping, assertion);
        return assertion;
    }

    private void Contradictions(SpecMap map, YamlMappingNode mapping, Assertion assertion)
    {
        if (mapping.Children.Count == 0)
        {
            yaml.Complain(mapping, FaultCodes.InputInvalid, $"an assertion in {map.About}", "an empty one, which would always hold", "say for example { exists: true }");
        }

        if (assertion.Exists == false && mapping.Children.Count > 1)
        {
            yaml.Complain(mapping, FaultCodes.InputConflict, $"nothing beside 'exists: false' in {map.About}", "other operators", "what does not exist has no value");
        }

        if (assertion is { Min: { } min, Max: { } max } && min.CompareTo(max) > 0)
        {
            yaml.Complain(mapping, FaultCodes.InputConflict, $"'min' to be at most 'max' in {map.About}", $"{min} and {max}", "exchange them");
        }
    }

    private static List<SmokeValue>? OneOf(SpecMap map)
    {
        if (map.Take("one-of") is null)
        {
            return null;
        }

        List<SmokeValue> values = [.. map.List("one-of").Select(SpecValues.ToValue)];
        if (values.Count == 0 && map.Take("one-of") is YamlSequenceNode list)
        {
            map.Wrong(list, $"at least one value in 'one-of' of {map.About}", "list the values that are good");
        }

        return values;
    }

    private static Regex? Pattern(SpecMap map)
    {
        if (map.Text("matches") is not { } pattern)
        {
            return null;
        }

        try
        {
            if (pattern.Length <= LongestPattern)
            {
                return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Multiline, PatternTime);
            }
        }
        catch (Exception problem) when (problem is ArgumentException or NotSupportedException)
        {
            // Said below: its form is wrong, or it needs backtracking.
        }

        map.Wrong(map.Take("matches")!, $"a .NET regular expression of at most {LongestPattern} characters in 'matches' of {map.About}", "correct it; lookarounds and backreferences are not to be had, because they can take for ever");
        return null;
    }

    private static SmokeNumber? Bound(SpecMap map, string key)
    {
        if (map.Take(key) is not { } node)
        {
            return null;
        }

        if (SpecValues.ToValue(node) is SmokeValue.Number number)
        {
            return number.Value;
        }

        map.Wrong(node, $"a number in '{key}' of {map.About}", "correct the value");
        return null;
    }

    private static string? Name(SpecMap map, string key, List<string> names)
    {
        if (map.Text(key) is not { } name)
        {
            return null;
        }

        names.Add(name);
        return name;
    }

    private void RequireSome(SpecMap map, int count)
    {
        if (count == 0 && map.Node.Children.Count == 0)
        {
            yaml.Complain(map.Node, FaultCodes.InputInvalid, $"at least one assertion in {map.About}", "none", "add one, or remove the key");
        }
    }
}
