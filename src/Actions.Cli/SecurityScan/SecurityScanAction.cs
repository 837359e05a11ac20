using Actions.Cli.Hosting;
using Actions.Cli.VerifyProgram;
using Actions.Core.Faults;
using Actions.Core.Reports;
using Actions.Core.Security;

namespace Actions.Cli.SecurityScan;

/// <summary>`security-scan`: one verdict over a repository, from its own files and from what other tools say of it. It needs no network and no permission.</summary>
internal static class SecurityScanAction
{
    /// <summary>A page, and a report, that people read; the SARIF file has all of them.</summary>
    private const int MostFaults = 200;

    public static async Task<ActionOutcome> RunAsync(ActionContext context, CancellationToken cancellation)
    {
        var inputs = await context.ReadAsync(SecurityScanInputs.Read, cancellation);
        var files = new ScanFiles(context.Environment);
        if (files.Repository.Paths.Count == 0)
        {
            throw new FaultException(new Fault(FaultCodes.FileUnreadable, "Expected a repository to scan", "found an empty folder", "check it out in an earlier step", "workflows"));
        }

        using var evidence = new ScanEvidence();
        new SecurityScanReader(inputs, files, evidence, cancellation).Read();
        var findings = ScanFinding.Numbered([.. evidence.Own, .. evidence.Reports.SelectMany(report => report.Runs).SelectMany(run => run.Results).OfType<ScanFinding>()]);
        var verdict = ScanVerdict.Of(findings, inputs.Waivers, DateOnly.FromDateTime(context.Time.GetUtcNow().UtcDateTime));
        if (inputs.Sarif is { } path)
        {
            context.Files.Write(path, SecuritySarif.Write(evidence, verdict, context.Masker.Safe));
        }

        var page = new SecurityPage(evidence, verdict, inputs.FailOn);
        context.Log.Line(page.Headline);
        return new ActionOutcome
        {
            Faults = Faults(verdict, inputs.FailOn),
            Outputs = new OutputSet()
                .Set("clean", page.IsClean)
                .Set("findings", (ulong)verdict.Open.Count)
                .Set("errors", (ulong)verdict.Errors)
                .Set("warnings", (ulong)verdict.Warnings)
                .Set("waived", (ulong)verdict.Waived.Count)
                .Set("sarif", inputs.Sarif?.Relative),
            Summary = page.Markdown(),
        };
    }

    private static List<Fault> Faults(ScanVerdict verdict, FailOn failOn)
    {
        List<Fault> faults = [.. verdict.Open.Take(MostFaults).Select(finding => Of(finding, failOn))];
        if (verdict.Open.Count > MostFaults)
        {
            var rest = verdict.Open.Skip(MostFaults).ToList();
            faults.Add(new Fault(FaultCodes.FindingsOpen, "Expected no more", $"found {rest.Count} more", "see the SARIF file (sarif-file)")
            {
                Severity = rest.Exists(finding => failOn.Fails(finding.Severity)) ? Severity.Error : Severity.Warning,
            });
        }

        return faults;
    }

    private static Fault Of(ScanFinding finding, FailOn failOn) =>
        new(FaultCodes.FindingsOpen, $"{finding.Path}:{finding.Line}: {finding.Expected}", $"{finding.Found} ({finding.FullRule} {finding.Id})", finding.Remedy, InputOf(finding.Area))
        {
            Severity = failOn.Fails(finding.Severity) ? Severity.Error : Severity.Warning,
        };

    private static string? InputOf(ScanArea area) => area switch
    {
        ScanArea.Workflows => "workflows",
        ScanArea.Dependencies => "audits",
        ScanArea.Images => "image",
        ScanArea.Reports => "sarif-files",
        ScanArea.Waivers => "waivers",
        _ => null,
    };
}
