using System.Globalization;
using Actions.Cli.Clusters;
using Actions.Cli.Fleet;
using Actions.Cli.Hosting;
using Actions.Cli.SolanaDeploy;
using Actions.Core.Faults;
using Actions.Core.Keys;
using Actions.Core.Ledger;
using Actions.Core.Loader;
using Actions.Core.Rpc;

namespace Actions.Cli.Doctor;

/// <summary>Plans, for every program, an upgrade of what runs now, with the very code of a deploy: whatever would refuse that refuses the next release.</summary>
internal sealed class ProgramChecks(ActionContext context, DoctorInputs inputs, CheckRunner runner)
{
    /// <summary>More than any payer has: so a plan says what it costs before anybody asks who pays.</summary>
    private const ulong Plenty = 1UL << 60;

    private const string NoEndpoint = "no RPC endpoint can be used";

    /// <param name="cluster">With its usable endpoints; null without any.</param>
    /// <param name="records">The ledger's, for buffers that are still needed; null where it cannot be read.</param>
    public async Task RunAsync(DoctorKeys keys, ClusterInputs? cluster, IReadOnlyList<LedgerRecord>? records, CancellationToken cancellation)
    {
        using var rpc = cluster?.Connect(context.Http, context.Time);
        List<Planned> planned = [];
        foreach (var program in inputs.Programs)
        {
            if (await runner.RunAsync<Planned>($"Program {program.Shown}", (notes, token) => PlanAsync(notes, Of(rpc), keys, program, token), cancellation) is { } plan)
            {
                planned.Add(plan);
            }
        }

        await runner.RunAsync("Payer balance", (notes, token) => BalanceAsync(notes, Of(rpc), PayerOf(keys), planned, token), cancellation);
        await runner.RunAsync("Stale buffers", (notes, token) => BuffersAsync(notes, Of(rpc), RequestOf(keys, new DoctorProgram(null, null), default), records, token), cancellation);
    }

    private static RpcClient Of(RpcClient? rpc) => rpc ?? throw new NotCheckableException(NoEndpoint);

    /// <summary>Where the key cannot be had, its address says as much here.</summary>
    private KeyInput PayerOf(DoctorKeys keys) =>
        keys.Payer ?? (inputs.PayerAddress is { } address ? new KeyInput.Named(address) : throw new NotCheckableException("the payer's key could not be read"));

    private KeyInput AuthorityOf(DoctorKeys keys) =>
        keys.UpgradeAuthority ?? (inputs.AuthorityAddress is { } address ? new KeyInput.Named(address) : !context.Inputs.Has("upgrade-authority") ? PayerOf(keys) : throw new NotCheckableException("the upgrade authority's key could not be read"));

    /// <summary>As a dry run, which needs addresses only: whether keys can sign is another check's matter.</summary>
    private DeployRequest RequestOf(DoctorKeys keys, DoctorProgram program, ReadOnlyMemory<byte> bytes)
    {
        var (payer, authority) = (PayerOf(keys), AuthorityOf(keys));
        return new DeployRequest
        {
            Binary = ProgramBinary.OfChain(bytes),
            ProgramId = program.Id ?? keys.Programs.GetValueOrDefault(program.Shown)?.Address,
            ProgramKey = keys.Programs.GetValueOrDefault(program.Shown),
            Payer = payer,
            UpgradeAuthority = authority,
            BufferAuthority = keys.BufferAuthority?.Address ?? authority.Address,
            Mode = inputs.Mode ?? (authority is KeyInput.Vault ? DeployMode.Propose : DeployMode.Deploy),
            PriorityFee = inputs.PriorityFee,
            MaxPriorityFee = inputs.MaxPriorityFee,
            MaxSpend = inputs.MaxSpend,
            IsDryRun = true,
        };
    }

    private async Task<Planned> PlanAsync(CheckNotes notes, RpcClient rpc, DoctorKeys keys, DoctorProgram program, CancellationToken cancellation)
    {
        var id = RequestOf(keys, program, default).ProgramId ?? throw new NotCheckableException("the program's key could not be read");
        var account = (await rpc.GetAccountAsync(LoaderProgram.ProgramDataAddress(id), Commitment.Confirmed, cancellation, longest: LoaderProgram.MaxAccountLength)).Value;
        var running = account?.Owner == LoaderProgram.Id && LoaderAccount.TryParse(account.Data, out var parsed) ? parsed as LoaderAccount.ProgramData : null;
        var request = RequestOf(keys, program, Changed(running?.Data ?? default));
        var state = await new DeployObserver(rpc, request).LookAsync(null, cancellation);
        // What the payer has and may spend is judged for all programs together, by another check.
        var plan = DeployPlan.Make(request with { MaxSpend = null }, state with { PayerLamports = Plenty });
        // Which id the bytes declare is a matter of the next build.
        notes.Add(plan.Faults.Concat(plan.IsOk ? plan.Value.Warnings : []).Where(fault => fault.Code != FaultCodes.DeclaredIdMismatch));
        notes.Found(Describe(request, state.Program));
        return new Planned(request, state, plan.IsOk ? plan.Value : null);
    }

