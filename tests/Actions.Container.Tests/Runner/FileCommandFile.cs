namespace Actions.Container.Tests.Runner;

/// <summary>`name=value` and `name&lt;&lt;delimiter` as the runner reads them (src/Runner.Worker/FileCommandManager.cs, EnvFileKeyValuePairs).</summary>
internal static class FileCommandFile
{
    /// <summary>The step fails in the runner when this throws.</summary>
    public static IReadOnlyDictionary<string, string> Parse(string text)
    {
        var pairs = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var lines = new Queue<string>(text.Split('\n'));
        var ended = text.EndsWith('\n');
        while (lines.TryDequeue(out var line))
        {
            if (line.Length == 0)
            {
                continue;
            }

            var (equals, heredoc) = (line.IndexOf('=', StringComparison.Ordinal), line.IndexOf("<<", StringComparison.Ordinal));
            if (equals >= 0 && (heredoc < 0 || equals < heredoc))
            {
                pairs[line[..equals]] = line[(equals + 1)..];
            }
            else if (heredoc > 0 && heredoc + 2 < line.Length)
            {
                pairs[line[..heredoc]] = Value(lines, line[(heredoc + 2)..], ended);
            }
            else
            {
                throw new FormatException($"Invalid format '{line}'");
            }
        }

        return pairs;
    }

    private static string Value(Queue<string> lines, string delimiter, bool ended)
    {
        var value = new List<string>();
        while (lines.TryDequeue(out var line))
        {
            if (line == delimiter && (lines.Count > 0 || ended))
            {
                return string.Join('\n', value);
            }

            value.Add(line);
        }

        throw new FormatException($"Matching delimiter not found '{delimiter}'");
    }
}
