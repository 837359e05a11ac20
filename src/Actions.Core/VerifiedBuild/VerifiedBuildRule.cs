namespace Actions.Core.VerifiedBuild;

/// <summary>Whether the upgrade authority must say on chain what the program was built from.</summary>
public enum VerifiedBuildRule
{
    Off,

    /// <summary>A warning where it does not.</summary>
    Warn,
    Require,
}
