using System.Globalization;
using Actions.Cli.Hosting;
using Actions.Cli.Publish;
using Actions.Core.Faults;
using Actions.Core.Registry;
using Actions.Core.Runner;
using Actions.Core.Sending;
using Actions.Core.Solana;
using Actions.Core.Squads;

namespace Actions.Cli.SolanaDeploy;

/// <summary>Collects what the deploy of one program sees and does: log, outputs, plan and summary. Always current, for a run can end at any moment.</summary>
/// <param name="changed">Called whenever there is more to say.</param>
internal sealed class DeployReport(DeploySite site, DeployTarget target, Action changed) : IProgramReport
{
    private readonly List<Fault> faults = [];
    private readonly DeployRequest request = target.Request;
    private readonly ActionContext context = site.Context;
    private readonly long started = site.Context.Time.GetTimestamp();
    private DeployState? before;
    private DeployPlan? plan;
    private IReadOnlyList<StaleBuffer> stale = [];
    private (int Count, ulong Fees) landed;
    private string? record;
    private WorkspacePath? export;

    public DeployTarget Target => target;

    public string Name => target.Name;

    public bool IsResult => request.ProgramId is not null && !IsAside;

    public bool IsAside => request.IsStandby;

    public DeployProgress Progress { get; } = new();

    public IReadOnlyList<Fault> Faults => faults;

    public bool HasLooked => before is not null;

    public DeployCosts? Costs => plan?.Costs;

    public IEnumerable<string> Steps => plan?.Describe() ?? [];

    private Cluster Cluster => site.Cluster.Cluster;

    /// <summary>From the run's begin until the bytes ran, or in a drill could have; null while they do not, and for a mere deploy.</summary>
    public double? Seconds => target.Subject.SecondsUntil(Progress.DoneAt, context.Time);

    /// <summary>Whether others have to act before the bytes run.</summary>
    public bool Waits => request.IsStandby || (!RunsAlready && Progress is { Signature: null, IsDoneByOthers: false });

    /// <summary>The multisig and the proposal as they were seen last; null where none is asked.</summary>
    public SquadsSight? Squads => Progress.Squads ?? before?.Squads;

    private bool RunsAlready => Was?.Runs(request.Binary) == true;

    private ProgramState.Deployed? Was => before?.Program as ProgramState.Deployed;

    public void Add(IEnumerable<Fault> found) => faults.AddRange(found);

    public void Add(Fault fault) => faults.Add(fault);

    public void Observed(DeployState state)
    {
        before = state;
        Progress.HoldsBuffer = state.Buffer is BufferState.Ours;
        changed();
    }

    public void Planned(DeployPlan made)
    {
        plan = made;
        faults.AddRange(made.Warnings);
        using (context.Log.Group($"Plan for {request.ProgramId?.ToString() ?? "a buffer"} on {Cluster} (genesis {site.Rpc.GenesisHash})"))
        {
            if (made.IsEmpty)
            {
                context.Log.Line("Nothing to do.");
            }

            foreach (var (index, step) in made.Describe().Index())
            {
                context.Log.Line($"{index + 1}. {step}");
            }

            context.Log.Line($"Peak {Money.Sol(made.Costs.Peak)}, net {Money.Sol(made.Costs.Net)}; the payer has {Money.Sol(before!.PayerLamports)}.");
        }

        if (Cluster == Cluster.MainnetBeta && request.MaxSpend is null && !made.IsEmpty)
        {
            faults.Add(new Fault(FaultCodes.SpendCap, "a max-spend on mainnet-beta", "none is set", $"set it a little above this plan's peak, {Money.Sol(made.Costs.Peak)}", "max-spend").AsWarning());
        }

        changed();
    }

    /// <summary>The exported transaction was written.</summary>
    public void Exported(WorkspacePath path)
    {
        export = path;
        changed();
    }

    public void Stale(IReadOnlyList<StaleBuffer> found) => stale = [.. found.Where(buffer => !Progress.Reclaimed.Contains(buffer.Address))];

