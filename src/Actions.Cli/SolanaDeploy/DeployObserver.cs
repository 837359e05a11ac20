using Actions.Core.Inputs;
using Actions.Core.Loader;
using Actions.Core.Rpc;
using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>Looks at the cluster; reads only.</summary>
internal sealed class DeployObserver(RpcClient rpc, DeployRequest request)
{
    private static readonly DataSlice Header = new(0, LoaderProgram.ProgramDataHeader);

    private readonly Address? programData = request.ProgramId is { } id ? LoaderProgram.ProgramDataAddress(id) : null;
    private readonly IReadOnlyList<Address> gates = FeatureGates.For(request.Binary.SbpfVersion);
    private DeployRents? rents;

    /// <param name="minContextSlot">The newest slot one of ours landed in: an older view is not believed.</param>
    public async Task<DeployState> LookAsync(ulong? minContextSlot, CancellationToken cancellation)
    {
        var price = PriceAsync(cancellation);
        var known = rents is null ? RentsAsync(cancellation) : Task.FromResult(rents);
        var (slot, program, payer, isEnabled) = await HeadersAsync(minContextSlot, cancellation);
        // The headers are one consistent view; the long reads that follow must not be older than it.
        var running = program is ProgramState.Deployed ? ReadProgramDataAsync(slot, cancellation) : Task.FromResult(program);
        var buffer = BufferAddress.Derive(request.Payer.Address, request.ProgramId, request.FinalAuthority(program is ProgramState.Deployed), request.Binary.Sha256.Span);
        var bufferState = ReadBufferAsync(buffer.Address, slot, cancellation);
        rents = await known;
        var state = new DeployState
        {
            Slot = slot,
            Program = await running,
            Buffer = await bufferState,
            BufferAddress = buffer,
            PayerLamports = payer,
            Rents = rents,
            Price = await price,
            IsVersionEnabled = isEnabled,
        };
        return await WithExtendedRentAsync(state, cancellation);
    }

    /// <summary>Only the program's header: authority and slot.</summary>
    public async Task<LoaderAccount.ProgramData?> ReadHeaderAsync(ulong? minContextSlot, CancellationToken cancellation)
    {
        var answer = await rpc.GetAccountAsync(programData!.Value, Commitment.Confirmed, cancellation, minContextSlot, Header);
        return answer.Value is { } account && LoaderAccount.TryParse(account.Data, out var parsed) ? parsed as LoaderAccount.ProgramData : null;
    }

    public async Task<ProgramState> ReadProgramDataAsync(ulong? minContextSlot, CancellationToken cancellation)
    {
        var answer = await rpc.GetAccountAsync(programData!.Value, Commitment.Confirmed, cancellation, minContextSlot, longest: LoaderProgram.MaxAccountLength);
        return answer.Value is { } account && account.Owner == LoaderProgram.Id && LoaderAccount.TryParse(account.Data, out var parsed) && parsed is LoaderAccount.ProgramData data
            ? new ProgramState.Deployed(data.Slot, data.Authority, data.Data, account.Lamports)
            : new ProgramState.Closed();
    }

    public async Task<BufferState> ReadBufferAsync(Address address, ulong? minContextSlot, CancellationToken cancellation)
    {
        var answer = await rpc.GetAccountAsync(address, Commitment.Confirmed, cancellation, minContextSlot, longest: LoaderProgram.BufferHeader + request.Binary.Bytes.Length + 1);
        return answer.Value switch
        {
            null => new BufferState.Missing(0),
            { Data.Length: 0 } empty when empty.Owner == SystemProgram.Id => new BufferState.Missing(empty.Lamports),
            { } account when account.Owner != LoaderProgram.Id => new BufferState.Foreign($"an account owned by {account.Owner}"),
            { } account => Classify(account),
        };
    }

    private BufferState Classify(AccountInfo account)
    {
        if (!LoaderAccount.TryParse(account.Data, out var parsed) || parsed is not LoaderAccount.Buffer buffer)
            return new BufferState.Foreign("an account of the loader that is not a buffer");
        if (buffer.Authority is not { } authority)
            return new BufferState.Foreign("a buffer without an authority");
        if (authority != request.Payer.Address && authority != request.UpgradeAuthority.Address && authority != request.BufferAuthority)
            return new BufferState.Foreign($"a buffer of the authority {authority}");
        return buffer.Data.Length == request.Binary.Bytes.Length
            ? new BufferState.Ours(authority, buffer.Data, account.Lamports)
            : new BufferState.Foreign($"a buffer for {buffer.Data.Length:N0} bytes instead of {request.Binary.Bytes.Length:N0}");
    }

