using Actions.Cli.Clusters;
using Actions.Cli.Hosting;
using Actions.Cli.SmokeTest;
using Actions.Cli.SolanaDeploy;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Keys;
using Actions.Core.Ledger;
using Actions.Core.Releases;
using Actions.Core.Runner;
using Actions.Core.Smoke;
using Actions.Core.Solana;

namespace Actions.Cli.Rollback;

/// <summary>The inputs of `rollback`, read and checked all at once.</summary>
internal sealed record RollbackInputs
{
    public required ClusterInputs Cluster { get; init; }

    /// <summary>The ledger's key; the cluster's name by default.</summary>
    public required string Environment { get; init; }

    public required RecordInputs Records { get; init; }

    /// <summary>In deploy order; they are rolled back from the last to the first.</summary>
    public required IReadOnlyList<RollbackProgram> Programs { get; init; }

    /// <summary>The release file's; null without one.</summary>
    public required string? ReleaseName { get; init; }

    public required RollbackTo To { get; init; }

    public required string? Reason { get; init; }

    public required bool IsDrill { get; init; }

    public required bool IsDryRun { get; init; }

    /// <summary>How long it may take; null where nobody said.</summary>
    public required TimeSpan? Rto { get; init; }

    /// <summary>What must work afterwards; null where nobody said.</summary>
    public required SmokeSpec? Spec { get; init; }

    /// <summary>Where it is written down what runs again.</summary>
    public required WriteBack WriteBack { get; init; }

    public required DeployKeys Keys { get; init; }

    /// <summary>Whether the vault of a multisig signs; a drill then ends where its members would begin, which no key here can show.</summary>
    public bool IsProposed => Keys.UpgradeAuthority is KeyInput.Vault && !IsDrill;

    public required PriorityFee PriorityFee { get; init; }

    public required ulong MaxPriorityFee { get; init; }

    public required ulong? MaxSpend { get; init; }

    public static Result<RollbackInputs> Read(ActionContext context)
    {
        var inputs = context.Inputs;
        var scope = ReleaseScope.Read(inputs);
        var isFileAtFault = scope is null && inputs.Has("release-file");
        var cluster = ClusterInputs.Read(inputs, context.Masker, hasMaxRps: true, isSuppliedElsewhere: isFileAtFault);
        var programs = ReadPrograms(inputs, scope, isFileAtFault);
        var to = ReadTarget(inputs);
        var (reason, isDrill, rto) = (inputs.Text("reason"), inputs.Flag("drill") ?? false, inputs.Duration("rto"));
        var isDryRun = inputs.Flag("dry-run") ?? false;
        var spec = SmokeTestInputs.ReadSpec(context, programs is [var only] ? only.Id : null);
        var keys = DeployKeys.Read(inputs, isDryRun, hasBufferAuthority: false);
        var (price, highest) = SolanaDeployInputs.ReadPrice(inputs);
        var maxSpend = inputs.Sol("max-spend");
        var records = RecordInputs.Read(context, hasStore: true);
        var environment = CommonInputs.Environment(inputs, cluster?.Cluster, records.LedgerDirectory);
        var writeBack = WriteBack.Read(inputs, context.Environment, scope is null ? [] : [.. scope.Programs.Select(program => program.Name)]);
        return inputs.Finish(() => new RollbackInputs
        {
            Cluster = cluster!,
            Environment = environment,
            Records = records,
            Programs = programs,
            ReleaseName = scope?.File.Name,
            To = to,
            Reason = reason,
            IsDrill = isDrill,
            IsDryRun = isDryRun,
            Rto = rto,
            Spec = spec?.Spec,
            WriteBack = writeBack with { Again = to is RollbackTo.Previous ? "run the same job again (a new one goes back one release more)" : "run again" },
            Keys = keys!,
            PriorityFee = price,
            MaxPriorityFee = highest,
            MaxSpend = maxSpend,
        });
    }

    private static List<RollbackProgram> ReadPrograms(InputReader inputs, ReleaseScope? scope, bool isFileAtFault)
    {
        var given = inputs.Address("program-id");
        if (scope is null)
        {
            if (!isFileAtFault)
            {
                inputs.Require("program-id", "the program to roll back");
            }

            return given is { } id ? [new RollbackProgram(null, id)] : [];
        }

        List<RollbackProgram> all =
        [
            .. from program in scope.Programs
               let id = scope.Programs.Count == 1 ? given ?? scope.IdOf(program) : scope.IdOf(program)
               where id is not null
               select new RollbackProgram(program.Name, id.Value) { Variant = scope.Environment.Variant, OtherIds = scope.OtherIdsOf(program) },
        ];
        var chosen = given is null ? all : all.FindAll(program => program.Id == given);
        if (chosen.Count == 0)
        {
            inputs.Add(
                given is null ? FaultCodes.InputMissing : FaultCodes.InputConflict, "program-id", $"Expected the program-ids of {PlainText.Quote(scope.Environment.Name)} in the release file",
                given is null ? "found none" : $"found {given}, which is none of them", "add it to the file, or remove release-file");
        }

        return chosen;
    }

    private static RollbackTo ReadTarget(InputReader inputs)
    {
        if (inputs.Text("to") is not { } text)
        {
            return new RollbackTo.Previous();
        }

        if (RollbackTo.TryParse(text) is { } target)
        {
            return target;
        }

        inputs.Add(FaultCodes.InputInvalid, "to", "Expected previous, a version such as 1.2.3, or the sha256 of a program's file (64 hex digits) in 'to'", $"found {PlainText.Quote(text)}", "correct it");
        return new RollbackTo.Previous();
    }
}

/// <summary>A program to roll back.</summary>
/// <param name="Name">The release file's; null without one.</param>
internal sealed record RollbackProgram(string? Name, Address Id)
{
    /// <summary>What this environment runs a build of, where the record does not say.</summary>
    public string Variant { get; init; } = ReleaseEnvironment.DefaultVariant;

    /// <summary>Its ids in the release file's other environments.</summary>
    public IReadOnlyList<(string Environment, Address Id)> OtherIds { get; init; } = [];

    /// <summary>What outputs and people call it.</summary>
    public string Shown => Name ?? Id.ToString();
}
