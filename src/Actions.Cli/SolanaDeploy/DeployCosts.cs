using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Keys;

namespace Actions.Cli.SolanaDeploy;

/// <summary>What a plan costs, in lamports.</summary>
public sealed record DeployCosts
{
    /// <summary>Compute units that no single transaction of the loader comes near.</summary>
    public const uint UsualUnits = 20_000;

    /// <summary>The same for a transaction of Squads, which derives addresses and calls the loader from inside.</summary>
    public const uint SquadsUnits = 400_000;

    /// <summary>Sums of hostile numbers end here instead of wrapping around.</summary>
    private const ulong MostLamports = 1UL << 62;

    /// <summary>Rent newly locked in the program and its ProgramData, or in a buffer that stays.</summary>
    public ulong Rent { get; init; }

    public ulong Extend { get; init; }

    /// <summary>Fees at the price of this moment.</summary>
    public ulong Fee { get; init; }

    /// <summary>Fees at the highest price the inputs allow.</summary>
    public ulong FeeHighest { get; init; }

    /// <summary>The largest debit of the payer after any planned transaction, at the highest price.</summary>
    public ulong Peak { get; init; }

    /// <summary>What the payer is poorer by in the end; negative when more comes back than is spent.</summary>
    public long Net { get; init; }

    /// <summary>What Upgrade and Close return.</summary>
    public ulong Refund { get; init; }

    public static DeployCosts Of(DeployRequest request, DeployState state, IReadOnlyList<DeployStep> steps)
    {
        var highest = request.PriorityFee is PriorityFee.Fixed { MicroLamports: var fixedPrice } ? fixedPrice : request.MaxPriorityFee;
        var fee = Fees(request, steps, state.Price);
        var feeHighest = Fees(request, steps, highest);
        var reclaimed = Sum(steps.OfType<DeployStep.ReclaimBuffer>(), step => step.Buffer.Lamports);
        var create = Sum(steps.OfType<DeployStep.CreateBuffer>(), step => step.Missing);
        var extend = Sum(steps.OfType<DeployStep.Extend>(), step => step.Lamports);
        var closed = Sum(steps.OfType<DeployStep.CloseBuffer>(), step => step.Lamports) + Sum(steps.OfType<DeployStep.Rehearse>(), step => step.Lamports);
        var propose = Sum(steps.OfType<DeployStep.Propose>(), step => step.Rent);
        var before = create + extend + propose;
        var heldByBuffer = create + (state.Buffer is BufferState.Ours ours ? ours.Lamports : state.Buffer is BufferState.Missing { Lamports: var gift } ? gift : 0);
        if (steps.Any(step => step is DeployStep.FirstDeploy) && state.Program is ProgramState.Missing missing)
        {
            // The loader drains the buffer to the payer first, then funds ProgramData: the peak is the rent of what stays.
            var program = state.Rents.Program - Math.Min(missing.Lamports, state.Rents.Program);
            var after = (long)(program + state.Rents.ProgramData + create) - (long)heldByBuffer;
            return new DeployCosts
            {
                Rent = program + state.Rents.ProgramData,
                Fee = fee,
                FeeHighest = feeHighest,
                Peak = (ulong)Math.Max((long)before, after) + feeHighest,
                Net = after + (long)fee - (long)reclaimed,
                Refund = reclaimed,
            };
        }

        var refund = steps.Any(step => step is DeployStep.Upgrade or DeployStep.ExecuteProposal) && state.Program is ProgramState.Deployed running
            ? heldByBuffer + running.Lamports + extend - Math.Min(heldByBuffer + running.Lamports + extend, state.Rents.Capacity)
            : 0;
        return new DeployCosts
        {
            Rent = request.HandsOver ? create + propose : 0,
            Extend = extend,
            Fee = fee,
            FeeHighest = feeHighest,
            Peak = before + feeHighest,
            Net = (long)(before + fee) - (long)(refund + closed + reclaimed),
            Refund = refund + closed + reclaimed,
        };
    }

    /// <summary>Of both, one after the other.</summary>
    public DeployCosts Then(DeployCosts next) => new()
    {
        Rent = Rent + next.Rent,
        Extend = Extend + next.Extend,
        Fee = Fee + next.Fee,
        FeeHighest = FeeHighest + next.FeeHighest,
        Peak = (ulong)Math.Max((long)Peak, next.Peak == 0 ? 0 : Net + (long)(FeeHighest - Fee) + (long)next.Peak),
        Net = Net + next.Net,
        Refund = Refund + next.Refund,
    };

    /// <summary>Why the payer cannot, or must not, pay this.</summary>
    public IEnumerable<Fault> Refusals(DeployRequest request, DeployState state)
    {
        if (Peak == 0)
        {
            yield break;
        }

        // Reclaiming comes first, so what it returns can be spent.
        var available = state.PayerLamports + state.ToReclaim.Aggregate(0UL, (sum, buffer) => sum + buffer.Lamports);
        var needed = Peak + state.Rents.Empty;
        if (available < needed)
        {
            yield return new Fault(FaultCodes.Balance, $"{Money.Sol(needed)} in the payer {request.Payer.Address} at the peak (rent, fees, and what keeps the account alive)", $"it has {Money.Sol(available)}", $"send it {Money.Sol(needed - available)} or more", "payer");
        }

        if (request.MaxSpend is { } cap && Peak > cap)
        {
            yield return new Fault(FaultCodes.SpendCap, $"a peak debit of at most {Money.Sol(cap)}", $"this deploy needs {Money.Sol(Peak)} at its peak", "raise max-spend if that is what you want", "max-spend");
        }
    }

    private static ulong Fees(DeployRequest request, IReadOnlyList<DeployStep> steps, ulong price)
    {
        // The authority pays no signature of its own when it is the payer.
        var authority = request.UpgradeAuthority.Address == request.Payer.Address ? 0 : 1;
        var next = request.NewAuthority is KeyInput.Signer given && given.Address != request.Payer.Address ? 1 : 0;
        return Sum(steps, step => step switch
        {
            DeployStep.Export or DeployStep.Propose { First: not null } or DeployStep.ExecuteProposal { First: not null } => 0, // one transaction for all
            DeployStep.Propose or DeployStep.ExecuteProposal => Money.Fee(1, price, SquadsUnits),
            DeployStep.Write write => (ulong)write.Chunks * Money.Fee(1, price, DeployPlan.WriteUnits),
            DeployStep.FirstDeploy first => Money.Fee(2 + (first.IsSetAfterwards ? 0 : authority) + next, price, UsualUnits),
            DeployStep.Upgrade => Money.Fee(1 + authority + next, price, UsualUnits),
            DeployStep.MakeImmutable or DeployStep.HandOverProgram => steps.Any(other => other is DeployStep.Upgrade or DeployStep.FirstDeploy) ? 0 : Money.Fee(1 + authority + next, price, UsualUnits),
            _ => Money.Fee(1, price, UsualUnits),
        });
    }

    private static ulong Sum<T>(IEnumerable<T> items, Func<T, ulong> amount) => items.Aggregate(0UL, (sum, item) => Math.Min(MostLamports, sum + amount(item)));
}
