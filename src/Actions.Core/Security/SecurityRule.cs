using Actions.Core.Faults;

namespace Actions.Core.Security;

/// <summary>What a scan looks at; findings are added up by it.</summary>
public enum ScanArea
{
    Workflows,
    Dependencies,
    Secrets,
    Images,

    /// <summary>What other tools say.</summary>
    Reports,
    Waivers,
}

/// <summary>One kind of thing that a scan can find.</summary>
/// <param name="Id">Stable: it is the rule id of the SARIF file, and what waivers name.</param>
/// <param name="Meaning">In one sentence.</param>
/// <param name="Expected">What should have been there.</param>
/// <param name="Remedy">What to do.</param>
public sealed record SecurityRule(string Id, Severity Severity, ScanArea Area, string Meaning, string Expected, string Remedy)
{
    /// <param name="subject">What tells two findings of the rule in one file apart, other than the line; what was found, when null.</param>
    public ScanFinding At(string path, int line, string found, string? subject = null) =>
        new(ScanFinding.OwnTool, Id, Severity, Area, path, line, Expected, found, Remedy, subject ?? found);

    public override string ToString() => Id;
}
