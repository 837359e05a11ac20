using System.Collections;
using System.Globalization;

namespace Actions.Core.Reports;

/// <summary>The outputs of a run in the order they were first set; safe to fill while the run goes on.</summary>
public sealed class OutputSet : IEnumerable<KeyValuePair<string, string>>
{
    private readonly Lock gate = new();
    private readonly List<KeyValuePair<string, string>> pairs = [];

    public string? this[string name]
    {
        get
        {
            lock (gate)
            {
                return pairs.FirstOrDefault(pair => pair.Key == name).Value;
            }
        }
    }

    public OutputSet Set(string name, string? value)
    {
        lock (gate)
        {
            var pair = new KeyValuePair<string, string>(name, value ?? "");
            var at = pairs.FindIndex(known => known.Key == name);
            if (at < 0)
            {
                pairs.Add(pair);
            }
            else
            {
                pairs[at] = pair;
            }
        }

        return this;
    }

    public OutputSet Set(string name, bool value) => Set(name, value ? "true" : "false");

    public OutputSet Set(string name, ulong value) => Set(name, value.ToString(CultureInfo.InvariantCulture));

    public OutputSet SetAll(IEnumerable<KeyValuePair<string, string>> others)
    {
        foreach (var (name, value) in others)
        {
            Set(name, value);
        }

        return this;
    }

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator()
    {
        lock (gate)
        {
            return pairs.ToList().GetEnumerator();
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
