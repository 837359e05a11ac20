using Actions.Cli.Publish;
using Actions.Core.Faults;
using Actions.Core.Keys;
using Actions.Core.Loader;
using Actions.Core.Runner;
using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>What a deploy will do and cost. Decided from a request and a state alone; touches nothing.</summary>
/// <param name="Steps">Empty when there is nothing to do.</param>
/// <param name="Warnings">Worth saying, not worth stopping for.</param>
public sealed record DeployPlan(IReadOnlyList<DeployStep> Steps, DeployCosts Costs, IReadOnlyList<Fault> Warnings)
{
    /// <summary>What is published afterwards; null where nothing is asked for.</summary>
    public PublishPlan? Publish { get; init; }

    /// <summary>The costs without those of what is published.</summary>
    public required DeployCosts OfProgram { get; init; }

    public bool IsEmpty => Steps.Count == 0 && !Publishes;

    public bool Publishes => Publish?.Steps.Any() == true;

    /// <summary>Every step in words.</summary>
    public IEnumerable<string> Describe() => [.. Steps.Select(step => step.Describe()), .. Publish?.Steps ?? []];

    /// <summary>Whether it ends with other bytes or another authority on chain, which is what a record is about.</summary>
    public bool ChangesProgram => Steps.Any(step => step is DeployStep.FirstDeploy or DeployStep.Upgrade or DeployStep.MakeImmutable or DeployStep.HandOverProgram or DeployStep.ExecuteProposal);

    /// <summary>Whether a record is opened before it begins.</summary>
    public bool NeedsRecord(DeployMode mode) =>
        ChangesProgram || (mode != DeployMode.Deploy && Steps.Any(step => step is DeployStep.CreateBuffer or DeployStep.Write or DeployStep.HandOver or DeployStep.Propose));

    /// <summary>The chunk that leaves room for the compute-budget instructions, and the one without them.</summary>
    public static int ChunkSize(Address payer, Address buffer, Address writer, ulong price) => WriteChunks.MaxLength(
        payer, buffer, writer, price == 0 ? [] : [ComputeBudgetProgram.SetComputeUnitLimit(WriteUnits), ComputeBudgetProgram.SetComputeUnitPrice(price)]);

    /// <summary>Compute units of one Write with its compute-budget instructions, rounded up.</summary>
    public const uint WriteUnits = 3_000;

    public static Result<DeployPlan> Make(DeployRequest request, DeployState state)
    {
        var faults = Refusals(request, state).ToList();
        List<Fault> warnings = [.. faults.Where(fault => fault.Severity == Severity.Warning)];
        faults.RemoveAll(fault => fault.Severity == Severity.Warning);
        if (faults.Count > 0)
        {
            return Result<DeployPlan>.Fail(faults);
        }

        var steps = StepsOf(request, state).ToList();
        var ofProgram = DeployCosts.Of(request, state, steps);
        var publish = state.Published is { } published ? PublishPlan.Of(request, published, state.Price, steps.Any(step => step is DeployStep.FirstDeploy or DeployStep.Upgrade)) : null;
        var costs = publish is null ? ofProgram : ofProgram.Then(publish.Costs);
        faults.AddRange(publish?.Refusals(request, state.Published!, state.Program) ?? []);
        warnings.AddRange(publish?.Warnings ?? []);
        if (!request.IsStandby && steps.Any(step => step is DeployStep.FirstDeploy or DeployStep.Upgrade or DeployStep.Rehearse or DeployStep.Propose or DeployStep.Export) && DeclaredIdFault(request) is { } mismatch)
        {
            (mismatch.Severity == Severity.Warning ? warnings : faults).Add(mismatch);
        }

        if (state.IsVersionEnabled is null && steps.Count > 0)
        {
            warnings.Add(new Fault(FaultCodes.SbpfNotEnabled, $"an answer about the feature gates of SBPF v{request.Binary.SbpfVersion}", "the cluster did not say whether they are active", "if the verifier refuses the program, build it for another version").AsWarning());
        }

        faults.AddRange(costs.Refusals(request, state));
        return faults.Count > 0 ? Result<DeployPlan>.Fail([.. faults, .. warnings]) : new DeployPlan(steps, costs, warnings) { OfProgram = ofProgram, Publish = publish };
    }

