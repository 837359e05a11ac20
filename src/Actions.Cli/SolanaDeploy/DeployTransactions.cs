using Actions.Core.Faults;
using Actions.Core.Keys;
using Actions.Core.Rpc;
using Actions.Core.Sending;
using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>Makes, simulates and sends the transactions of one deploy.</summary>
internal sealed class DeployTransactions(RpcClient rpc, DeployRequest request, TransactionPump pump, TimeProvider time)
{
    private const int MostLooks = 25;

    /// <summary>About half a slot.</summary>
    public static readonly TimeSpan ShortWait = TimeSpan.FromMilliseconds(200);

    private readonly IReadOnlyList<ISigner> payer = [request.Payer.ToSigner("payer").OrThrow()];

    /// <summary>µlamports per compute unit.</summary>
    public ulong Price { get; set; }

    /// <summary>The slot of the last look: what follows must not be judged by an older view.</summary>
    public ulong LookedAt { get; set; }

    private Address Payer => payer[0].Address;

    /// <summary>A transaction that others wait for, and its fate.</summary>
    /// <param name="most">Compute units that it never needs, and that the plan reckoned with.</param>
    public async Task<Outcome> SendAsync(IReadOnlyList<Instruction> instructions, IReadOnlyList<ISigner> signers, CancellationToken cancellation, uint most = DeployCosts.UsualUnits) =>
        await pump.SendAsync(await ComposeAsync(instructions, signers, cancellation, most), cancellation);

    public async Task<bool> LandAsync(IReadOnlyList<Instruction> instructions, IReadOnlyList<ISigner> signers, CancellationToken cancellation) =>
        (await SendAsync(instructions, signers, cancellation)).Fate == Fate.Succeeded;

    /// <summary>A transaction that others wait for. With a price it needs a limit: what a simulation used, and a tenth more.</summary>
    public async Task<Outgoing> ComposeAsync(IReadOnlyList<Instruction> instructions, IReadOnlyList<ISigner> signers, CancellationToken cancellation, uint most = DeployCosts.UsualUnits)
    {
        uint limit = 0;
        if (Price > 0)
        {
            var simulation = await SimulateAsync([ComputeBudgetProgram.SetComputeUnitLimit(most), ComputeBudgetProgram.SetComputeUnitPrice(1), .. instructions], cancellation);
            // Never above what the plan reckoned with, or max-spend would cap nothing.
            limit = simulation is { Error: null, UnitsConsumed: > 0 } ? (uint)Math.Min(most, simulation.UnitsConsumed * 11 / 10) : most;
        }

        return Compose(instructions, signers, limit, isUrgent: true);
    }

    /// <summary>One of many writes.</summary>
    public Outgoing ComposeWrite(Instruction write, IReadOnlyList<ISigner> signers, uint limit = DeployPlan.WriteUnits) => Compose([write], signers, limit, isUrgent: false);

    /// <summary>Simulates on the newest confirmed state; when the program changed in this very slot, waits for the next one.</summary>
    public async Task<Simulation> SimulateAsync(IReadOnlyList<Instruction> instructions, CancellationToken cancellation)
    {
        var transaction = Transaction.Unsigned(Message.Compile(Payer, instructions, default)).Serialize();
        for (var look = 1; ; look++)
        {
            var simulation = (await rpc.SimulateAsync(transaction, Commitment.Confirmed, cancellation, Math.Max(LookedAt, pump.HighestLandedSlot))).Value;
            if (look == MostLooks || !simulation.Logs.Any(line => line.Contains("deployed in this block already", StringComparison.Ordinal)))
            {
                return simulation;
            }

            await Task.Delay(ShortWait, time, cancellation);
        }
    }

    /// <summary>Who signs a change of a buffer of this authority. The payer's list is always the same one: batches are signed as one.</summary>
    public IReadOnlyList<ISigner> SignersOf(Address authority) =>
        authority == Payer ? payer
        : authority == request.UpgradeAuthority.Address ? [.. payer, request.UpgradeAuthority.ToSigner("upgrade-authority").OrThrow()]
        : throw new FaultException(new Fault(FaultCodes.BufferForeign, "a buffer that this run can write", $"it was handed over to {authority} before it was complete", $"its owner closes it (solana program close), then run again", "buffer-authority"));

    /// <summary>Who signs the final transaction.</summary>
    public IReadOnlyList<ISigner> FinalSigners(DeployState state, Address authority) =>
    [
        .. payer,
        .. state.Program is ProgramState.Missing ? (ISigner[])[request.ProgramKey!.ToSigner("program-keypair").OrThrow()] : [],
        .. authority == Payer ? (ISigner[])[] : [request.UpgradeAuthority.ToSigner("upgrade-authority").OrThrow()],
        .. NewAuthority,
    ];

    /// <summary>Who signs when only the program's authority changes.</summary>
    public IReadOnlyList<ISigner> AuthoritySigners() => [.. SignersOf(request.UpgradeAuthority.Address), .. NewAuthority];

    /// <summary>The new authority, where it can prove itself by signing and does not already.</summary>
    private ISigner[] NewAuthority => request.NewAuthority is KeyInput.Signer { Key: var next } && next.Address != Payer ? [next] : [];

    /// <summary>Reads after our own transactions must show them.</summary>
    public ulong Known(DeployState state) => Math.Max(state.Slot, pump.HighestLandedSlot);

    private Outgoing Compose(IReadOnlyList<Instruction> instructions, IReadOnlyList<ISigner> signers, uint limit, bool isUrgent)
    {
        IReadOnlyList<Instruction> all = Price == 0
            ? instructions
            : [ComputeBudgetProgram.SetComputeUnitLimit(limit), ComputeBudgetProgram.SetComputeUnitPrice(Price), .. instructions];
        return new Outgoing(blockhash => Message.Compile(Payer, all, blockhash), signers, Money.Fee(signers.Count, Price, limit), isUrgent);
    }
}
