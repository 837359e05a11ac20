namespace Actions.Core.Metadata;

/// <summary>Whether the IDL must be on chain.</summary>
public enum IdlRule
{
    Off,

    /// <summary>A warning where there is none.</summary>
    Warn,
    Require,
}
