using Actions.Cli.SolanaDeploy;
using Actions.Core.Metadata;
using Actions.Core.Solana;
using Actions.Core.Squads;

namespace Actions.Cli.Publish;

/// <summary>What is published about a program, as one look at the cluster showed it.</summary>
/// <param name="HasMetadataProgram">Whether the cluster has program-metadata.</param>
/// <param name="HasClaimProgram">Whether the cluster has otter-verify.</param>
/// <param name="Claim">Null where none is asked for.</param>
public sealed record PublishState(ulong Slot, bool HasMetadataProgram, IReadOnlyList<DocumentSight> Documents, bool HasClaimProgram, ClaimSight? Claim)
{
    /// <summary>Lamports of buffers that come back to the payer when the proposal is executed.</summary>
    public ulong ReturnedByProposal => Documents.Where(sight => sight is { InProposal: InProposal.Made, Buffer: not null }).Aggregate(0UL, (sum, sight) => sum + sight.BufferLamports);

    /// <summary>With what a proposal asks for already.</summary>
    public PublishState AsProposed(DeployRequest request, VaultAsk? asked) =>
        asked is null ? this : Where(sight => DocumentPlan.Of(request, sight).IsIn(asked.Publications), InProposal.Made);

    /// <summary>With what this run is going to propose.</summary>
    public PublishState ToBeProposed(DeployRequest request, ProposalGroup group) => Where(sight => DocumentPlan.Of(request, sight).IsIn(group.Instructions), InProposal.Next);

    private PublishState Where(Func<DocumentSight, bool> isIn, InProposal place) =>
        this with { Documents = [.. Documents.Select(sight => isIn(sight) ? sight with { InProposal = place } : sight)] };
}

/// <summary>Whether a document is published by the proposal that upgrades the program.</summary>
public enum InProposal
{
    No,

    /// <summary>By the one that this run makes.</summary>
    Next,

    /// <summary>By one that the members decide about.</summary>
    Made,
}

/// <summary>Where a document is, or will be, published.</summary>
public sealed record DocumentSight(AskedDocument Asked, Address Account, MetadataBuffer BufferAt)
{
    /// <summary>What the account holds; rent and gifts.</summary>
    public required ulong Lamports { get; init; }

    /// <summary>Of the account; zero where there is none.</summary>
    public required int Space { get; init; }

    /// <summary>Rent of the account, and just as much of the buffer, once they hold the document.</summary>
    public required ulong Rent { get; init; }

    /// <summary>Null when nothing is published.</summary>
    public MetadataAccount.Published? Published { get; init; }

    /// <summary>What stands at the address instead of something published; null when nothing is in the way.</summary>
    public string? Obstacle { get; init; }

    /// <summary>The IDL that Anchor kept before there was program-metadata; null for none.</summary>
    public string? Legacy { get; init; }

    public required ulong BufferLamports { get; init; }

    /// <summary>Null when there is none yet.</summary>
    public MetadataAccount.Buffer? Buffer { get; init; }

    public InProposal InProposal { get; init; }

    public MetadataDocument Document => Asked.Document;

    public bool IsSaid => Published is { } published && Document.IsSaidBy(published);
}
