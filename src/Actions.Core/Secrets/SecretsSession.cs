using Actions.Core.Faults;
using Actions.Core.Keys;
using Actions.Core.Registry;
using Actions.Core.Runner;

namespace Actions.Core.Secrets;

/// <summary>The providers of one run: each is logged in to when it is first needed, and left in order at the end.</summary>
public sealed class SecretsSession : IDisposable
{
    private readonly ProviderHttp http;
    private readonly Lazy<VaultClient> vault;
    private readonly Lazy<AwsSession> aws;
    private readonly Lazy<AzureVault> azure;
    private readonly TimeProvider time;

    public SecretsSession(ProviderSettings settings, RunnerEnvironment environment, Masker masker, HttpMessageHandler handler, TimeProvider time)
    {
        this.time = time;
        http = new ProviderHttp(handler, time);
        var oidc = new OidcTokens(environment, http, masker);
        vault = new(() => new VaultClient(settings.Vault.OrThrow(), http, oidc, masker, time));
        aws = new(() => new AwsSession(settings.Aws.OrThrow(), environment, http, oidc, masker, time));
        azure = new(() => new AzureVault(settings.Azure.OrThrow(), http, oidc, masker, time));
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

    /// <summary>Writes down what runs, where a reference says.</summary>
    /// <returns>Whether there was anything to write.</returns>
    public Task<bool> RegisterAsync(KeyReference place, string environment, IReadOnlyList<RegistryEntry> entries, CancellationToken cancellation) => new RegistryWriter(
        place switch
        {
            KeyReference.Vault kv => new VaultRegistry(vault.Value, kv),
            KeyReference.AwsSecretsManager secret => new AwsRegistry(new AwsClient(aws.Value, http, time), secret),
            KeyReference.AzureKeyVault secret => new AzureRegistry(azure.Value, secret),
            _ => throw new InvalidOperationException($"{place} cannot be written to."),
        },
        time).WriteAsync(environment, entries, cancellation);

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

        if (aws.IsValueCreated)
        {
            aws.Value.Dispose();
        }

        if (azure.IsValueCreated)
        {
            azure.Value.Dispose();
        }

        http.Dispose();
    }

    private async Task<ResolvedReference> ResolveAsync(KeyReference reference, CancellationToken cancellation) => reference switch
    {
        KeyReference.Vault kv => await new VaultKv(vault.Value).ReadAsync(kv, cancellation),
        KeyReference.VaultTransit key => await new VaultTransit(vault.Value).OpenAsync(key, cancellation),
        KeyReference.AwsSecretsManager secret => await new AwsClient(aws.Value, http, time).ReadAsync(secret, cancellation),
        KeyReference.AwsKms key => await new AwsClient(aws.Value, http, time).OpenAsync(key, cancellation),
        KeyReference.AzureKeyVault secret => await azure.Value.ReadAsync(secret, cancellation),
        _ => throw new InvalidOperationException($"{reference} is not a provider's."),
    };
}
