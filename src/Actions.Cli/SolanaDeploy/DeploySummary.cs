using System.Globalization;
using Actions.Cli.Publish;
using Actions.Core.Idl;
using Actions.Core.Keys;
using Actions.Core.Runner;
using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>The job summary of a deploy: what happened and what to do first, evidence next, the rest folded away.</summary>
internal sealed class DeploySummary(DeployFacts facts)
{
    private readonly DeployRequest request = facts.Request;
    private const int MostChanges = 50;

    private readonly DeployProgress progress = facts.Progress;
    private readonly Address buffer = facts.Before.BufferAddress.Address;

    public Markdown ToMarkdown()
    {
        var summary = new Markdown().Paragraph(Headline());
        if (facts.LeavesBuffer)
        {
            summary.Heading(3, "How to continue").Paragraph(
                "Run the same job again. It finds the buffer ", Inline.Code(buffer.ToString()), ", which holds what was written so far, and pays nothing twice. ",
                "To give up instead, take its rent back with ", Inline.Code($"solana program close {buffer}"), " and the payer's key.");
        }

        if (facts.IsProposed)
        {
            new ProposalSummary(facts).AddTo(summary);
        }

        if (progress.Exported is { } exported)
        {
            summary.Heading(3, "To sign").Paragraph(
                "This transaction, without signatures, upgrades the program from the buffer ", Inline.Code(buffer.ToString()), ". ",
                facts.Before.Nonce is { } nonce ? $"It waits for them until the nonce of {nonce.Address} is used. Sign it where " : "Who signs it gives it a blockhash. Import it where ",
                Inline.Code(request.UpgradeAuthority.Address.ToString()), " signs; before that compare the buffer's executable hash, ",
                Inline.Code($"solana-verify get-buffer-hash {buffer}"), ", with the one below.").CodeBlock(Base58.Encode(exported.Serialize()));
        }

        if (facts.Plan?.Publish?.Idl is { Changes.Count: > 0 } idl)
        {
            AddChanges(summary, idl);
        }

        if (progress.Published is { Count: > 0 } published)
        {
            AddPublished(summary, published);
        }

        summary.Heading(3, "Program").Table(["", "Executable hash", "Bytes", "Slot"], Versions()).Table(["Evidence", ""], Evidence());
        var plan = facts.Plan is { IsEmpty: false } ? facts.Plan : null;
        if (plan is not null)
        {
            summary.Heading(3, "SOL").Table(request.IsDryRun ? ["", "Planned"] : ["", "Planned", "This run"], new DeployAmounts(facts).Rows());
        }

        if (facts.Stale.Count > 0)
        {
            AddStale(summary);
        }

        if (plan is not null && request.IsDryRun)
        {
            summary.Heading(3, "Plan").Bullets(Steps(plan));
        }
        else if (plan is not null)
        {
            summary.Details(Count(plan.Describe().Count(), "step was", "steps were") + " planned", new Markdown().Bullets(Steps(plan)));
        }

        if (progress.Signatures.Count > 0)
        {
            summary.Details(Count(progress.Signatures.Count, "key", "keys") + " signed", new Markdown().Table(["Key", "Role", "Lives in", "Version", "Age", "Transactions signed"], Keys()));
        }

        return summary;
    }

    /// <summary>What happened, in a sentence.</summary>
    public Inline[] Headline()
    {
        var what = request.ProgramId is { } id ? Link(id) : Inline.Code(buffer.ToString());
        if (request.IsDryRun)
        {
            return facts.Plan switch
            {
                null => [Inline.Strong($"This {Deploy} would be refused"), " for ", what, $" on {facts.Cluster}."],
                var plan when What(plan) is { } kind => [Inline.Strong(kind), " of ", what, $" on {facts.Cluster} would cost {Money.Sol(plan.Costs.Net)} net. Nothing was sent."],
                _ => [Inline.Strong($"There is nothing to {ToDeploy}:"), " ", what, $" on {facts.Cluster} runs these bytes already."],
            };
        }

        if (progress.IsDoneByOthers)
        {
            return [Inline.Strong("Executed:"), " members executed the upgrade of ", what, $" on {facts.Cluster} while this run waited.{Effort()}"];
        }

        if (request.Mode == DeployMode.Propose && progress.Signature is null && facts is { IsProposed: true, HasErrors: false })
        {
            return [Inline.Strong(progress.HasChanged ? "Proposed:" : "Waiting:"), $" the upgrade of ", what, $" on {facts.Cluster} is {new ProposalSummary(facts).Standing}.{Effort()}"];
        }

        if (progress.Exported is not null)
        {
            return [Inline.Strong("Exported:"), " the upgrade of ", what, $" on {facts.Cluster} is ready for {request.UpgradeAuthority.Address} to sign.{Effort()}"];
        }

        if (progress.HasChanged && request.Mode == DeployMode.Buffer)
        {
            return [Inline.Strong("Ready:"), " the buffer ", Inline.Code(buffer.ToString()), $" is complete, verified and in the hands of {request.BufferAuthority}.{Effort()}"];
        }

        if (progress.HasChanged)
        {
            return [Inline.Strong(facts.Subject.IsRollback ? $"Rolled back{Target}:" : facts.Was is null ? "Deployed" : "Upgraded"), " ", what, $" on {facts.Cluster} in slot {progress.Slot}.{Effort()}"];
        }

        if (progress.Final is { WasSent: true, Known: null })
        {
            return [Inline.Strong("Not known:"), " the final transaction for ", what, $" on {facts.Cluster} was sent, and the run ended before its fate was clear. Run again: it looks first.{Effort()}"];
        }

        if (request.IsDrill && progress.DoneAt is not null)
        {
            return [Inline.Strong("Rehearsed:"), " ", what, string.Create(CultureInfo.InvariantCulture, $" on {facts.Cluster} could have been rolled back{Target} {Seconds:0.0} s after this run began. Nothing was changed.{Effort()}")];
        }

        if (facts.HasErrors)
        {
            return [Inline.Strong(facts.Subject.IsRollback ? "Not rolled back." : "Not deployed."), " This run did not change ", what, $" on {facts.Cluster}.{Effort()}"];
        }

        return [Inline.Strong($"Nothing to {ToDeploy}:"), " ", what, $" on {facts.Cluster} runs these bytes already.{Effort()}"];
    }

