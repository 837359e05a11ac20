using Actions.Core.Faults;
using Actions.Core.Runner;
using Actions.Core.Solana;

namespace Actions.Core.Inputs;

/// <content>Values that may be quoted.</content>
public sealed partial class InputReader
{
    private const int LongestSingleLine = 4096;

    /// <summary>One line of text.</summary>
    public string? Text(string name)
    {
        if (Raw(name) is not { } text)
        {
            return null;
        }

        if (text.Length > LongestSingleLine || text.Any(char.IsControl))
        {
            Add(FaultCodes.InputInvalid, name, $"Expected one line of at most {LongestSingleLine} characters in '{name}'",
                $"found {PlainText.Quote(text)}", "check the value's line breaks and special characters");
            return null;
        }

        return text;
    }

    public Address? Address(string name) =>
        Parse<Address>(name, "an address (base58 of 32 bytes)", text => Solana.Address.TryParse(text, out var address) ? address : null, hide: true);

    public TimeSpan? Duration(string name) => Parse(name, InputGrammar.DurationForm, InputGrammar.Duration);

    public ulong? Sol(string name) => Parse(name, InputGrammar.SolForm, InputGrammar.Lamports);

    public bool? Flag(string name) => Parse(name, "true or false", InputGrammar.Flag);

    public ulong? Number(string name, ulong least = 0, ulong most = ulong.MaxValue) => Parse<ulong>(
        name,
        most == ulong.MaxValue ? $"a whole number of at least {least}" : $"a whole number from {least} to {most}",
        text => InputGrammar.Number(text) is { } number && number >= least && number <= most ? number : null);

    public PriorityFee? PriorityFee(string name) =>
        Text(name) is not { } text ? null
        : text == "auto" ? new PriorityFee.Auto()
        : InputGrammar.Number(text) is { } price ? new PriorityFee.Fixed(price)
        : Wrong<PriorityFee>(name, "auto or a whole number of micro-lamports per compute unit", text);

    /// <summary>One of a few words.</summary>
    public T? Choice<T>(string name, params ReadOnlySpan<(string Word, T Value)> choices)
        where T : struct
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        var words = new List<string>();
        foreach (var (word, value) in choices)
        {
            if (word == text)
            {
                return value;
            }

            words.Add(word);
        }

        Add(Unknown(name, text, words));
        return null;
    }

    public Cluster? Cluster(string name = "cluster")
    {
        var text = Text(name);
        var cluster = text is null ? null : Solana.Cluster.All.FirstOrDefault(known => known.Name == text);
        if (text is not null && cluster is null)
        {
            Add(Unknown(name, text, [.. Solana.Cluster.All.Select(known => known.Name)]));
        }

        return cluster;
    }

    /// <summary>One value per line; empty lines do not count.</summary>
    public IReadOnlyList<string> Lines(string name) =>
        Raw(name) is not { } text ? [] : [.. text.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>`name=value` per line, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Map(string name)
    {
        List<KeyValuePair<string, string>> pairs = [];
        foreach (var line in Lines(name))
        {
            var at = line.IndexOf('=', StringComparison.Ordinal);
            var key = at < 0 ? "" : line[..at].Trim();
            if (key.Length == 0)
            {
                // The line itself may be a secret whose name was forgotten.
                Add(FaultCodes.InputInvalid, name, $"Expected 'name=value' on each line of '{name}'", "found a line without a name", "write one pair per line");
            }
            else if (pairs.Any(pair => pair.Key == key))
            {
                Add(FaultCodes.InputConflict, name, $"Expected each name once in '{name}'", $"found {PlainText.Quote(key)} twice", "remove one of them");
            }
            else
            {
                pairs.Add(new(key, line[(at + 1)..].Trim()));
            }
        }

        return pairs;
    }

    private static Fault Unknown(string name, string found, IReadOnlyList<string> words) => new(
        FaultCodes.InputUnknownValue, $"Expected one of {string.Join(", ", words)} in '{name}'", $"found {PlainText.Quote(found)}",
        "use one of them, in lower case", name);

    private T? Parse<T>(string name, string form, Func<string, T?> parse, bool hide = false)
        where T : struct
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        var value = parse(text);
        if (value is null)
        {
            Wrong<string>(name, form, hide ? null : text);
        }

        return value;
    }

    /// <summary>What could be a misplaced key is described and never quoted.</summary>
    private T? Wrong<T>(string name, string form, string? found)
        where T : class
    {
        Add(FaultCodes.InputInvalid, name, $"Expected {form} in '{name}'",
            found is null ? "found something else (not shown: it could be a key)" : $"found {PlainText.Quote(found)}", "correct the value");
        return null;
    }
}
