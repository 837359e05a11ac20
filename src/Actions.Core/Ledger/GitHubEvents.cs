using System.Text;
using System.Text.Json;
using Actions.Core.Faults;
using Actions.Core.GitHub;
using Actions.Core.Runner;

namespace Actions.Core.Ledger;

/// <summary>An event as a deployment, and back.</summary>
internal static class GitHubEvents
{
    public const string Release = "solana-release";
    public const string Later = "solana-event";
    public const string Check = "solana-check";

    public static readonly IReadOnlyList<string> Tasks = [Release, Later, Check];

    private const int ShownDigits = 12;

    /// <summary>Room for the length that a bounded text ends with.</summary>
    private const int LongestText = NewDeployment.LongestDescription - 30;

    /// <param name="isFirst">Whether it opens its record.</param>
    public static NewDeployment ToDeployment(LedgerEvent entry, bool isFirst, string reference)
    {
        var line = LedgerLine.Write(entry);
        using var json = JsonDocument.Parse(line);
        return new NewDeployment
        {
            Ref = reference,
            Task = entry.Kind == RecordKind.Check ? Check : isFirst ? Release : Later,
            Payload = json.RootElement.Clone(),
            Environment = entry.Environment,
            Description = Describe(entry),
            TransientEnvironment = entry.Kind == RecordKind.Check || !isFirst,
            ProductionEnvironment = isFirst && entry.Kind != RecordKind.Check && entry.Cluster == Solana.Cluster.MainnetBeta.Name,
        };
    }

    /// <summary>What a deployment's payload says, or why it says nothing.</summary>
    public static Result<LedgerEvent> Read(GitHubDeployment deployment)
    {
        var where = $"ledger: deployment {deployment.Id}";
        var json = deployment.Payload.ValueKind switch
        {
            JsonValueKind.Object => deployment.Payload.GetRawText(),
            JsonValueKind.String => deployment.Payload.GetString()!,
            _ => "",
        };
        if (json.Length > LedgerLine.MaxLength)
        {
            return LedgerLine.Broken(where, $"a payload of {json.Length:N0} characters");
        }

        var entry = LedgerLine.Read(Encoding.UTF8.GetBytes(json), where);
        return entry is not { IsOk: true, Value: var read } ? entry
            : !read.Environment.Equals(deployment.Environment, StringComparison.OrdinalIgnoreCase) ? LedgerLine.Broken(where, $"an event of the environment {read.Environment}")
            : (read.Kind == RecordKind.Check) != (deployment.Task == Check) ? LedgerLine.Broken(where, $"a {read.Kind} as {deployment.Task}")
            : entry;
    }

    /// <summary>What people see; readers fold payloads.</summary>
    public static NewDeploymentStatus ToStatus(LedgerEvent entry, string? runUrl) => new(
        entry.State switch
        {
            RecordState.Started => "in_progress",
            RecordState.Pending => "queued",
            RecordState.Succeeded => "success",
            RecordState.Failed => "failure",
            RecordState.Cancelled => "error",
            _ => "inactive",
        },
        Describe(entry),
        entry.RunUrl ?? runUrl);

    private static string Describe(LedgerEvent entry)
    {
        var what = entry.Kind == RecordKind.Check ? $"{entry.Check} check" : entry.Kind.ToString();
        string?[] parts = [what, entry.Name, entry.Version, entry.State.ToString().ToLowerInvariant(), entry.ExecutableHash is { } hash ? $"({hash[..ShownDigits]}…)" : null, $"record {entry.Id}"];
        return PlainText.Bound(PlainText.CleanLine(string.Join(' ', parts.OfType<string>())), LongestText);
    }
}
