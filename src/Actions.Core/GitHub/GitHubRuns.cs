using System.Globalization;
using System.Text.RegularExpressions;
using Actions.Core.Ledger;

namespace Actions.Core.GitHub;

/// <summary>Workflow runs by the addresses of their pages.</summary>
/// <param name="server">Where people look: `https://github.com`.</param>
public sealed partial class GitHubRuns(GitHubClient client, string server)
{
    /// <summary>A <see cref="GitHubProbe"/>. What cannot be asked is not known: the record's own timeout settles it then.</summary>
    public async Task<Liveness> ProbeAsync(string runUrl, CancellationToken cancellation)
    {
        try
        {
            return await FindAsync(runUrl, cancellation) is { } run ? run.Status == "completed" ? Liveness.Over : Liveness.Running : Liveness.Unknown;
        }
        catch (GitHubException)
        {
            return Liveness.Unknown;
        }
    }

    /// <summary>Null for an address that is none of this repository's runs, and for a run that is gone.</summary>
    public async Task<GitHubRun?> FindAsync(string? runUrl, CancellationToken cancellation)
    {
        var start = $"{server}/{client.Access.Repository}/actions/runs/";
        if (runUrl?.StartsWith(start, StringComparison.OrdinalIgnoreCase) != true || RunForm().Match(runUrl[start.Length..]) is not { Success: true } match)
        {
            return null;
        }

        int? attempt = match.Groups["attempt"] is { Success: true, Value: var number } ? int.Parse(number, CultureInfo.InvariantCulture) : null;
        return await client.FindRunAsync(long.Parse(match.Groups["run"].Value, CultureInfo.InvariantCulture), attempt, cancellation);
    }

    /// <summary>Who let a run go on, for its record; null where GitHub does not say: a record without it is still a record.</summary>
    public async Task<IReadOnlyList<Approval>?> ApprovalsAsync(string? runId, CancellationToken cancellation)
    {
        if (!long.TryParse(runId, NumberStyles.None, CultureInfo.InvariantCulture, out var run))
        {
            return null;
        }

        try
        {
            var approvals = from entry in await client.ListApprovalsAsync(run, cancellation)
                            where entry is { State: "approved", User: not null }
                            from environment in entry.Environments
                            select new Approval(environment.Name, entry.User!.Login, entry.User.Id, GitHubRefusal.Shown(entry.Comment ?? ""));
            return approvals.ToList() is { Count: > 0 } some ? some : null;
        }
        catch (GitHubException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"\A(?<run>[0-9]{1,18})(?:/attempts/(?<attempt>[0-9]{1,8}))?/?\z")]
    private static partial Regex RunForm();
}
