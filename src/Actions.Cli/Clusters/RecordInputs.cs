using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Fleet;
using Actions.Core.GitHub;
using Actions.Core.Inputs;
using Actions.Core.Ledger;
using Actions.Core.Runner;
using Actions.Core.Store;

namespace Actions.Cli.Clusters;

/// <summary>Where an action keeps records and artifacts, and how it reaches GitHub; common to all actions.</summary>
/// <param name="Ledger">Where records go.</param>
/// <param name="Store">Null for actions that need none, and where the input is at fault.</param>
/// <param name="GitHub">Null where nobody gave a token, or this is no run in a repository.</param>
/// <param name="Creators">Whose records on GitHub count.</param>
public sealed record RecordInputs(RecordPlace Ledger, RecordPlace? Store, GitHubAccess? GitHub, IReadOnlyCollection<string> Creators)
{
    private const string DefaultFolder = "file:.solana-actions";
    private const string Scheme = "file:";

    /// <summary>Null unless the ledger is a folder.</summary>
    public string? LedgerDirectory => (Ledger as RecordPlace.Folder)?.Directory;

    /// <summary>Null unless the store is a folder.</summary>
    public string? StoreDirectory => (Store as RecordPlace.Folder)?.Directory;

    public bool HasLedger => Ledger is not RecordPlace.Nowhere;

    public bool IsLedgerOnGitHub => Ledger is RecordPlace.Repository;

    /// <summary>Reads `ledger`, `store` (where the action has it), `github-token`, `github-api-url` and `trusted-creators`.</summary>
    public static RecordInputs Read(ActionContext context, bool hasStore)
    {
        var (inputs, environment) = (context.Inputs, context.Environment);
        var github = ReadGitHub(inputs, environment);
        var creators = inputs.Lines("trusted-creators");
        return new RecordInputs(
            ReadPlace(inputs, environment, "ledger", "records", github, mayBeNone: true) ?? new RecordPlace.Nowhere(),
            hasStore ? ReadPlace(inputs, environment, "store", "artifacts", github, mayBeNone: false) : null,
            github,
            creators.Count > 0 ? creators : [GitHubLedgerOptions.DefaultCreator]);
    }

    /// <param name="doubt">Hears of records that do not count; null: they are warnings of the run.</param>
    public ILedger OpenLedger(ActionContext context, Action<Fault>? doubt = null) => Ledger switch
    {
        RecordPlace.Folder { Directory: var directory } => new FileLedger(directory, context.Time) { Description = Shown(context.Environment, directory) },
        RecordPlace.Repository => new GitHubLedger(Connect(context)!, new GitHubLedgerOptions
        {
            Ref = context.Environment.Sha,
            RunUrl = context.Environment.RunUrl,
            Creators = Creators,
            Doubt = doubt ?? context.Partial.Warn,
        }),
        _ => new NoLedger(),
    };

    public IStore OpenStore(ActionContext context) => Store switch
    {
        RecordPlace.Folder { Directory: var directory } => new FileStore(directory, context.Time) { Description = Shown(context.Environment, directory) },
        RecordPlace.Repository => new GitHubStore(Connect(context)!, context.Time, context.Partial.Warn),
        _ => throw new InvalidOperationException("This action reads no store."),
    };

    /// <summary>Where the snapshots of fleets are: in the store.</summary>
    public ISnapshots OpenSnapshots(ActionContext context) => Store switch
    {
        RecordPlace.Folder { Directory: var directory } => new FileSnapshots(directory, Shown(context.Environment, directory)),
        RecordPlace.Repository => new GitHubSnapshots(Connect(context)!),
        _ => throw new InvalidOperationException("This action reads no store."),
    };

    /// <summary>In a container this process is root: what it wrote into a store in the workspace belongs to whoever owns the workspace.</summary>
    public void GiveStoreToOwner(ActionContext context)
    {
        if (StoreDirectory is { } directory)
        {
            context.Files.GiveToOwner(FileStore.Written(directory));
        }
    }

    /// <summary>Tells whether the run of an open record is over.</summary>
    public RunProbe Probe(ActionContext context) =>
        Connect(context) is { } client ? RunProbe.Local with { GitHub = new GitHubRuns(client, context.Environment.ServerUrl).ProbeAsync } : RunProbe.Local;

    /// <summary>Who approved this run; null where nobody says.</summary>
    public async Task<IReadOnlyList<Approval>?> ApprovalsAsync(ActionContext context, CancellationToken cancellation) =>
        IsLedgerOnGitHub && Connect(context) is { } client ? await new GitHubRuns(client, context.Environment.ServerUrl).ApprovalsAsync(context.Environment.RunId, cancellation) : null;

