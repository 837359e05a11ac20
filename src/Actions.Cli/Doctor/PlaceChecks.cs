using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.GitHub;
using Actions.Core.Ledger;

namespace Actions.Cli.Doctor;

/// <summary>Whether records and artifacts can be read and written; what is written for that is gone at the end.</summary>
internal sealed class PlaceChecks(ActionContext context, DoctorInputs inputs, CheckRunner runner, GitHubClient? client)
{
    private const string Kind = "solana-actions/doctor";

    private readonly TransientMark mark = TransientMark.Here(Kind, context.Ulids.Next(), inputs.Environment, context.Time.GetUtcNow(), inputs.Timeout, context.Environment.RunUrl);

    /// <returns>The ledger's records; null where there are none to be had.</returns>
    public async Task<IReadOnlyList<LedgerRecord>?> LedgerAsync(CancellationToken cancellation) =>
        inputs.Records.HasLedger ? await runner.RunAsync<IReadOnlyList<LedgerRecord>>("Ledger", LedgerAsync, cancellation) : null;

    public Task StoreAsync(CancellationToken cancellation) => runner.RunAsync("Store", StoreAsync, cancellation);

    private async Task<IReadOnlyList<LedgerRecord>> LedgerAsync(CheckNotes notes, CancellationToken cancellation)
    {
        var ledger = inputs.Records.OpenLedger(context, notes.Warn);
        var records = await ledger.ReadAllAsync(cancellation);
        notes.Found($"{ledger.Description}: {records.Count(record => record.Environment == inputs.Environment)} records of {inputs.Environment}");
        if (!inputs.IsDryRun)
        {
            await WriteAsync(notes, FaultCodes.LedgerFailed, "ledger", await LedgerThingAsync(cancellation), cancellation);
        }

        return records;
    }

    private async Task StoreAsync(CheckNotes notes, CancellationToken cancellation)
    {
        var store = inputs.Records.OpenStore(context);
        notes.Found(inputs.Scope is { File.Name: var name } ? $"{store.Description}: {(await store.VersionsAsync(name, cancellation)).Count} versions of {name}" : store.Description);
        if (!inputs.IsDryRun)
        {
            await WriteAsync(notes, FaultCodes.StoreFailed, "store", StoreThing(), cancellation);
        }
    }

    /// <summary>A deployment makes the environment it names, without any protection: that must not happen here.</summary>
    private async Task<Transient> LedgerThingAsync(CancellationToken cancellation)
    {
        if (inputs.Records.LedgerDirectory is { } directory)
        {
            return new TransientFile(directory, Path.Combine(directory, "ledger", inputs.Environment), mark, IsLeftoverAsync);
        }

        return await HasEnvironmentAsync(cancellation)
            ? new TransientDeployment(client!, mark, IsLeftoverAsync, inputs.Records.Creators, context.Environment.Sha)
            : throw new NotCheckableException($"there is no environment {inputs.Environment} to be seen, and a deployment to try it could make one without protection");
    }

    private async Task<bool> HasEnvironmentAsync(CancellationToken cancellation)
    {
        try
        {
            return await client!.FindEnvironmentAsync(inputs.Environment, cancellation) is not null;
        }
        catch (GitHubException problem) when (problem.Problem.Kind is GitHubProblemKind.Denied)
        {
            return false;
        }
    }

    private Transient StoreThing() => inputs.Records.StoreDirectory is { } directory
        ? new TransientFile(directory, Path.Combine(directory, "objects", "sha256"), mark, IsLeftoverAsync)
        : new TransientDraft(client!, mark, IsLeftoverAsync, inputs.Records.Creators);

    private async Task WriteAsync(CheckNotes notes, FaultCode code, string input, Transient thing, CancellationToken cancellation)
    {
        try
        {
            await thing.TryAsync(notes, context.Time, cancellation);
        }
        catch (GitHubException problem)
        {
            notes.Add(problem.Problem.ToFault(code, $"Expected to write to the {input} github and to remove it again", input));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            notes.Add(new Fault(code, $"Expected to write to the folder of '{input}'", $"found {problem.GetType().Name}", "make the folder writable and give its disk room", input));
        }
    }

    private Task<bool> IsLeftoverAsync(TransientMark other) => other.IsLeftoverForAsync(mark, context.Time.GetUtcNow(), inputs.Records.Probe(context), CancellationToken.None);
}
