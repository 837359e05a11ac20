using Actions.Core.Faults;

namespace Actions.Core.Security;

/// <summary>Every rule there is; docs/security-scan.md says the same. Ids are forever: add, never rename.</summary>
public static class SecurityRules
{
    public static readonly SecurityRule ActionUnpinned = new(
        "action-unpinned", Severity.Error, ScanArea.Workflows, "A workflow runs an action, or calls a workflow, by a name that somebody else can point elsewhere.",
        "Expected the 40 hex digits of a commit after the @", "write the commit's SHA, with the version in a comment; Dependabot keeps both up to date");

    public static readonly SecurityRule ScriptInjection = new(
        "script-injection", Severity.Error, ScanArea.Workflows, "A script holds an expression whose value others choose: it is executed, not quoted.",
        "Expected a script without expressions of what others choose", "give the value in 'env:' of the step and use it as \"$NAME\"");

    public static readonly SecurityRule SecretInScript = new(
        "secret-in-script", Severity.Error, ScanArea.Workflows, "A secret is written into the text of a script, and with it into a file on the runner.",
        "Expected a script without secrets in its text", "give the secret in 'env:' of the step and use it as \"$NAME\"");

    public static readonly SecurityRule SecretInBuild = new(
        "secret-in-build", Severity.Error, ScanArea.Workflows, "Code of dependencies runs in a job that holds a secret: build scripts, macros and install scripts can read it.",
        "Expected a job that builds to hold no secret", "build in a job without secrets, and deploy what it made in another one");

    public static readonly SecurityRule DeployUnprotected = new(
        "deploy-unprotected", Severity.Error, ScanArea.Workflows, "A job that changes a program on mainnet-beta names no environment, so nobody has to approve it.",
        "Expected 'environment:' on a job that deploys to mainnet-beta", "name an environment with required reviewers, and keep its keys as secrets of that environment");

    public static readonly SecurityRule Rebuilt = new(
        "rebuilt", Severity.Error, ScanArea.Workflows, "A program is deployed to another cluster from files of this workflow instead of the bytes that ran before.",
        "Expected the bytes that were tried on the cluster before", "store the build with promote-artifact, and give its output 'manifest' to solana-deploy");

    public static readonly SecurityRule DeployCancelled = new(
        "deploy-cancelled", Severity.Error, ScanArea.Workflows, "The next run cancels a deploy that is under way.",
        "Expected a deploy that ends before the next one begins", "set 'cancel-in-progress: false' and 'queue: max' in its concurrency");

    public static readonly SecurityRule PermissionsMissing = new(
        "permissions-missing", Severity.Warning, ScanArea.Workflows, "A job gets whatever the repository's settings give to every token.",
        "Expected 'permissions:' of the workflow or of the job", "write 'permissions: {}' at the top, and what it needs at each job");

    public static readonly SecurityRule PermissionsAll = new(
        "permissions-all", Severity.Error, ScanArea.Workflows, "A token may write everything.",
        "Expected the permissions that are needed, each by its name", "replace write-all by them");

    public static readonly SecurityRule UntrustedCheckout = new(
        "untrusted-checkout", Severity.Error, ScanArea.Workflows, "A workflow that has secrets and a token that writes checks out what a stranger proposes.",
        "Expected a workflow with secrets to check out its own branch only", "use pull_request, or split it: one workflow without secrets looks at the code, another one acts on its result");

    public static readonly SecurityRule CredentialsKept = new(
        "credentials-kept", Severity.Warning, ScanArea.Workflows, "A checkout leaves its token in the repository's configuration, where what is built can read it.",
        "Expected 'persist-credentials: false' at a checkout in a job that builds", "add it under 'with:'");

    public static readonly SecurityRule SecretsInherited = new(
        "secrets-inherited", Severity.Error, ScanArea.Workflows, "Every secret of the repository is handed to a workflow of somebody else.",
        "Expected secrets by their names for a workflow of others", "list those it needs under 'secrets:'");

