using System.Globalization;
using Actions.Core.Keys;
using Actions.Core.Runner;
using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>The job summary of a deploy: what happened and what to do first, evidence next, the rest folded away.</summary>
internal sealed class DeploySummary(DeployFacts facts)
{
    private readonly DeployRequest request = facts.Request;
    private readonly DeployProgress progress = facts.Progress;
    private readonly Address buffer = facts.Before.BufferAddress.Address;

    public Markdown ToMarkdown()
    {
        var summary = new Markdown().Paragraph(Headline());
        if (facts.LeavesBuffer)
            summary.Heading(3, "How to continue").Paragraph(
                "Run the same job again. It finds the buffer ", Inline.Code(buffer.ToString()), ", which holds what was written so far, and pays nothing twice. ",
                "To give up instead, take its rent back with ", Inline.Code($"solana program close {buffer}"), " and the payer's key.");
        if (facts.Stale.Count > 0)
            AddStale(summary);
        summary.Heading(3, "Program").Table(["", "Executable hash", "Bytes", "Slot"], Versions()).Table(["Evidence", ""], Evidence());
        if (facts.Plan is { Steps.Count: > 0 } plan)
        {
            summary.Heading(3, "SOL").Table(request.IsDryRun ? ["", "Planned"] : ["", "Planned", "This run"], new DeployAmounts(facts).Rows());
            if (request.IsDryRun)
                summary.Heading(3, "Plan").Bullets(Steps(plan));
            else
                summary.Details(Count(plan.Steps.Count, "step was", "steps were") + " planned", new Markdown().Bullets(Steps(plan)));
        }
        if (progress.Signatures.Count > 0)
            summary.Details(Count(progress.Signatures.Count, "key", "keys") + " signed", new Markdown().Table(["Key", "Role", "Transactions signed"], Keys()));
        return summary;
    }

    private Inline[] Headline()
    {
        var what = request.ProgramId is { } id ? Link(id) : Inline.Code(buffer.ToString());
        if (request.IsDryRun)
            return facts.Plan switch
            {
                null => [Inline.Strong("This deploy would be refused"), " for ", what, $" on {facts.Cluster}."],
                { Steps.Count: 0 } => [Inline.Strong("There is nothing to do"), " for ", what, $" on {facts.Cluster}: it runs these bytes."],
                var plan => [Inline.Strong(plan.Steps.Any(step => step is DeployStep.FirstDeploy) ? "A first deploy" : request.Mode == DeployMode.Buffer ? "A buffer" : "An upgrade"), " of ", what, $" on {facts.Cluster} would cost {Money.Sol(plan.Costs.Net)} net. Nothing was sent."],
            };
        if (progress.HasChanged && request.Mode == DeployMode.Buffer)
            return [Inline.Strong("Ready:"), " the buffer ", Inline.Code(buffer.ToString()), $" is complete, verified and in the hands of {request.BufferAuthority}. {Effort()}"];
        if (progress.HasChanged)
            return [Inline.Strong(facts.Was is null ? "Deployed" : "Upgraded"), " ", what, $" on {facts.Cluster} in slot {progress.Slot}. {Effort()}"];
        if (facts.HasErrors)
            return [Inline.Strong("Not deployed."), " ", what, $" on {facts.Cluster} is what it was before. {Effort()}"];
        return [Inline.Strong("Nothing to deploy:"), " ", what, $" on {facts.Cluster} runs these bytes already. {Effort()}"];
    }

    /// <summary>What the run did and cost, in a sentence.</summary>
    private string Effort()
    {
        if (facts.Plan is null || facts.Landed.Count == 0)
            return "";
        var net = new DeployAmounts(facts).NetDone;
        return string.Create(CultureInfo.InvariantCulture, $"{Count(facts.Landed.Count, "transaction", "transactions")}, {facts.Took.TotalSeconds:0.0} s, {(net < 0 ? $"{Money.Sol(-net)} came back" : $"{Money.Sol(net)} net")}.");
    }

    /// <summary>One line each: two hashes side by side would be cut off on the job's page.</summary>
    private IEnumerable<Inline[]> Versions()
    {
        yield return facts.Was is { } was
            ? ["Before", Inline.Code(was.ExecutableHash), Number(was.Data.Length), was.Slot.ToString(CultureInfo.InvariantCulture)]
            : ["Before", "no program", "", ""];
        yield return
        [
            Inline.Strong(progress.HasChanged && request.Mode == DeployMode.Deploy ? "Now" : request.Mode == DeployMode.Buffer ? "In the buffer" : "In the file"),
            Inline.Code(Hex(request.Binary.ExecutableHash)), Number(request.Binary.Bytes.Length),
            progress.HasChanged && request.Mode == DeployMode.Deploy ? $"{progress.Slot}" : "",
        ];
    }

