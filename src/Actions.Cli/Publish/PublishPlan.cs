using Actions.Cli.SolanaDeploy;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.VerifiedBuild;

namespace Actions.Cli.Publish;

/// <summary>What a deploy will publish, and what that costs. Decided from a request and a state alone; touches nothing.</summary>
public sealed record PublishPlan(IReadOnlyList<DocumentPlan> Documents, ClaimPlan? Claim, DeployCosts Costs, IReadOnlyList<Fault> Warnings)
{
    /// <summary>Empty when everything is said already.</summary>
    public IEnumerable<string> Steps => [.. Documents.SelectMany(document => document.Describe()), .. Claim?.Describe() ?? []];

    /// <summary>How the IDL differs from the one on chain; null where there is nothing to compare.</summary>
    public IdlComparison? Idl => Documents.Select(document => document.Comparison).FirstOrDefault(comparison => comparison is not null);

    /// <param name="price">µlamports per compute unit.</param>
    /// <param name="changes">Whether the program gets other bytes before.</param>
    public static PublishPlan Of(DeployRequest request, PublishState state, ulong price, bool changes)
    {
        // What nobody asked for by name is left out where there is nowhere to publish it.
        var documents = state.Documents.Where(sight => state.HasMetadataProgram || sight.Asked.IsExplicit).Select(sight => DocumentPlan.Of(request, sight)).ToList();
        var highest = request.PriorityFee is PriorityFee.Fixed { MicroLamports: var asked } ? asked : request.MaxPriorityFee;
        var claim = state.Claim is { } sight ? ClaimPlan.Of(request, sight, changes) : null;
        var costs = documents.Aggregate(new DeployCosts(), (sum, document) => sum.Then(document.Costs(price, highest))).Then(claim?.Costs(price, highest) ?? new DeployCosts());
        List<Fault> warnings = [.. documents.Select(document => document.Comparison?.ToFault(document.Sight.Asked.Input, request.Publish!.Migration)).OfType<Fault>().Where(fault => fault.Severity == Severity.Warning)];
        if (documents.Count < state.Documents.Count)
        {
            warnings.Add(NoProgram(state.Documents[0].Asked.Input).AsWarning());
        }

        return new PublishPlan(documents, claim, costs, warnings);
    }

    /// <summary>Why what is to be published cannot be.</summary>
    public IEnumerable<Fault> Refusals(DeployRequest request, PublishState state, ProgramState program)
    {
        foreach (var fault in ClaimRefusals(request, state, program))
        {
            yield return fault;
        }

        foreach (var document in Documents.Where(document => !document.IsSaid))
        {
            var (sight, input) = (document.Sight, document.Sight.Asked.Input);
            if (!state.HasMetadataProgram)
            {
                yield return NoProgram(input);
            }
            else if (sight.Obstacle is { } obstacle)
            {
                yield return new Fault(FaultCodes.MetadataRefused, $"metadata, or nothing, at {sight.Account}, where the {sight.Asked.Name} of {request.ProgramId} stands", obstacle, "close it with the tool that made it (program-metadata close), then run again", input);
            }
            else if (sight.Published is { IsMutable: false })
            {
                yield return new Fault(FaultCodes.MetadataRefused, $"an {sight.Asked.Name} at {sight.Account} that can be changed", "it was made immutable, for ever", "leave this input out", input);
            }
            else if (document.Sight.Published?.Authority != request.UpgradeAuthority.Address && AuthorityFault(request, sight.Asked.Name, program) is { } foreign)
            {
                yield return foreign;
            }

            if (document.Comparison?.ToFault(input, request.Publish!.Migration) is { Severity: Severity.Error } incompatible)
            {
                yield return incompatible;
            }

            if (request.MakeImmutable || request.NewAuthority is not null)
            {
                yield return TooLate(request, sight.Asked.Name);
            }

            if (sight.Buffer is { } buffer && buffer.Content.Length != sight.Document.Packed.Length)
            {
                yield return new Fault(FaultCodes.MetadataRefused, $"a buffer of {sight.Document.Packed.Length:N0} bytes at {sight.BufferAt.Address}", $"it has {buffer.Content.Length:N0}", $"close it (program-metadata close-buffer {sight.BufferAt.Address}), then run again", input);
            }
            else if (document.Chunks.Count > 0 && document.Writer != request.Payer.Address && !request.CanAuthoritySign)
            {
                yield return new Fault(FaultCodes.MetadataRefused, $"a buffer at {sight.BufferAt.Address} that is complete, or that this run can write", $"it was handed over to {document.Writer} before it was complete", "its owner closes it (program-metadata close-buffer), then run again", input);
            }
        }
    }

    /// <summary>Only the upgrade authority, or whom the account names besides, may write.</summary>
    private static Fault? AuthorityFault(DeployRequest request, string what, ProgramState program)
    {
        var authority = request.UpgradeAuthority.Address;
        if (program is not ProgramState.Deployed { Authority: var onChain } || onChain == authority)
        {
            return null;
        }

        return new Fault(
            FaultCodes.AuthorityMismatch, $"the upgrade authority on chain, {onChain?.ToString() ?? "none"}, for the {what} of {request.ProgramId}", $"upgrade-authority is {authority}",
            onChain is null ? "nobody can speak for a program that is final: leave this out" : "give the key of the authority on chain", "upgrade-authority");
    }

    private IEnumerable<Fault> ClaimRefusals(DeployRequest request, PublishState state, ProgramState program)
    {
        if (Claim is null or { IsSaid: true })
        {
            yield break;
        }

        if (!state.HasClaimProgram)
        {
            yield return new Fault(FaultCodes.MetadataRefused, $"otter-verify ({OtterProgram.Id}) on the cluster", "it is not there: nothing can be claimed", "leave verified-build out on this cluster", "verified-build");
        }

        if (AuthorityFault(request, "build claim", program) is { } foreign)
        {
            yield return foreign;
        }

        if (request.MakeImmutable || request.NewAuthority is not null)
        {
            yield return TooLate(request, "build claim");
        }
    }

    /// <summary>The final transaction comes first, and after it this run's authority has no say any more.</summary>
    private static Fault TooLate(DeployRequest request, string what)
    {
        var last = request.MakeImmutable ? "confirm-final" : "new-authority";
        return new Fault(FaultCodes.MetadataRefused, $"the {what} to be published before the program changes hands", "it is not, and afterwards this run's upgrade authority could not", $"run without {last} first, then again with it", last);
    }

    private static Fault NoProgram(string input) => new(
        FaultCodes.MetadataRefused, $"program-metadata ({Actions.Core.Metadata.MetadataProgram.Id}) on the cluster", "it is not there: nothing can be published", "publish on another cluster, or load the program on this one", input);
}