    /// <summary>Null where GitHub cannot be asked.</summary>
    public GitHubClient? Connect(ActionContext context) => GitHub is { } access ? new GitHubClient(access, context.Http, context.Time) : null;

    /// <summary>Reads `github-token` and `github-api-url`; null where nobody gave a token, and outside a repository.</summary>
    internal static GitHubAccess? ReadGitHub(InputReader inputs, RunnerEnvironment environment)
    {
        var (text, url) = (inputs.SecretText("github-token"), inputs.Text("github-api-url") ?? environment.ApiUrl);
        var token = text is null ? null : GitHubToken.TryMake(text);
        if (text is not null && token is null)
        {
            inputs.Add(FaultCodes.InputInvalid, "github-token", "Expected a token: one word of plain letters and digits", "found something else (not shown)", "give ${{ github.token }}, or the token of an app");
        }

        var problem = "";
        var access = token is not null && environment.Repository is { } repository ? GitHubAccess.TryMake(url, repository, token, out problem) : null;
        if (problem == "url")
        {
            inputs.Add(
                FaultCodes.InputInvalid, "github-api-url", "Expected the https address of GitHub's API, without a login or a query", $"found {PlainText.Quote(url)}",
                "remove it on github.com; plain http is only for loopback and for host names without a dot");
        }
        else if (problem.Length > 0)
        {
            inputs.Add(FaultCodes.InputInvalid, "ledger", "Expected owner/name in GITHUB_REPOSITORY", $"found {PlainText.Quote(environment.Repository!)}", "run this as a step of a workflow");
        }

        return access;
    }

    private static RecordPlace? ReadPlace(InputReader inputs, RunnerEnvironment environment, string name, string what, GitHubAccess? github, bool mayBeNone)
    {
        switch (inputs.Text(name))
        {
            case "none" when mayBeNone:
                return new RecordPlace.Nowhere();
            case null when inputs.Has(name):
                return null;
            case null when environment.InGitHub && github is not null:
                return new RecordPlace.Repository();
            case null:
                // A token that is of no use because of another input was complained about there.
                if (environment.InGitHub && !inputs.Has("github-token"))
                {
                    inputs.Add(new Fault(
                        FaultCodes.InputMissing, $"Expected '{name}', or a github-token to keep {what} in the repository", $"found neither, so they go to {DefaultFolder} in the workspace",
                        $"leave github-token at its default, or keep that directory (cache or artifact)", name).AsWarning());
                }

                return Folder(inputs, environment, DefaultFolder, name);
            case "github":
                return InRepository(inputs, environment, name, github);
            case var text when text.StartsWith(Scheme, StringComparison.Ordinal) && text.Length > Scheme.Length:
                return Folder(inputs, environment, text, name);
            case var text:
                inputs.Add(FaultCodes.InputUnknownValue, name, $"Expected {(mayBeNone ? "none, github" : "github")} or file:<directory> in '{name}'", $"found {PlainText.Quote(text)}", "use one of them");
                return null;
        }
    }

    private static RecordPlace.Repository? InRepository(InputReader inputs, RunnerEnvironment environment, string name, GitHubAccess? github)
    {
        if (github is not null)
        {
            return new RecordPlace.Repository();
        }

        if (!inputs.Has("github-token"))
        {
            inputs.Add(FaultCodes.InputMissing, "github-token", $"Expected a token for {name}: github", "found none", "add `github-token: ${{ github.token }}` under 'with:'");
        }
        else if (environment.Repository is null)
        {
            inputs.Add(FaultCodes.InputMissing, name, $"Expected GITHUB_REPOSITORY for {name}: github", "found none", "run this as a step of a workflow, or set it to owner/name");
        }

        return null;
    }

    private static RecordPlace.Folder? Folder(InputReader inputs, RunnerEnvironment environment, string text, string name)
    {
        var path = WorkspacePath.Resolve(environment, text[Scheme.Length..], name);
        foreach (var fault in path.Faults)
        {
            inputs.Add(fault);
        }

        return path.IsOk ? new RecordPlace.Folder(path.Value.Full) : null;
    }

    private static string Shown(RunnerEnvironment environment, string directory) =>
        Path.GetRelativePath(environment.Workspace, directory) is var relative && relative.StartsWith("..", StringComparison.Ordinal) ? $"{Scheme}{directory}" : $"{Scheme}{relative}";
}
