using Actions.Cli.Publish;
using Actions.Core.Keys;
using Actions.Core.Loader;
using Actions.Core.Rpc;
using Actions.Core.Solana;
using Actions.Core.Squads;

namespace Actions.Cli.SolanaDeploy;

/// <summary>Looks at the cluster; reads only.</summary>
/// <param name="isOurs">Whether an upgrade that shares a proposal with this one was released from here, too; by default none does.</param>
internal sealed class DeployObserver(RpcClient rpc, DeployRequest request, Func<AskedUpgrade, CancellationToken, Task<bool>>? isOurs = null)
{
    private static readonly DataSlice Header = new(0, LoaderProgram.ProgramDataHeader);

    private const int MostTornLooks = 5;

    private readonly Address? programData = request.ProgramId is { } id ? LoaderProgram.ProgramDataAddress(id) : null;
    private readonly IReadOnlyList<Address> gates = FeatureGates.For(request.Binary.SbpfVersion);
    private readonly PublishObserver publishing = new(rpc, request);
    private DeployRents? rents;

    /// <param name="minContextSlot">The newest slot one of ours landed in: an older view is not believed.</param>
    public async Task<DeployState> LookAsync(ulong? minContextSlot, CancellationToken cancellation)
    {
        var price = PriceAsync(cancellation);
        var known = rents is null ? RentsAsync(cancellation) : Task.FromResult(rents);
        for (var look = 1; ; look++)
        {
            var headers = await HeadersAsync(minContextSlot, cancellation);
            // The headers are one consistent view; the long reads that follow must not be older than it.
            var running = headers.Program is ProgramState.Deployed ? ReadProgramDataAsync(headers.Slot, cancellation) : Task.FromResult(headers.Program);
            var capacityRent = CapacityRentAsync(headers, cancellation);
            var finalAuthority = request.FinalAuthority(headers.Program is ProgramState.Deployed);
            var buffer = headers.Buffers[finalAuthority];
            var bufferState = buffer.Lamports is { } held ? new BufferState.Missing(held) : await ReadBufferAsync(buffer.At.Address, finalAuthority, headers.Slot, cancellation);
            rents = await known;
            var state = new DeployState
            {
                Slot = headers.Slot,
                Program = await running,
                Buffer = bufferState,
                BufferAddress = buffer.At,
                PayerLamports = headers.PayerLamports,
                Rents = rents with { Capacity = await capacityRent },
                Price = await price,
                IsVersionEnabled = headers.IsEnabled,
                Published = request.Publish is null ? null : await publishing.LookAsync(headers.Slot, cancellation),
                Nonce = request.NonceAccount is { } nonce ? await ExportNonce.LookAsync(rpc, nonce, headers.Slot, cancellation) : null,
                NewAuthority = request.NewAuthority is { } next ? await NewAuthority.LookAsync(rpc, next, headers.Slot, cancellation) : null,
            };
            // A rival's (or a killed run's) Upgrade between the reads would show its buffer gone and its bytes not there yet.
            if (look == MostTornLooks || !IsTorn(headers, state))
            {
                return request is { Mode: DeployMode.Propose, Vault: { } vault } ? await LookAtProposalAsync(vault, state, cancellation) : state;
            }

            minContextSlot = headers.Slot + 1;
        }
    }

    private async Task<DeployState> LookAtProposalAsync(KeyInput.Vault vault, DeployState state, CancellationToken cancellation)
    {
        var upgrade = new AskedUpgrade(request.ProgramId!.Value, state.BufferAddress.Address, request.Payer.Address);
        // A gift to an account must not make its proposal look like another one.
        List<Instruction> publications = [.. from document in state.Published?.Documents ?? [] from instruction in DocumentPlan.Of(request, document).Publication.WithTrim().Instructions select instruction];
        var squads = await new SquadsObserver(rpc).LookAsync(vault, upgrade, publications, isOurs ?? ((_, _) => Task.FromResult(false)), state.Slot, cancellation);
        return state with { Squads = squads, Published = state.Published?.AsProposed(request, squads.Asked) };
    }