    /// <summary>The record that is the run's output; null while there is none.</summary>
    public string? Record => record;

    public void Recorded(string? id)
    {
        record = id;
        changed();
    }

    /// <summary>What landed so far.</summary>
    public void Counted(TransactionPump pump)
    {
        landed = pump.Landed;
        Progress.Signatures = pump.Signatures;
        changed();
    }

    public RegistryEntry? Registered(DateTimeOffset now) => new(
        target.Name, request.ProgramId!.Value, Hex(request.Binary.ExecutableHash), Hex(request.Binary.Sha256), target.Subject.Version, Progress.Slot ?? Was?.Slot ?? 0, now);

    public Markdown Summary(IEnumerable<Fault> ofRun) => new DeploySummary(Facts(ofRun)).ToMarkdown();

    public Inline[] Headline(IEnumerable<Fault> ofRun) => new DeploySummary(Facts(ofRun)).Headline();

    public IEnumerable<KeyValuePair<string, string>> Outputs() =>
        Values().Select(output => KeyValuePair.Create(output.Name, output.Value ?? ""));

    private IEnumerable<(string Name, string? Value)> Values()
    {
        yield return ("program-id", request.ProgramId?.ToString());
        yield return ("buffer", before?.BufferAddress.Address.ToString());
        yield return ("signature", (Progress.Signature ?? (Progress.Final is { WasSent: true, Known: null } sent ? sent.Signature : null))?.ToString());
        yield return ("slot", (Progress.Slot ?? Was?.Slot)?.ToString(CultureInfo.InvariantCulture));
        yield return ("sha256", Hex(request.Binary.Sha256));
        yield return ("executable-hash", Hex(request.Binary.ExecutableHash));
        yield return ("previous-executable-hash", Was?.ExecutableHash);
        yield return ("upgrade-authority", Authority());
        yield return ("changed", Progress.HasChanged ? "true" : "false");
        yield return ("transactions", landed.Count.ToString(CultureInfo.InvariantCulture));
        yield return ("fee-lamports", landed.Fees.ToString(CultureInfo.InvariantCulture));
        yield return ("refunded-lamports", Progress.Refunded.ToString(CultureInfo.InvariantCulture));
        yield return ("stale-buffers", StaleBufferJson.Of(stale));
        yield return ("record", record);
        if (!target.Subject.IsRollback)
        {
            var proposal = Squads?.Proposal;
            yield return ("proposal", proposal is null ? null : SquadsAddress.Proposal(proposal.Multisig, proposal.Index).ToString());
            yield return ("transaction-index", proposal?.Index.ToString(CultureInfo.InvariantCulture));
            yield return ("export", export?.Relative);
            yield return ("idl-changes", plan?.Publish?.Idl?.ToJson());
            yield return ("published", Progress.Published is { } published ? PublishedDocument.ToJson(published) : null);
            yield return ("executable-at", Squads?.ExecutableAt is { } at ? UtcText.Iso(at) : null);
        }
        else
        {
            yield return ("restored-version", Progress.HasChanged || RunsAlready ? target.Subject.Version : null);
            yield return ("rto-seconds", Seconds?.ToString(CultureInfo.InvariantCulture));
        }
    }

    private string? Authority() =>
        request.HandsOver ? Was?.Authority?.ToString()
        : Progress.Signature is not null ? request.LastAuthority?.ToString() ?? "none"
        : Was is null ? null : Was.Authority?.ToString() ?? "none";

    private DeployFacts Facts(IEnumerable<Fault> ofRun) => new()
    {
        Site = site,
        Request = request,
        Subject = target.Subject,
        Before = before!,
        Plan = plan,
        Progress = Progress,
        Stale = stale,
        Landed = landed,
        Record = record,
        HasErrors = faults.Concat(ofRun).Any(fault => fault.Severity == Severity.Error),
        Took = context.Time.GetElapsedTime(started),
    };

    private static string Hex(ReadOnlyMemory<byte> hash) => Convert.ToHexStringLower(hash.Span);
}
