namespace Actions.Core.Faults;

/// <summary>How a fault weighs: only <see cref="Error"/> decides the exit code.</summary>
public enum Severity
{
    Error,
    Warning,
}

/// <summary>One thing that is wrong: what was expected, what was found instead, and what to do about it.</summary>
/// <param name="Code">The stable code people search for.</param>
/// <param name="Expected">What should have been there.</param>
/// <param name="Found">What was there. Untrusted text must already be bounded.</param>
/// <param name="Remedy">The next thing the reader should do.</param>
/// <param name="Input">The input at fault, when there is one.</param>
public sealed record Fault(FaultCode Code, string Expected, string Found, string Remedy, string? Input = null)
{
    public Severity Severity { get; init; } = Severity.Error;

    /// <summary>The one line a person reads.</summary>
    public string Message => $"{(Expected.Contains("xpected ", StringComparison.Ordinal) ? "" : "Expected ")}{Expected}; {Found}; {Remedy}";

    public Fault AsWarning() => this with { Severity = Severity.Warning };
}

/// <summary>Ends an effect that cannot be completed; caught once, by the action's host.</summary>
/// <remarks>Pure code returns <see cref="Result{T}"/>; code that talks to the world throws this.</remarks>
#pragma warning disable CA1032 // a fault is the whole point of this exception
public sealed class FaultException(IReadOnlyList<Fault> faults) : Exception(string.Join('\n', faults.Select(fault => fault.Message)))
#pragma warning restore CA1032
{
    public FaultException(Fault fault)
        : this([fault])
    {
    }

    public IReadOnlyList<Fault> Faults { get; } = faults;
}
