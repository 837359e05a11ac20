using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Actions.Core.Notify;

/// <summary>What a kept issue remembers of earlier runs, hidden in its body. It changes only when findings do, so that a run that finds the same writes nothing.</summary>
/// <param name="History">The days on which something changed, the oldest first.</param>
/// <param name="Ids">Of the findings; null where there are too many to remember.</param>
/// <param name="Added">Ids that came with the last change.</param>
/// <param name="Gone">Ids that went with it.</param>
public sealed partial record IssueMemory(IReadOnlyList<IssueDay> History, IReadOnlyList<string>? Ids, IReadOnlyList<string> Added, IReadOnlyList<string> Gone)
{
    private const int MostDays = 30;

    /// <summary>Of the ids together, in characters.</summary>
    private const int MostIds = 12_000;

    /// <summary>Of the hidden text.</summary>
    private const int Longest = 64 * 1024;

    private static readonly IssueMemory Nothing = new([], [], [], []);

    /// <summary>What a body remembers; nothing where somebody edited it away.</summary>
    public static IssueMemory Of(string? body)
    {
        if (body is null || Hidden().Match(body) is not { Success: true, Groups: [_, { Length: <= Longest } hidden] })
        {
            return Nothing;
        }

        try
        {
            return JsonSerializer.Deserialize(Convert.FromBase64String(hidden.Value), IssueMemoryJson.Default.IssueMemory) is { } memory && memory.IsUsable ? memory : Nothing;
        }
        catch (Exception problem) when (problem is JsonException or FormatException)
        {
            return Nothing;
        }
    }

    /// <summary>After a run on a day.</summary>
    public IssueMemory After(KeptFindings findings, DateOnly date)
    {
        var day = new IssueDay(
            date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), findings.Count(FindingLevel.Error), findings.Count(FindingLevel.Warning), findings.Count(FindingLevel.Note), findings.StaleLamports);
        List<string> ids = [.. findings.All.Select(finding => finding.Id).Distinct().Order(StringComparer.Ordinal)];
        var known = ids.Sum(id => id.Length + 3) <= MostIds ? ids : null;
        var isSame = known is null || Ids is null ? known is null && Ids is null : known.SequenceEqual(Ids);
        if (isSame && History is [.., var last] && last with { Date = day.Date } == day)
        {
            return this;
        }

        // A day has one row: its last.
        var before = History.Count > 0 && History[^1].Date == day.Date ? History.SkipLast(1) : History;
        return new IssueMemory(
            [.. before.TakeLast(MostDays - 1), day], known,
            known is null || Ids is null ? [] : [.. known.Except(Ids, StringComparer.Ordinal)],
            known is null || Ids is null ? [] : [.. Ids.Except(known, StringComparer.Ordinal)]);
    }

    /// <summary>As an HTML comment, which nothing in it can end.</summary>
    public string Hide() => $"<!-- solana-actions memory {Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(this, IssueMemoryJson.Default.IssueMemory))} -->";

    /// <summary>Who can edit the issue can edit this, too.</summary>
    [JsonIgnore]
    private bool IsUsable =>
        History.Count <= MostDays && History.All(day => day is { Errors: >= 0, Warnings: >= 0, Notes: >= 0 } && DateOnly.TryParseExact(day.Date, "yyyy-MM-dd", out _))
        && new[] { Ids ?? [], Added, Gone }.All(ids => ids.Sum(id => (id?.Length ?? Longest) + 3) <= MostIds);

    [GeneratedRegex("<!-- solana-actions memory ([A-Za-z0-9+/=]*) -->", RegexOptions.NonBacktracking)]
    private static partial Regex Hidden();
}

/// <summary>How many findings there were from a day on.</summary>
/// <param name="Date">As ISO 8601 writes it.</param>
/// <param name="StaleLamports">In forgotten buffers; null where nobody looked.</param>
public sealed record IssueDay(string Date, int Errors, int Warnings, int Notes, ulong? StaleLamports = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    MaxDepth = 8,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(IssueMemory))]
internal sealed partial class IssueMemoryJson : JsonSerializerContext;