    private static bool IsTorn(Headers headers, DeployState state) =>
        (headers.Program is ProgramState.Deployed before && (state.Program is not ProgramState.Deployed now || now.Slot != before.Slot))
        || (state.Buffer is BufferState.Missing { Lamports: var held } && !headers.Buffers.Values.Any(buffer => buffer.At == state.BufferAddress && buffer.Lamports == held));

    /// <summary>Only the program's header: authority, slot, and what the account holds; null when there is none.</summary>
    public async Task<ProgramHeader?> ReadHeaderAsync(ulong? minContextSlot, CancellationToken cancellation)
    {
        var answer = await rpc.GetAccountAsync(programData!.Value, Commitment.Confirmed, cancellation, minContextSlot, Header);
        return answer.Value is { } account && LoaderAccount.TryParse(account.Data, out var parsed) && parsed is LoaderAccount.ProgramData header
            ? new ProgramHeader(header.Slot, header.Authority, account.Lamports, account.Space)
            : null;
    }

    public async Task<ProgramState> ReadProgramDataAsync(ulong? minContextSlot, CancellationToken cancellation)
    {
        var answer = await rpc.GetAccountAsync(programData!.Value, Commitment.Confirmed, cancellation, minContextSlot, longest: LoaderProgram.MaxAccountLength);
        return answer.Value is { } account && account.Owner == LoaderProgram.Id && LoaderAccount.TryParse(account.Data, out var parsed) && parsed is LoaderAccount.ProgramData data
            ? new ProgramState.Deployed(data.Slot, data.Authority, data.Data, account.Lamports)
            : new ProgramState.Closed();
    }

    /// <param name="finalAuthority">Who may own the buffer besides the payer.</param>
    public async Task<BufferState> ReadBufferAsync(Address address, Address finalAuthority, ulong? minContextSlot, CancellationToken cancellation)
    {
        var answer = await rpc.GetAccountAsync(address, Commitment.Confirmed, cancellation, minContextSlot, longest: LoaderProgram.BufferHeader + request.Binary.Bytes.Length + 1);
        return answer.Value switch
        {
            null => new BufferState.Missing(0),
            { Data.Length: 0 } empty when empty.Owner == SystemProgram.Id => new BufferState.Missing(empty.Lamports),
            { } account when account.Owner != LoaderProgram.Id => new BufferState.Foreign($"an account owned by {account.Owner}"),
            { } account => Classify(account, finalAuthority),
        };
    }

    private BufferState Classify(AccountInfo account, Address finalAuthority)
    {
        if (!LoaderAccount.TryParse(account.Data, out var parsed) || parsed is not LoaderAccount.Buffer buffer)
        {
            return new BufferState.Foreign("an account of the loader that is not a buffer");
        }

        if (buffer.Authority is not { } authority)
        {
            return new BufferState.Foreign("a buffer without an authority");
        }

        if (authority != request.Payer.Address && authority != finalAuthority)
        {
            return new BufferState.Foreign($"a buffer of the authority {authority}");
        }

        return buffer.Data.Length == request.Binary.Bytes.Length
            ? new BufferState.Ours(authority, buffer.Data, account.Lamports)
            : new BufferState.Foreign($"a buffer for {buffer.Data.Length:N0} bytes instead of {request.Binary.Bytes.Length:N0}");
    }

