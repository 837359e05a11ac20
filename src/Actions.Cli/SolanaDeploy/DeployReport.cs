using System.Globalization;
using System.Text.Json;
using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Keys;
using Actions.Core.Reports;
using Actions.Core.Rpc;
using Actions.Core.Runner;
using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>Collects what a deploy sees and does, and says it: log, outputs, plan and summary. Always current, for a run can end at any moment.</summary>
internal sealed class DeployReport(ActionContext context, SolanaDeployInputs inputs, RpcClient rpc)
{
    private readonly List<Fault> faults = [];
    private readonly DeployRequest request = inputs.Request;
    private DeployState? before;
    private DeployPlan? plan;
    private IReadOnlyList<StaleBuffer> stale = [];
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
                context.Log.Line("Nothing to do.");
            for (var index = 0; index < made.Steps.Count; index++)
                context.Log.Line($"{index + 1}. {made.Steps[index].Describe()}");
            context.Log.Line($"Peak {Money.Sol(made.Costs.Peak)}, net {Money.Sol(made.Costs.Net)}; the payer has {Money.Sol(before!.PayerLamports)}.");
        }
        if (Cluster == Cluster.MainnetBeta && request.MaxSpend is null)
            faults.Add(new Fault(FaultCodes.SpendCap, "a max-spend on mainnet-beta", "none is set", $"set it a little above this plan's peak, {Money.Sol(made.Costs.Peak)}", "max-spend").AsWarning());
        Publish();
    }

    public void Stale((IReadOnlyList<StaleBuffer> Buffers, Fault? Warning) found)
    {
        stale = [.. found.Buffers.Where(buffer => !Progress.Reclaimed.Contains(buffer.Address))];
        if (found.Warning is { } warning)
            faults.Add(warning);
    }

    public void Recorded(string? id)
    {
        record = id;
        Publish();
    }

    public void Counted(int transactions, ulong fees)
    {
        landed = (transactions, fees);
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
            outputs.Set(name, value);
        if (request.ProgramId is { } program)
            outputs.Set("results", ResultsJson.Of((inputs.Manifest?.Program ?? program.ToString(), outputs.Where(output => output.Key != "results"))));
        context.Partial.Plan = PlanOf();
        context.Partial.Summary = before is null ? null : Summary();
    }

    private IEnumerable<(string Name, string? Value)> Outputs()
    {
        yield return ("program-id", request.ProgramId?.ToString());
        yield return ("buffer", before?.BufferAddress.Address.ToString());
        yield return ("signature", (Progress.Signature ?? (Progress.Final is { WasSent: true } sent ? sent.Signature : null))?.ToString());
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
            foreach (var buffer in stale)
            {
                writer.WriteStartObject();
                writer.WriteString("address", buffer.Address.ToString());
                writer.WriteNumber("size", buffer.Size);
                writer.WriteNumber("lamports", buffer.Lamports);
                writer.WriteString("authority", buffer.Authority.ToString());
                if (buffer.LastSlot is { } slot)
                    writer.WriteNumber("last-slot", slot);
                else
                    writer.WriteNull("last-slot");
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

    private Markdown Summary()
    {
        var summary = new Markdown().Paragraph(Headline());
        summary.Table(["", ""], Facts());
        if (plan is { Steps.Count: > 0 })
        {
            summary.Heading(3, request.IsDryRun ? "Plan" : "What was planned").Bullets(plan.Steps.Select(step => new Inline[] { step.Describe() }));
            summary.Heading(3, "SOL").Table(["", "Planned", "This run"], Amounts());
        }
        if (Progress.Signatures.Count > 0)
            summary.Heading(3, "Keys").Table(["Key", "Role", "Transactions signed"], Keys());
        if (Progress.HoldsBuffer && !request.IsDryRun && !(request.Mode == DeployMode.Buffer && Progress.HasChanged))
            summary.Heading(3, "How to continue").Paragraph("The buffer ", Inline.Code(before!.BufferAddress.Address.ToString()), " holds what was written so far. The same job, run again, continues with it: nothing is paid twice. To give up instead, take its rent back with ", Inline.Code($"solana program close {before.BufferAddress.Address}"), " and the payer's key.");
        if (stale.Count > 0)
            summary.Heading(3, "Stale buffers").Paragraph("Buffers of these keys that this run did not use. Those of the payer can be closed with ", Inline.Code("reclaim: <address>"), " or ", Inline.Code("reclaim: idle"), "; others by their authority with ", Inline.Code("solana program close <address>"), ".").Table(["Buffer", "Bytes", "SOL", "Authority", "Last activity (slot)"], stale.Select(buffer => new Inline[] { Link(buffer.Address), buffer.Size.ToString("N0", CultureInfo.InvariantCulture), Money.Sol(buffer.Lamports), Inline.Code(buffer.Authority.ToString()), buffer.LastSlot?.ToString(CultureInfo.InvariantCulture) ?? "unknown" }));
        return summary;
    }

    private Inline[] Headline()
    {
        var what = request.ProgramId is { } id ? Link(id) : Inline.Code(before!.BufferAddress.Address.ToString());
        if (request.IsDryRun)
            return [plan is null ? "Dry run: this deploy would be refused. " : plan.Steps.Count == 0 ? "Dry run: there is nothing to do for " : "Dry run: this is what a deploy would do to ", what, $" on {Cluster}."];
        return (Progress.HasChanged, request.Mode) switch
        {
            (true, DeployMode.Buffer) => ["The buffer ", Inline.Code(before!.BufferAddress.Address.ToString()), $" is complete, verified and in the hands of {request.BufferAuthority}."],
            (true, _) => [Was is null ? "Deployed " : "Upgraded ", what, $" on {Cluster} in slot {Progress.Slot}."],
            (false, _) when plan is { Steps.Count: 0 } || faults.TrueForAll(fault => fault.Severity != Severity.Error) => ["Nothing to do: ", what, $" already runs these bytes on {Cluster}."],
            _ => ["Nothing changed for ", what, $" on {Cluster}."],
        };
    }

    private IEnumerable<Inline[]> Facts()
    {
        yield return ["Environment", $"{inputs.Environment} ({Cluster}, genesis {rpc.GenesisHash})"];
        yield return ["Executable hash before", Was is null ? "none" : Inline.Code(Was.ExecutableHash)];
        yield return [Progress.HasChanged ? "Executable hash now" : "Executable hash of the file", Inline.Code(Hex(request.Binary.ExecutableHash))];
        yield return ["sha256 of the file", Inline.Code(Hex(request.Binary.Sha256))];
        yield return ["Size", $"{request.Binary.Bytes.Length:N0} bytes, SBPF v{request.Binary.SbpfVersion}"];
        yield return ["Upgrade authority", Authority() is { } authority ? Inline.Code(authority) : Inline.Code(request.UpgradeAuthority.Address.ToString())];
        yield return ["Buffer", Inline.Code(before!.BufferAddress.Address.ToString())];
        if (Progress.Signature is { } signature)
            yield return ["Transaction", Inline.Link(signature.ToString(), Cluster.ExplorerLink(signature, new Uri(inputs.Cluster.Urls[0].ToString())).AbsoluteUri)];
        if (Progress.Slot is { } slot)
            yield return ["Slot", slot.ToString(CultureInfo.InvariantCulture)];
    }

    private IEnumerable<Inline[]> Amounts()
    {
        var costs = plan!.Costs;
        var baseFees = Money.LamportsPerSignature * (ulong)Progress.Signatures.Values.Sum();
        yield return ["Rent newly locked", Money.Sol(costs.Rent), Progress.HasChanged ? Money.Sol(costs.Rent) : ""];
        yield return ["Rent of the extension (never comes back)", Money.Sol(costs.Extend), ""];
        yield return ["Fees", $"{Money.Sol(costs.Fee)} (at most {Money.Sol(costs.FeeHighest)})", request.IsDryRun ? "" : $"{Money.Sol(landed.Fees)} for {landed.Count:N0} transactions"];
        yield return ["of which priority fees", "", request.IsDryRun || landed.Fees < baseFees ? "" : Money.Sol(landed.Fees - baseFees)];
        yield return ["Refunds (Upgrade, Close)", Money.Sol(costs.Refund), request.IsDryRun ? "" : Money.Sol(Progress.Refunded)];
        yield return [Inline.Strong("Peak"), Money.Sol(costs.Peak), ""];
        yield return [Inline.Strong("Net"), Money.Sol(costs.Net), ""];
    }

    private IEnumerable<Inline[]> Keys() => Progress.Signatures.Select(signed => new Inline[]
    {
        Inline.Code(signed.Key.ToString()),
        signed.Key == request.Payer.Address ? Role(request.Payer, "payer") : signed.Key == request.UpgradeAuthority.Address ? Role(request.UpgradeAuthority, "upgrade authority") : "program",
        signed.Value.ToString("N0", CultureInfo.InvariantCulture),
    });

    private static string Role(KeyInput key, string role) => key is KeyInput.Signer signer ? $"{role} ({signer.Origin})" : role;

    private Inline Link(Address address) => Inline.Link(address.ToString(), Cluster.ExplorerLink(address, new Uri(inputs.Cluster.Urls[0].ToString())).AbsoluteUri);

    private static string Hex(ReadOnlyMemory<byte> hash) => Convert.ToHexStringLower(hash.Span);
}
