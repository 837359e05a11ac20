namespace Actions.Container.Tests.Runner;

/// <summary>The variables and mounts of a step (src/Runner.Worker/Handlers/ContainerActionHandler.cs).</summary>
internal static class StepEnvironment
{
    public const string Socket = "/var/run/docker.sock";

    /// <summary>In the order of the command line.</summary>
    public static IReadOnlyList<(string Host, string Container)> Mounts(Job job) =>
    [
        (Socket, Socket),
        (job.Temp, "/github/runner_temp"),
        (Path.Combine(job.Temp, "_github_home"), "/github/home"),
        (Path.Combine(job.Temp, "_github_workflow"), "/github/workflow"),
        (Path.Combine(job.Temp, "_runner_file_commands"), "/github/file_commands"),
        (job.Workspace, "/github/workspace"),
    ];

    public static IReadOnlyDictionary<string, string> Variables(Job job, ActionFile action, Step step, IReadOnlyDictionary<string, string> fileCommands)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in step.Env)
        {
            variables[name] = Expressions.Evaluate(value, job.Contexts);
        }

        foreach (var (name, value) in Inputs(job, action, step))
        {
            variables[$"INPUT_{name.Replace(' ', '_').ToUpperInvariant()}"] = value;
        }

        variables["HOME"] = Path.Combine(job.Temp, "_github_home");
        foreach (var (name, value) in job.Variables)
        {
            variables[name] = value;
        }

        variables["GITHUB_ACTION"] = step.Id;
        foreach (var (name, path) in fileCommands)
        {
            variables[name] = path;
        }

        return variables.ToDictionary(pair => pair.Key, pair => Translate(job, pair.Value));
    }

    /// <summary>What the step gives, also undeclared names (the runner warns and passes them on), and the defaults of what it does not give.</summary>
    public static IReadOnlyDictionary<string, string> Inputs(Job job, ActionFile action, Step step)
    {
        var inputs = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in step.With)
        {
            inputs[name] = Expressions.Evaluate(value, job.Contexts);
        }

        foreach (var (name, value) in action.Inputs)
        {
            inputs.TryAdd(name, Expressions.Evaluate(value, job.Contexts));
        }

        return inputs;
    }

    /// <summary>A value that is, or starts with, a mounted folder is rewritten; the last mapping added wins (src/Runner.Worker/Container/ContainerInfo.cs).</summary>
    internal static string Translate(Job job, string value)
    {
        foreach (var (host, container) in Mounts(job).Reverse())
        {
            if (host != Socket && (value == host || value.StartsWith(host + "/", StringComparison.Ordinal)))
            {
                return container + value[host.Length..];
            }
        }

        return value;
    }
}
