using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Actions.Core.Faults;

namespace Actions.Core.Reports;

/// <summary>What a run leaves behind for other programs (docs/schema/report.schema.json).</summary>
public sealed record RunReport(
    int Schema, string Action, bool DryRun, int ExitCode, IReadOnlyList<ReportFault> Faults, ReportPlan? Plan, IReadOnlyDictionary<string, string> Outputs)
{
    public const int CurrentSchema = 1;

    /// <summary>Quotes and non-English letters stay readable: this is a file, not a part of a page.</summary>
    private static readonly ReportJson Readable =
        new(new JsonSerializerOptions(ReportJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Readable.RunReport);

    public static RunReport? FromJson(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, ReportJson.Default.RunReport);

    /// <summary>Null for what is no report.</summary>
    public static RunReport? TryFromJson(ReadOnlySpan<byte> json)
    {
        try
        {
            return FromJson(json) is { Schema: CurrentSchema, Action: not null, Faults: not null, Outputs: not null } report && report.Faults.All(fault => fault is { Code: not null, Severity: not null }) ? report : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A fault as the report lists it.</summary>
public sealed record ReportFault(string Code, string Severity, string? Input, string Expected, string Found, string Remedy)
{
    /// <param name="fault">What is wrong.</param>
    /// <param name="safe">Makes text fit to be written: no secret, no control characters, bounded.</param>
    public static ReportFault From(Fault fault, Func<string, string> safe) => new(
        fault.Code.Name, fault.Severity == Faults.Severity.Error ? "error" : "warning", fault.Input,
        safe(fault.Expected), safe(fault.Found), safe(fault.Remedy));
}

/// <summary>What the run was going to do, and what that costs.</summary>
public sealed record ReportPlan
{
    public IReadOnlyList<string> Steps { get; init; } = [];

    public ulong RentLamports { get; init; }

    public ulong ExtendLamports { get; init; }

    public ulong FeeLamports { get; init; }

    public ulong FeeLamportsHighest { get; init; }

    public ulong PeakLamports { get; init; }

    /// <summary>Negative when the payer ends with more than it began with.</summary>
    public long NetLamports { get; init; }

    public ulong RefundLamports { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(RunReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
