using Actions.Core.Faults;

namespace Actions.Core.Registry;

/// <summary>Where a registry is kept.</summary>
internal interface IRegistryPlace
{
    /// <summary>What a fault calls it.</summary>
    string Name { get; }

    /// <summary>How many characters fit.</summary>
    int Most { get; }

    /// <returns>The text, empty for none, and what a write has to name so that nothing written meanwhile is lost.</returns>
    Task<(string Text, string? Version)> ReadAsync(CancellationToken cancellation);

    /// <returns>False when somebody else wrote since that version.</returns>
    Task<bool> TryWriteAsync(string text, string? version, CancellationToken cancellation);
}

/// <summary>Writes what runs into the registry: all programs of an environment in one write, merged with whatever others write at the same time.</summary>
internal sealed class RegistryWriter(IRegistryPlace place, TimeProvider time)
{
    private const int Attempts = 8;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    /// <returns>Whether there was anything to write.</returns>
    public async Task<bool> WriteAsync(string environment, IReadOnlyList<RegistryEntry> entries, CancellationToken cancellation)
    {
        var hasWritten = false;
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var (existing, version) = await place.ReadAsync(cancellation);
            var merged = RegistryDocument.Merge(existing, environment, entries).OrThrow();
            if (ReferenceEquals(merged, existing))
            {
                return hasWritten;
            }

            if (merged.Length > place.Most)
            {
                throw Failed($"at most {place.Most:N0} characters, all that fit", $"found {merged.Length:N0} to write", "give every environment a registry of its own, or keep it elsewhere");
            }

            // Written is written only when a read says so: not every place can compare before it writes.
            hasWritten |= await place.TryWriteAsync(merged, version, cancellation);
            if (attempt > 1)
            {
                await Task.Delay(attempt * Pause, time, cancellation);
            }
        }

        throw Failed("that this run's entries stay", "found that somebody else replaced them every time", "look at who writes this registry, then run again");
    }

    private FaultException Failed(string expected, string found, string remedy) =>
        new(new Fault(FaultCodes.RegistryFailed, $"Expected {expected} in {place.Name}", found, $"{remedy}; what is on chain is not deployed twice", "registry"));
}