    /// <summary>An Anchor program refuses every call when it runs under another id than the one it declares.</summary>
    private static Fault? DeclaredIdFault(DeployRequest request)
    {
        var id = request.ProgramId!.Value;
        if (request.Binary.DeclaresId(id))
        {
            return null;
        }

        if (DeclaredId.Elsewhere(request.Binary.Bytes.Span, id, request.OtherIds) is var (environment, other))
        {
            return new Fault(FaultCodes.DeclaredIdMismatch, $"a build that declares the program id {id}", $"the binary declares {other}, the id in {PlainText.Quote(environment)}: it would refuse every call", "give this environment a variant of its own in the release file, and build it with this id", "program");
        }

        return new Fault(FaultCodes.DeclaredIdMismatch, $"the program id {id} in the binary", "it is not there", "an Anchor program with another declared id rejects every call: build it with this id (anchor keys sync); nothing to do for programs that declare none", "program-id").AsWarning();
    }

    private static IEnumerable<DeployStep> StepsOf(DeployRequest request, DeployState state)
    {
        foreach (var stale in state.ToReclaim)
        {
            yield return new DeployStep.ReclaimBuffer(stale);
        }

        var rest = (IsFinished(request, state), request.Mode) switch
        {
            (true, DeployMode.Buffer) => [],
            (true, _) => Afterwards(request, state),
            (false, DeployMode.Buffer) => BufferSteps(request, state, request.BufferAuthority),
            (false, DeployMode.Propose or DeployMode.Export) => ProposalSteps(request, state),
            (false, _) when request.IsDrill => DrillSteps(request, state),
            (false, _) => DeploySteps(request, state),
        };
        foreach (var step in rest)
        {
            yield return step;
        }
    }

    private static bool IsFinished(DeployRequest request, DeployState state) => request.Mode == DeployMode.Buffer
        ? state.Buffer is BufferState.Ours finished && finished.Authority == request.BufferAuthority && finished.Data.Span.SequenceEqual(request.Binary.Bytes.Span)
        : !request.IsStandby && state.Program is ProgramState.Deployed running && running.Runs(request.Binary);

    /// <summary>The bytes run already: only what an interrupted run left is still to be done.</summary>
    private static IEnumerable<DeployStep> Afterwards(DeployRequest request, DeployState state)
    {
        if (state.Buffer is BufferState.Ours ours && ours.Authority == request.Payer.Address)
        {
            yield return new DeployStep.CloseBuffer(state.BufferAddress.Address, ours.Lamports);
        }

        if (state.Program is ProgramState.Deployed { Authority: { } owner } && owner != request.LastAuthority && Settling(request, state) is { } settling)
        {
            yield return settling;
        }
    }

    /// <summary>What is done about the program's authority, beside or instead of a deploy.</summary>
    private static DeployStep? Settling(DeployRequest request, DeployState state) =>
        request.MakeImmutable ? new DeployStep.MakeImmutable(request.ProgramId!.Value)
        : state.NewAuthority is { } next ? new DeployStep.HandOverProgram(request.ProgramId!.Value, next)
        : null;

    private static IEnumerable<DeployStep> DeploySteps(DeployRequest request, DeployState state)
    {
        var program = request.ProgramId!.Value;
        var finalAuthority = state.BufferAddressAuthority(request);
        foreach (var step in BufferSteps(request, state, finalAuthority, ExtendStep(request, state)))
        {
            yield return step;
        }

        if (state.Program is ProgramState.Deployed)
        {
            yield return new DeployStep.Upgrade(program);
        }
        else
        {
            yield return new DeployStep.FirstDeploy(program, request.UpgradeAuthority.Address, finalAuthority != request.UpgradeAuthority.Address);
        }

        if (Settling(request, state) is { } settling)
        {
            yield return settling;
        }
    }

    /// <summary>What a proposal or an export needs is brought about whether there is one or not: the buffer of one that waits may have been closed.</summary>
    private static IEnumerable<DeployStep> ProposalSteps(DeployRequest request, DeployState state)
    {
        var program = request.ProgramId!.Value;
        foreach (var step in BufferSteps(request, state, request.UpgradeAuthority.Address, ExtendStep(request, state)))
        {
            yield return step;
        }

        if (request.Mode == DeployMode.Export)
        {
            yield return new DeployStep.Export(program, request.UpgradeAuthority.Address);
        }
        else if (state.Squads!.Proposal is not { } proposal)
        {
            var first = Leader(state.Squads.Group?.First, program);
            yield return new DeployStep.Propose(program, request.Vault!, first is null ? state.Squads.Rent : 0, first);
        }
        else if (request.Executes && (request.WaitsFor is null || state.Squads.IsExecutable))
        {
            yield return new DeployStep.ExecuteProposal(program, proposal.Index, Leader(state.Squads.Asked?.Upgrades[0].Program, program));
        }
    }

    /// <summary>The first program of a proposal, for which its transaction is counted; null where that is this program.</summary>
    private static Address? Leader(Address? first, Address program) => first == program ? null : first;

