using System.Globalization;
using System.Text;

namespace Actions.Core.Smoke;

/// <summary>One line of a scrape.</summary>
public sealed record MetricSample(string Name, IReadOnlyDictionary<string, string> Labels, double Value)
{
    /// <summary>Name and labels in one text that is the same in every scrape.</summary>
    public string Series { get; } = Name + string.Concat(Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"\n{label.Key}={label.Value}"));
}

/// <summary>A scrape in Prometheus' text format, or in OpenMetrics'.</summary>
/// <remarks>As strict as Prometheus: one line that is none of the format's makes the whole scrape worthless.</remarks>
public sealed class PrometheusText
{
    private const int MostSamples = 200_000;

    private readonly List<MetricSample> samples = [];
    private readonly Dictionary<string, string> types = new(StringComparer.Ordinal);

    private PrometheusText()
    {
    }

    public IReadOnlyList<MetricSample> Samples => samples;

    /// <summary>Null, and the number of the line that is wrong, when it is none.</summary>
    public static PrometheusText? Parse(string text, out int wrongLine)
    {
        var scrape = new PrometheusText();
        wrongLine = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            wrongLine++;
            var trimmed = line.Trim(" \t");
            if (trimmed.IsEmpty || (trimmed[0] == '#' ? scrape.Comment(trimmed) : scrape.Sample(trimmed)))
            {
                continue;
            }

            return null;
        }

        wrongLine = 0;
        return scrape;
    }

    /// <summary>The samples of a name that carry at least these labels.</summary>
    public IReadOnlyList<MetricSample> Select(string name, IReadOnlyDictionary<string, string> labels) =>
        [.. samples.Where(sample => sample.Name == name && labels.All(label => sample.Labels.TryGetValue(label.Key, out var value) && value == label.Value))];

    /// <summary>Whether it only ever grows, so that less than before means a restart.</summary>
    public bool IsCounter(string name) => types.TryGetValue(name, out var type)
        ? type == "counter"
        : name.EndsWith("_total", StringComparison.Ordinal) || name.EndsWith("_count", StringComparison.Ordinal)
            || name.EndsWith("_sum", StringComparison.Ordinal) || name.EndsWith("_bucket", StringComparison.Ordinal);

    private bool Comment(ReadOnlySpan<char> line)
    {
        if (line.ToString().Split((char[])[' ', '\t'], 5, StringSplitOptions.RemoveEmptyEntries) is ["#", "TYPE", var name, var type, ..])
        {
            types[name] = type;
            types.TryAdd($"{name}_total", type); // OpenMetrics declares a counter without its suffix
        }

        return true;
    }

    private bool Sample(ReadOnlySpan<char> line)
    {
        var at = NameEnd(line, 0);
        var name = line[..at].ToString();
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        if (at == 0 || samples.Count == MostSamples || (at < line.Length && line[at..].TrimStart(" \t") is ['{', ..] && !Labels(line, ref at, labels)))
        {
            return false;
        }

        // The value, and maybe when it was taken; OpenMetrics adds an exemplar behind a hash.
        var rest = line[at..];
        var exemplar = rest.IndexOf('#');
        var parts = (exemplar < 0 ? rest : rest[..exemplar]).ToString().Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length is not (1 or 2) || (rest.Length > 0 && rest[0] is not (' ' or '\t')) || Value(parts[0]) is not { } value || (parts.Length == 2 && Value(parts[1]) is null))
        {
            return false;
        }

        samples.Add(new MetricSample(name, labels, value));
        return true;
    }

    private static bool Labels(ReadOnlySpan<char> line, ref int at, Dictionary<string, string> labels)
    {
        at += line[at..].IndexOf('{') + 1;
        while (true)
        {
            at = Skip(line, at);
            if (at < line.Length && line[at] == '}')
            {
                at++;
                return at < line.Length;
            }

            var end = NameEnd(line, at);
            var name = line[at..end].ToString();
            at = Skip(line, end);
            if (name.Length == 0 || at >= line.Length || line[at] != '=')
            {
                return false;
            }

            at = Skip(line, at + 1);
            if (!Quoted(line, ref at, out var value) || !labels.TryAdd(name, value))
            {
                return false;
            }

            at = Skip(line, at);
            if (at < line.Length && line[at] == ',')
            {
                at++;
            }
            else if (at >= line.Length || line[at] != '}')
            {
                return false;
            }
        }
    }

    private static bool Quoted(ReadOnlySpan<char> line, ref int at, out string value)
    {
        var text = new StringBuilder();
        value = "";
        if (at >= line.Length || line[at] != '"')
        {
            return false;
        }

        for (at++; at < line.Length && line[at] != '"'; at++)
        {
            if (line[at] != '\\')
            {
                text.Append(line[at]);
            }
            else if (++at < line.Length)
            {
                text.Append(line[at] == 'n' ? '\n' : line[at]);
            }
        }

        value = text.ToString();
        return at++ < line.Length;
    }

    private static double? Value(string text) => text switch
    {
        "NaN" => double.NaN,
        "+Inf" or "Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value) && !double.IsNaN(value)
            ? value
            : null,
    };

    private static int Skip(ReadOnlySpan<char> line, int at)
    {
        while (at < line.Length && line[at] is ' ' or '\t')
        {
            at++;
        }

        return at;
    }

    private static int NameEnd(ReadOnlySpan<char> line, int at)
    {
        var start = at;
        while (at < line.Length && (char.IsAsciiLetter(line[at]) || line[at] is '_' or ':' || (at > start && char.IsAsciiDigit(line[at]))))
        {
            at++;
        }

        return at;
    }
}
