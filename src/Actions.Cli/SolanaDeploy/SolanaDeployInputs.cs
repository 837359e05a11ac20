using Actions.Cli.Clusters;
using Actions.Cli.Hosting;
using Actions.Cli.Publish;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Keys;
using Actions.Core.Ledger;
using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>The inputs of `solana-deploy`, read and checked all at once.</summary>
/// <param name="Environment">The ledger's key; the cluster's name by default.</param>
/// <param name="Targets">The programs to deploy, in order; at least one.</param>
/// <param name="Release">The release that the programs belong to, for a release-id that they share; null without a release file.</param>
/// <param name="WriteBack">Where it is written down what runs in the end.</param>
/// <param name="HasStandby">Whether the way back is proposed together with the upgrade.</param>
internal sealed record SolanaDeployInputs(
    ClusterInputs Cluster, IReadOnlyList<DeployTarget> Targets, string Environment, RecordInputs Records, ReleaseKey? Release, WriteBack WriteBack, bool HasStandby)
{
    /// <summary>Inputs of the contract whose features come with later versions.</summary>
    private static readonly string[] Later =
        ["store"];

    public static Result<SolanaDeployInputs> Read(ActionContext context)
    {
        var inputs = context.Inputs;
        inputs.NotYet(Later);
        var scope = ReleaseScope.Read(inputs);
        var cluster = ClusterInputs.Read(inputs, context.Masker, hasMaxRps: true, isSuppliedElsewhere: scope is null && inputs.Has("release-file"));
        var mode = inputs.Choice("mode", ("deploy", DeployMode.Deploy), ("buffer", DeployMode.Buffer), ("propose", DeployMode.Propose), ("export", DeployMode.Export), (ReclaimInputs.Mode, DeployMode.Deploy)) ?? DeployMode.Deploy;
        var isDryRun = inputs.Flag("dry-run") ?? false;
        var programs = scope is null && inputs.Has("release-file") ? [] : DeployPrograms.Read(inputs, scope, mode);
        var keys = DeployKeys.Read(inputs, isDryRun);
        var publish = PublishInputs.Read(inputs, scope, programs, mode, new ClaimInputs(context, cluster?.Cluster, mode, keys, isDryRun));
        var executes = ReadExecute(inputs, mode, keys);
        var waitsFor = ReadWaitFor(inputs, mode, executes);
        var hasStandby = inputs.Flag("standby") ?? false;
        if (hasStandby && mode != DeployMode.Propose)
        {
            inputs.Add(FaultCodes.InputConflict, "standby", "Expected standby: true with mode: propose only", "found another mode", "remove it: without a time lock, rollback is as fast by itself");
        }

        var (price, highest) = ReadPrice(inputs);
        var maxSpend = inputs.Sol("max-spend");
        var reclaim = ReadReclaim(inputs);
        var isFinal = ReadConfirmFinal(inputs, programs.Count == 1 ? programs[0].Id : null, mode);
        var newAuthority = ReadNewAuthority(inputs, mode, keys, isFinal);
        var nonce = ReadNonce(inputs, mode, keys);
        var records = RecordInputs.Read(context, hasStore: false);
        var environment = CommonInputs.Environment(inputs, cluster?.Cluster, records.LedgerDirectory);
        var writeBack = WriteBack.Read(inputs, context.Environment, scope is not null ? [.. scope.Programs.Select(program => program.Name)] : [.. programs.Select(program => program.Name).OfType<string>()]);
        return inputs.Finish(() => new SolanaDeployInputs(
            cluster!,
            [.. programs.Select((program, index) => new DeployTarget(
                program.Name ?? program.Id?.ToString() ?? "buffer",
                new DeployRequest
                {
                    Binary = program.Binary,
                    ProgramId = program.Id,
                    ProgramKey = program.Key,
                    OtherIds = program.OtherIds,
                    Payer = keys!.Payer,
                    UpgradeAuthority = keys.UpgradeAuthority,
                    BufferAuthority = keys.BufferAuthority,
                    Mode = mode,
                    Executes = executes,
                    WaitsFor = waitsFor,
                    PriorityFee = price,
                    MaxPriorityFee = highest,
                    MaxSpend = maxSpend,
                    // Once is enough: the buffers are the payer's, not the program's.
                    Reclaim = index == 0 ? reclaim : new Reclaim.None(),
                    MakeImmutable = isFinal,
                    NewAuthority = newAuthority,
                    NonceAccount = nonce,
                    IsDryRun = isDryRun,
                    Publish = publish[index],
                },
                new RecordSubject { Name = scope?.File.Name ?? program.Manifest?.Name, Version = program.Manifest?.Version, Variant = scope?.Environment.Variant ?? program.Manifest?.Variant, NamesVersions = scope is not null || records.IsLedgerOnGitHub, Reason = publish[index]?.Migration is { } migration ? $"migration: {migration}" : null }))],
            environment,
            records,
            scope is null ? null : new ReleaseKey(environment, scope.File.Name, programs[0].Manifest?.Version, [.. scope.AllIds.Union(programs.Select(program => program.Id!.Value))]),
            writeBack,
            hasStandby));
    }

    /// <summary>Reads `priority-fee` and `max-priority-fee`.</summary>
    public static (PriorityFee Price, ulong Highest) ReadPrice(InputReader inputs)
    {
        var price = inputs.PriorityFee("priority-fee") ?? new PriorityFee.Auto();
        var highest = inputs.Number("max-priority-fee", 0, 1_000_000_000) ?? 100_000;
        if (price is PriorityFee.Fixed { MicroLamports: var asked } && asked > highest)
        {
            inputs.Add(FaultCodes.InputConflict, "priority-fee", $"Expected at most max-priority-fee, {highest:N0} µlamports per compute unit", $"found {asked:N0}", "lower priority-fee or raise max-priority-fee");
        }

        return (price, highest);
    }

    /// <summary>Reads `execute`, and checks what goes with the modes in which somebody else signs.</summary>
    private static bool ReadExecute(InputReader inputs, DeployMode mode, DeployKeys? keys)
    {
        var executes = inputs.Flag("execute") ?? false;
        if (mode == DeployMode.Propose && keys is not null && keys.UpgradeAuthority is not KeyInput.Vault)
        {
            inputs.Add(FaultCodes.InputConflict, "upgrade-authority", "Expected the vault of a multisig with mode: propose", "found a key, or an address", "give squads:<multisig>[/<vault-index>], or choose another mode");
        }

        if (mode == DeployMode.Export && keys?.UpgradeAuthority is KeyInput.Signer)
        {
            inputs.Add(FaultCodes.InputConflict, "upgrade-authority", "Expected an authority that signs elsewhere with mode: export, as squads:<multisig>[/<vault-index>] or as its address", "found a key that can sign here", "name the authority, or choose mode: deploy");
        }

        if (mode is DeployMode.Propose or DeployMode.Export && inputs.Has("buffer-authority"))
        {
            inputs.Add(FaultCodes.InputConflict, "buffer-authority", "Expected no buffer-authority with mode: propose or export", "found one", "remove it: the buffer goes to the upgrade authority");
        }

        if (executes && mode != DeployMode.Propose)
        {
            inputs.Add(FaultCodes.InputConflict, "execute", "Expected execute: true with mode: propose only", "found another mode", "remove one of them");
        }

        return executes;
    }

    private static WaitGoal? ReadWaitFor(InputReader inputs, DeployMode mode, bool executes)
    {
        var goal = inputs.Choice("wait-for", ("approved", WaitGoal.Approved), ("executed", WaitGoal.Executed));
        if (goal is not null && mode != DeployMode.Propose)
        {
            inputs.Add(FaultCodes.InputConflict, "wait-for", "Expected wait-for with mode: propose only", "found another mode", "remove one of them");
        }
        else if (goal == WaitGoal.Approved && executes)
        {
            inputs.Add(FaultCodes.InputConflict, "wait-for", "Expected wait-for: executed with execute: true", "found approved, after which a time lock may have to run out", "give executed, or remove execute");
        }

        return goal;
    }

    internal static Reclaim ReadReclaim(InputReader inputs)
    {
        switch (inputs.Text("reclaim"))
        {
            case null or "none":
                return new Reclaim.None();
            case "idle":
                return new Reclaim.Idle();
            case var text when Address.TryParse(text, out var buffer):
                return new Reclaim.One(buffer);
            default:
                inputs.Add(FaultCodes.InputUnknownValue, "reclaim", "Expected none, idle, or the address of a buffer in 'reclaim'", "found something else", "give one of them");
                return new Reclaim.None();
        }
    }

    /// <summary>Reads `nonce-account`: Squads dates what it signs itself.</summary>
    private static Address? ReadNonce(InputReader inputs, DeployMode mode, DeployKeys? keys)
    {
        var nonce = inputs.Address("nonce-account");
        if (nonce is not null && (mode != DeployMode.Export || keys?.UpgradeAuthority is KeyInput.Vault))
        {
            inputs.Add(
                FaultCodes.InputConflict, "nonce-account", "Expected nonce-account with mode: export and an upgrade authority that is a key", mode == DeployMode.Export ? "found the vault of a multisig" : "found another mode",
                "remove nonce-account");
        }

        return nonce;
    }

    /// <summary>Reads `new-authority`, and checks that this run can hand the program over.</summary>
    private static KeyInput? ReadNewAuthority(InputReader inputs, DeployMode mode, DeployKeys? keys, bool isFinal)
    {
        if (inputs.Key("new-authority") is not { } next)
        {
            return null;
        }

        if (mode != DeployMode.Deploy)
        {
            inputs.Add(FaultCodes.InputConflict, "new-authority", "Expected no new-authority but with mode: deploy", "found another mode", "remove one of them: here somebody else signs, who can hand the program over");
        }
        else if (isFinal)
        {
            inputs.Add(FaultCodes.InputConflict, "new-authority", "Expected either new-authority or confirm-final", "found both", "remove one of them: a program without an authority cannot be handed over");
        }
        else if (keys?.UpgradeAuthority is KeyInput.Vault)
        {
            inputs.Add(FaultCodes.InputConflict, "new-authority", "Expected an upgrade authority that signs here, with new-authority", "found the vault of a multisig", "let its members hand the program over; for a first deploy name the vault as upgrade-authority alone");
        }
        else if (keys?.UpgradeAuthority.Address == next.Address)
        {
            inputs.Add(FaultCodes.InputConflict, "new-authority", "Expected another authority than upgrade-authority", "found the same", "remove new-authority");
        }

        return next;
    }

    /// <summary>Making a program immutable cannot be undone, so the input must repeat its id.</summary>
    private static bool ReadConfirmFinal(InputReader inputs, Address? programId, DeployMode mode)
    {
        if (inputs.Address("confirm-final") is not { } confirmed)
        {
            return false;
        }

        if (mode != DeployMode.Deploy)
        {
            inputs.Add(FaultCodes.InputConflict, "confirm-final", "Expected no confirm-final but with mode: deploy", $"found {confirmed}", "remove one of them: neither a buffer nor a proposal can be final");
        }
        else if (programId is { } id && id != confirmed)
        {
            inputs.Add(FaultCodes.InputConflict, "confirm-final", $"Expected the program id {id}, to confirm that this program becomes immutable for ever", $"found {confirmed}", "repeat the program id, or remove confirm-final to keep the program upgradeable");
        }

        return true;
    }
}