    /// <summary>The payer keeps its buffer, and the program its size: a rehearsal costs fees and nothing else.</summary>
    private static IEnumerable<DeployStep> DrillSteps(DeployRequest request, DeployState state)
    {
        foreach (var step in BufferSteps(request, state, (state.Buffer as BufferState.Ours)?.Authority ?? request.Payer.Address))
        {
            yield return step;
        }

        var held = state.Buffer switch { BufferState.Ours ours => ours.Lamports, BufferState.Missing missing => Math.Max(missing.Lamports, state.Rents.Buffer), _ => 0UL };
        yield return new DeployStep.Rehearse(request.ProgramId!.Value, state.BufferAddress.Address, held);
    }

    private static IEnumerable<DeployStep> BufferSteps(DeployRequest request, DeployState state, Address finalAuthority, DeployStep? extend = null)
    {
        var buffer = state.BufferAddress.Address;
        var ours = state.Buffer as BufferState.Ours;
        var writer = ours?.Authority ?? request.Payer.Address;
        if (state.Buffer is BufferState.Missing missing)
        {
            yield return new DeployStep.CreateBuffer(buffer, request.Binary.Bytes.Length, state.Rents.Buffer - Math.Min(missing.Lamports, state.Rents.Buffer));
        }

        var chunks = WriteChunks.Plan(request.Binary.Bytes.Span, ours is null ? default : ours.Data.Span, ChunkSize(request.Payer.Address, buffer, writer, state.Price));
        if (chunks.Count > 0)
        {
            yield return new DeployStep.Write(buffer, chunks.Count, ours is not null);
        }

        if (extend is not null)
        {
            yield return extend;
        }

        if (writer != finalAuthority)
        {
            yield return new DeployStep.HandOver(buffer, finalAuthority);
        }
    }

    private static DeployStep.Extend? ExtendStep(DeployRequest request, DeployState state) =>
        state.ExtendBy(request) is { } additional and > 0
            ? new DeployStep.Extend(request.ProgramId!.Value, additional, state.ExtendLamports(additional))
            : null;

    private static IEnumerable<Fault> Refusals(DeployRequest request, DeployState state)
    {
        // Where the bytes run already nothing is written, so nothing about writing is in the way; finality is still the version's business.
        var isFinished = IsFinished(request, state);
        if (state.IsVersionEnabled == false && (!isFinished || request.MakeImmutable))
        {
            yield return new Fault(FaultCodes.SbpfNotEnabled, "a program for an SBPF version that the cluster runs", $"the file is SBPF v{request.Binary.SbpfVersion}, which this cluster does not accept", "build for another version (cargo build-sbf --arch), or wait for the feature gate", "program");
        }

        if (!isFinished && state.Buffer is BufferState.Ours handedOver && !CanFinish(request, handedOver))
        {
            yield return new Fault(FaultCodes.BufferForeign, $"a buffer at {state.BufferAddress.Address} that is complete, or that this run can write", $"it was handed over to {handedOver.Authority} before it was complete", $"its owner closes it (solana program close {state.BufferAddress.Address}), then run again", "buffer-authority");
        }

        if (!isFinished && state.Buffer is BufferState.Foreign foreign)
        {
            yield return new Fault(FaultCodes.BufferForeign, $"this run's own buffer, or nothing, at {state.BufferAddress.Address}", foreign.What, "use another payer key, which leads to another buffer address, and look into who could sign for this one");
        }

        // A program that belongs to it already proves nothing new.
        var isHandedOver = state.NewAuthority is null || (isFinished && state.Program is ProgramState.Deployed { Authority: var owner } && owner == request.LastAuthority);
        foreach (var fault in ProgramRefusals(request, state.Program).Concat(isHandedOver ? [] : state.NewAuthority!.Refusals()).Concat(isFinished ? [] : state.Nonce?.Refusals(request.UpgradeAuthority.Address) ?? []).Concat(isFinished ? [] : state.Squads?.Refusals(request.Payer.Address, request.Executes, request.WaitsFor is not null) ?? []))
        {
            yield return fault;
        }
    }

    /// <summary>In a dry run from addresses nobody knows which keys will be there, so none is missed.</summary>
    private static bool CanFinish(DeployRequest request, BufferState.Ours buffer) =>
        buffer.Authority == request.Payer.Address
        || (buffer.Authority == request.UpgradeAuthority.Address && (request.CanAuthoritySign || (request.IsDryRun && request.Vault is null)))
        || buffer.Data.Span.SequenceEqual(request.Binary.Bytes.Span);

