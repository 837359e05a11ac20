using Actions.Core.Faults;
using Actions.Core.GitHub;
using Actions.Core.Ledger;

namespace Actions.Core.Gates;

/// <summary>
/// Which checks count: anyone who may run a workflow may write one, so its run must be of the workflow that wrote the release, or of one
/// that is trusted, on the default branch or a tag.
/// </summary>
/// <param name="trusted">Workflows, as paths or names of files.</param>
/// <param name="doubt">Hears of checks that do not count.</param>
public sealed class CheckEvidence(GitHubClient client, GitHubRuns runs, IReadOnlyCollection<string> trusted, Action<Fault> doubt)
{
    private readonly Dictionary<string, GitHubRun?> known = new(StringComparer.Ordinal);
    private string? defaultBranch;

    /// <summary>The ids of the checks that do not count. Of several about one release the newest that counts decides, so no older one is asked for.</summary>
    /// <param name="records">Of all programs.</param>
    /// <param name="releases">The ids of the releases whose checks are needed.</param>
    public async Task<IReadOnlySet<string>> UncountedAsync(IReadOnlyList<LedgerRecord> records, IReadOnlySet<string> releases, CancellationToken cancellation)
    {
        try
        {
            HashSet<string> uncounted = new(StringComparer.Ordinal);
            var byId = records.Where(record => record.Kind != RecordKind.Check).ToDictionary(record => record.Id, StringComparer.Ordinal);
            foreach (var checks in records.Where(record => record is { Kind: RecordKind.Check, Facts.RefersTo: { } about } && releases.Contains(about)).GroupBy(check => (check.ProgramId, About: check.Facts.RefersTo!, check.Facts.Check)))
            {
                var writer = byId.TryGetValue(checks.Key.About, out var release) ? await FindAsync(release.Facts.RunUrl, cancellation) : null;
                foreach (var check in checks.OrderByDescending(check => check.Facts.At))
                {
                    if (await WhyNotAsync(check, writer, cancellation) is not { } why)
                    {
                        break;
                    }

                    uncounted.Add(check.Id);
                    doubt(Uncounted(check, why));
                }
            }

            return uncounted;
        }
        catch (GitHubException problem)
        {
            throw new FaultException(problem.Problem.ToFault(FaultCodes.GitHubFailed, "Expected GitHub to say which workflow made a check"));
        }
    }

    private async Task<string?> WhyNotAsync(LedgerRecord check, GitHubRun? writer, CancellationToken cancellation)
    {
        var run = await FindAsync(check.Facts.RunUrl, cancellation);
        return run is null ? "names no run of this repository"
            : run.WorkflowId != writer?.WorkflowId && !trusted.Any(workflow => IsNamed(run, workflow)) ? $"is of {GitHubRefusal.Shown(FileOf(run))}, which neither wrote the release nor is among the trusted workflows"
            : !await IsOnTrustedRefAsync(run, cancellation) ? $"ran on {GitHubRefusal.Shown(run.HeadBranch ?? "no branch")}, which is neither the default branch nor a tag"
            : null;
    }

    private async Task<bool> IsOnTrustedRefAsync(GitHubRun run, CancellationToken cancellation)
    {
        // A fork's pull request can come from a branch of any name.
        if (run.HeadBranch is not { } branch || run.Event.StartsWith("pull_request", StringComparison.Ordinal)
            || run.HeadRepository?.FullName.Equals(client.Access.Repository, StringComparison.OrdinalIgnoreCase) == false)
        {
            return false;
        }

        defaultBranch ??= (await client.GetRepositoryAsync(cancellation)).DefaultBranch ?? "";
        return branch == defaultBranch || await client.FindTaggedCommitAsync(branch, cancellation) == run.HeadSha;
    }

    private async Task<GitHubRun?> FindAsync(string? url, CancellationToken cancellation)
    {
        if (url is null)
        {
            return null;
        }

        return known.TryGetValue(url, out var run) ? run : known[url] = await runs.FindAsync(url, cancellation);
    }

    private static bool IsNamed(GitHubRun run, string workflow) =>
        FileOf(run) is var file && (file == workflow || file == $".github/workflows/{workflow}");

    private static string FileOf(GitHubRun run) => run.Path.Split('@')[0];

    private static Fault Uncounted(LedgerRecord check, string why) => new Fault(
        FaultCodes.GateUnknowable, $"Expected check {check.Id} to be made by a workflow that counts", $"found that its run {why}", "run it from the workflow that releases, or name its file in trusted-workflows",
        "trusted-workflows").AsWarning();
}
