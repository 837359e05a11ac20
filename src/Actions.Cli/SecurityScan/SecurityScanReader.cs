using System.Globalization;
using Actions.Core.Runner;
using Actions.Core.Security;
using Actions.Core.Security.Audits;
using Actions.Core.Security.Images;
using Actions.Core.Security.Reports;
using Actions.Core.Security.Secrets;
using Actions.Core.Security.Workflows;

namespace Actions.Cli.SecurityScan;

/// <summary>Reads everything that a scan is about. It asks nobody and changes nothing.</summary>
internal sealed class SecurityScanReader(SecurityScanInputs inputs, ScanFiles files, ScanEvidence evidence, CancellationToken cancellation)
{
    private const int LongestSource = 1024 * 1024;

    /// <summary>https://docs.github.com/code-security/reference/code-scanning/sarif-support-for-code-scanning, ours included.</summary>
    private const int MostRuns = 20;

    private static readonly string[] UsualPlaces = [".github/workflows", ".github/actions"];

    public void Read()
    {
        Workflows();
        Dependencies();
        Secrets();
        Images();
        Reports();
    }

    private void Workflows()
    {
        List<string> paths = [];
        foreach (var line in inputs.Workflows.Count > 0 ? inputs.Workflows : UsualPlaces)
        {
            var found = files.Find(line, ".yml", ".yaml");
            paths.AddRange(found);
            if (found.Count == 0 && inputs.Workflows.Count > 0)
            {
                evidence.Add([SecurityRules.ReportMissing.At(line, 1, $"found no workflow at {PlainText.Quote(line, 200)}")]);
            }
        }

        paths = [.. paths.Distinct()];
        foreach (var path in paths)
        {
            cancellation.ThrowIfCancellationRequested();
            evidence.Add(files.Read(path, LongestSource) is { IsOk: true } bytes
                ? WorkflowScan.Read(path, bytes.Value, inputs.Surroundings) : [SecurityRules.WorkflowUnreadable.At(path, 1, "found a file that cannot be read", "the file")]);
        }

        evidence.LookedAt(ScanArea.Workflows, Count(paths.Count, "file"));
    }

    private void Dependencies()
    {
        var locks = files.Repository.Paths.Where(AuditFile.IsLockFile).ToList();
        foreach (var path in locks)
        {
            evidence.Add(AuditFile.Read(path, files.TryRead($"{inputs.Audits}/{path}.json", AuditFile.LongestFile)));
        }

        evidence.LookedAt(ScanArea.Dependencies, Count(locks.Count, "lock file"));
    }

    private void Secrets()
    {
        var (searched, large) = (0, 0);
        HashSet<(string, string, string)> known = [];
        foreach (var path in files.Repository.Paths)
        {
            cancellation.ThrowIfCancellationRequested();
            if (files.TryRead(path, SecretSearch.LongestFile) is not { } bytes)
            {
                large++;
                continue;
            }

            var found = SecretSearch.Read(path, bytes);
            known.UnionWith(found.Select(finding => (finding.Rule, finding.Path, finding.Subject)));
            evidence.Add(found);
            searched++;
        }

        if (large > 0)
        {
            evidence.Notes.Add($"{Count(large, "file")} not searched for secrets: larger than {SecretSearch.LongestFile / 1024 / 1024} MiB, links that lead elsewhere, or not there.");
        }

        if (!files.Repository.IsTracked)
        {
            evidence.Notes.Add("Git's list of files was not found, so every file of the folder was searched for secrets and lock files.");
        }

        evidence.LookedAt(ScanArea.Secrets, Count(searched, "file") + History(known));
    }