    private static IEnumerable<Fault> ProgramRefusals(DeployRequest request, ProgramState program)
    {
        switch (program)
        {
            case ProgramState.Foreign foreign:
                yield return new Fault(FaultCodes.ProgramForeign, $"an upgradeable program, or nothing, at {request.ProgramId}", foreign.What, "check program-id", "program-id");
                break;
            case ProgramState.Closed:
                yield return new Fault(FaultCodes.ProgramClosed, $"an open program at {request.ProgramId}", "it was closed, and a closed id can never be used again", "deploy under a new program id", "program-id");
                break;
            case ProgramState.Missing when request.Mode == DeployMode.Deploy && request.ProgramKey is null:
                yield return new Fault(FaultCodes.ProgramMissing, $"a program at {request.ProgramId} to upgrade", "there is no account at this id on this cluster", "check cluster and program-id; for a first deploy give program-keypair", "program-id");
                break;
            case ProgramState.Missing when request.Mode is DeployMode.Propose or DeployMode.Export:
                yield return new Fault(FaultCodes.ProgramMissing, $"a program at {request.ProgramId} to upgrade", "there is no account at this id on this cluster", "deploy it first, with mode: deploy, program-keypair and the same upgrade-authority, which need not sign for that", "program-id");
                break;
            case ProgramState.Missing { ProgramDataLamports: > 0 } when request.Mode == DeployMode.Deploy:
                yield return new Fault(FaultCodes.ProgramDataFunded, $"nothing at the ProgramData address {LoaderProgram.ProgramDataAddress(request.ProgramId!.Value)}", "somebody put lamports there, and the loader can never create it now", "deploy under a new program id", "program-keypair");
                break;
            case ProgramState.Missing when request is { Mode: DeployMode.Deploy, IsDryRun: false, ProgramKey: KeyInput.Named }:
                yield return request.ProgramKey.ToSigner("program-keypair").Faults[0];
                break;
            case ProgramState.Deployed running when request.Mode != DeployMode.Buffer:
                foreach (var fault in UpgradeRefusals(request, running))
                {
                    yield return fault;
                }

                break;
        }
    }

    private static IEnumerable<Fault> UpgradeRefusals(DeployRequest request, ProgramState.Deployed running)
    {
        var authority = request.UpgradeAuthority.Address;
        if (!request.IsStandby && running.Runs(request.Binary))
        {
            if (request.NewAuthority is not null && running.Authority is null)
            {
                yield return new Fault(FaultCodes.ProgramImmutable, $"a program that can be handed over at {request.ProgramId}", "it has no upgrade authority: it is final", "remove new-authority", "new-authority");
            }
            else if (request.NewAuthority is not null && running.Authority == request.LastAuthority)
            {
                yield break;
            }
            else if ((request.MakeImmutable || request.NewAuthority is not null) && running.Authority is { } owner)
            {
                foreach (var fault in AuthorityRefusals(request, owner))
                {
                    yield return fault;
                }
            }
            else if (running.Authority != authority)
            {
                yield return new Fault(FaultCodes.AuthorityDiffers, $"the upgrade authority {authority}", $"these bytes already run, under {running.Authority?.ToString() ?? "no authority"}", "nothing has to be done now; check the key before the next release", "upgrade-authority").AsWarning();
            }

            yield break;
        }

        if (request.Replaces is { } expected && running.ExecutableHash != expected)
        {
            yield return new Fault(FaultCodes.ProgramChanged, $"the program that was there when this run began, executable hash {expected}", $"another run changed it in slot {running.Slot} (executable hash {running.ExecutableHash})", "find out who else deploys this program, then run again");
        }
        else if (running.Authority is null)
        {
            yield return new Fault(FaultCodes.ProgramImmutable, $"a program that can be upgraded at {request.ProgramId}", "it has no upgrade authority: it is final", "deploy under a new program id", "program-id");
        }
        else
        {
            foreach (var fault in AuthorityRefusals(request, running.Authority.Value))
            {
                yield return fault;
            }
        }
    }

    private static IEnumerable<Fault> AuthorityRefusals(DeployRequest request, Address onChain)
    {
        var authority = request.UpgradeAuthority.Address;
        if (onChain != authority)
        {
            yield return onChain == request.Vault?.Multisig
                ? new Fault(FaultCodes.AuthorityMismatch, $"the vault {authority} as upgrade authority of the program", "it is the multisig's own account, which can sign for nothing: the program can never be upgraded", "deploy under a new program id, with the vault as upgrade authority", "upgrade-authority")
                : new Fault(FaultCodes.AuthorityMismatch, $"the upgrade authority on chain, {onChain}", $"upgrade-authority is {authority}", request.Vault is null ? "give the key of the authority on chain" : "check the multisig and the number of its vault", "upgrade-authority");
        }

        if (request is { IsDryRun: false, Mode: DeployMode.Deploy, CanAuthoritySign: false })
        {
            yield return request.UpgradeAuthority.ToSigner("upgrade-authority").Faults[0];
        }
    }
}
