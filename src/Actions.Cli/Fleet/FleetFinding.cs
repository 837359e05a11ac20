using Actions.Cli.VerifyProgram;
using Actions.Core.Faults;
using Actions.Core.Fleet;

namespace Actions.Cli.Fleet;

/// <summary>One thing that is wrong with a fleet.</summary>
/// <param name="Subject">What it is about: a program's name, an address, an environment.</param>
/// <param name="Place">Where the fleet or release file says what was expected.</param>
/// <param name="IsOfProgram">Whether the subject is the name of a program.</param>
internal sealed record FleetFinding(FindingKind Kind, Severity Severity, string Subject, FleetPlace Place, string Expected, string Found, string Remedy, bool IsOfProgram = false)
{
    /// <summary>The same in every run that finds it.</summary>
    public string Id => $"{Kind.Id}/{Subject}";

    /// <summary>The fault it is reported as; it is an error when the run fails for it.</summary>
    public Fault ToFault(FailOn failOn) => new(Kind.Code, $"{Place.File}:{Place.Line}: {Expected}", $"{Found} ({Kind.Id})", Remedy, FleetInputs.FileInput)
    {
        Severity = failOn.Fails(Severity) ? Severity.Error : Severity.Warning,
    };
}
