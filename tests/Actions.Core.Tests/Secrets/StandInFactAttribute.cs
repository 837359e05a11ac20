namespace Actions.Core.Tests.Secrets;

/// <summary>A test that needs a Vault which misbehaves on request.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class StandInFactAttribute : FactAttribute
{
    public StandInFactAttribute() => Skip = StandInTheoryAttribute.Reason;
}

[AttributeUsage(AttributeTargets.Method)]
public sealed class StandInTheoryAttribute : TheoryAttribute
{
    internal static readonly string? Reason = Environment.GetEnvironmentVariable("VAULT_ADDR") is { Length: > 0 } ? "A real Vault (VAULT_ADDR) does not misbehave on request." : null;

    public StandInTheoryAttribute() => Skip = Reason;
}