    /// <summary>What runs, as another build of the same size: an upgrade to the same bytes would be nothing to do.</summary>
    private static byte[] Changed(ReadOnlyMemory<byte> data)
    {
        var bytes = data.Span.TrimEnd((byte)0).ToArray();
        if (bytes.Length > 0)
        {
            bytes[^1] ^= 0xFF;
        }

        return bytes;
    }

    private static string Describe(DeployRequest request, ProgramState program) => program switch
    {
        ProgramState.Deployed running => string.Create(
            CultureInfo.InvariantCulture,
            $"{request.ProgramId}, deployed in slot {running.Slot}, upgrade authority {running.Authority?.ToString() ?? "none"}, {request.Binary.Bytes.Length:N0} bytes with room for {running.Data.Length - request.Binary.Bytes.Length:N0} more before it has to be extended"),
        ProgramState.Missing => $"{request.ProgramId}, which does not exist yet: the first deploy creates it, and costs the rent of its file",
        ProgramState.Closed => $"{request.ProgramId}, closed",
        _ => $"{request.ProgramId}, no upgradeable program",
    };

    private async Task BalanceAsync(CheckNotes notes, RpcClient rpc, KeyInput payer, IReadOnlyList<Planned> planned, CancellationToken cancellation)
    {
        var balance = (await rpc.GetAccountAsync(payer.Address, Commitment.Confirmed, cancellation)).Value?.Lamports ?? 0;
        notes.Found($"{Money.Sol(balance)} in {payer.Address}");
        var spent = 0L;
        foreach (var (request, state, plan) in planned)
        {
            if (plan is not null)
            {
                notes.Found($"an upgrade of {request.ProgramId} needs {Money.Sol(plan.Costs.Peak)} at its peak and costs {Money.Sol(plan.Costs.Net)}");
                notes.Add(plan.Costs.Refusals(request, state with { PayerLamports = (ulong)Math.Clamp((long)balance - spent, 0, long.MaxValue) }));
                spent += plan.Costs.Net + (long)(plan.Costs.FeeHighest - plan.Costs.Fee);
            }
        }

        var largest = planned.Select(each => each.State.Program is ProgramState.Deployed running ? LoaderProgram.ProgramDataHeader + (ulong)running.Data.Length : 0).DefaultIfEmpty(0ul).Max();
        var left = FleetJudge.DeploysLeft(balance, largest, new RentRate(await rpc.GetRentAsync(0, cancellation)));
        notes.Found(string.Create(CultureInfo.InvariantCulture, $"enough for {left:N0} deploys of the largest"));
        if (left < inputs.MinDeploys && !notes.HasErrors)
        {
            notes.Warn(new Fault(
                FaultCodes.Balance, $"Expected the payer {payer.Address} to be able to pay for {inputs.MinDeploys} deploys of the largest program", $"found {Money.Sol(balance)}, enough for {left}", "send it SOL before the release", "payer"));
        }
    }

    private static async Task BuffersAsync(CheckNotes notes, RpcClient rpc, DeployRequest request, IReadOnlyList<LedgerRecord>? records, CancellationToken cancellation)
    {
        var (buffers, warning) = await StaleBuffers.Of(rpc, request).FindAsync(LedgerRules.PendingBuffers(records ?? []), cancellation);
        if (warning is not null)
        {
            throw new NotCheckableException(warning.Found);
        }

        var slot = await rpc.GetSlotAsync(Commitment.Confirmed, cancellation);
        var idle = buffers.Where(buffer => buffer.LastSlot is not { } last || last + StaleBuffers.IdleSlots <= slot).ToList();
        notes.Found(idle.Count == 0 ? $"none idle of {buffers.Count}" : $"{idle.Count} idle of {buffers.Count}");
        if (idle.Count > 0)
        {
            notes.Warn(new Fault(
                FaultCodes.FindingsOpen, "Expected no forgotten buffers of the payer or the upgrade authority", $"found {idle.Count} with {Money.Sol(idle.Aggregate(0UL, (sum, buffer) => sum + buffer.Lamports))} in them, the largest {idle[0].Address}",
                "get the SOL back with reclaim: idle of solana-deploy", "payer"));
        }
    }

    private sealed record Planned(DeployRequest Request, DeployState State, DeployPlan? Plan);
}
