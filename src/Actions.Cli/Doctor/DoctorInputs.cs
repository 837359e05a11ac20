using Actions.Cli.Clusters;
using Actions.Cli.Hosting;
using Actions.Cli.SolanaDeploy;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Releases;
using Actions.Core.Runner;
using Actions.Core.Solana;

namespace Actions.Cli.Doctor;

/// <summary>The inputs of `doctor` that are there before anything is asked; keys and addresses that hold secrets are read by the checks that need them.</summary>
internal sealed record DoctorInputs
{
    /// <summary>Inputs that checks read themselves, so that one that cannot be read hides no other.</summary>
    private static readonly string[] OfChecks =
        ["rpc-url", "payer", "upgrade-authority", "program-keypair", "buffer-authority", "slack-webhook-url", "pagerduty-routing-key", "pagerduty-url", "webhook-url", "webhook-template"];

    private static readonly TimeSpan DefaultCheckTimeout = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan DefaultMaxKeyAge = TimeSpan.FromDays(90);

    /// <summary>Null without a release file.</summary>
    public required ReleaseScope? Scope { get; init; }

    public required Cluster Cluster { get; init; }

    public required string Environment { get; init; }

    public required RecordInputs Records { get; init; }

    public required IReadOnlyList<DoctorProgram> Programs { get; init; }

    public required TimeSpan Timeout { get; init; }

    public required TimeSpan CheckTimeout { get; init; }

    public required int Attempts { get; init; }

    /// <summary>Null: propose where a vault is the authority, else deploy.</summary>
    public required DeployMode? Mode { get; init; }

    public required PriorityFee PriorityFee { get; init; }

    public required ulong MaxPriorityFee { get; init; }

    public required ulong? MaxSpend { get; init; }

    public required ulong MinDeploys { get; init; }

    public required TimeSpan MaxKeyAge { get; init; }

    /// <summary>What the plan of a release was made for; null where nobody said.</summary>
    public required Address? PayerAddress { get; init; }

    public required Address? AuthorityAddress { get; init; }

    /// <summary>Whether an environment without protection stops a release.</summary>
    public required bool RequiresProtection { get; init; }

    public required bool IsDryRun { get; init; }

    public ReleaseGates Gates => Scope?.Environment.Gates ?? new ReleaseGates();

    public static Result<DoctorInputs> Read(ActionContext context)
    {
        var inputs = context.Inputs;
        var scope = ReleaseScope.Read(inputs);
        if (scope is not null || !inputs.Has("release-file"))
        {
            inputs.Require("cluster", "the cluster to work on: mainnet-beta, testnet, devnet or localnet");
        }

        inputs.Require("payer", "the key that pays and writes the buffer");
        var cluster = inputs.Cluster();
        _ = inputs.Choice("commitment", ("confirmed", true), ("finalized", true));
        _ = OfChecks.Count(inputs.Has);
        var (timeout, checkTimeout) = (Duration(inputs, "timeout") ?? TimeSpan.FromMinutes(30), Duration(inputs, "check-timeout") ?? DefaultCheckTimeout);
        var attempts = inputs.Number("attempts", 1, 10) ?? 1;
        var mode = inputs.Choice("mode", ("deploy", DeployMode.Deploy), ("buffer", DeployMode.Buffer), ("propose", DeployMode.Propose), ("export", DeployMode.Export));
        var (price, highest) = SolanaDeployInputs.ReadPrice(inputs);
        var maxSpend = inputs.Sol("max-spend");
        var minDeploys = inputs.Number("min-deploys", 0, 1_000_000) ?? 3;
        var maxKeyAge = inputs.Duration("max-key-age") ?? DefaultMaxKeyAge;
        var (payer, authority) = (inputs.Address("payer-address"), inputs.Address("authority-address"));
        var requiresProtection = inputs.Flag("require-protected-environment");
        var isDryRun = inputs.Flag("dry-run") ?? false;
        var programs = DoctorProgram.Read(inputs, scope);
        var records = RecordInputs.Read(context, hasStore: true);
        var environment = CommonInputs.Environment(inputs, cluster, records.LedgerDirectory);
        return inputs.Finish(() => new DoctorInputs
        {
            Scope = scope,
            Cluster = cluster!,
            Environment = environment,
            Records = records,
            Programs = programs,
            Timeout = timeout,
            CheckTimeout = checkTimeout,
            Attempts = (int)attempts,
            Mode = mode,
            PriorityFee = price,
            MaxPriorityFee = highest,
            MaxSpend = maxSpend,
            MinDeploys = minDeploys,
            MaxKeyAge = maxKeyAge,
            PayerAddress = payer,
            AuthorityAddress = authority ?? DeclaredAuthority(inputs, scope),
            RequiresProtection = requiresProtection ?? (cluster == Cluster.MainnetBeta && records.IsLedgerOnGitHub),
            IsDryRun = isDryRun,
        });
    }

