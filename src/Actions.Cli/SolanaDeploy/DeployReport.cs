using System.Globalization;
using System.Text.Json;
using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Reports;
using Actions.Core.Rpc;
using Actions.Core.Sending;
using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>Collects what a deploy sees and does, and says it: log, outputs, plan and summary. Always current, for a run can end at any moment.</summary>
internal sealed class DeployReport(ActionContext context, SolanaDeployInputs inputs, RpcClient rpc)
{
    private readonly List<Fault> faults = [];
    private readonly DeployRequest request = inputs.Request;
    private readonly long started = context.Time.GetTimestamp();
    private DeployState? before;
    private DeployPlan? plan;
    private IReadOnlyList<StaleBuffer> stale = [];
    private const int MostListed = 100;

    private (int Count, ulong Fees) landed;
    private string? record;

    public DeployProgress Progress { get; } = new();

    private Cluster Cluster => inputs.Cluster.Cluster;

    private ProgramState.Deployed? Was => before?.Program as ProgramState.Deployed;

    public void Add(IEnumerable<Fault> found) => faults.AddRange(found);

    public void Add(Fault fault) => faults.Add(fault);

    public void Observed(DeployState state)
    {
        before = state;
        Progress.HoldsBuffer = state.Buffer is BufferState.Ours;
        Publish();
    }

    public void Planned(DeployPlan made)
    {
        plan = made;
        faults.AddRange(made.Warnings);
        using (context.Log.Group($"Plan for {request.ProgramId?.ToString() ?? "a buffer"} on {Cluster} (genesis {rpc.GenesisHash})"))
        {
            if (made.Steps.Count == 0)
            {
                context.Log.Line("Nothing to do.");
            }

            for (var index = 0; index < made.Steps.Count; index++)
            {
                context.Log.Line($"{index + 1}. {made.Steps[index].Describe()}");
            }

            context.Log.Line($"Peak {Money.Sol(made.Costs.Peak)}, net {Money.Sol(made.Costs.Net)}; the payer has {Money.Sol(before!.PayerLamports)}.");
        }

        if (Cluster == Cluster.MainnetBeta && request.MaxSpend is null && made.Steps.Count > 0)
        {
            faults.Add(new Fault(FaultCodes.SpendCap, "a max-spend on mainnet-beta", "none is set", $"set it a little above this plan's peak, {Money.Sol(made.Costs.Peak)}", "max-spend").AsWarning());
        }

        Publish();
    }

    public void Stale((IReadOnlyList<StaleBuffer> Buffers, Fault? Warning) found)
    {
        stale = [.. found.Buffers.Where(buffer => !Progress.Reclaimed.Contains(buffer.Address))];
        if (found.Warning is { } warning)
        {
            faults.Add(warning);
        }
    }

    public void Recorded(string? id)
    {
        record = id;
        Publish();
    }

    /// <summary>What landed so far.</summary>
    public void Counted(TransactionPump pump)
    {
        landed = pump.Landed;
        Progress.Signatures = pump.Signatures;
        Publish();
    }

    public ActionOutcome Outcome()
    {
        Publish();
        return new ActionOutcome { Faults = faults };
    }

    private void Publish()
    {
        var outputs = context.Partial.Outputs;
        foreach (var (name, value) in Outputs())
        {
            outputs.Set(name, value);
        }

        if (request.ProgramId is { } program)
        {
            outputs.Set("results", ResultsJson.Of((inputs.Manifest?.Program ?? program.ToString(), outputs.Where(output => output.Key != "results"))));
        }

        context.Partial.Plan = PlanOf();
        context.Partial.Summary = before is { } seen ? new DeploySummary(Facts(seen)).ToMarkdown() : null;
    }

    private IEnumerable<(string Name, string? Value)> Outputs()
    {
        yield return ("program-id", request.ProgramId?.ToString());
        yield return ("buffer", before?.BufferAddress.Address.ToString());
        yield return ("signature", (Progress.Signature ?? (Progress.Final is { WasSent: true, Settled.IsCompleted: false } sent ? sent.Signature : null))?.ToString());
        yield return ("slot", (Progress.Slot ?? Was?.Slot)?.ToString(CultureInfo.InvariantCulture));
        yield return ("sha256", Hex(request.Binary.Sha256));
        yield return ("executable-hash", Hex(request.Binary.ExecutableHash));
        yield return ("previous-executable-hash", Was?.ExecutableHash);
        yield return ("upgrade-authority", Authority());
        yield return ("changed", Progress.HasChanged ? "true" : "false");
        yield return ("transactions", landed.Count.ToString(CultureInfo.InvariantCulture));
        yield return ("fee-lamports", landed.Fees.ToString(CultureInfo.InvariantCulture));
        yield return ("refunded-lamports", Progress.Refunded.ToString(CultureInfo.InvariantCulture));
        yield return ("stale-buffers", StaleJson());
        yield return ("record", record);
    }

    private string? Authority() =>
        request.Mode == DeployMode.Buffer ? Was?.Authority?.ToString()
        : Progress.Signature is not null ? (request.MakeImmutable ? "none" : request.UpgradeAuthority.Address.ToString())
        : Was is null ? null : Was.Authority?.ToString() ?? "none";

    private string StaleJson()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartArray();
            // Anybody can make small buffers in somebody else's name; GitHub drops an output that grows too long.
            foreach (var buffer in stale.Take(MostListed))
            {
                writer.WriteStartObject();
                writer.WriteString("address", buffer.Address.ToString());
                writer.WriteNumber("size", buffer.Size);
                writer.WriteNumber("lamports", buffer.Lamports);
                writer.WriteString("authority", buffer.Authority.ToString());
                if (buffer.LastSlot is { } slot)
                {
                    writer.WriteNumber("last-slot", slot);
                }
                else
                {
                    writer.WriteNull("last-slot");
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    private ReportPlan? PlanOf() => plan is null ? null : new ReportPlan
    {
        Steps = [.. plan.Steps.Select(step => step.Describe())],
        RentLamports = plan.Costs.Rent,
        ExtendLamports = plan.Costs.Extend,
        FeeLamports = plan.Costs.Fee,
        FeeLamportsHighest = plan.Costs.FeeHighest,
        PeakLamports = plan.Costs.Peak,
        NetLamports = plan.Costs.Net,
        RefundLamports = plan.Costs.Refund,
    };

    private DeployFacts Facts(DeployState seen) => new()
    {
        Inputs = inputs,
        Before = seen,
        Plan = plan,
        Progress = Progress,
        Stale = stale,
        Landed = landed,
        GenesisHash = rpc.GenesisHash,
        Record = record,
        HasErrors = faults.Exists(fault => fault.Severity == Severity.Error),
        Took = context.Time.GetElapsedTime(started),
    };

    private static string Hex(ReadOnlyMemory<byte> hash) => Convert.ToHexStringLower(hash.Span);
}
