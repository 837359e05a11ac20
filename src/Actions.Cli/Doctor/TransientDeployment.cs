using Actions.Core.GitHub;
using Actions.Core.Ledger;

namespace Actions.Cli.Doctor;

/// <summary>A Deployment of a task that no reader of the ledger asks for.</summary>
/// <param name="creators">Whose deployments may be ours.</param>
internal sealed class TransientDeployment(GitHubClient client, TransientMark mark, Func<TransientMark, Task<bool>> isLeftover, IReadOnlyCollection<string> creators, string? reference) : Transient
{
    public const string Task = "solana-doctor";

    private long? made;

    protected override string What => $"a deployment of the task {Task}";

    protected override async Task<int> RemoveLeftoversAsync(CancellationToken cancellation)
    {
        List<long> left = [];
        await foreach (var deployment in client.ListDeploymentsAsync(mark.Environment, Task, cancellation))
        {
            if (deployment.Task == Task && deployment.Creator is { Login: var creator } && creators.Contains(creator, StringComparer.OrdinalIgnoreCase)
                && TransientMark.TryRead(deployment.Payload) is { } other && await isLeftover(other))
            {
                left.Add(deployment.Id);
            }
        }

        foreach (var id in left)
        {
            await EndAsync(id, cancellation);
        }

        return left.Count;
    }

    protected override async Task MakeAsync(CancellationToken cancellation)
    {
        var deployment = new NewDeployment
        {
            Ref = reference ?? (await client.GetRepositoryAsync(cancellation)).DefaultBranch ?? "main",
            Task = Task,
            Payload = mark.ToElement(),
            Environment = mark.Environment,
            Description = "A test by doctor, which removes it at once. Nothing was deployed.",
            TransientEnvironment = true,
            ProductionEnvironment = false,
        };
        made = (await client.CreateDeploymentAsync(deployment, cancellation)).Id;
    }

    protected override async Task RemoveAsync(CancellationToken cancellation)
    {
        if (made is { } id)
        {
            await EndAsync(id, cancellation);
            return;
        }

        List<long> ours = [];
        await foreach (var deployment in client.ListDeploymentsAsync(mark.Environment, Task, cancellation))
        {
            if (TransientMark.TryRead(deployment.Payload)?.Id == mark.Id)
            {
                ours.Add(deployment.Id);
            }
        }

        foreach (var found in ours)
        {
            await EndAsync(found, cancellation);
        }
    }

    /// <summary>GitHub deletes only what is inactive.</summary>
    private async Task EndAsync(long id, CancellationToken cancellation)
    {
        try
        {
            await client.CreateDeploymentStatusAsync(id, new NewDeploymentStatus("inactive", "Removed", null), cancellation);
        }
        catch (GitHubException problem) when (problem.Problem.Kind == GitHubProblemKind.NotFound)
        {
            return; // another run was quicker
        }

        await client.DeleteDeploymentAsync(id, cancellation);
    }
}
