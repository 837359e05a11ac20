namespace Actions.Container.Tests.Runner;

/// <summary>A step of a job: `id`, `uses: ./…`, `with`, `env`. Values may hold expressions.</summary>
internal sealed record Step(string Id, string Uses, IReadOnlyDictionary<string, string> With)
{
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    /// <summary>Leaves the container behind for a look at it: the runner's line without `--rm`.</summary>
    public bool IsKept { get; init; }
}
