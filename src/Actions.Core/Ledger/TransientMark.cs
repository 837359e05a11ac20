using System.Text.Json;
using System.Text.Json.Serialization;

namespace Actions.Core.Ledger;

/// <summary>Written into whatever a run makes only to take it away again, so that a later run can tell what was left over from what is at work.</summary>
/// <param name="Kind">What made it; others' marks are nobody's business.</param>
/// <param name="Id">A ULID.</param>
public sealed record TransientMark(string Kind, string Id, string Environment, DateTimeOffset StartedAt, long TimeoutSeconds)
{
    private const int Longest = 4 * 1024;

    public string? RunUrl { get; init; }

    public string? Host { get; init; }

    public int? Pid { get; init; }

    public string? ProcessStart { get; init; }

    private RunIdentity Run => new()
    {
        RunUrl = RunUrl,
        Process = Host is { } host && Pid is { } pid && ProcessStart is { } start ? new ProcessIdentity(host, pid, start) : null,
        StartedAt = StartedAt,
        Timeout = TimeSpan.FromSeconds(Math.Clamp(TimeoutSeconds, 0, (long)TimeSpan.FromDays(10).TotalSeconds)),
    };

    /// <summary>The mark of the process we are.</summary>
    public static TransientMark Here(string kind, string id, string environment, DateTimeOffset now, TimeSpan timeout, string? runUrl)
    {
        var process = ProcessTable.Here();
        return new TransientMark(kind, id, environment, now, (long)timeout.TotalSeconds) { RunUrl = runUrl, Host = process.Host, Pid = process.Pid, ProcessStart = process.Start };
    }

    public JsonElement ToElement() => JsonSerializer.SerializeToElement(this, TransientJson.Default.TransientMark);

    public string ToJson() => JsonSerializer.Serialize(this, TransientJson.Default.TransientMark);

    /// <summary>Null for what is no mark.</summary>
    public static TransientMark? TryRead(string? json)
    {
        try
        {
            return json is { Length: > 0 and <= Longest } ? JsonSerializer.Deserialize(json, TransientJson.Default.TransientMark) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Of a deployment's payload, which GitHub gives as an object or as the text of one.</summary>
    public static TransientMark? TryRead(JsonElement payload) => payload.ValueKind switch
    {
        JsonValueKind.Object => TryRead(payload.GetRawText()),
        JsonValueKind.String => TryRead(payload.GetString()),
        _ => null,
    };

    /// <summary>Whether it was made for the same purpose by a run that cannot take it away any more: one that is over, or an earlier step of this one.</summary>
    public async Task<bool> IsLeftoverForAsync(TransientMark ours, DateTimeOffset now, RunProbe probe, CancellationToken cancellation)
    {
        if (Kind != ours.Kind || Environment != ours.Environment || Id == ours.Id || (Run.Process is { } process && probe.Host(process, RunUrl) == Liveness.Running))
        {
            return false;
        }

        return (RunUrl is not null && RunUrl == ours.RunUrl) || await Run.IsOverAsync(now, probe, cancellation);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(TransientMark))]
internal sealed partial class TransientJson : JsonSerializerContext;