    public static readonly SecurityRule RunnerShared = new(
        "runner-shared", Severity.Warning, ScanArea.Workflows, "What a stranger proposes runs on a machine of yours that stays afterwards.",
        "Expected a runner that is thrown away for a workflow that strangers can start", "use a GitHub-hosted runner for pull requests");

    public static readonly SecurityRule WorkflowUnreadable = new(
        "workflow-unreadable", Severity.Error, ScanArea.Workflows, "A workflow cannot be read, so nothing is known of it.",
        "Expected a workflow as GitHub reads it", "correct the file");

    public static readonly SecurityRule DependencyVulnerable = new(
        "dependency-vulnerable", Severity.Error, ScanArea.Dependencies, "A dependency has a known vulnerability; one that is rated low or moderate is a warning.",
        "Expected dependencies without known vulnerabilities", "update it, or waive it with a reason and a date");

    public static readonly SecurityRule DependencyUnmaintained = new(
        "dependency-unmaintained", Severity.Warning, ScanArea.Dependencies, "A dependency is unmaintained, unsound or yanked.",
        "Expected dependencies that somebody looks after", "replace it, or waive it with a reason and a date");

    public static readonly SecurityRule AuditMissing = new(
        "audit-missing", Severity.Error, ScanArea.Dependencies, "There is a lock file and no audit of it that can be used.",
        "Expected an audit of every lock file", "let the ecosystem's audit write its JSON, or waive the lock file with a reason and a date");

    public static readonly SecurityRule KeypairCommitted = new(
        "keypair-committed", Severity.Error, ScanArea.Secrets, "A Solana key pair stands in the repository: whoever can read it can sign with it.",
        "Expected no key in the repository", "move what the key holds to a new one now, then remove it; its history keeps it");

    public static readonly SecurityRule RpcUrlCommitted = new(
        "rpc-url-committed", Severity.Error, ScanArea.Secrets, "The address of an RPC endpoint stands in the repository with its credential.",
        "Expected no RPC URL with a credential in the repository", "make a new credential, withdraw this one, and read the URL from a secret");

    public static readonly SecurityRule VaultTokenCommitted = new(
        "vault-token-committed", Severity.Error, ScanArea.Secrets, "A token of HashiCorp Vault stands in the repository.",
        "Expected no token in the repository", "revoke it, and log in with the job's OIDC identity instead");

    public static readonly SecurityRule ImageUnpinned = new(
        "image-unpinned", Severity.Warning, ScanArea.Images, "An image is named by a tag, which can be moved to other bytes.",
        "Expected an image by its digest", "write name:tag@sha256:…; Dependabot keeps both up to date");

    public static readonly SecurityRule ImageMismatch = new(
        "image-mismatch", Severity.Error, ScanArea.Images, "A list of contents is not of the image that is used.",
        "Expected an SBOM of the image that is used", "make it of that digest");

    public static readonly SecurityRule ReportMissing = new(
        "report-missing", Severity.Error, ScanArea.Reports, "A report that the verdict should rest on is not there, or is something else.",
        "Expected every report that was asked for", "look why the tool did not write it");

    public static readonly SecurityRule WaiverExpired = new(
        "waiver-expired", Severity.Warning, ScanArea.Waivers, "A waiver's date has passed, and what it waived counts again.",
        "Expected waivers that have not run out", "mend what it waived, or decide anew and give another date");

    public static readonly IReadOnlyList<SecurityRule> All =
    [
        ActionUnpinned, ScriptInjection, SecretInScript, SecretInBuild, DeployUnprotected, Rebuilt, DeployCancelled, PermissionsMissing, PermissionsAll, UntrustedCheckout,
        CredentialsKept, SecretsInherited, RunnerShared, WorkflowUnreadable, DependencyVulnerable, DependencyUnmaintained, AuditMissing, KeypairCommitted, RpcUrlCommitted,
        VaultTokenCommitted, ImageUnpinned, ImageMismatch, ReportMissing, WaiverExpired,
    ];
}
