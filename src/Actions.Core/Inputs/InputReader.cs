using Actions.Core.Faults;
using Actions.Core.Runner;
using Actions.Core.Secrets;

namespace Actions.Core.Inputs;

/// <summary>Reads the inputs of an action and collects everything that is wrong with them, to be said at once.</summary>
/// <remarks>
/// Every getter returns null when the input is absent and also when it is at fault; the caller adds its default and goes on, and
/// <see cref="Finish{T}"/> decides in the end. Hyphens stay: `program-id` arrives as `INPUT_PROGRAM-ID`
/// (actions/runner, src/Runner.Worker/Handlers/Handler.cs, AddInputsToEnvironment).
/// </remarks>
public sealed partial class InputReader(RunnerEnvironment environment, Masker masker)
{
    private readonly List<Fault> faults = [];
    private readonly SortedSet<string> names = new(StringComparer.Ordinal);

    public IReadOnlyList<Fault> Faults => faults;

    /// <summary>Every input asked for so far: what the contract's declaration is tested against.</summary>
    public IReadOnlyCollection<string> Names => names;

    /// <summary>What a release file gives for inputs that are absent; an explicit input wins.</summary>
    public IReadOnlyDictionary<string, string> Supplied { get; set; } = new Dictionary<string, string>();

    /// <summary>How references to secrets providers are followed; set before the first input that may hold one is read.</summary>
    public ProviderSettings Providers { get; internal set; } = ProviderSettings.None;

    public bool InContainerAction => environment.InContainerAction;

    internal RunnerEnvironment Environment => environment;

    internal Masker Masker => masker;

    public void Add(Fault fault) => faults.Add(fault);

    public void Add(FaultCode code, string input, string expected, string found, string remedy) =>
        faults.Add(new Fault(code, expected, found, remedy, input));

    /// <summary>The value that all inputs together make, unless any of them is at fault or still has to be asked for (<see cref="Awaited"/>).</summary>
    public Result<T> Finish<T>(Func<T> make) =>
        faults.Any(fault => fault.Severity == Severity.Error) ? Result<T>.Fail(faults)
        : awaited.Count > 0 ? NotAskedYet
        : make();

    /// <summary>Refuses inputs whose names are fixed and whose features come later: being ignored could switch a gate off.</summary>
    public void NotYet(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Has(name))
            {
                Add(FaultCodes.InputUnknownValue, name, $"Expected no input '{name}' in this version", "found one", "remove it; the changelog says when it arrives");
            }
        }
    }

    public bool Has(string name) => Raw(name) is not null;

    /// <summary>Complains when an input is absent; says nothing about its form.</summary>
    public bool Require(string name, string purpose)
    {
        if (Has(name))
        {
            return true;
        }

        Add(FaultCodes.InputMissing, name, $"Expected the input '{name}' ({purpose})", "found nothing", $"add '{name}:' under 'with:'");
        return false;
    }

    private T? Take<T>(Result<T> result)
        where T : class
    {
        faults.AddRange(result.Faults.Where(fault => fault != NotAskedYet));
        return result.IsOk ? result.Value : null;
    }

    private string? Raw(string name)
    {
        names.Add(name);
        var variable = $"INPUT_{name.Replace(' ', '_').ToUpperInvariant()}";
        var text = environment[variable]?.Trim() is { Length: > 0 } given ? given : Supplied.GetValueOrDefault(name)?.Trim();
        return text is { Length: > 0 } ? text : null;
    }
}
