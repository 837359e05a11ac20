using Actions.Core.Faults;

namespace Actions.Core.Gates;

public enum GateState
{
    Met,
    Unmet,

    /// <summary>Nobody can tell, which is as good as unmet.</summary>
    Unknowable,

    /// <summary>Met, and still worth a look.</summary>
    Warned,
}

/// <summary>One line of the checklist.</summary>
/// <param name="Gate">What a person calls it.</param>
/// <param name="Expected">What must be so.</param>
/// <param name="Found">What is so.</param>
public sealed record GateResult(string Gate, GateState State, string Expected, string Found)
{
    public string Remedy { get; init; } = "";

    /// <summary>When an unmet gate is met by the passing of time alone; null when time does not help, or nobody can tell.</summary>
    public DateTimeOffset? Earliest { get; init; }

    /// <summary>The input it is set by, when there is one.</summary>
    public string? Input { get; init; }

    /// <summary>The code a warning has; an error's follows from the state.</summary>
    public FaultCode? WarningCode { get; init; }

    /// <summary>The code an unmet gate has when there is a better one than `gate-unmet`.</summary>
    public FaultCode? ErrorCode { get; init; }

    public bool IsOpen => State is GateState.Met or GateState.Warned;

    public static GateResult Met(string gate, string expected, string found) => new(gate, GateState.Met, expected, found);

    public static GateResult Unmet(string gate, string expected, string found, string remedy, string? input = null) =>
        new(gate, GateState.Unmet, expected, found) { Remedy = remedy, Input = input };

    public static GateResult Unknowable(string gate, string expected, string found, string remedy, string? input = null) =>
        new(gate, GateState.Unknowable, expected, found) { Remedy = remedy, Input = input };

    public static GateResult Warned(string gate, string expected, string found, string remedy, FaultCode? code = null) =>
        new(gate, GateState.Warned, expected, found) { Remedy = remedy, WarningCode = code };

    /// <summary>Null for a gate that is met.</summary>
    public Fault? ToFault() => State switch
    {
        GateState.Met => null,
        GateState.Warned => Fault(WarningCode ?? FaultCodes.GateUnmet).AsWarning(),
        GateState.Unknowable => Fault(FaultCodes.GateUnknowable),
        _ => Fault(ErrorCode ?? FaultCodes.GateUnmet),
    };

    private Fault Fault(FaultCode code) => new(code, $"{Gate}: expected {Expected}", $"found {Found}", Remedy, Input);
}
