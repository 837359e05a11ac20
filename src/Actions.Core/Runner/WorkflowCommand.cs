using System.Text;

namespace Actions.Core.Runner;

/// <summary>How a line tells the runner to do something, and how any other line does not.</summary>
/// <remarks>The runner's side: actions/runner, src/Runner.Common/ActionCommand.cs.</remarks>
public static class WorkflowCommand
{
    public static string Format(string name, string data, params ReadOnlySpan<(string Key, string Value)> properties)
    {
        var line = new StringBuilder("::").Append(name);
        var separator = ' ';
        foreach (var (key, value) in properties)
        {
            line.Append(separator).Append(key).Append('=').Append(EscapeProperty(value));
            separator = ',';
        }

        return line.Append("::").Append(EscapeData(data)).ToString();
    }

    public static string EscapeData(string text) => text
        .Replace("%", "%25", StringComparison.Ordinal)
        .Replace("\r", "%0D", StringComparison.Ordinal)
        .Replace("\n", "%0A", StringComparison.Ordinal);

    public static string EscapeProperty(string text) => EscapeData(text)
        .Replace(":", "%3A", StringComparison.Ordinal)
        .Replace(",", "%2C", StringComparison.Ordinal);

    /// <summary>One cleaned line that no runner takes for a command: neither `::name::` at its start nor the older `##[name]` anywhere.</summary>
    public static string Defuse(string line)
    {
        var indent = line.Length - line.AsSpan().TrimStart().Length;
        if (line.AsSpan(indent).StartsWith("::", StringComparison.Ordinal))
        {
            line = string.Concat(line.AsSpan(0, indent), ": :", line.AsSpan(indent + 2));
        }

        return line.Replace("##[", "# #[", StringComparison.Ordinal);
    }
}
