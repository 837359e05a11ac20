using Actions.Core.Idl;
using Actions.Core.Metadata;

namespace Actions.Cli.Publish;

/// <summary>What a deploy says about the program besides its bytes.</summary>
/// <param name="Documents">In the order in which they are published.</param>
/// <param name="Migration">The file that says how accounts and callers get over an IDL that breaks them; null for none.</param>
/// <param name="Claim">What it was built from; null when nothing is claimed.</param>
public sealed record PublishRequest(IReadOnlyList<AskedDocument> Documents, string? Migration, ClaimRequest? Claim);

/// <summary>A document to publish.</summary>
/// <param name="Input">Where it comes from.</param>
/// <param name="IsExplicit">Whether somebody asked for just this; what a release file or a manifest names is left out where the cluster cannot take it.</param>
public sealed record AskedDocument(MetadataDocument Document, string Input, bool IsExplicit)
{
    /// <summary>Null for what is no IDL of Anchor's.</summary>
    public AnchorIdl? Idl { get; init; }

    /// <summary>What people call it.</summary>
    public string Name => Document.Seed == MetadataDocument.Idl ? "IDL" : "security.txt";
}
