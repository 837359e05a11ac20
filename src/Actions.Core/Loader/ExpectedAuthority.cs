using Actions.Core.Solana;

namespace Actions.Core.Loader;

/// <summary>Who should be able to upgrade a program.</summary>
public abstract record ExpectedAuthority
{
    private ExpectedAuthority()
    {
    }

    public sealed record Any : ExpectedAuthority;

    /// <summary>Nobody: the program is immutable.</summary>
    public sealed record Nobody : ExpectedAuthority;

    public sealed record Exactly(Address Address) : ExpectedAuthority;
}

/// <summary>Whether a program must tell researchers whom to write to.</summary>
public enum SecurityTxtRule
{
    Off,
    Warn,
    Require,
}
