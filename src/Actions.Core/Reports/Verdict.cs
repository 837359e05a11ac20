using Actions.Core.Faults;

namespace Actions.Core.Reports;

/// <summary>Which exit code a run ends with when several things are wrong.</summary>
public static class Verdict
{
    /// <summary>A bug and a cancellation say the most; then the contract's order.</summary>
    private static readonly ExitCode[] Precedence =
    [
        ExitCode.Bug, ExitCode.Cancelled, ExitCode.Input, ExitCode.Refused, ExitCode.Secret, ExitCode.Unavailable, ExitCode.Verdict,
    ];

    public static ExitCode Of(IEnumerable<Fault> faults)
    {
        var codes = faults.Where(fault => fault.Severity == Severity.Error).Select(fault => fault.Code.Exit).ToHashSet();
        foreach (var code in Precedence)
        {
            if (codes.Contains(code))
            {
                return code;
            }
        }

        return ExitCode.Done;
    }
}
