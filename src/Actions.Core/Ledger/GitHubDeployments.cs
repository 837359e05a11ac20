using System.Collections.Concurrent;
using System.Collections.Immutable;
using Actions.Core.Faults;
using Actions.Core.GitHub;

namespace Actions.Core.Ledger;

/// <summary>The repository's deployments that are ours, oldest first. Payloads never change, so each is fetched once.</summary>
internal sealed class GitHubDeployments(GitHubClient client, GitHubLedgerOptions options)
{
    /// <summary>By environment (empty for all) and task; each holds everything up to its newest.</summary>
    private readonly ConcurrentDictionary<(string Environment, string Task), ImmutableSortedDictionary<long, SeenDeployment>> known = new();

    /// <param name="environment">Null for all.</param>
    public async Task<IReadOnlyList<SeenDeployment>> ReadAsync(string? environment, CancellationToken cancellation)
    {
        var tasks = await Task.WhenAll(GitHubEvents.Tasks.Select(task => ReadAsync(environment, task, cancellation)));
        return [.. tasks.SelectMany(seen => seen.Values).OrderBy(deployment => deployment.Id)];
    }

    private async Task<ImmutableSortedDictionary<long, SeenDeployment>> ReadAsync(string? environment, string task, CancellationToken cancellation)
    {
        var key = (environment ?? "", task);
        var before = known.GetValueOrDefault(key) ?? ImmutableSortedDictionary<long, SeenDeployment>.Empty;
        Dictionary<long, SeenDeployment> fresh = [];
        await foreach (var deployment in client.ListDeploymentsAsync(environment, task, cancellation))
        {
            if (before.ContainsKey(deployment.Id))
            {
                break; // the newest come first: all before it are known too
            }

            // Pages move while they are read: the same one may come twice.
            fresh[deployment.Id] = new SeenDeployment(deployment.Id, task, deployment.Creator?.Login, IsTrusted(deployment), GitHubEvents.Read(deployment));
        }

        return known.AddOrUpdate(key, _ => before.SetItems(fresh), (_, now) => now.SetItems(fresh));
    }

    private bool IsTrusted(GitHubDeployment deployment) =>
        deployment.Creator is { Login: var login } && options.Creators.Contains(login, StringComparer.OrdinalIgnoreCase);
}

/// <param name="Entry">The event in its payload, or why there is none.</param>
internal sealed record SeenDeployment(long Id, string Task, string? Creator, bool IsTrusted, Result<LedgerEvent> Entry);
