using Actions.Cli.SolanaDeploy;
using Actions.Core.Faults;
using Actions.Core.Ledger;
using Actions.Core.Loader;

namespace Actions.Cli.Rollback;

/// <summary>What a rollback will do, program by program. Decided from what was seen alone; touches nothing.</summary>
/// <param name="Resting">Programs that nothing is deployed to, from the last to the first.</param>
/// <param name="Targets">Programs that get their old bytes, from the last to the first.</param>
/// <param name="Warnings">Worth saying, not worth stopping for.</param>
internal sealed record RollbackPlan(IReadOnlyList<SeenProgram> Resting, IReadOnlyList<DeployTarget> Targets, IReadOnlyList<SeenProgram> Restored, IReadOnlyList<Fault> Warnings)
{
    /// <summary>Everything that keeps it from being done, or the plan.</summary>
    /// <param name="seen">In deploy order.</param>
    /// <param name="since">When the run began, of the clock that measures spans.</param>
    public static Result<RollbackPlan> Make(RollbackInputs inputs, IReadOnlyList<SeenProgram> seen, long since)
    {
        List<Fault> problems =
        [
            .. seen.SelectMany(program => program.Problems),
            .. UnsafeReleases.Refusals(seen.SelectMany(program => program.Unsafe), inputs.Reason),
            .. Aimless(inputs, seen),
        ];
        if (problems.Exists(problem => problem.Severity == Severity.Error))
        {
            return Result<RollbackPlan>.Fail(problems);
        }

        List<SeenProgram> reversed = [.. seen.Reverse()];
        var restored = reversed.FindAll(program => program.Target is not null);
        return new RollbackPlan(
            reversed.FindAll(program => program.Target is null), restored.ConvertAll(program => TargetOf(inputs, program, since)), restored,
            [.. problems, .. restored.Where(program => program.Unrecorded is not null).Select(Unrecorded), .. restored.Select(program => ForeignStandby(inputs, program)).OfType<Fault>()]);
    }

    /// <summary>Nothing to roll back to: for all of the programs it is an error, for some of them a warning.</summary>
    private static IEnumerable<Fault> Aimless(RollbackInputs inputs, IReadOnlyList<SeenProgram> seen)
    {
        var aimless = seen.Where(program => program.Target is null && program.Problems.Count == 0 && program.Step is RollbackStep.Untouched).ToList();
        var isAll = aimless.Count == seen.Count;
        return from program in aimless
               where isAll || inputs.To is RollbackTo.Version
               let fault = new Fault(
                   FaultCodes.RollbackTarget, $"Expected {(inputs.To is RollbackTo.Previous ? "a release to roll back to" : inputs.To.Text)} for {program.Program.Shown} in {inputs.Environment}",
                   Found(inputs, program), "give a version or a sha256 of a release that ran there in 'to'", "to")
               select isAll ? fault : fault.AsWarning();
    }

    private static string Found(RollbackInputs inputs, SeenProgram program)
    {
        if (!inputs.Records.HasLedger)
        {
            return "found no ledger, so nobody knows what ran there";
        }

        var live = program.Subject.Records.Where(record => record is { Kind: RecordKind.Release, WentLive: not null }).Select(record => record.Shown()).Distinct().ToList();
        return $"found that {((RollbackStep.Untouched)program.Step).Why}{(live.Count > 0 ? $" (releases that did: {string.Join(", ", live.TakeLast(20))})" : "")}";
    }

    private static Fault Unrecorded(SeenProgram program) => new Fault(
        FaultCodes.HashMismatch, $"Expected a record of what {program.Program.Shown} runs", $"found executable hash {program.Subject.Chain.ExecutableHash}, deployed in slot {program.Subject.Chain.Slot}, in none",
        "find out who deployed it; the bytes are kept in the store before they are replaced").AsWarning();

    /// <summary>A standby lies where its payer leads; with another payer it would be made anew, and its lock begin again.</summary>
    private static Fault? ForeignStandby(RollbackInputs inputs, SeenProgram program)
    {
        var sha256 = program.Target!.Artifact.Sha256;
        var ours = BufferAddress.Derive(inputs.Keys.Payer.Address, program.Program.Id, inputs.Keys.UpgradeAuthority.Address, Convert.FromHexString(sha256)).Address;
        return !inputs.IsProposed || program.Subject.Records.LastOrDefault(record => record is { IsStandby: true, State: RecordState.Pending } && record.Facts.Sha256 == sha256) is not { Facts.Buffer: { } buffer } standby || buffer == ours
            ? null
            : new Fault(
                FaultCodes.BufferForeign, $"Expected the payer that prepared the standby {standby.Id} of {program.Program.Shown}", $"found {inputs.Keys.Payer.Address}, for whom its buffer {buffer} is another's",
                "give that payer, or let a member execute the standby's proposal; with this one the way back is proposed anew", "payer").AsWarning();
    }

    private static DeployTarget TargetOf(RollbackInputs inputs, SeenProgram program, long since)
    {
        var (target, restore) = (program.Target!, program.Step as RollbackStep.Restore);
        return new DeployTarget(
            program.Program.Shown,
            new DeployRequest
            {
                Binary = target.Binary,
                ProgramId = program.Program.Id,
                OtherIds = program.Program.OtherIds,
                Replaces = program.Subject.Chain.ExecutableHash,
                Payer = inputs.Keys.Payer,
                UpgradeAuthority = inputs.Keys.UpgradeAuthority,
                BufferAuthority = inputs.Keys.UpgradeAuthority.Address,
                // Members decide: the proposal that was prepared with the release is executed, or one is made.
                Mode = inputs.IsProposed ? DeployMode.Propose : DeployMode.Deploy,
                Executes = inputs.IsProposed,
                PriorityFee = inputs.PriorityFee,
                MaxPriorityFee = inputs.MaxPriorityFee,
                MaxSpend = inputs.MaxSpend,
                IsDryRun = inputs.IsDryRun,
                IsDrill = inputs.IsDrill,
            },
            new RecordSubject
            {
                Kind = RecordKind.Rollback,
                Name = target.Manifest.Name,
                Version = target.Manifest.Version,
                Variant = target.Artifact.Variant,
                Restores = target.Record?.Id,
                Undoes = restore?.Undoes,
                Reason = inputs.Reason,
                Since = since,
            });
    }
}
