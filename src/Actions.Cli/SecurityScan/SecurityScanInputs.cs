using Actions.Cli.Hosting;
using Actions.Cli.VerifyProgram;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Runner;
using Actions.Core.Security;
using Actions.Core.Security.Workflows;

namespace Actions.Cli.SecurityScan;

/// <summary>The inputs of `security-scan`.</summary>
/// <param name="Workflows">Files, folders and patterns; empty for the usual places.</param>
/// <param name="Audits">The folder where the audit of `a/package-lock.json` is `a/package-lock.json.json`.</param>
/// <param name="History">What `git cat-file --batch` wrote; null for none.</param>
/// <param name="Images">References of images that SBOMs have to be of.</param>
/// <param name="Caller">The workflow that runs, to show what is of no file.</param>
internal sealed record SecurityScanInputs(
    IReadOnlyList<string> Workflows, WorkflowSurroundings Surroundings, string Audits, WorkspacePath? History, IReadOnlyList<string> Images, IReadOnlyList<string> Sboms,
    IReadOnlyList<string> Reports, WaiverFile Waivers, FailOn FailOn, WorkspacePath? Sarif, string Caller)
{
    public static Result<SecurityScanInputs> Read(ActionContext context)
    {
        var (inputs, environment) = (context.Inputs, context.Environment);
        var (workflows, trusted) = (inputs.Lines("workflows"), inputs.Lines("trusted-actions"));
        var audits = inputs.Path("audits")?.Relative ?? ".solana-actions/audits";
        var history = inputs.Path("history");
        var (images, sboms, reports) = (inputs.Lines("image"), inputs.Lines("sbom-files"), inputs.Lines("sarif-files"));
        var waivers = ReadWaivers(inputs);
        var failOn = inputs.Choice("fail-on", ("error", FailOn.Error), ("warning", FailOn.Warning), ("never", FailOn.Never));
        var sarif = inputs.Path("sarif-file");
        if (trusted.FirstOrDefault(name => name.Split('/') is not [{ Length: > 0 }, { Length: > 0 }] || name.Contains('@', StringComparison.Ordinal)) is { } wrong)
        {
            inputs.Add(FaultCodes.InputInvalid, "trusted-actions", "Expected owner/repository, or owner/*, on each line of 'trusted-actions'", $"found {PlainText.Quote(wrong)}", "leave out the path and the version");
        }

        // Whoever runs this action trusts the tags of the repository that it came from already.
        string[] own = environment["GITHUB_ACTION_REPOSITORY"] is { } repository ? [repository] : [];
        var surroundings = new WorkflowSurroundings(environment.Repository, [.. trusted, .. own], (file, name) => ReleaseClusters.Of(environment, file, name));
        return inputs.Finish(() => new SecurityScanInputs(workflows, surroundings, audits, history, images, sboms, reports, waivers, failOn ?? FailOn.Error, sarif, environment.WorkflowFile ?? ".github/workflows"));
    }

    private static WaiverFile ReadWaivers(InputReader inputs)
    {
        if (inputs.File("waivers", WaiverFile.LongestFile) is not { } file)
        {
            return WaiverFile.None;
        }

        var waivers = WaiverFile.Read(file.Bytes, file.Path.Relative, "waivers");
        foreach (var fault in waivers.Faults)
        {
            inputs.Add(fault);
        }

        return waivers.IsOk ? waivers.Value : WaiverFile.None;
    }
}