    /// <summary>Whether the bytes run because of this run.</summary>
    private bool HasDeployed => progress.IsDoneByOthers || (progress.HasChanged && (request.Mode == DeployMode.Deploy || progress.Signature is not null));

    private bool RunsAlready => facts.Was?.Runs(request.Binary) == true;

    private string Deploy => facts.Subject.IsRollback ? "rollback" : "deploy";

    private string ToDeploy => facts.Subject.IsRollback ? "roll back" : "deploy";

    /// <summary>What a rollback brings back; not every release has a version.</summary>
    private string Target => facts.Subject.Version is { } version ? $" to {version}" : "";

    private double? Seconds => facts.Subject.SecondsUntil(progress.DoneAt, facts.Site.Context.Time);

    private string? What(DeployPlan plan) => Kind(plan) is not { } kind ? plan.Publishes ? "A publication" : null
        : request.IsDrill ? $"A drill of the rollback{Target}"
        : facts.Subject.IsRollback ? $"A rollback{Target}"
        : kind;

    private static string? Kind(DeployPlan plan) =>
        plan.Steps.Any(step => step is DeployStep.FirstDeploy) ? "A first deploy"
        : plan.Steps.Any(step => step is DeployStep.Upgrade or DeployStep.ExecuteProposal) ? "An upgrade"
        : plan.Steps.Any(step => step is DeployStep.Propose or DeployStep.Export) ? "A proposal of an upgrade"
        : plan.Steps.Any(step => step is DeployStep.Write or DeployStep.HandOver or DeployStep.Rehearse) ? "A buffer"
        : null;

    /// <summary>What the run did and cost, in a sentence.</summary>
    private string Effort()
    {
        if (facts.Plan is null || facts.Landed.Count == 0)
        {
            return "";
        }

        var net = new DeployAmounts(facts).NetDone;
        return string.Create(CultureInfo.InvariantCulture, $" {Count(facts.Landed.Count, "transaction", "transactions")}, {facts.Took.TotalSeconds:0.0} s, {(net < 0 ? $"{Money.Sol(-net)} came back" : $"{Money.Sol(net)} net")}.");
    }

    /// <summary>One line each: two hashes side by side would be cut off on the job's page.</summary>
    private IEnumerable<Inline[]> Versions()
    {
        yield return facts.Was is { } was
            ? ["Before", Inline.Code(was.ExecutableHash), Number(was.Data.Length), was.Slot.ToString(CultureInfo.InvariantCulture)]
            : ["Before", "no program", "", ""];
        yield return
        [
            Inline.Strong(HasDeployed ? "Now" : request.HandsOver && !RunsAlready ? "In the buffer" : "In the file"),
            Inline.Code(Hex(request.Binary.ExecutableHash)), Number(request.Binary.Bytes.Length),
            HasDeployed ? $"{progress.Slot}" : "",
        ];
    }

    /// <summary>Who can change the program: as it is on chain when the run ends, or as it would be when there is none yet.</summary>
    private Inline[] Authority()
    {
        var asked = request.LastAuthority?.ToString() ?? "none";
        if (facts.Was is null && !progress.HasChanged)
        {
            return ["Upgrade authority asked for", Inline.Code(asked)];
        }

        var before = facts.Was is null ? null : facts.Was.Authority?.ToString() ?? "none";
        var now = HasDeployed ? asked : before ?? "none";
        return ["Upgrade authority", before is null || before == now ? Inline.Code(now) : $"{now}, before {before}"];
    }

