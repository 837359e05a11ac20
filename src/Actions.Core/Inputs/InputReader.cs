using Actions.Core.Faults;
using Actions.Core.Keys;
using Actions.Core.Runner;
using Actions.Core.Solana;

namespace Actions.Core.Inputs;

/// <summary>Reads the inputs of an action and collects everything that is wrong with them, to be said at once.</summary>
/// <remarks>
/// Every getter returns null when the input is absent and also when it is at fault; the caller adds its default and goes on, and
/// <see cref="Finish{T}"/> decides in the end. Hyphens stay: `program-id` arrives as `INPUT_PROGRAM-ID`
/// (actions/runner, src/Runner.Worker/Handlers/Handler.cs, AddInputsToEnvironment).
/// </remarks>
public sealed class InputReader(RunnerEnvironment environment, Masker masker)
{
    private const int LongestSingleLine = 4096;

    private readonly List<Fault> faults = [];
    private readonly SortedSet<string> names = new(StringComparer.Ordinal);

    public IReadOnlyList<Fault> Faults => faults;

    /// <summary>Every input asked for so far: what the contract's declaration is tested against.</summary>
    public IReadOnlyCollection<string> Names => names;

    /// <summary>What a release file gives for inputs that are absent; an explicit input wins.</summary>
    public IReadOnlyDictionary<string, string> Supplied { get; init; } = new Dictionary<string, string>();

    public void Add(Fault fault) => faults.Add(fault);

    public void Add(FaultCode code, string input, string expected, string found, string remedy) =>
        faults.Add(new Fault(code, expected, found, remedy, input));

    /// <summary>The value that all inputs together make, unless any of them is at fault.</summary>
    public Result<T> Finish<T>(Func<T> make) => faults.Any(fault => fault.Severity == Severity.Error) ? Result<T>.Fail(faults) : make();

    public bool Has(string name) => Raw(name) is not null;

    /// <summary>Complains when an input is absent; says nothing about its form.</summary>
    public bool Require(string name, string purpose)
    {
        if (Has(name))
        {
            return true;
        }

        Add(FaultCodes.InputMissing, name, $"Expected the input '{name}' ({purpose})", "found nothing", $"add '{name}:' under 'with:'");
        return false;
    }

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

    /// <summary>The endpoints in order of preference, each a URL or a reference to one.</summary>
    public IReadOnlyList<RpcUrl> RpcUrls(string name = "rpc-url")
    {
        List<RpcUrl> urls = [];
        foreach (var url in Lines(name).SelectMany(line => Secret(name, line)).Select(text => RpcUrl.Parse(text, masker, name)))
        {
            faults.AddRange(url.Faults);
            if (url.IsOk && !urls.Contains(url.Value))
            {
                urls.Add(url.Value);
            }
        }

        return urls;
    }

    /// <summary>A key, or the address of one; the caller decides whether an address is enough (<see cref="KeyInput.ToSigner"/>).</summary>
    public KeyInput? Key(string name) => Raw(name) is { } text ? Take(KeyReader.Read(text, name, environment, masker)) : null;

    /// <summary>`name=key reference` per line.</summary>
    public IReadOnlyDictionary<string, KeyInput> Keys(string name)
    {
        var keys = new Dictionary<string, KeyInput>();
        foreach (var (key, reference) in Map(name))
        {
            if (Take(KeyReader.Read(reference, name, environment, masker)) is { } read)
            {
                keys.Add(key, read);
            }
        }

        return keys;
    }

    /// <summary>A secret as such or by reference, masked.</summary>
    public string? SecretText(string name) => Raw(name) is { } text && Secret(name, text) is [var secret, ..] ? Masked(secret) : null;

    /// <summary>A path inside the workspace or RUNNER_TEMP; it need not exist.</summary>
    public WorkspacePath? Path(string name) => Text(name) is { } text ? Take(WorkspacePath.Resolve(environment, text, name)) : null;

    /// <summary>All bytes of a file, when it is a regular file of at most so many bytes.</summary>
    public InputFile? File(string name, long most) => Path(name) is { } path ? Read(name, path, most) : null;

    /// <summary>A file that an input led to, under the same rules.</summary>
    public InputFile? FileAt(string name, string path, long most) =>
        Take(WorkspacePath.Resolve(environment, path, name)) is { } resolved ? Read(name, resolved, most) : null;

    private InputFile? Read(string name, WorkspacePath path, long most) =>
        Take(WorkspaceFiles.Read(path, most, name)) is { } bytes ? new InputFile(path, bytes) : null;

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

    private T? Take<T>(Result<T> result)
        where T : class
    {
        faults.AddRange(result.Faults);
        return result.IsOk ? result.Value : null;
    }

    private string Masked(string secret)
    {
        masker.Add(secret);
        return secret;
    }

    private string[] Secret(string name, string text)
    {
        if (KeyReferenceParser.Parse(text, name) is not { IsOk: true } parsed || parsed.Value is KeyReference.Literal or KeyReference.Named)
        {
            return [text];
        }

        var value = KeyReader.Dereference(parsed.Value, name, environment);
        faults.AddRange(value.Faults);
        return value.IsOk ? value.Value.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [];
    }

    private string? Raw(string name)
    {
        names.Add(name);
        var variable = $"INPUT_{name.Replace(' ', '_').ToUpperInvariant()}";
        var text = environment[variable]?.Trim() is { Length: > 0 } given ? given : Supplied.GetValueOrDefault(name)?.Trim();
        return text is { Length: > 0 } ? text : null;
    }
}

/// <summary>A file that an input named, with its bytes.</summary>
public sealed record InputFile(WorkspacePath Path, byte[] Bytes);
