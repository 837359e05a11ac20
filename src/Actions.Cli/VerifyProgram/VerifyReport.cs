using System.Globalization;
using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Rpc;
using Actions.Core.Runner;
using Actions.Core.Solana;

namespace Actions.Cli.VerifyProgram;

/// <summary>Says what the verification of one program found: outputs, annotations and summary.</summary>
/// <param name="changed">Called whenever there is more to say.</param>
internal sealed class VerifyReport(ActionContext context, VerifyProgramInputs inputs, VerifyTarget target, Action changed)
{
    private VerifyVerdict? verdict;
    private string genesis = "";
    private ulong seenAt;
    private string record = "";

    private Cluster Cluster => inputs.Cluster.Cluster;

    private Address ProgramId => target.Request.ProgramId;

    public VerifyTarget Target => target;

    /// <summary>Null before anything was looked at.</summary>
    public VerifyVerdict? Verdict => verdict;

    public IEnumerable<Fault> Faults => verdict is null ? [] : verdict.Findings.Select(finding => finding.ToFault(verdict.FailOn));

    /// <param name="made">The verdict.</param>
    /// <param name="slot">The slot whose state was judged.</param>
    /// <param name="genesisHash">Of the cluster that answered.</param>
    public void Judged(VerifyVerdict made, ulong slot, string genesisHash)
    {
        (verdict, seenAt, genesis) = (made, slot, genesisHash);
        context.Log.Line($"{(made.IsPositive ? "Verified" : "Not verified")}: {ProgramId} on {Cluster} (genesis {genesis}), seen at slot {Number(seenAt)}.");
        changed();
    }

    public void Recorded(string id)
    {
        record = id;
        changed();
    }

    public IEnumerable<KeyValuePair<string, string>> Outputs()
    {
        yield return new("verified", verdict!.IsPositive ? "true" : "false");
        yield return new("executable-hash", verdict.Running?.ExecutableHash ?? "");
        yield return new("upgrade-authority", verdict.Authority ?? "");
        yield return new("slot", verdict.Running is { } running ? Number(running.Slot) : "");
        yield return new("findings", verdict.Findings.Count.ToString(CultureInfo.InvariantCulture));
        yield return new("record", record);
    }

    public Markdown Summary()
    {
        var made = verdict!;
        var summary = new Markdown().Paragraph(Headline());
        summary.Table(["", "As expected", "Expected", "Found"], made.Checks.Select(check => Row(check, made.FailOn)));
        summary.Table(["", ""], Facts(made));
        if (made.Findings.Count > 0)
        {
            summary.Heading(3, "Findings").Table(
                ["Finding", "Severity", "What it means"],
                made.Findings.Select(finding => new Inline[] { Inline.Code(finding.Kind.Id), finding.Severity == Severity.Error ? "error" : "warning", finding.Kind.Meaning }));
        }

        return summary;
    }

    /// <summary>The verdict in a sentence.</summary>
    public Inline[] Headline() => verdict! switch
    {
        { IsPositive: true, Findings.Count: 0 } => [Inline.Strong("Verified:"), " ", Link(), $" on {Cluster} is what was expected."],
        { IsPositive: true } => [Inline.Strong("Verified, with warnings:"), " ", Link(), $" on {Cluster} is what was expected, but see the findings."],
        { FailOn: FailOn.Never } => [Inline.Strong("Not verified:"), " ", Link(), $" on {Cluster} is not what was expected. The run does not fail for it, because of fail-on: never."],
        _ => [Inline.Strong("Not verified:"), " ", Link(), $" on {Cluster} is not what was expected."],
    };

    /// <summary>The result first: two hashes are wider than a job's page.</summary>
    private static Inline[] Row(VerifyCheck check, FailOn failOn) =>
    [
        check.Name,
        check.Result(failOn) switch
        {
            CheckResult.Skipped => "not compared",
            CheckResult.Failed => Inline.Strong("no"),
            _ => check.Finding is null ? "yes" : "no, which is a warning",
        },
        check.IsCode ? Inline.Code(check.Expected) : check.Expected,
        check is { IsCode: true, IsSkipped: false } ? Inline.Code(check.Found) : check.Found,
    ];

    private IEnumerable<Inline[]> Facts(VerifyVerdict made)
    {
        yield return ["Environment", $"{inputs.Environment} ({Cluster}, genesis {genesis})"];
        yield return ["Seen at", $"slot {Number(seenAt)}, {inputs.Cluster.Commitment.Name()}"];
        if (made.Running is { } running)
        {
            yield return ["Executable hash", Inline.Code(running.ExecutableHash)];
            yield return ["Capacity", string.Create(CultureInfo.InvariantCulture, $"{running.Data.Length:N0} bytes")];
            yield return ["Upgrade authority", running.Authority is { } authority ? Inline.Code(authority.ToString()) : "none: the program is immutable"];
            yield return ["Last deployed or extended", $"slot {Number(running.Slot)}"];
        }

        if (target.Request.Bytes is { Input: not "expected-hash" } expected)
        {
            yield return ["Compared with", target.Release is { } release ? $"{expected.Source} ({release.Name} {release.Version})" : expected.Source];
        }

        yield return ["Record", record.Length > 0 ? Inline.Code(record) : "none"];
    }

    private Inline Link() =>
        Inline.Link(ProgramId.ToString(), Cluster.ExplorerLink(ProgramId, new Uri(inputs.Cluster.Urls[0].ToString())).AbsoluteUri);

    private static string Number(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
