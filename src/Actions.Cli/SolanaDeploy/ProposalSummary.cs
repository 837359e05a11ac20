using System.Globalization;
using Actions.Core.Gates;
using Actions.Core.Runner;
using Actions.Core.Solana;
using Actions.Core.Squads;

namespace Actions.Cli.SolanaDeploy;

/// <summary>What members need to know before they sign: who has to, when it can run, and what exactly it is.</summary>
/// <param name="squads">With a multisig and a proposal.</param>
/// <param name="link">To the page of an address.</param>
/// <param name="buffer">Where the bytes lie.</param>
/// <param name="executableHash">Of the bytes.</param>
internal sealed class ProposalSummary(SquadsSight squads, Func<Address, Uri> link, Address buffer, string executableHash)
{
    private readonly Multisig multisig = squads.Multisig!;
    private readonly SquadsProposal proposal = squads.Proposal!;

    public ProposalSummary(DeployFacts facts)
        : this(
            facts.Squads!, address => facts.Cluster.ExplorerLink(address, new Uri(facts.Site.Cluster.Urls[0].ToString())), facts.Before.BufferAddress.Address,
            Convert.ToHexStringLower(facts.Request.Binary.ExecutableHash.Span))
    {
    }

    /// <summary>How far it is, in a few words.</summary>
    public string Standing => squads.ExecutableAt is { } at
        ? squads.IsExecutable ? $"approved as proposal {proposal.Index}, and can be executed" : $"approved as proposal {proposal.Index}, and can be executed from {TimeGates.Show(at)} on"
        : string.Create(CultureInfo.InvariantCulture, $"proposal {proposal.Index} of the multisig, with {proposal.Approved.Count} of {multisig.Threshold} approvals");

    public void AddTo(Markdown summary)
    {
        summary.Heading(3, $"Proposal {proposal.Index}").Table(["", ""], Rows());
        if (proposal.Status != ProposalStatus.Approved)
        {
            summary.Paragraph(
                "Before you approve: compare the executable hash of the buffer with the one here, with ",
                Inline.Code($"solana-verify get-buffer-hash {buffer}"), ", and the buffer's authority with the vault.");
        }

        summary.Table(["Who may vote", "Vote"], multisig.Voters.Select(voter => new Inline[] { Inline.Code(voter.Address.ToString()), Vote(voter.Address) }));
    }

    private IEnumerable<Inline[]> Rows()
    {
        yield return ["Proposal", Link(SquadsAddress.Proposal(squads.Vault.Multisig, proposal.Index))];
        yield return ["Multisig", Link(squads.Vault.Multisig)];
        yield return [$"Vault {squads.Vault.Index}, which signs", Link(squads.Vault.Address)];
        yield return ["Approvals", string.Create(CultureInfo.InvariantCulture, $"{proposal.Approved.Count} of {multisig.Threshold}, {proposal.Rejected.Count} against")];
        yield return ["Time lock", multisig.TimeLock == 0 ? "none" : $"{TimeSpan.FromSeconds(multisig.TimeLock)} after the last approval"];
        yield return ["Earliest execution", squads.ExecutableAt is { } at ? TimeGates.Show(at) : multisig.TimeLock == 0 ? "when it is approved" : $"{TimeGates.Show(squads.Now.AddSeconds(multisig.TimeLock))}, if it were approved now"];
        yield return ["Executable hash to compare", Inline.Code(executableHash)];
        if (squads.Asked is { } asked)
        {
            foreach (var other in asked.Upgrades.Where(upgrade => upgrade.Buffer != buffer))
            {
                yield return ["Upgrades with it", Link(other.Program)];
            }

            if (asked.Publications.Count > 0)
            {
                yield return ["Publishes with it", string.Create(CultureInfo.InvariantCulture, $"IDL or security.txt, {asked.Publications.Count} instructions of program-metadata")];
            }
        }
    }

    private string Vote(Address voter) =>
        proposal.Approved.Contains(voter) ? "approved" : proposal.Rejected.Contains(voter) ? "rejected" : proposal.Cancelled.Contains(voter) ? "cancelled" : "";

    private Inline Link(Address address) => Inline.Link(address.ToString(), link(address).AbsoluteUri);
}
