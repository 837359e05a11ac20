using Actions.Core.Faults;
using Actions.Core.Keys;
using Actions.Core.Runner;

namespace Actions.Core.Secrets;

/// <summary>The providers of one run: each is logged in to when it is first needed, and left in order at the end.</summary>
public sealed class SecretsSession : IDisposable
{
    private readonly ProviderSettings settings;
    private readonly ProviderHttp http;
    private readonly Lazy<VaultClient> vault;

    public SecretsSession(ProviderSettings settings, RunnerEnvironment environment, Masker masker, HttpMessageHandler handler, TimeProvider time)
    {
        this.settings = settings;
        http = new ProviderHttp(handler, time);
        var oidc = new OidcTokens(environment, http, masker);
        vault = new(() => new VaultClient(settings.Vault.OrThrow(), http, oidc, masker, time));
    }

    /// <summary>Everything that references lead to, asked for at once; throws every problem at once.</summary>
    public async Task<IReadOnlyDictionary<KeyReference, ResolvedReference>> ResolveAsync(IReadOnlyCollection<KeyReference> references, CancellationToken cancellation)
    {
        var asked = references.Distinct().ToDictionary(reference => reference, reference => ResolveAsync(reference, cancellation));
        await Task.WhenAll((IEnumerable<Task>)asked.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var faults = asked.Values.Where(each => each.IsFaulted).SelectMany(each => each.Exception!.InnerExceptions).OfType<FaultException>().SelectMany(problem => problem.Faults).Distinct().ToList();
        if (faults.Count > 0)
        {
            throw new FaultException(faults);
        }

        var resolved = new Dictionary<KeyReference, ResolvedReference>();
        foreach (var (reference, task) in asked)
        {
            resolved.Add(reference, await task);
        }

        return resolved;
    }

    /// <summary>Revokes what this run logged in for.</summary>
    /// <returns>A warning when that failed.</returns>
    public async Task<Fault?> EndAsync(CancellationToken cancellation)
    {
        try
        {
            return vault.IsValueCreated ? await vault.Value.RevokeAsync(cancellation) : null;
        }
        catch (FaultException problem)
        {
            return problem.Faults[0].AsWarning();
        }
        catch (OperationCanceledException)
        {
            return new Fault(FaultCodes.SecretUnreachable, "Expected Vault to revoke this run's token", "found no time for it", "nothing: it ends by itself when its time is over").AsWarning();
        }
    }

    public void Dispose()
    {
        if (vault.IsValueCreated)
        {
            vault.Value.Dispose();
        }

        http.Dispose();
    }

    private async Task<ResolvedReference> ResolveAsync(KeyReference reference, CancellationToken cancellation) => reference switch
    {
        KeyReference.Vault kv => await new VaultKv(vault.Value).ReadAsync(kv, cancellation),
        KeyReference.VaultTransit key => await new VaultTransit(vault.Value).OpenAsync(key, cancellation),
        _ => throw new InvalidOperationException($"{reference} is not a provider's."),
    };
}
