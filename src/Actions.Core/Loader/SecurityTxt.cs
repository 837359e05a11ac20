using System.Text;

namespace Actions.Core.Loader;

/// <summary>Whom to tell about a vulnerability, as the program itself says (github.com/neodyme-labs/solana-security-txt).</summary>
/// <param name="Fields">What it says; of a key given twice, the first value.</param>
/// <param name="Problems">What is wrong with it, in words; empty when it is sound.</param>
public sealed record SecurityTxt(IReadOnlyDictionary<string, string> Fields, IReadOnlyList<string> Problems)
{
    /// <summary>Far beyond any real one; what is longer is cut by whoever wants to flood a log.</summary>
    public const int MaxLength = 32 * 1024;

    public static readonly IReadOnlyList<string> Required = ["name", "project_url", "contacts", "policy"];

    public static readonly IReadOnlyList<string> Optional =
    [
        "preferred_languages", "source_code", "source_release", "source_revision", "encryption", "auditors", "acknowledgements", "expiry",
    ];

    private static ReadOnlySpan<byte> Begin => "=======BEGIN SECURITY.TXT V1=======\0"u8;

    private static ReadOnlySpan<byte> End => "=======END SECURITY.TXT V1=======\0"u8;

    public string? this[string key] => Fields.GetValueOrDefault(key);

    /// <summary>The first one in a binary; null when there is none.</summary>
    /// <remarks>The marker is searched for, because the ELF section that should point at it is missing in `sbf` builds.</remarks>
    public static SecurityTxt? Find(ReadOnlySpan<byte> binary)
    {
        var begin = binary.IndexOf(Begin);
        if (begin < 0)
        {
            return null;
        }

        var body = binary[(begin + Begin.Length)..];
        body = body[..Math.Min(body.Length, MaxLength + End.Length)];
        var end = body.IndexOf(End);
        return end < 0
            ? new SecurityTxt(new Dictionary<string, string>(), [$"there is no end marker within {MaxLength} bytes"])
            : Parse(body[..end]);
    }

    private static SecurityTxt Parse(ReadOnlySpan<byte> body)
    {
        var fields = new Dictionary<string, string>();
        var problems = new List<string>();
        while (!body.IsEmpty)
        {
            if (!Take(ref body, out var key) || !Take(ref body, out var value))
            {
                problems.Add("the last key has no value");
                break;
            }

            if (!Required.Contains(key) && !Optional.Contains(key))
            {
                problems.Add($"`{Shorten(key)}` is no key of security.txt");
            }
            else if (!fields.TryAdd(key, value))
            {
                problems.Add($"`{key}` is given twice");
            }
        }

        problems.AddRange(Required.Where(key => !fields.ContainsKey(key)).Select(key => $"`{key}` is missing"));
        return new SecurityTxt(fields, [.. problems.Take(20)]);
    }

    /// <summary>A text up to its zero byte.</summary>
    private static bool Take(ref ReadOnlySpan<byte> body, out string text)
    {
        var length = body.IndexOf((byte)0);
        text = length < 0 ? "" : Encoding.UTF8.GetString(body[..length]);
        body = length < 0 ? body : body[(length + 1)..];
        return length >= 0;
    }

    private static string Shorten(string key) => key.Length <= 40 ? key : key[..40] + "…";
}
