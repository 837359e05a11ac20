using Actions.Core.Faults;
using Actions.Core.Runner;

namespace Actions.Cli.Doctor;

/// <summary>How one check ended; the worst comes first.</summary>
internal enum CheckState
{
    Failed,
    Warning,

    /// <summary>What it needs could not be had; the check that looked for that says why.</summary>
    NotChecked,

    Ok,
}

/// <summary>One check and what it came to.</summary>
/// <param name="Name">What a person calls it; no two checks share one.</param>
/// <param name="Found">What was found, fit for a page.</param>
internal sealed record CheckResult(string Name, CheckState State, string Found, IReadOnlyList<Fault> Faults)
{
    public string Verdict => State switch
    {
        CheckState.Failed => "failed",
        CheckState.Warning => "warning",
        CheckState.NotChecked => "not checked",
        _ => "ok",
    };

    /// <summary>Of a check that never came to an end, or never began.</summary>
    public static CheckResult NotChecked(string name, string why) => new(name, CheckState.NotChecked, why, []);
}

/// <summary>What a check writes down while it looks.</summary>
/// <param name="safe">Makes a text fit to be shown: without secrets, bounded.</param>
internal sealed class CheckNotes(Func<string, int, string> safe)
{
    private const int Longest = 400;

    private readonly List<string> found = [];
    private readonly List<Fault> faults = [];

    public bool HasErrors => faults.Exists(fault => fault.Severity == Severity.Error);

    public void Found(string text) => found.Add(PlainText.CleanLine(safe(text, Longest)));

    public void Add(Fault fault) => faults.Add(fault);

    public void Add(IEnumerable<Fault> more) => faults.AddRange(more);

    public void Warn(Fault fault) => faults.Add(fault.AsWarning());

    public CheckResult ToResult(string name) => new(
        name, HasErrors ? CheckState.Failed : faults.Count > 0 ? CheckState.Warning : CheckState.Ok, string.Join("; ", found), [.. faults.Distinct()]);
}

/// <summary>A check cannot be made, because what it needs is missing; another check says why.</summary>
#pragma warning disable CA1032 // made and caught in this folder only
internal sealed class NotCheckableException(string why) : Exception(why);
#pragma warning restore CA1032