    /// <summary>Everything small in one answer, and so of one slot.</summary>
    private async Task<Headers> HeadersAsync(ulong? minContextSlot, CancellationToken cancellation)
    {
        List<Address> addresses = [request.Payer.Address, .. gates];
        var buffersAt = addresses.Count;
        var buffers = PossibleBuffers();
        addresses.AddRange(buffers.Select(buffer => buffer.At.Address));
        if (request.ProgramId is { } id)
        {
            addresses.AddRange([id, programData!.Value]);
        }

        var answer = await rpc.GetAccountsAsync(addresses, Commitment.Confirmed, cancellation, minContextSlot, Header);
        var isEnabled = FeatureGates.IsEnabled(
            request.Binary.SbpfVersion,
            gate => answer.Value[1 + gates.ToList().IndexOf(gate)] is not { } account ? false
                : FeatureGates.ActivationSlot(account.Owner, account.Data.Span) is { } since ? since <= answer.Slot
                : account.Owner == FeatureGates.Owner ? false : null);
        return new Headers(
            answer.Slot,
            request.ProgramId is null ? new ProgramState.Missing(0, 0) : Classify(answer.Value[^2], answer.Value[^1]),
            request.ProgramId is null ? 0 : answer.Value[^1]?.Space ?? 0,
            buffers.Select((buffer, index) => (buffer.Authority, buffer.At, Lamports: LamportsOfEmpty(answer.Value[buffersAt + index])))
                .ToDictionary(buffer => buffer.Authority, buffer => (buffer.At, buffer.Lamports)),
            answer.Value[0]?.Lamports ?? 0,
            isEnabled);
    }

    /// <summary>Where the buffer can lie: that depends on whether the program exists when its authority cannot sign.</summary>
    private List<(Address Authority, SeededAddress At)> PossibleBuffers() =>
        [.. from authority in new[] { request.FinalAuthority(programExists: false), request.FinalAuthority(programExists: true) }.Distinct()
            select (authority, BufferAddress.Derive(request.Payer.Address, request.ProgramId, authority, request.Binary.Sha256.Span))];

    /// <summary>What an account holds that does not exist yet; null for one that does.</summary>
    private static ulong? LamportsOfEmpty(AccountInfo? account) =>
        account is null ? 0 : account.Owner == SystemProgram.Id && account.Space == 0 ? account.Lamports : null;

    private sealed record Headers(
        ulong Slot, ProgramState Program, ulong ProgramDataSize, IReadOnlyDictionary<Address, (SeededAddress At, ulong? Lamports)> Buffers, ulong PayerLamports, bool? IsEnabled);

    /// <summary>What the two accounts of a program say together.</summary>
    private ProgramState Classify(AccountInfo? program, AccountInfo? data)
    {
        if (program is null || (program.Owner == SystemProgram.Id && program.Space == 0))
        {
            return new ProgramState.Missing(program?.Lamports ?? 0, data?.Lamports ?? 0);
        }

        if (program.Owner != LoaderProgram.Id)
        {
            return new ProgramState.Foreign($"an account owned by {program.Owner}");
        }

        if (!LoaderAccount.TryParse(program.Data, out var parsed) || parsed is not LoaderAccount.Program pointer)
        {
            return new ProgramState.Foreign("an account of the loader that is not a program");
        }

        if (pointer.ProgramDataAddress != programData)
        {
            return new ProgramState.Foreign("a program whose ProgramData is not where it must be");
        }

        if (data is { Space: > LoaderProgram.MaxAccountLength })
        {
            return new ProgramState.Foreign("a program whose ProgramData is larger than any account");
        }

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
        return new DeployRents(all[0], all[1], all[2], all[3], Capacity: 0);
    }

    /// <summary>Rent of ProgramData as large as it must be for the file; a program never shrinks.</summary>
    private async Task<ulong> CapacityRentAsync(Headers headers, CancellationToken cancellation)
    {
        if (headers.Program is not ProgramState.Deployed)
        {
            return 0;
        }

        var size = (long)headers.ProgramDataSize;
        return await rpc.GetRentAsync(size + LoaderProgram.ExtendBy(size, LoaderProgram.ProgramDataHeader + request.Binary.Bytes.Length - size), cancellation);
    }

    /// <summary>The price of the next transactions, see <see cref="RecentPrice"/>.</summary>
    public Task<ulong> PriceAsync(CancellationToken cancellation)
    {
        List<Address> locked = [request.Payer.Address, .. PossibleBuffers().Select(buffer => buffer.At.Address)];
        if (programData is { } data)
        {
            locked.Add(data);
        }

        return RecentPrice.OfAsync(rpc, request.PriorityFee, request.MaxPriorityFee, locked, cancellation);
    }
}

/// <summary>A program's ProgramData without its bytes.</summary>
internal sealed record ProgramHeader(ulong Slot, Address? Authority, ulong Lamports, ulong Size);
