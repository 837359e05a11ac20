using System.Collections.Concurrent;
using Actions.Core.Faults;
using Actions.Core.GitHub;
using Actions.Core.Solana;

namespace Actions.Core.Ledger;

/// <summary>`github`: events are the payloads of Deployments, which nobody can change; statuses are for people.</summary>
public sealed class GitHubLedger(GitHubClient client, GitHubLedgerOptions options) : ILedger
{
    private const int MostWrites = 4;
    private const int MostFaults = 20;

    private readonly ConcurrentDictionary<string, long> opened = new(StringComparer.Ordinal);
    private readonly GitHubDeployments deployments = new(client, options);

    public string Description => "github";

    public async Task AppendAsync(LedgerEvent entry, CancellationToken cancellation)
    {
        var first = await GuardAsync("write", () => WriteAsync(entry, cancellation));
        try
        {
            await client.CreateDeploymentStatusAsync(first, GitHubEvents.ToStatus(entry, options.RunUrl), cancellation);
        }
        catch (GitHubException problem)
        {
            // The event is durable; what people see of it may lag behind.
            options.Doubt(problem.Problem.ToFault(FaultCodes.LedgerFailed, $"Expected to set the status of deployment {first}", "ledger").AsWarning());
        }
    }

    public Task<IReadOnlyList<LedgerRecord>> ReadAsync(string environment, Address programId, CancellationToken cancellation) =>
        ReadAsync(environment, entry => entry.ProgramId == programId && entry.Environment == environment, cancellation);

    public Task<IReadOnlyList<LedgerRecord>> ReadAllAsync(CancellationToken cancellation) => ReadAsync(null, _ => true, cancellation);

    private async Task<IReadOnlyList<LedgerRecord>> ReadAsync(string? environment, Predicate<LedgerEvent> isWanted, CancellationToken cancellation)
    {
        var seen = await GuardAsync("read", () => deployments.ReadAsync(environment, cancellation));
        foreach (var forged in seen.Where(deployment => !deployment.IsTrusted && (!deployment.Entry.IsOk || isWanted(deployment.Entry.Value))))
        {
            options.Doubt(Forged(forged));
        }

        var trusted = seen.Where(deployment => deployment.IsTrusted).ToList();
        var faults = trusted.SelectMany(deployment => deployment.Entry.Faults).Take(MostFaults).ToList();
        if (faults.Count > 0)
        {
            throw new FaultException(faults);
        }

        foreach (var deployment in trusted.Where(deployment => deployment.Task != GitHubEvents.Later))
        {
            opened.TryAdd(deployment.Entry.Value.Id, deployment.Id);
        }

        return LedgerFold.Fold(trusted.Select(deployment => deployment.Entry.Value).Where(entry => isWanted(entry))).OrThrow();
    }

    /// <returns>The deployment that opened the record.</returns>
    private async Task<long> WriteAsync(LedgerEvent entry, CancellationToken cancellation)
    {
        var first = entry.Kind == RecordKind.Check || entry.State == RecordState.Started ? null : await FindFirstAsync(entry, cancellation);
        var reference = options.Ref ?? (await client.GetRepositoryAsync(cancellation)).DefaultBranch ?? "main";
        var written = await CreateAsync(entry, GitHubEvents.ToDeployment(entry, first is null, reference), cancellation);
        return opened[entry.Id] = first ?? written;
    }

    private async Task<long?> FindFirstAsync(LedgerEvent entry, CancellationToken cancellation)
    {
        if (opened.TryGetValue(entry.Id, out var known))
        {
            return known;
        }

        var seen = await deployments.ReadAsync(entry.Environment, cancellation);
        return seen.FirstOrDefault(deployment => deployment is { IsTrusted: true, Task: GitHubEvents.Release, Entry.IsOk: true } && deployment.Entry.Value.Id == entry.Id)?.Id;
    }

    /// <summary>Where nobody knows whether it was written, it is looked for before it is written again.</summary>
    private async Task<long> CreateAsync(LedgerEvent entry, NewDeployment deployment, CancellationToken cancellation)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return (await client.CreateDeploymentAsync(deployment, cancellation)).Id;
            }
            catch (GitHubException problem) when (problem.Problem.Kind == GitHubProblemKind.Unreachable && tries < MostWrites)
            {
                var seen = await deployments.ReadAsync(entry.Environment, cancellation);
                if (seen.LastOrDefault(written => written.IsTrusted && written.Task == deployment.Task && written.Entry is { IsOk: true, Value: var there } && IsSame(there, entry)) is { } found)
                {
                    return found.Id;
                }
            }
        }
    }

    private static bool IsSame(LedgerEvent one, LedgerEvent other) => LedgerLine.Write(one).AsSpan().SequenceEqual(LedgerLine.Write(other));

    private static Fault Forged(SeenDeployment forged) => new(
        FaultCodes.Tampered,
        "Expected records only of those who may write them",
        $"found deployment {forged.Id} ({forged.Task}) by {GitHubRefusal.Shown(forged.Creator ?? "an account that is gone")}, which does not count",
        "find out why it was made; name its maker in trusted-creators if that is meant, else delete it",
        "trusted-creators");

    private static async Task<T> GuardAsync<T>(string verb, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (GitHubException problem)
        {
            throw new FaultException(problem.Problem.ToFault(FaultCodes.LedgerFailed, $"Expected to {verb} the ledger github", "ledger"));
        }
    }
}

/// <summary>What a ledger in Deployments needs to know of its run.</summary>
public sealed record GitHubLedgerOptions
{
    /// <summary>Whoever runs with the job's own token.</summary>
    public const string DefaultCreator = "github-actions[bot]";

    /// <summary>The commit that new deployments are about; null for the default branch.</summary>
    public string? Ref { get; init; }

    /// <summary>The page of this run.</summary>
    public string? RunUrl { get; init; }

    /// <summary>Whose deployments count.</summary>
    public IReadOnlyCollection<string> Creators { get; init; } = [DefaultCreator];

    /// <summary>Hears of what does not count, and of what people may not see.</summary>
    public required Action<Fault> Doubt { get; init; }
}