    private string History(HashSet<(string, string, string)> known)
    {
        if (inputs.History is not { } path)
        {
            return "";
        }

        (int Blobs, IReadOnlyList<ScanFinding> Findings)? history = null;
        if (File.Exists(path.Full))
        {
            using var stream = new BufferedStream(File.OpenRead(path.Full));
            history = GitObjects.Search(stream, finding => known.Contains((finding.Rule, finding.Path, finding.Subject)));
        }

        // A command that failed, or was asked for something else, leaves no version of any file.
        if (history is not { Blobs: > 0 } seen)
        {
            evidence.Add([SecurityRules.ReportMissing.At(path.Relative, 1, "found no output of git cat-file --batch", "the history")]);
            return "";
        }

        evidence.Add(seen.Findings);
        return $" and {Count(seen.Blobs, "version")} of files in the history";
    }

    private void Images()
    {
        List<ActionImage> named = [.. inputs.Images.Select(image => ActionImage.Named(inputs.Caller, image))];
        List<ActionImage> used = [.. Sources(ActionImage.IsOne).Select(source => ActionImage.Read(source.Path, source.Bytes))];
        evidence.Add(named.Concat(used).SelectMany(image => image.Findings));
        var dockerfiles = Sources(DockerfileScan.IsOne).ToList();
        evidence.Add(dockerfiles.SelectMany(source => DockerfileScan.Read(source.Path, source.Bytes)));
        var expected = (named.Count > 0 ? named : used).Select(image => image.Digest).OfType<string>().Distinct().ToList();
        var sboms = 0;
        foreach (var (path, bytes) in Given(inputs.Sboms, SbomFile.LongestFile, ".json"))
        {
            var sbom = SbomFile.Read(bytes, out var problem);
            evidence.Add(sbom?.Compare(path, expected) ?? [SecurityRules.ReportMissing.At(path, 1, $"found {problem}", "the SBOM")]);
            sboms += sbom is null ? 0 : 1;
            evidence.Notes.AddRange(sbom is not null && expected.Count == 0 ? [$"{path} ({sbom.Format}, {Count(sbom.Packages, "package")}) was read and compared with no image: none is given."] : []);
        }

        evidence.LookedAt(ScanArea.Images, $"{Count(dockerfiles.Count, "Dockerfile")}, {Count(expected.Count, "pinned image")}, {Count(sboms, "SBOM")}");
    }

    private void Reports()
    {
        foreach (var (path, bytes) in Given(inputs.Reports, ForeignSarif.LongestFile, ".sarif", ".sarif.json"))
        {
            cancellation.ThrowIfCancellationRequested();
            if (ForeignSarif.Read(path, bytes, out var problem) is { } report)
            {
                evidence.Add(report);
            }
            else
            {
                evidence.Add([SecurityRules.ReportMissing.At(path, 1, $"found {problem}", "the report")]);
            }
        }

        var runs = 1 + evidence.Reports.Sum(report => report.Runs.Count);
        evidence.Notes.AddRange(runs > MostRuns ? [$"The SARIF file has {Count(runs, "run")}; code scanning takes {MostRuns}. Let fewer tools hand in a file, or merge those of one tool."] : []);
    }

    private IEnumerable<(string Path, byte[] Bytes)> Sources(Predicate<string> isOne) =>
        from path in files.Repository.Paths where isOne(path) let bytes = files.TryRead(path, LongestSource) where bytes is not null select (path, bytes);

    /// <summary>What was asked for and is not there must never look like nothing found.</summary>
    private IEnumerable<(string Path, byte[] Bytes)> Given(IReadOnlyList<string> lines, long most, params string[] endings)
    {
        foreach (var line in lines)
        {
            var paths = files.Find(line, endings);
            if (paths.Count == 0)
            {
                evidence.Add([SecurityRules.ReportMissing.At(line, 1, $"found nothing at {PlainText.Quote(line, 200)}", "the report")]);
            }

            foreach (var path in paths)
            {
                if (files.Read(path, most) is { IsOk: true } bytes)
                {
                    yield return (path, bytes.Value);
                }
                else
                {
                    evidence.Add([SecurityRules.ReportMissing.At(path, 1, "found a file that cannot be read", "the report")]);
                }
            }
        }
    }

    private static string Count(int number, string what) => string.Create(CultureInfo.InvariantCulture, $"{number:N0} {what}{(number == 1 ? "" : "s")}");
}