    /// <summary>The release file's, where it names an address and an input gives the key.</summary>
    private static Address? DeclaredAuthority(InputReader inputs, ReleaseScope? scope) =>
        inputs.Has("upgrade-authority") && Address.TryParse(scope?.Environment.UpgradeAuthority, out var declared) ? declared : null;

    private static TimeSpan? Duration(InputReader inputs, string name)
    {
        var time = inputs.Duration(name);
        if (time is { } given && (given <= TimeSpan.Zero || given > TimeSpan.FromDays(1)))
        {
            inputs.Add(FaultCodes.InputInvalid, name, $"Expected a duration of more than nothing and at most 1d in '{name}'", $"found {given}", "give a duration such as 30m");
        }

        return time;
    }
}

/// <summary>A program that a release would bring here.</summary>
/// <param name="Name">The release file's; null without one.</param>
/// <param name="Id">Null for one that only a key names.</param>
internal sealed record DoctorProgram(string? Name, Address? Id)
{
    /// <summary>The key reference of a program that may have to be created, as the input has it; null without one.</summary>
    public string? KeyReference { get; init; }

    public string Shown => Name ?? Id?.ToString() ?? "program-keypair";

    /// <summary>None is no mistake: then there is only the environment to look at.</summary>
    public static IReadOnlyList<DoctorProgram> Read(InputReader inputs, ReleaseScope? scope)
    {
        var given = inputs.Address("program-id");
        var lines = inputs.Lines("program-keypair");
        if (scope is null)
        {
            return given is null && lines.Count == 0 ? [] : [new DoctorProgram(null, given) { KeyReference = lines.Count > 0 ? string.Join('\n', lines) : null }];
        }

        var keys = scope.Programs is [var single] && lines.Count > 0 && !lines[0].StartsWith($"{single.Name}=", StringComparison.Ordinal)
            ? new Dictionary<string, string> { [single.Name] = string.Join('\n', lines) }
            : inputs.Map("program-keypair").ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        foreach (var name in keys.Keys.Where(name => scope.Programs.All(program => program.Name != name)))
        {
            inputs.Add(FaultCodes.InputUnknownValue, "program-keypair", $"Expected names of programs in 'program-keypair': {string.Join(", ", scope.Programs.Select(program => program.Name))}", $"found {PlainText.Quote(name)}", "correct it");
        }

        List<DoctorProgram> all =
        [
            .. from program in scope.Programs
               let id = scope.Programs.Count == 1 ? given ?? scope.IdOf(program) : scope.IdOf(program)
               where id is not null || keys.ContainsKey(program.Name)
               select new DoctorProgram(program.Name, id) { KeyReference = keys.GetValueOrDefault(program.Name) },
        ];
        var chosen = given is null ? all : all.FindAll(program => program.Id == given);
        if (given is not null && chosen.Count == 0)
        {
            inputs.Add(FaultCodes.InputConflict, "program-id", $"Expected one of the program-ids of {PlainText.Quote(scope.Environment.Name)} in the release file", $"found {given}, which is none of them", "add it to the file, or remove release-file");
        }

        return chosen;
    }
}
