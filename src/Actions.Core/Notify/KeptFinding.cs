namespace Actions.Core.Notify;

/// <summary>How bad a finding is; the worst comes first.</summary>
public enum FindingLevel
{
    Error,
    Warning,
    Note,
}

/// <summary>A finding as a SARIF file tells it. Texts are cleaned and bounded, and somebody else's.</summary>
/// <param name="Id">The same in every run that finds it.</param>
/// <param name="Rule">The kind of finding.</param>
/// <param name="Text">What was expected and found.</param>
/// <param name="Remedy">What to do; null where the file does not say it apart.</param>
/// <param name="File">A path in the repository, as a URL writes it; null without one.</param>
public sealed record KeptFinding(string Id, string Rule, FindingLevel Level, string Text, string? Remedy, string? File, int Line);

/// <summary>All findings of a run, the worst first.</summary>
/// <param name="StaleLamports">In forgotten buffers; null where nobody looked.</param>
public sealed record KeptFindings(IReadOnlyList<KeptFinding> All, ulong? StaleLamports)
{
    public int Count(FindingLevel level) => All.Count(finding => finding.Level == level);
}