    private IEnumerable<Inline[]> Evidence()
    {
        yield return ["Environment", $"{facts.Site.Book.Environment} ({facts.Cluster}, genesis {facts.Site.Rpc.GenesisHash})"];
        if (progress.Signature is { } signature)
        {
            yield return ["Transaction", Inline.Link(signature.ToString(), facts.Cluster.ExplorerLink(signature, Endpoint).AbsoluteUri)];
        }
        else if (progress.Final is { WasSent: true } sent)
        {
            yield return ["Transaction sent, fate unknown", Inline.Link(sent.Signature.ToString(), facts.Cluster.ExplorerLink(sent.Signature, Endpoint).AbsoluteUri)];
        }

        if (request.ProgramId is not null)
        {
            yield return Authority();
        }

        if (request.Mode == DeployMode.Buffer)
        {
            yield return ["Buffer authority", Inline.Code(request.BufferAuthority.ToString())];
        }

        if (progress.BuiltAgainBy is { } builder)
        {
            yield return ["Built again, with the same executable hash, by", builder];
        }

        if (Seconds is { } seconds)
        {
            yield return [request.IsDrill ? "Ready for the final transaction" : "Running again", string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s after this run began")];
        }

        yield return [$"File (SBPF v{request.Binary.SbpfVersion})", Inline.Code($"sha256:{Hex(request.Binary.Sha256)}")];
        if (facts.LeavesBuffer || (facts.Plan is { } plan && Kind(plan) is not null))
        {
            yield return ["Buffer", Inline.Code(buffer.ToString())];
        }

        if (facts.Record is { } record)
        {
            yield return ["Record", Inline.Code(record)];
        }
    }

    private void AddChanges(Markdown summary, IdlComparison idl)
    {
        summary.Heading(3, "What changes in the IDL").Table(
            ["", "Change"],
            idl.Changes.Take(MostChanges).Select(change => new Inline[] { change.Kind == IdlChangeKind.Breaking ? Inline.Strong("breaking") : IdlComparison.NameOf(change.Kind), change.What }));
        if (idl.Changes.Count > MostChanges)
        {
            summary.Paragraph(string.Create(CultureInfo.InvariantCulture, $"And {idl.Changes.Count - MostChanges:N0} more."));
        }

        if (request.Publish?.Migration is { } migration)
        {
            summary.Paragraph("The plan for what breaks: ", Inline.Code(migration), ".");
        }
    }

    private void AddPublished(Markdown summary, IReadOnlyList<PublishedDocument> published)
    {
        summary.Heading(3, "Published").Table(["", "State", "Account", "sha256"], published.Select(one => new Inline[] { one.Name, one.State, Link(one.Account), one.Sha256 is { } sha256 ? Inline.Code(sha256) : "" }));
        foreach (var (address, lamports) in progress.LeftBuffers.Take(MostChanges))
        {
            summary.Paragraph($"An interrupted run left a buffer with {Money.Sol(lamports)}, which nobody needs any more. To take it back: ", Inline.Code("mode: reclaim"), " with ", Inline.Code($"reclaim: {address}"), ".");
        }

        foreach (var one in published.Where(one => one.Export is not null))
        {
            summary.Paragraph(
                $"The {one.Name} is ready for ", Inline.Code(request.UpgradeAuthority.Address.ToString()), " to sign: the transactions in ", Inline.Code(one.Export!.Relative),
                ", one in each line, in this order and without blockhashes, are not part of the program's proposal.");
        }
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

    private static IEnumerable<Inline[]> Steps(DeployPlan plan) => plan.Describe().Select(step => new Inline[] { step });

    /// <summary>Which key signed what, and how long it has been in use.</summary>
    private IEnumerable<Inline[]> Keys()
    {
        (string Role, KeyInput? Key)[] roles = [("payer", request.Payer), ("upgrade authority", request.UpgradeAuthority), ("program", request.ProgramKey)];
        foreach (var (address, count) in progress.Signatures)
        {
            var held = roles.Where(role => role.Key?.Address == address).ToList();
            var source = held.Select(role => (role.Key as KeyInput.Signer)?.Source).FirstOrDefault(known => known is not null);
            yield return
            [
                Inline.Code(address.ToString()), string.Join(", ", held.Select(role => role.Role)), source is null ? "" : Inline.Code(source.Provider), source?.Version ?? "",
                source?.CreatedAt is { } made ? Age(facts.Site.Context.Time.GetUtcNow() - made) : "unknown", count.ToString("N0", CultureInfo.InvariantCulture),
            ];
        }
    }

    private static string Age(TimeSpan age) => age < TimeSpan.FromDays(1) ? "less than a day" : Count((int)age.TotalDays, "day", "days");

    private Uri Endpoint => new(facts.Site.Cluster.Urls[0].ToString());

    private Inline Link(Address address) => Inline.Link(address.ToString(), facts.Cluster.ExplorerLink(address, Endpoint).AbsoluteUri);

    private static string Count(int count, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : many)}");

    private static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Hex(ReadOnlyMemory<byte> hash) => Convert.ToHexStringLower(hash.Span);
}
