using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Reports;
using Actions.Core.Runner;
using Actions.Core.Secrets;

namespace Actions.Cli.Hosting;

/// <summary>What an action does once somebody listens to signals and reports how it ended.</summary>
public delegate Task<ActionOutcome> ActionBody(ActionContext context, CancellationToken cancellation);

/// <summary>The world as an action sees it.</summary>
public sealed record ActionContext(
    RunnerEnvironment Environment, InputReader Inputs, JobLog Log, Masker Masker, WorkspaceFiles Files, TimeProvider Time, UlidSource Ulids, RandomFill Random,
    Func<HttpMessageHandler> Http)
{
    private SecretsSession? secrets;

    /// <summary>What is already true; reported also when the action is cancelled, refuses, or fails before it can return.</summary>
    public PartialOutcome Partial { get; } = new();

    /// <summary>The secrets providers, each asked when it is first needed.</summary>
    public SecretsSession Secrets => secrets ??= new SecretsSession(Inputs.Providers, Environment, Masker, Http(), Time);

    /// <summary>Reads inputs; where they refer to secrets providers, these are asked once everything else is known to be well-formed, and the inputs are read again.</summary>
    /// <exception cref="FaultException">Everything that is wrong with the inputs, or everything that providers refuse.</exception>
    public async Task<T> ReadAsync<T>(Func<ActionContext, Result<T>> read, CancellationToken cancellation)
    {
        var result = read(this);
        if (result.IsOk || Inputs.Awaited.Count == 0 || Inputs.Faults.Any(fault => fault.Severity == Severity.Error))
        {
            return result.OrThrow();
        }

        var answers = await Secrets.ResolveAsync(Inputs.Awaited, cancellation);
        try
        {
            Inputs.StartOver(answers);
            return read(this).OrThrow();
        }
        finally
        {
            foreach (var held in answers.Values.OfType<IDisposable>())
            {
                held.Dispose();
            }
        }
    }

    /// <summary>Gives back what this run was lent: tokens it logged in for.</summary>
    internal async Task EndSecretsAsync(TimeSpan limit)
    {
        if (secrets is null)
        {
            return;
        }

        using var patience = new CancellationTokenSource(limit, Time);
        if (await secrets.EndAsync(patience.Token) is { } warning)
        {
            Log.Fault(warning);
        }

        secrets.Dispose();
    }
}

/// <summary>How an action ended.</summary>
public sealed record ActionOutcome
{
    public IReadOnlyList<Fault> Faults { get; init; } = [];

    /// <summary>Added to, and winning over, <see cref="PartialOutcome.Outputs"/>.</summary>
    public OutputSet Outputs { get; init; } = new();

    /// <summary>Takes the place of <see cref="PartialOutcome.Summary"/>.</summary>
    public Markdown? Summary { get; init; }

    /// <summary>Faults that the summary says itself.</summary>
    public IReadOnlyCollection<Fault> Told { get; init; } = [];

    /// <summary>Takes the place of <see cref="PartialOutcome.Plan"/>.</summary>
    public ReportPlan? Plan { get; init; }
}

/// <summary>Filled while an action runs.</summary>
public sealed class PartialOutcome
{
    private readonly List<Fault> warnings = [];
    private volatile Markdown? summary;
    private volatile ReportPlan? plan;

    public OutputSet Outputs { get; } = new();

    /// <summary>What the run came across and does not end by.</summary>
    public IReadOnlyList<Fault> Warnings
    {
        get
        {
            lock (warnings)
            {
                return [.. warnings];
            }
        }
    }

    public void Warn(Fault fault)
    {
        lock (warnings)
        {
            if (!warnings.Contains(fault.AsWarning()))
            {
                warnings.Add(fault.AsWarning());
            }
        }
    }

    public Markdown? Summary
    {
        get => summary;
        set => summary = value;
    }

    public ReportPlan? Plan
    {
        get => plan;
        set => plan = value;
    }
}
