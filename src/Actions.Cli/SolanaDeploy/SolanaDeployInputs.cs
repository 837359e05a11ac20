using Actions.Cli.Clusters;
using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Ledger;
using Actions.Core.Solana;

namespace Actions.Cli.SolanaDeploy;

/// <summary>The inputs of `solana-deploy`, read and checked all at once.</summary>
/// <param name="Environment">The ledger's key; the cluster's name by default.</param>
/// <param name="LedgerDirectory">Null for `none`.</param>
public sealed record SolanaDeployInputs(ClusterInputs Cluster, DeployRequest Request, string Environment, string? LedgerDirectory, ManifestFacts? Manifest)
{
    public ILedger OpenLedger(TimeProvider time) => LedgerDirectory is { } directory ? new FileLedger(directory, time) : new NoLedger();

    /// <summary>Inputs of the contract whose features come with later versions.</summary>
    private static readonly string[] Later =
        ["release-file", "only", "store", "execute", "wait-for", "standby", "new-authority", "idl", "security-txt", "migration", "registry", "config-files"];

    public static Result<SolanaDeployInputs> Read(ActionContext context)
    {
        var inputs = context.Inputs;
        inputs.NotYet(Later);
        _ = inputs.SecretText("github-token"); // every job hands it over; nothing here needs it yet
        _ = inputs.Text("github-api-url");
        _ = inputs.Choice("verified-build", ("off", false));
        var cluster = ClusterInputs.Read(inputs, context.Masker, hasMaxRps: true);
        var binary = ProgramFile.Read(inputs);
        var mode = inputs.Choice("mode", ("deploy", DeployMode.Deploy), ("buffer", DeployMode.Buffer)) ?? DeployMode.Deploy;
        var isDryRun = inputs.Flag("dry-run") ?? false;
        var keys = DeployKeys.Read(inputs, mode, isDryRun);
        var price = inputs.PriorityFee("priority-fee") ?? new PriorityFee.Auto();
        var highest = inputs.Number("max-priority-fee", 0, 1_000_000_000) ?? 100_000;
        if (price is PriorityFee.Fixed { MicroLamports: var asked } && asked > highest)
        {
            inputs.Add(FaultCodes.InputConflict, "priority-fee", $"Expected at most max-priority-fee, {highest:N0} µlamports per compute unit", $"found {asked:N0}", "lower priority-fee or raise max-priority-fee");
        }

        var maxSpend = inputs.Sol("max-spend");
        var reclaim = ReadReclaim(inputs);
        var isFinal = ReadConfirmFinal(inputs, keys?.ProgramId, mode);
        var ledger = CommonInputs.Ledger(inputs, context.Environment);
        var environment = CommonInputs.Environment(inputs, cluster?.Cluster, ledger);
        return inputs.Finish(() => new SolanaDeployInputs(
            cluster!,
            new DeployRequest
            {
                Binary = binary!.Value.Binary,
                ProgramId = keys!.ProgramId,
                ProgramKey = keys.ProgramKey,
                Payer = keys.Payer,
                UpgradeAuthority = keys.UpgradeAuthority,
                BufferAuthority = keys.BufferAuthority,
                Mode = mode,
                PriorityFee = price,
                MaxPriorityFee = highest,
                MaxSpend = maxSpend,
                Reclaim = reclaim,
                MakeImmutable = isFinal,
                IsDryRun = isDryRun,
            },
            environment,
            ledger,
            binary.Value.Manifest));
    }

    private static Reclaim ReadReclaim(InputReader inputs)
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

    /// <summary>Making a program immutable cannot be undone, so the input must repeat its id.</summary>
    private static bool ReadConfirmFinal(InputReader inputs, Address? programId, DeployMode mode)
    {
        if (inputs.Address("confirm-final") is not { } confirmed)
        {
            return false;
        }

        if (mode == DeployMode.Buffer)
        {
            inputs.Add(FaultCodes.InputConflict, "confirm-final", "Expected no confirm-final with mode: buffer", $"found {confirmed}", "remove one of them: a buffer cannot be final");
        }
        else if (programId is { } id && id != confirmed)
        {
            inputs.Add(FaultCodes.InputConflict, "confirm-final", $"Expected the program id {id}, to confirm that this program becomes immutable for ever", $"found {confirmed}", "repeat the program id, or remove confirm-final to keep the program upgradeable");
        }

        return true;
    }
}