    private async Task<(ulong Slot, ProgramState Program, ulong PayerLamports, bool? IsEnabled)> HeadersAsync(ulong? minContextSlot, CancellationToken cancellation)
    {
        List<Address> addresses = [request.Payer.Address, .. gates];
        if (request.ProgramId is { } id)
            addresses.AddRange([id, programData!.Value]);
        var answer = await rpc.GetAccountsAsync(addresses, Commitment.Confirmed, cancellation, minContextSlot, Header);
        var isEnabled = FeatureGates.IsEnabled(
            request.Binary.SbpfVersion,
            gate => answer.Value[1 + gates.ToList().IndexOf(gate)] is not { } account ? false
                : FeatureGates.ActivationSlot(account.Owner, account.Data.Span) is { } since ? since <= answer.Slot
                : account.Owner == FeatureGates.Owner ? false : null);
        var program = request.ProgramId is null ? new ProgramState.Missing(0, 0) : Classify(answer.Value[^2], answer.Value[^1]);
        return (answer.Slot, program, answer.Value[0]?.Lamports ?? 0, isEnabled);
    }

    /// <summary>What the two accounts of a program say together.</summary>
    private ProgramState Classify(AccountInfo? program, AccountInfo? data)
    {
        if (program is null || (program.Owner == SystemProgram.Id && program.Space == 0))
            return new ProgramState.Missing(program?.Lamports ?? 0, data?.Lamports ?? 0);
        if (program.Owner != LoaderProgram.Id)
            return new ProgramState.Foreign($"an account owned by {program.Owner}");
        if (!LoaderAccount.TryParse(program.Data, out var parsed) || parsed is not LoaderAccount.Program pointer)
            return new ProgramState.Foreign("an account of the loader that is not a program");
        if (pointer.ProgramDataAddress != programData)
            return new ProgramState.Foreign("a program whose ProgramData is not where it must be");
        return data is not null && LoaderAccount.TryParse(data.Data, out var content) && content is LoaderAccount.ProgramData header
            ? new ProgramState.Deployed(header.Slot, header.Authority, header.Data, data.Lamports)
            : new ProgramState.Closed();
    }

    private async Task<DeployRents> RentsAsync(CancellationToken cancellation)
    {
        var length = request.Binary.Bytes.Length;
        var all = await Task.WhenAll(
            rpc.GetRentAsync(0, cancellation),
            rpc.GetRentAsync(LoaderProgram.ProgramSize, cancellation),
            rpc.GetRentAsync(LoaderProgram.BufferHeader + length, cancellation),
            rpc.GetRentAsync(LoaderProgram.ProgramDataHeader + length, cancellation));
        return new DeployRents(all[0], all[1], all[2], all[3], Extended: 0);
    }

    private async Task<DeployState> WithExtendedRentAsync(DeployState state, CancellationToken cancellation) =>
        state is { Program: ProgramState.Deployed running } && state.ExtendBy(request) is var additional and > 0
            ? state with { Rents = state.Rents with { Extended = await rpc.GetRentAsync(LoaderProgram.ProgramDataHeader + running.Data.Length + additional, cancellation) } }
            : state;

    /// <summary>p75 of what others paid lately for the accounts this deploy locks, capped; zero when nobody paid.</summary>
    public async Task<ulong> PriceAsync(CancellationToken cancellation)
    {
        if (request.PriorityFee is PriorityFee.Fixed { MicroLamports: var price })
            return price;
        List<Address> locked = [request.Payer.Address];
        locked.Add(BufferAddress.Derive(request.Payer.Address, request.ProgramId, request.FinalAuthority(programExists: true), request.Binary.Sha256.Span).Address);
        if (programData is { } data)
            locked.Add(data);
        try
        {
            var paid = (await rpc.GetRecentFeesAsync(locked, cancellation)).Select(recent => recent.Fee).Where(fee => fee > 0).Order().ToList();
            return paid.Count == 0 ? 0 : Math.Min(request.MaxPriorityFee, paid[Math.Min(paid.Count - 1, paid.Count * 3 / 4)]);
        }
        catch (RpcRefusedException)
        {
            return 0; // not every endpoint serves it, and a deploy without a priority fee is still a deploy
        }
    }
}
