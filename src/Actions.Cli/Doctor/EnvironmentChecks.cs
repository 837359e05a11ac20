using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Gates;
using Actions.Core.GitHub;
using Actions.Core.Store;

namespace Actions.Cli.Doctor;

/// <summary>What stands between a release and its environment: protection, approvals, checks, hours. The gates' own readers and judges look at it.</summary>
internal sealed class EnvironmentChecks(ActionContext context, DoctorInputs inputs, CheckRunner runner, GitHubClient? client)
{
    private static readonly GateRules OfProtection = new() { RequireProtectedEnvironment = true };

    public async Task RunAsync(CancellationToken cancellation)
    {
        var gates = inputs.Gates;
        List<string> checks = [.. gates.Checks.Concat(gates.Security is { } security ? [security.Check] : []).Distinct(StringComparer.Ordinal)];
        await Task.WhenAll(
        [
            runner.RunAsync($"Environment {inputs.Environment}", ProtectionAsync, cancellation),
            .. (gates.Approvals?.Environments ?? []).Select(name => runner.RunAsync($"Approval {name}", (notes, token) => ApprovalAsync(notes, name, token), cancellation)),
            .. checks.Select(name => runner.RunAsync($"Check {name}", (notes, token) => CheckAsync(notes, name, token), cancellation)),
            .. gates.Freeze.Count > 0 || gates.Window is not null ? [runner.RunAsync("Hours", HoursAsync, cancellation)] : (Task[])[],
        ]);
    }

    private Task<GitHubEvidence> AskAsync(GateRules rules, string environment, CancellationToken cancellation) => client is null
        ? throw new NotCheckableException("there is no GitHub to ask: no github-token, or no repository")
        : new GitHubAnswers(client, context.Environment.RunId).AskAsync(rules, Here, environment, cancellation);

    /// <summary>Stands for the build of this commit, about which a gate would ask.</summary>
    private Manifest Here => new() { Name = "doctor", Version = "0.0.0", Source = ManifestSource.Build, Artifacts = [], Repository = context.Environment.Repository, Commit = context.Environment.Sha };

    private async Task ProtectionAsync(CheckNotes notes, CancellationToken cancellation)
    {
        var evidence = await AskAsync(OfProtection, inputs.Environment, cancellation);
        foreach (var result in GitHubGates.Protection(inputs.Environment, evidence.Protection))
        {
            if (result.ToFault() is { } fault)
            {
                notes.Add(inputs.RequiresProtection ? fault : fault.AsWarning());
            }
            else
            {
                notes.Found("required reviewers and a deployment branch policy");
            }
        }
    }

    /// <summary>Without reviewers nobody can ever approve it; any branch may ask for an approval.</summary>
    private async Task ApprovalAsync(CheckNotes notes, string name, CancellationToken cancellation)
    {
        switch ((await AskAsync(OfProtection, name, cancellation)).Protection)
        {
            case Knowable<EnvironmentProtection>.Unknown unknown:
                notes.Add(new Fault(FaultCodes.GateUnknowable, $"Expected to see how {name} is protected", $"found {unknown.Why}", unknown.Remedy));
                break;
            case Knowable<EnvironmentProtection>.Known { Value: { HasReviewers: false } }:
                notes.Add(new Fault(FaultCodes.GateUnmet, $"Expected the environment {name} with required reviewers", "found none who could approve it", "make it in the repository's settings, under Environments, with its reviewers"));
                break;
            case Knowable<EnvironmentProtection>.Known { Value: var found }:
                notes.Found("required reviewers");
                if (!found.PreventsSelfReview && inputs.Gates.Approvals is { IsNotByActor: true })
                {
                    notes.Found("self-review is possible here, and does not count");
                }

                break;
        }
    }

    private async Task CheckAsync(CheckNotes notes, string name, CancellationToken cancellation)
    {
        var known = (await AskAsync(new GateRules { Checks = [name] }, inputs.Environment, cancellation)).Checks;
        var result = GitHubGates.Check(name, known);
        if (known is Knowable<IReadOnlyList<CommitCheck>>.Unknown)
        {
            notes.Add(result.ToFault()!);
        }
        else if (result.IsOpen || !result.Found.StartsWith("no ", StringComparison.Ordinal))
        {
            notes.Found(result.IsOpen ? "known, and green on this commit" : "known, and not green on this commit: a release asks about its own");
        }
        else
        {
            // It may not have run here, and still be misspelt.
            notes.Warn(result.ToFault()!);
        }
    }

    private Task HoursAsync(CheckNotes notes, CancellationToken cancellation)
    {
        var now = context.Time.GetUtcNow();
        var rules = GateRules.Stricter(inputs.Gates, new ExplicitGates(null, null, null), TimeSpan.Zero);
        var results = TimeGates.FreezeAndWindow(rules, now).ToList();
        if (results.All(result => result.IsOpen))
        {
            notes.Found($"open now, {TimeGates.Show(now)}");
        }
        else if (TimeGates.Earliest(rules, results, now) is { } opens)
        {
            notes.Found($"closed now, {TimeGates.Show(now)}; opens {TimeGates.Show(opens)}");
        }
        else
        {
            foreach (var fault in results.Select(result => result.ToFault()).OfType<Fault>())
            {
                notes.Warn(fault);
            }
        }

        return Task.CompletedTask;
    }
}
