namespace Actions.Core.Tests.Runner;

/// <summary>The other side of the protocol: what a runner makes of what we print and write (src/Runner.Common/ActionCommand.cs).</summary>
internal sealed record SeenCommand(string Name, IReadOnlyDictionary<string, string> Properties, string Data);

internal static class RunnersSide
{
    private static readonly HashSet<string> Registered =
    [
        "error", "warning", "notice", "debug", "group", "endgroup", "add-mask", "stop-commands", "set-output", "set-env", "save-state", "add-path", "echo",
        "add-matcher", "remove-matcher", "internal-set-repo-path",
    ];

    /// <summary>The commands a runner would obey in a log. It reads lines as StreamReader does: split at LF, CR and CRLF.</summary>
    public static IReadOnlyList<SeenCommand> Commands(string log)
    {
        var seen = new List<SeenCommand>();
        string? stopped = null;
        foreach (var line in log.ReplaceLineEndings("\n").Split('\n'))
        {
            var known = stopped is null ? Registered : [stopped];
            if ((ParseNew(line, known) ?? ParseOld(line, known)) is not { } command)
            {
                continue;
            }

            if (stopped is not null)
            {
                stopped = null;
            }
            else if (command.Name == "stop-commands")
            {
                stopped = command.Data;
            }
            else
            {
                seen.Add(command);
            }
        }

        return seen;
    }

    /// <summary>What the runner reads from the file of outputs (src/Runner.Worker/FileCommandManager.cs).</summary>
    public static IReadOnlyDictionary<string, string> Outputs(string file)
    {
        var outputs = new Dictionary<string, string>();
        var lines = new Queue<string>(file.Split('\n'));
        while (lines.TryDequeue(out var line))
        {
            if (line.Length == 0)
            {
                continue;
            }

            var equals = line.IndexOf('=', StringComparison.Ordinal);
            var heredoc = line.IndexOf("<<", StringComparison.Ordinal);
            if (equals >= 0 && (heredoc < 0 || equals < heredoc))
            {
                outputs[line[..equals]] = line[(equals + 1)..];
                continue;
            }

            heredoc.ShouldBeGreaterThan(0, $"the runner refuses '{line}'");
            var (name, delimiter) = (line[..heredoc], line[(heredoc + 2)..]);
            var value = new List<string>();
            for (line = lines.Dequeue(); line != delimiter; line = lines.Dequeue())
            {
                value.Add(line);
            }

            outputs[name] = string.Join('\n', value);
        }

        return outputs;
    }

    private static SeenCommand? ParseNew(string line, HashSet<string> known)
    {
        // The runner compares with its culture, which overlooks characters that cannot be seen.
        var message = new string([.. line.TrimStart().SkipWhile(character => character is '\0' or '\u200b' or '\u00ad' or '\ufeff')]);
        var end = message.StartsWith("::", StringComparison.Ordinal) ? message.IndexOf("::", 2, StringComparison.Ordinal) : -1;
        return end < 0 ? null : Build(message[2..end], message[(end + 2)..], ',', known, text => Unescape(Unescape(text, ("%3A", ":"), ("%2C", ",")), DataEscapes), text => Unescape(text, DataEscapes));
    }

    private static SeenCommand? ParseOld(string line, HashSet<string> known)
    {
        var start = line.IndexOf("##[", StringComparison.Ordinal);
        var end = start < 0 ? -1 : line.IndexOf(']', start);
        return end < 0 ? null : Build(line[(start + 3)..end], line[(end + 1)..], ';', known, text => text, text => text);
    }

    private static readonly (string, string)[] DataEscapes = [("%0D", "\r"), ("%0A", "\n"), ("%25", "%")];

    private static SeenCommand? Build(string head, string data, char separator, HashSet<string> known, Func<string, string> property, Func<string, string> text)
    {
        var space = head.IndexOf(' ', StringComparison.Ordinal);
        var name = space < 0 ? head : head[..space];
        var properties = space < 0
            ? []
            : head[(space + 1)..].Split(separator).Select(pair => pair.Split('=', 2)).Where(pair => pair.Length == 2)
                .ToDictionary(pair => pair[0], pair => property(pair[1]));
        return known.Contains(name) ? new SeenCommand(name, properties, text(data)) : null;
    }

    private static string Unescape(string text, params (string From, string To)[] escapes) =>
        escapes.Aggregate(text, (current, escape) => current.Replace(escape.From, escape.To, StringComparison.Ordinal));
}
