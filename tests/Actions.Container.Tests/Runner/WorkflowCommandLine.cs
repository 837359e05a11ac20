namespace Actions.Container.Tests.Runner;

/// <summary>A line that the runner takes for a command (src/Runner.Common/ActionCommand.cs, TryParseV2 and TryParse).</summary>
internal sealed record WorkflowCommandLine(string Name, IReadOnlyDictionary<string, string> Properties, string Data)
{
    private static readonly (string, string)[] DataEscapes = [("%0D", "\r"), ("%0A", "\n"), ("%25", "%")];
    private static readonly (string, string)[] PropertyEscapes = [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")];
    private static readonly (string, string)[] OldEscapes = [("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%25", "%")];

    public static WorkflowCommandLine? Parse(string line, IReadOnlySet<string> known) => ParseNew(line, known) ?? ParseOld(line, known);

    private static WorkflowCommandLine? ParseNew(string line, IReadOnlySet<string> known)
    {
        var text = line.TrimStart();
        // With the runner's culture, as there: it overlooks characters that cannot be seen.
#pragma warning disable CA1310
        if (!text.StartsWith("::"))
#pragma warning restore CA1310
        {
            return null;
        }

        var end = text.IndexOf("::", 2, StringComparison.Ordinal);
        return end < 0 ? null : Build(text[2..end], ',', text[(end + 2)..], known, PropertyEscapes, DataEscapes);
    }

    private static WorkflowCommandLine? ParseOld(string line, IReadOnlySet<string> known)
    {
        var start = line.IndexOf("##[", StringComparison.Ordinal);
        var end = start < 0 ? -1 : line.IndexOf(']', start);
        return end < 0 ? null : Build(line[(start + 3)..end], ';', line[(end + 1)..], known, OldEscapes, OldEscapes);
    }

    private static WorkflowCommandLine? Build(
        string head, char separator, string data, IReadOnlySet<string> known, (string, string)[] propertyEscapes, (string, string)[] dataEscapes)
    {
        var parts = head.Split(' ', 2);
        if (!known.Contains(parts[0]))
        {
            return null;
        }

        var properties = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var pair in parts.ElementAtOrDefault(1)?.Trim().Split(separator, StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            if (pair.Split('=', 2, StringSplitOptions.RemoveEmptyEntries) is [var key, var value])
            {
                properties[key] = Unescape(value, propertyEscapes);
            }
        }

        return new WorkflowCommandLine(parts[0], properties, Unescape(data, dataEscapes));
    }

    private static string Unescape(string text, (string Escaped, string Plain)[] escapes) =>
        escapes.Aggregate(text, (current, escape) => current.Replace(escape.Escaped, escape.Plain, StringComparison.Ordinal));
}
