namespace Actions.Container.Tests.Tools;

/// <summary>A test that needs a Docker engine and our images. Without them it is skipped and says so, unless REQUIRE_CONTAINER=1.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ContainerFactAttribute : FactAttribute
{
    public ContainerFactAttribute() => Skip = Engine.SkipReason;
}

/// <summary>The same for a table.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ContainerTheoryAttribute : TheoryAttribute
{
    public ContainerTheoryAttribute() => Skip = Engine.SkipReason;
}