    private string Authority()
    {
        var before = facts.Was is null ? null : facts.Was.Authority?.ToString() ?? "none";
        var after = request.MakeImmutable ? "none, for ever"
            : (request.Mode == DeployMode.Buffer ? request.BufferAuthority : progress.UpgradeAuthority ?? request.UpgradeAuthority.Address).ToString();
        return before is null || before == after ? after : $"{before} before, {after} now";
    }

    private IEnumerable<Inline[]> Evidence()
    {
        yield return ["Environment", $"{facts.Inputs.Environment} ({facts.Cluster}, genesis {facts.GenesisHash})"];
        if (progress.Signature is { } signature)
            yield return ["Transaction", Inline.Link(signature.ToString(), facts.Cluster.ExplorerLink(signature, Endpoint).AbsoluteUri)];
        else if (progress.Final is { WasSent: true } sent)
            yield return ["Transaction sent, fate unknown", Inline.Link(sent.Signature.ToString(), facts.Cluster.ExplorerLink(sent.Signature, Endpoint).AbsoluteUri)];
        yield return ["Upgrade authority", Inline.Code(Authority())];
        yield return [$"File (SBPF v{request.Binary.SbpfVersion})", Inline.Code($"sha256:{Hex(request.Binary.Sha256)}")];
        if (facts.LeavesBuffer || facts.Plan is { } plan && plan.Steps.Any(step => step is DeployStep.Write or DeployStep.HandOver))
            yield return ["Buffer", Inline.Code(buffer.ToString())];
        if (facts.Record is { } record)
            yield return ["Record", Inline.Code(record)];
    }

    private void AddStale(Markdown summary)
    {
        var isPayers = facts.Stale.Any(stale => stale.Authority == request.Payer.Address);
        var isAll = facts.Stale.All(stale => stale.Authority == request.Payer.Address);
        summary.Heading(3, $"{Count(facts.Stale.Count, "stale buffer", "stale buffers")}, {Money.Sol(facts.Stale.Aggregate(0UL, (sum, stale) => sum + stale.Lamports))}")
            .Paragraph([
                "Left behind by other runs with these keys, or still written by one.",
                .. isPayers ? (Inline[])[" To take back what the payer put into one, run this job again with ", Inline.Code("reclaim: <address>"), ", or with ", Inline.Code("reclaim: idle"), " for all that nothing has touched for a while."] : [],
                .. isAll ? (Inline[])[] : [" Those of another authority it closes itself: ", Inline.Code("solana program close <address>"), "."],
            ])
            .Table(["Buffer", "Bytes", "SOL", "Authority", "Last activity"], facts.Stale.Select(stale => new Inline[]
            {
                Link(stale.Address), Number((long)stale.Size), Money.Sol(stale.Lamports), stale.Authority == request.Payer.Address ? "payer" : Inline.Code(stale.Authority.ToString()),
                stale.LastSlot is { } slot ? Ago(slot) : "unknown",
            }));
    }

    private string Ago(ulong slot) => string.Create(CultureInfo.InvariantCulture, $"slot {slot}, {(facts.Before.Slot > slot ? facts.Before.Slot - slot : 0):N0} slots before this run");

    private static IEnumerable<Inline[]> Steps(DeployPlan plan) => plan.Steps.Select(step => new Inline[] { step.Describe() });

    private IEnumerable<Inline[]> Keys() => progress.Signatures.Select(signed => new Inline[]
    {
        Inline.Code(signed.Key.ToString()),
        signed.Key == request.Payer.Address ? Role(request.Payer, "payer") : signed.Key == request.UpgradeAuthority.Address ? Role(request.UpgradeAuthority, "upgrade authority") : "program",
        signed.Value.ToString("N0", CultureInfo.InvariantCulture),
    });

    private static string Role(KeyInput key, string role) => key is KeyInput.Signer signer ? $"{role} ({signer.Origin})" : role;

    private Uri Endpoint => new(facts.Inputs.Cluster.Urls[0].ToString());

    private Inline Link(Address address) => Inline.Link(address.ToString(), facts.Cluster.ExplorerLink(address, Endpoint).AbsoluteUri);

    private static string Count(int count, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : many)}");

    private static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Hex(ReadOnlyMemory<byte> hash) => Convert.ToHexStringLower(hash.Span);
}
