namespace Actions.Container.Tests.Runner;

/// <summary>How a step ended, from the runner's side.</summary>
/// <param name="Exit">The exit code of the docker client.</param>
/// <param name="Outputs">What later steps see.</param>
/// <param name="Summary">What GitHub shows; null when the runner dropped it for its size.</param>
/// <param name="Log">What it printed.</param>
/// <param name="Took">From starting the docker client to its end.</param>
/// <param name="Container">Its name.</param>
internal sealed record StepResult(int Exit, IReadOnlyDictionary<string, string> Outputs, string? Summary, StepLog Log, TimeSpan Took, string Container)
{
    public string this[string output] => Outputs.TryGetValue(output, out var value) ? value : throw new KeyNotFoundException($"No output {output}.\n{this}");

    public IReadOnlyList<string> Errors => [.. Log.Annotations.Where(annotation => annotation.Name == "error").Select(annotation => annotation.Properties.GetValueOrDefault("title", ""))];

    /// <summary>All that a failed assertion needs.</summary>
    public override string ToString() =>
        $"exit {Exit} after {Took.TotalSeconds:0.0} s\n{string.Join('\n', Log.Shown)}\n{string.Join('\n', Outputs.Select(pair => $"{pair.Key}={pair.Value}"))}\n{Summary}";
}
