namespace Actions.Core.Smoke;

/// <summary>A spec whose every part can be used.</summary>
/// <param name="Path">As it is shown.</param>
/// <param name="Sha256">Of the file, for the record.</param>
/// <param name="Checks">In the file's order; an order in which they can run is <see cref="SmokeOrder"/>'s.</param>
public sealed record SmokeSpec(string Path, string Sha256, SmokeLimits Limits, IReadOnlyList<SmokeCheck> Checks)
{
    public const int CurrentVersion = 1;
    public const int LongestFile = 512 * 1024;
}

/// <param name="Availability">The least share of rounds that must pass, of every check.</param>
/// <param name="P95">What 95 of 100 answers to every http check must not exceed.</param>
public sealed record SmokeLimits(double? Availability, TimeSpan? P95);

/// <summary>One check.</summary>
/// <param name="Line">Where it stands in the file.</param>
public sealed record SmokeCheck(string Name, int Line, SmokeKind Kind)
{
    public int? Attempts { get; init; }

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan? Stage { get; init; }

    public IReadOnlyList<string> DependsOn { get; init; } = [];

    /// <summary>Checks that must have passed before it: `depends-on`, and those whose captures it compares with.</summary>
    public IReadOnlyList<string> Needs { get; init; } = [];

    internal IReadOnlyList<string> Captures { get; init; } = [];

    internal IReadOnlyList<string> Compares { get; init; } = [];
}
