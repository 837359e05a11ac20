using Actions.Core.Releases;

namespace Actions.Core.Gates;

/// <summary>The gates that hold for one promotion.</summary>
public sealed record GateRules
{
    public TimeSpan MinSoak { get; init; }

    public bool RequireSmoke { get; init; } = true;

    public bool RequireVerified { get; init; } = true;

    public string? Phrase { get; init; }

    public IReadOnlyList<string> Checks { get; init; } = [];

    public SecurityGate? Security { get; init; }

    public ApprovalGate? Approvals { get; init; }

    /// <summary>Nobody was asked yet: approvals are a warning, and judged by the step before the deploy.</summary>
    public bool ApprovalsComeLater { get; init; }

    public IReadOnlyList<FreezeWindow> Freeze { get; init; } = [];

    public ChangeWindow? Window { get; init; }

    public bool RequireProtectedEnvironment { get; init; }

    public bool AllowDowngrade { get; init; }

    public bool AllowUndone { get; init; }

    /// <summary>Of what the file and the inputs say the stricter holds; the default only where both are silent.</summary>
    public static GateRules Stricter(ReleaseGates file, ExplicitGates inputs, TimeSpan defaultSoak) => new()
    {
        MinSoak = Longer(file.MinSoak, inputs.MinSoak) ?? defaultSoak,
        RequireSmoke = Either(file.Smoke, inputs.RequireSmoke) ?? true,
        RequireVerified = Either(file.Verified, inputs.RequireVerified) ?? true,
        Phrase = file.Phrase,
        Checks = file.Checks,
        Security = file.Security,
        Approvals = file.Approvals,
        Freeze = file.Freeze,
        Window = file.Window,
    };

    private static TimeSpan? Longer(TimeSpan? one, TimeSpan? two) => one > two ? one : two ?? one;

    private static bool? Either(bool? one, bool? two) => one is null && two is null ? null : one == true || two == true;
}

/// <summary>The gates that inputs set; null where they are silent.</summary>
public sealed record ExplicitGates(TimeSpan? MinSoak, bool? RequireSmoke, bool? RequireVerified);
