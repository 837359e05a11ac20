using System.Security.Cryptography;
using Actions.Cli.Clusters;
using Actions.Cli.Rollback;
using Actions.Cli.SolanaDeploy;
using Actions.Cli.Tests.Tools;
using Actions.Cli.VerifyProgram;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Keys;
using Actions.Core.Ledger;
using Actions.Core.Loader;
using Actions.Core.Rpc;
using Actions.Core.Solana;
using Actions.Core.Store;

namespace Actions.Cli.Tests.Rollback;

public sealed class RollbackPlanTests
{
    private static readonly byte[] Old = RollbackWorld.Build("1.0.0");
    private static readonly byte[] New = RollbackWorld.Build("2.0.0");

    [Fact]
    public void Programs_are_rolled_back_from_the_last_to_the_first()
    {
        var plan = Plan(Inputs(), Restored("registry"), Restored("vault"), Resting("book", new RollbackStep.Untouched("it is new")), Restored("perps")).Value;

        plan.Targets.Select(target => target.Name).ShouldBe(["perps", "vault", "registry"]);
        plan.Resting.Select(program => program.Program.Name).ShouldBe(["book"]);
        plan.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void A_target_says_what_it_replaces_what_it_restores_and_why()
    {
        var target = Plan(Inputs() with { Reason = "stalled" }, Restored("perps")).Value.Targets.Single();

        target.Request.ShouldSatisfyAllConditions(
            request => request.Binary.Bytes.ToArray().ShouldBe(Old),
            request => request.Replaces.ShouldBe(RollbackWorld.Hash(New)),
            request => request.IsDrill.ShouldBeFalse());
        target.Subject.ShouldSatisfyAllConditions(
            subject => (subject.Kind, subject.Version, subject.Restores, subject.Undoes, subject.Reason, subject.Since).ShouldBe((RecordKind.Rollback, "1.0.0", "old", "release", "stalled", 5)));
    }

    [Fact]
    public void Nothing_for_any_program_is_an_error_and_for_some_of_them_a_warning_when_a_version_was_named()
    {
        var aimless = Resting("book", new RollbackStep.Untouched("2.0.0 never ran there"));
        var named = Inputs() with { To = RollbackTo.TryParse("2.0.0")! };

        Plan(named, aimless).Faults.ShouldHaveSingleItem().Code.ShouldBe(FaultCodes.RollbackTarget);
        Plan(named, aimless, Restored("perps")).Value.Warnings.ShouldHaveSingleItem().Code.ShouldBe(FaultCodes.RollbackTarget);
        Plan(Inputs(), aimless, Restored("perps")).Value.Warnings.ShouldBeEmpty("previous leaves what the release did not touch");
    }

    [Fact]
    public void Programs_that_have_nothing_left_to_do_are_no_error()
    {
        foreach (var step in new RollbackStep[] { new RollbackStep.Runs(Record("old")), new RollbackStep.NeverLive(Record("old")), new RollbackStep.Done(Record("old"), null) })
        {
            Plan(Inputs(), Resting("perps", step)).Value.Targets.ShouldBeEmpty(step.ToString());
        }
    }

    [Fact]
    public void Every_problem_of_every_program_is_said_at_once()
    {
        var fault = new Fault(FaultCodes.Tampered, "a", "b", "c");
        var warned = Restored("vault") with { Problems = [fault.AsWarning()] };

        Plan(Inputs(), Restored("registry") with { Problems = [fault] }, Restored("perps") with { Unsafe = [new UnsafeRelease("2.0.0", "why")] }).Faults.Select(each => each.Code).ShouldBe(
            [FaultCodes.Tampered, FaultCodes.RollbackUnsafe]);
        Plan(Inputs(), warned).Value.Warnings.ShouldBe([fault.AsWarning()]);
    }

    [Fact]
    public void Bytes_that_no_record_knows_are_named()
    {
        var stray = Restored("perps") with { Subject = new RollbackSubject("perps", [], new ChainState(RollbackWorld.Hash(New)) { Slot = 7 }) };

        stray.Unrecorded.ShouldNotBeNull();
        Plan(Inputs(), stray).Value.Warnings.ShouldHaveSingleItem().Code.ShouldBe(FaultCodes.HashMismatch);
        Restored("perps").Unrecorded.ShouldBeNull();
    }

    [Theory]
    [InlineData("1.4.0", true)]
    [InlineData("back from v1.4.0, at last", true)]
    [InlineData("(1.4.0)", true)]
    [InlineData("1.4.0.", true)]
    [InlineData("THE ORDERS HAVE A NEW FIELD, known", true)]
    [InlineData("11.4.0", false)]
    [InlineData("1.4.0-rc.1", false)]
    [InlineData("1.4.0.1", false)]
    [InlineData("2.1.4.0", false)]
    [InlineData("1.4", false)]
    [InlineData("orders", false)]
    [InlineData("", false)]
    public void A_release_is_named_by_its_version_as_a_word_or_by_its_whole_reason(string reason, bool isNamed)
    {
        UnsafeReleases.IsNamed(new UnsafeRelease("1.4.0", "the orders have a new field"), reason).ShouldBe(isNamed);
        UnsafeReleases.IsNamed(new UnsafeRelease("1.4.0+7", "the orders have a new field"), reason).ShouldBe(isNamed, "build metadata is no part of it");
    }

    [Fact]
    public void Each_unsafe_release_must_be_named_once()
    {
        UnsafeRelease[] releases = [new("2.0.0", ""), new("3.0.0", "fields"), new("2.0.0", "")];

        UnsafeReleases.Refusals(releases, null).Count().ShouldBe(2);
        UnsafeReleases.Refusals(releases, "leaving 2.0.0").Single().Expected.ShouldContain("3.0.0");
        UnsafeReleases.Refusals(releases, "leaving 2.0.0 and 3.0.0").ShouldBeEmpty();
        UnsafeReleases.Refusals([new("2.0.0", "")], "").ShouldNotBeEmpty("an empty reason does not contain an empty why");
    }

    private static Result<RollbackPlan> Plan(RollbackInputs inputs, params SeenProgram[] seen) => RollbackPlan.Make(inputs, seen, since: 5);

    private static SeenProgram Resting(string name, RollbackStep step) => new(
        new RollbackProgram(name, TestKey.From(name).Address),
        new RollbackSubject(name, [Record("old"), Record("new")], new ChainState(RollbackWorld.Hash(New)) { Slot = 7 }),
        new ProgramOnChain.Running(7, null, New), step);

    private static SeenProgram Restored(string name) => Resting(name, new RollbackStep.Restore(Record("old"), Record("new"), [], "release")) with
    {
        Target = new TargetBytes(
            new Manifest { Name = "perps", Version = "1.0.0", Source = ManifestSource.Build, Artifacts = [] },
            new ManifestArtifact { Program = name, File = $"{name}.so", Size = Old.Length, Sha256 = Convert.ToHexStringLower(SHA256.HashData(Old)), ExecutableHash = RollbackWorld.Hash(Old) },
            ProgramBinary.Read(Old, "program").Value, Record("old")),
    };

    private static LedgerRecord Record(string id) => new(
        new LedgerEvent
        {
            Id = id, Kind = RecordKind.Release, State = RecordState.Succeeded, Environment = "staging", ProgramId = TestKey.From("perps").Address,
            ExecutableHash = RollbackWorld.Hash(id == "old" ? Old : New), Version = id == "old" ? "1.0.0" : "2.0.0",
        }, 0, id == "old" ? 0 : 1);

    private static RollbackInputs Inputs()
    {
        var payer = new KeyInput.Signer(TestKey.From("payer").Signer, "test");
        return new RollbackInputs
        {
            Cluster = new ClusterInputs(Cluster.Localnet, [], null, Commitment.Confirmed, TimeSpan.FromMinutes(1)),
            Environment = "staging",
            Records = new RecordInputs(new RecordPlace.Folder("/nowhere"), new RecordPlace.Folder("/nowhere"), null, []),
            Programs = [],
            ReleaseName = "perps",
            To = new RollbackTo.Previous(),
            Reason = null,
            IsDrill = false,
            IsDryRun = false,
            Rto = null,
            Spec = null,
            WriteBack = new WriteBack(null, []),
            Keys = new DeployKeys(payer, payer, payer.Address),
            PriorityFee = new PriorityFee.Auto(),
            MaxPriorityFee = 1,
            MaxSpend = null,
        };
    }
}
