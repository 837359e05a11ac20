using Actions.Cli.SolanaDeploy;
using Actions.Core.Solana;
using Actions.Core.VerifiedBuild;

namespace Actions.Cli.Publish;

/// <summary>How the claim about a build gets on chain. Decided from a request and a sight alone.</summary>
/// <param name="IsSaid">Nothing is to be done.</param>
/// <param name="IsExported">Whether somebody else signs.</param>
public sealed record ClaimPlan(ClaimSight Sight, Address Uploader, Address Payer, Address Program, bool IsSaid, bool IsExported)
{
    /// <summary>Anchor's checks and the reallocation, rounded up.</summary>
    public const uint Units = 100_000;

    /// <summary>What the payer adds to the account, so that the uploader need not hold anything.</summary>
    public ulong Missing => IsSaid ? 0 : Sight.Rent - Math.Min(Sight.Rent, Sight.Lamports);

    /// <summary>What the uploader signs.</summary>
    public Instruction Instruction => Sight.Known is null ? OtterProgram.Initialize(Program, Uploader, Sight.Asked) : OtterProgram.Update(Program, Uploader, Sight.Asked);

    /// <param name="changes">Whether the program gets other bytes before, of which no claim of today speaks.</param>
    public static ClaimPlan Of(DeployRequest request, ClaimSight sight, bool changes) => new(
        sight, request.UpgradeAuthority.Address, request.Payer.Address, request.ProgramId!.Value, sight.IsSaid && !changes, request.Publish!.Claim!.IsExported || !DocumentPlan.CanSign(request));

    public IEnumerable<string> Describe()
    {
        if (!IsSaid)
        {
            yield return $"{(IsExported ? $"export what {Uploader} has to sign to claim" : "claim")} that the program was built from {Sight.Asked.Repository} at {Sight.Asked.Commit} (otter-verify{(Missing > 0 ? $", {Money.Sol(Missing)} of rent" : "")})";
        }
    }

    public DeployCosts Costs(ulong price, ulong highest)
    {
        var (fee, feeHighest) = (Fee(price), Fee(highest));
        return new DeployCosts { Rent = Missing, Fee = fee, FeeHighest = feeHighest, Peak = Missing + feeHighest, Net = (long)(Missing + fee) };
    }

    private ulong Fee(ulong price) =>
        IsSaid ? 0
        : !IsExported ? Money.Fee(Uploader == Payer ? 1 : 2, price, Units)
        : Missing > 0 ? Money.Fee(1, price, Units)
        : 0;
}
