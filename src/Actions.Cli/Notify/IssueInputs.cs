using System.Text.RegularExpressions;
using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.GitHub;
using Actions.Core.Inputs;
using Actions.Core.Ledger;
using Actions.Core.Notify;
using Actions.Core.Reports;
using Actions.Core.Runner;

namespace Actions.Cli.Notify;

/// <summary>Which issue is kept, and what it says.</summary>
/// <param name="Creators">Whose issues count as ours.</param>
internal sealed partial record IssueInputs(string Key, KeptFindings Findings, IReadOnlyCollection<string> Creators)
{
    private const string Form = "lower-case letters, digits and hyphens, at most 40, such as compliance";

    /// <summary>Null for none, and where a run gave no verdict: then what is known stays.</summary>
    public static IssueInputs? Read(ActionContext context, GitHubAccess? github)
    {
        var inputs = context.Inputs;
        var (creators, files) = (inputs.Lines("trusted-creators"), inputs.Lines("sarif-files"));
        if (inputs.Text("issue") is not { } key)
        {
            return null;
        }

        if (!KeyForm().IsMatch(key))
        {
            inputs.Add(FaultCodes.InputInvalid, "issue", $"Expected a name of {Form} in 'issue'", $"found {PlainText.Quote(key)}", "correct the value");
        }

        RequireToken(inputs, github, "issue");
        inputs.Require("sarif-files", "the files whose findings the issue says");
        return github is not null && ReadFindings(context, files) is { } findings ? new IssueInputs(key, findings, creators.Count > 0 ? creators : [GitHubLedgerOptions.DefaultCreator]) : null;
    }

    public static void RequireToken(InputReader inputs, GitHubAccess? github, string input)
    {
        if (github is null && !inputs.Has("github-token"))
        {
            inputs.Add(FaultCodes.InputMissing, "github-token", $"Expected a token for '{input}'", "found none", $"add `github-token: ${{{{ github.token }}}}` under 'with:', or remove {input}");
        }
    }

    public Task<(IssueDeed Deed, string? Url)> WriteAsync(ActionContext context, GitHubClient client, string release, CancellationToken cancellation)
    {
        var today = DateOnly.FromDateTime(context.Time.GetUtcNow().UtcDateTime);
        var home = context.Environment.Repository is { } repository ? $"{context.Environment.ServerUrl}/{repository}" : null;
        return new KeptIssue(client, Key, Creators).WriteAsync(
            PlainText.Bound($"{release}: findings of {Key}", 200), before => IssuePage.Of(Findings, before, today, home), Findings.All.Count, cancellation);
    }

    private static KeptFindings? ReadFindings(ActionContext context, IEnumerable<string> files)
    {
        List<KeptFinding> all = [];
        foreach (var line in files)
        {
            var path = WorkspacePath.Resolve(context.Environment, line, "sarif-files");
            var file = path.IsOk ? WorkspaceFiles.Read(path.Value, SarifFindings.LongestFile, "sarif-files") : Result<byte[]>.Fail(path.Faults);
            if (!file.IsOk || SarifFindings.Read(file.Value, context.Masker.Safe) is not { } findings)
            {
                context.Partial.Warn(file.IsOk
                    ? new Fault(FaultCodes.FileUnreadable, "Expected a SARIF 2.1.0 file", $"found something else in {PlainText.Quote(line, 200)}", "give the output of verify-program's sarif-file", "sarif-files")
                    : file.Faults[0]);
                return null;
            }

            all.AddRange(findings);
        }

        return new KeptFindings([.. all.OrderBy(finding => finding.Level).ThenBy(finding => finding.Id, StringComparer.Ordinal)], StaleLamports(context));
    }

    /// <summary>As the first report says that knows; a report that cannot be read is complained about where the notice reads it.</summary>
    private static ulong? StaleLamports(ActionContext context)
    {
        foreach (var line in context.Inputs.Lines("report"))
        {
            var path = WorkspacePath.Resolve(context.Environment, line, "report");
            var file = path.IsOk ? WorkspaceFiles.Read(path.Value, NotifyInputs.LongestReport, "report") : Result<byte[]>.Fail(path.Faults);
            if (file.IsOk && RunReport.TryFromJson(file.Value)?.Outputs.GetValueOrDefault("stale-lamports") is { } text && InputGrammar.Number(text) is { } lamports)
            {
                return lamports;
            }
        }

        return null;
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,39}\z")]
    private static partial Regex KeyForm();
}
