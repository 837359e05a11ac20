using System.Text;
using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Keys;
using Actions.Core.Registry;
using Actions.Core.Runner;

namespace Actions.Cli.SolanaDeploy;

/// <summary>Where it is written down what runs, once all of it runs: the registry, and files of the workspace. A run that finds everything deployed completes it.</summary>
internal sealed record WriteBack(KeyReference? Registry, IReadOnlyList<ConfigFile> Files)
{
    private const string NotTwice = "what is on chain is not deployed twice";

    /// <summary>What to do when it could not be written.</summary>
    public string Again { get; init; } = "run again";

    /// <summary>Whether anything is to be written.</summary>
    public bool IsAsked => Registry is not null || Files.Count > 0;

    /// <param name="programs">The names of the programs that this run may deploy; empty where nothing names the only one.</param>
    public static WriteBack Read(InputReader inputs, RunnerEnvironment environment, IReadOnlyCollection<string> programs)
    {
        List<ConfigFile> files = [];
        foreach (var line in inputs.Lines("config-files"))
        {
            var file = ConfigFile.Read(line, environment, programs.Count > 0 ? programs : [ConfigFile.Nameless]);
            foreach (var fault in file.Faults)
            {
                inputs.Add(fault);
            }

            if (file.IsOk)
            {
                files.Add(file.Value);
            }
        }

        return new WriteBack(inputs.Registry("registry"), files);
    }

    /// <summary>What to say of a run that ended before it came to this; null when nothing was asked for.</summary>
    public Fault? Owed => !IsAsked ? null : new Fault(
        FaultCodes.RegistryFailed, "Expected time to write down what runs", "found that the run was stopped before", $"{Again}: {NotTwice}", Registry is null ? "config-files" : "registry");

    /// <exception cref="FaultException">Something could not be written; the message says that the deploy itself is done.</exception>
    public async Task RunAsync(ActionContext context, string environment, IReadOnlyList<RegistryEntry> entries, CancellationToken cancellation)
    {
        try
        {
            foreach (var file in Files)
            {
                Write(context, file, file.Render(environment, [.. entries.Select(entry => entry.Program == entry.Id.ToString() ? entry with { Program = ConfigFile.Nameless } : entry)]));
            }

            if (Registry is { } place)
            {
                var hasWritten = await context.Secrets.RegisterAsync(place, environment, entries, cancellation);
                context.Log.Line(hasWritten ? $"Registered {entries.Count} programs of {environment} in {place}" : $"{place} says already what runs in {environment}");
            }
        }
        catch (FaultException problem)
        {
            throw new FaultException([.. problem.Faults.Select(fault => fault.Remedy.Contains(NotTwice, StringComparison.Ordinal) ? fault : fault with { Remedy = $"{fault.Remedy}, then {Again}: {NotTwice}" })]);
        }
        catch (OperationCanceledException)
        {
            throw new FaultException(Owed!);
        }
    }

    private static void Write(ActionContext context, ConfigFile file, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        try
        {
            if (WorkspaceFiles.Read(file.Target, ConfigFile.MostBytes) is { IsOk: true } there && there.Value.AsSpan().SequenceEqual(bytes))
            {
                return;
            }

            context.Files.Write(file.Target, bytes);
            context.Log.Line($"Wrote {file.Target}");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new FaultException(new Fault(FaultCodes.RegistryFailed, $"Expected to write {file.Target}", $"found {problem.GetType().Name}", "make it writable", "config-files"));
        }
    }
}
