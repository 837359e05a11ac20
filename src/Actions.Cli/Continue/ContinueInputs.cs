using Actions.Cli.Clusters;
using Actions.Cli.Hosting;
using Actions.Cli.SolanaDeploy;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Keys;
using Actions.Core.Solana;

namespace Actions.Cli.Continue;

/// <summary>A program whose records are looked at.</summary>
/// <param name="Name">The release file's, else its id.</param>
internal sealed record ContinueProgram(string Name, Address Id);

/// <summary>The inputs of `continue`, read and checked all at once.</summary>
/// <param name="Environment">The ledger's key; the cluster's name by default.</param>
/// <param name="Programs">Null for every program that the environment's records know.</param>
/// <param name="Member">Who executes and proposes; null where this run may only look.</param>
/// <param name="Keeps">How long after its release went live a standby is kept.</param>
/// <param name="Vault">Of records that name none; null where nobody said.</param>
/// <param name="WriteBack">Where it is written down what runs in the end.</param>
internal sealed record ContinueInputs(
    ClusterInputs Cluster, string Environment, RecordInputs Records, IReadOnlyList<ContinueProgram>? Programs, KeyInput? Member, KeyInput.Vault? Vault,
    PriorityFee PriorityFee, ulong MaxPriorityFee, TimeSpan Keeps, bool IsDryRun, WriteBack WriteBack)
{
    private const string VaultScheme = "squads:";
    private static readonly TimeSpan DefaultKeeps = TimeSpan.FromHours(24);

    public static Result<ContinueInputs> Read(ActionContext context)
    {
        var inputs = context.Inputs;
        inputs.NotYet(["store"]);
        var scope = ReleaseScope.Read(inputs);
        var cluster = ClusterInputs.Read(inputs, context.Masker, hasMaxRps: true, isSuppliedElsewhere: scope is null && inputs.Has("release-file"));
        var isDryRun = inputs.Flag("dry-run") ?? false;
        var programs = ReadPrograms(inputs, scope);
        var member = ReadMember(inputs, isDryRun);
        // What a key signs is never pending: only a vault's records are of interest, whatever else the file says.
        var vault = inputs.Text("upgrade-authority")?.StartsWith(VaultScheme, StringComparison.Ordinal) == true ? inputs.Key("upgrade-authority") as KeyInput.Vault : null;
        var keeps = inputs.Duration("until") ?? DefaultKeeps;
        var (price, highest) = SolanaDeployInputs.ReadPrice(inputs);
        var records = RecordInputs.Read(context, hasStore: false);
        var environment = CommonInputs.Environment(inputs, cluster?.Cluster, records.LedgerDirectory);
        var writeBack = ReadWriteBack(context, scope, programs);
        return inputs.Finish(() => new ContinueInputs(cluster!, environment, records, programs, member, vault, price, highest, keeps, isDryRun, writeBack));
    }

    private static KeyInput? ReadMember(InputReader inputs, bool isDryRun)
    {
        var member = inputs.Key("payer");
        if (member is not null && !isDryRun && !member.ToSigner("payer").IsOk)
        {
            inputs.Add(member.ToSigner("payer").Faults[0]);
        }

        return member;
    }

    private static WriteBack ReadWriteBack(ActionContext context, ReleaseScope? scope, List<ContinueProgram>? programs)
    {
        var inputs = context.Inputs;
        if (programs is null && !inputs.Has("release-file") && inputs.Lines("config-files").Count > 0)
        {
            inputs.Add(FaultCodes.InputMissing, "release-file", "Expected 'release-file' or 'program-id' with 'config-files', which call programs by their names", "found neither", "add one of them");
        }

        return WriteBack.Read(inputs, context.Environment, scope is null ? [] : [.. scope.Programs.Select(program => program.Name)]);
    }

    private static List<ContinueProgram>? ReadPrograms(InputReader inputs, ReleaseScope? scope)
    {
        var given = inputs.Address("program-id");
        if (scope is null)
        {
            return given is { } id ? [new ContinueProgram(id.ToString(), id)] : null;
        }

        List<ContinueProgram> all = [.. from program in scope.Programs let id = scope.IdOf(program) where id is not null select new ContinueProgram(program.Name, id.Value)];
        return given is null ? all : all.Exists(program => program.Id == given) ? all.FindAll(program => program.Id == given) : [new ContinueProgram(given.Value.ToString(), given.Value)];
    }
}
