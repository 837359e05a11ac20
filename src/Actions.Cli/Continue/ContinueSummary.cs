using Actions.Cli.SolanaDeploy;
using Actions.Core.Gates;
using Actions.Core.Loader;
using Actions.Core.Releases;
using Actions.Core.Runner;
using Actions.Core.Solana;

namespace Actions.Cli.Continue;

/// <summary>The job summary of `continue`: what came to its end, then what others have to do, proposal by proposal.</summary>
internal sealed class ContinueSummary(ContinueInputs inputs, ContinueReport report)
{
    public Markdown ToMarkdown()
    {
        var summary = new Markdown().Paragraph(Headline());
        if (report.Rows.Count > 0)
        {
            summary.Table(["Program", "Release", "Record", "State", ""], report.Rows.Select(Row));
        }

        foreach (var row in report.Rows.Where(row => row is { IsWaiting: true, Squads.Proposal: not null }))
        {
            new ProposalSummary(row.Squads!, Link, row.Record.Facts.Buffer ?? default, row.Record.ExecutableHash ?? "unknown").AddTo(summary);
        }

        foreach (var left in report.Leftovers)
        {
            AddLeftover(summary, left);
        }

        foreach (var (collector, lamports) in report.Collected)
        {
            summary.Paragraph($"{Money.Sol(lamports)} of proposals that are over went to the multisig's rent collector ", Inline.Code(collector.ToString()), ".");
        }

        return summary;
    }

    private Inline[] Headline()
    {
        var (rows, place) = (report.Rows, $" in {inputs.Environment} ({inputs.Cluster.Cluster}).");
        var waiting = rows.Count(row => row.IsWaiting);
        return rows.Count == 0
            ? [Inline.Strong("Nothing is pending"), place]
            : [Inline.Strong($"{rows.Count(row => row.IsExecuted)} executed, {rows.Count - waiting} settled, {waiting} waiting"), place];
    }

    private static Inline[] Row(ContinueRow row) =>
        [row.Program.Name, SemVer.TryParse(row.Record.Facts.Version)?.Text ?? "", Inline.Code(row.Record.Id), row.State.ToString().ToLowerInvariant(), row.What];

    /// <summary>Rent that only the vault can send back.</summary>
    private void AddLeftover(Markdown summary, LeftoverSight left)
    {
        summary.Heading(3, $"{Money.Sol(left.Buffer.Lamports)} to take back").Paragraph(
            "The buffer ", Inline.Code(left.Address.ToString()), $" of {left.Program.Name} is not needed any more, and belongs to the vault ", Inline.Code(left.Vault.Address.ToString()), ".");
        if (left.Squads.Proposal is { } proposal)
        {
            summary.Paragraph(left.Squads.ExecutableAt is { } at
                ? $"Proposal {proposal.Index} closes it. It is approved, and can be executed from {TimeGates.Show(at)} on."
                : $"Proposal {proposal.Index} closes it, with {proposal.Approved.Count} of {left.Multisig.Multisig.Threshold} approvals.");
            return;
        }

        // The members' own payer gets it where this run has none.
        var recipient = inputs.Member?.Address ?? left.Vault.Address;
        var close = Transaction.Unsigned(Message.Compile(left.Vault.Address, [LoaderProgram.Close(left.Address, recipient, left.Vault.Address, null)], default));
        summary.Paragraph($"No member with Initiate runs this, so let one import this transaction, which closes it in favour of {recipient}:").CodeBlock(Base58.Encode(close.Serialize()));
    }

    private Uri Link(Address address) => inputs.Cluster.Cluster.ExplorerLink(address, new Uri(inputs.Cluster.Urls[0].ToString()));
}
