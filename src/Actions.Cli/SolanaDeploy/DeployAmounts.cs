using System.Globalization;
using Actions.Core.Runner;
using Actions.Core.Sending;

namespace Actions.Cli.SolanaDeploy;

/// <summary>A deploy's SOL, item by item: what the plan said and what this run did. The items add up to the net.</summary>
internal sealed record DeployAmounts(DeployFacts Facts)
{
    private readonly DeployCosts costs = Facts.Plan!.Costs;
    private readonly DeployCosts ofProgram = Facts.Plan!.OfProgram;
    private readonly DeployProgress progress = Facts.Progress;

    private bool IsFirstDeploy => Facts.Plan!.Steps.Any(step => step is DeployStep.FirstDeploy);

    /// <summary>Whether what was planned for the program's own accounts has happened.</summary>
    private bool IsPaidFor => progress.HasChanged && IsFirstDeploy;

    /// <summary>What the program's or the ready buffer's own accounts need; the buffer's share of it is not paid again.</summary>
    private ulong RentDone => IsPaidFor ? ofProgram.Rent : 0;

    /// <summary>In the buffer when the run began, put there by an earlier one or by a stranger.</summary>
    private ulong Held => Facts.Before.Buffer switch
    {
        BufferState.Ours ours => ours.Lamports,
        BufferState.Missing missing => missing.Lamports,
        _ => 0,
    };

    private ulong ToCreate => Facts.Plan!.Steps.OfType<DeployStep.CreateBuffer>().Aggregate(0UL, (sum, step) => sum + step.Missing);

    private ulong ToPropose => Facts.Plan!.Steps.OfType<DeployStep.Propose>().Aggregate(0UL, (sum, step) => sum + step.Rent);

    private ulong ToPublish => (Facts.Plan!.Publish?.Documents ?? []).Aggregate(0UL, (sum, document) => sum + document.Missing + document.BufferMissing) + (Facts.Plan.Publish?.Claim?.Missing ?? 0);

    /// <summary>What this run paid into the buffer; a creation that landed while the run was being stopped counts, too.</summary>
    private ulong BufferRent =>
        progress.BufferRent + (progress.Creation is { Known.Fate: Fate.Succeeded } ? ToCreate : 0);

    private ulong BaseFees => Math.Min(Facts.Landed.Fees, Money.LamportsPerSignature * (ulong)progress.Signatures.Values.Sum());

    /// <summary>By how much this run made the payer poorer; negative when more came back than was spent.</summary>
    public long NetDone =>
        (long)(RentDone + BufferRent + progress.ProposalRent + progress.PublishRent + progress.Extended + Facts.Landed.Fees) - (long)(progress.Refunded + (IsPaidFor ? Held + BufferRent : 0));

    public IEnumerable<Inline[]> Rows()
    {
        if (IsFirstDeploy)
        {
            yield return Row("Rent locked in the program", Money.Sol(ofProgram.Rent), Money.Sol(RentDone));
            if (Held > 0)
            {
                yield return Row("Paid from what the buffer holds already", Money.Sol(-(long)Held), Money.Sol(IsPaidFor ? -(long)Held : 0));
            }
        }

        if (IsFirstDeploy ? !IsPaidFor && BufferRent > 0 : ToCreate + BufferRent > 0)
        {
            yield return Row("Rent of the buffer", Money.Sol(IsFirstDeploy ? 0 : ToCreate), Money.Sol(BufferRent));
        }

        if (ToPropose + progress.ProposalRent > 0)
        {
            yield return Row("Rent of the proposal, which goes to the multisig's rent collector", Money.Sol(ToPropose), Money.Sol(progress.ProposalRent));
        }

        if (costs.Extend + progress.Extended > 0)
        {
            yield return Row("Rent of the extension, which never comes back", Money.Sol(costs.Extend), Money.Sol(progress.Extended));
        }

        if (ToPublish + progress.PublishRent > 0)
        {
            yield return Row("Rent of what is published, and of its buffers", Money.Sol(ToPublish), Money.Sol(progress.PublishRent));
        }

        yield return Row("Fees", costs.FeeHighest > costs.Fee ? $"{Money.Sol(costs.Fee)} (at most {Money.Sol(costs.FeeHighest)})" : Money.Sol(costs.Fee), Fees());
        if (costs.Refund + progress.Refunded > 0)
        {
            yield return Row("Refunds (Upgrade, Close, Trim)", Money.Sol(-(long)costs.Refund), Money.Sol(-(long)progress.Refunded));
        }

        yield return [Inline.Strong("Net"), Inline.Strong(Money.Sol(costs.Net)), .. Done(Inline.Strong(Money.Sol(NetDone)))];
        yield return Row("Most that is out of pocket at any moment", Money.Sol(costs.Peak), "");
    }

    private string Fees()
    {
        var priority = Facts.Landed.Fees - BaseFees;
        return string.Create(CultureInfo.InvariantCulture, $"{Money.Sol(Facts.Landed.Fees)} for {Facts.Landed.Count:N0} {(Facts.Landed.Count == 1 ? "transaction" : "transactions")}: base {Money.Sol(BaseFees)}, priority {Money.Sol(priority)}");
    }

    private Inline[] Row(string what, string planned, string done) => [what, planned, .. Done(done)];

    /// <summary>A dry run has no second column.</summary>
    private Inline[] Done(Inline amount) => Facts.Request.IsDryRun ? [] : [amount];
}
