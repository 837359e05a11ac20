using System.Globalization;
using Actions.Cli.Hosting;
using Actions.Core.Reports;
using Actions.Core.Runner;

namespace Actions.Cli.SolanaDeploy;

/// <summary>What a run with `mode: reclaim` says; always current, for it can end at any moment.</summary>
internal sealed class ReclaimReport(ReclaimInputs inputs, PartialOutcome partial)
{
    private readonly List<StaleBuffer> closed = [];
    private IReadOnlyList<StaleBuffer> left = [];
    private (int Count, ulong Fees) landed;
    private bool hasLooked;

    /// <summary>What is to be closed, the largest first.</summary>
    public IReadOnlyList<StaleBuffer> Plan { get; private set; } = [];

    public void Planned(IReadOnlyList<StaleBuffer> buffers)
    {
        (Plan, hasLooked) = (buffers, true);
        Publish();
    }

    public void Closed(StaleBuffer buffer)
    {
        closed.Add(buffer);
        Publish();
    }

    public void Landed((int Count, ulong Fees) counted) => landed = counted;

    /// <summary>Buffers of the payer that are there at the end, those among them that are in use too.</summary>
    public void Left(IReadOnlyList<StaleBuffer> buffers) => left = buffers;

    public void Publish()
    {
        partial.Outputs
            .Set("transactions", (ulong)landed.Count)
            .Set("fee-lamports", landed.Fees)
            .Set("refunded-lamports", Sum(closed))
            .Set("reclaimable-lamports", Sum(Open))
            .Set("stale-buffers", StaleBufferJson.Of(left));
        if (!hasLooked)
        {
            return;
        }

        var fee = Money.LamportsPerSignature * (ulong)Plan.Count;
        partial.Plan = new ReportPlan
        {
            Steps = [.. Plan.Select(buffer => $"Close the buffer {buffer.Address}: {Money.Sol(buffer.Lamports)} back")],
            FeeLamports = fee,
            FeeLamportsHighest = (ulong)Plan.Count * Money.Fee(1, inputs.MaxPriorityFee, DeployCosts.UsualUnits),
            RefundLamports = Sum(Plan),
            NetLamports = (long)fee - (long)Sum(Plan),
        };
        partial.Summary = Summary();
    }

    private IEnumerable<StaleBuffer> Open => Plan.Where(buffer => !closed.Exists(gone => gone.Address == buffer.Address));

    private Markdown Summary()
    {
        var summary = new Markdown().Paragraph(Headline());
        if (Plan.Count > 0)
        {
            summary.Table(["Buffer", "Bytes", "SOL", ""], Plan.Select(buffer => (Inline[])
                [Inline.Code(buffer.Address.ToString()), $"{Number((long)buffer.Size)}{(buffer.IsMetadata ? " of program-metadata" : "")}", Money.Sol(buffer.Lamports), inputs.IsDryRun ? "would be closed" : closed.Contains(buffer) ? "closed" : "left"]));
        }

        var others = left.Count(buffer => Plan.All(planned => planned.Address != buffer.Address));
        return others == 0 ? summary
            : summary.Paragraph($"{Number(others)} other buffers of the payer stay: something touched them lately, a pending record names them, or nobody named them.");
    }

    private Inline[] Headline()
    {
        var place = $" of {inputs.Payer.Address} on {inputs.Cluster.Cluster}";
        return Plan.Count == 0 ? [Inline.Strong("Nothing to reclaim:"), $" no forgotten buffers{place}."]
            : inputs.IsDryRun ? [Inline.Strong($"{Number(Plan.Count)} buffers"), $"{place} would be closed, and {Money.Sol(Sum(Plan))} come back. Nothing was sent."]
            : [Inline.Strong($"{Number(closed.Count)} of {Number(Plan.Count)} buffers"), $"{place} were closed, and {Money.Sol(Sum(closed))} came back."];
    }

    private static ulong Sum(IEnumerable<StaleBuffer> buffers) => buffers.Aggregate(0ul, (sum, buffer) => sum + buffer.Lamports);

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
