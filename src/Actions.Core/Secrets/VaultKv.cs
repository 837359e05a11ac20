using System.Globalization;
using System.Text.Json;
using Actions.Core.Faults;
using Actions.Core.Keys;

namespace Actions.Core.Secrets;

/// <summary>Vault's key-value engine, version 1 and 2.</summary>
internal sealed class VaultKv(VaultClient vault)
{
    public async Task<ResolvedReference> ReadAsync(KeyReference.Vault reference, CancellationToken cancellation)
    {
        Place? known = await DiscoverAsync(reference.MountAndPath, cancellation);
        if (known is not null)
        {
            return await ReadAsync(known, reference, cancellation);
        }

        // Where the mount may not be looked up, it is the first segment; a version 1 engine has nothing below data/, or no policy for it.
        var slash = reference.MountAndPath.IndexOf('/', StringComparison.Ordinal);
        var place = new Place(reference.MountAndPath[..slash], reference.MountAndPath[(slash + 1)..], IsVersion2: true);
        try
        {
            return await ReadAsync(place, reference, cancellation);
        }
        catch (FaultException problem) when (problem.Faults[0].Code == FaultCodes.SecretMissing || problem.Faults[0].Code == FaultCodes.SecretDenied)
        {
            using var answer = await vault.SendAsync(HttpMethod.Get, (place with { IsVersion2 = false }).Path, null, cancellation);
            if (!answer.IsOk)
            {
                throw;
            }

            return Held(answer, answer.Json(), reference, ["data"], null, null);
        }
    }

    /// <summary>What mount a path lies in; null when the token may not know.</summary>
    internal async Task<Place?> DiscoverAsync(string path, CancellationToken cancellation)
    {
        using var answer = await vault.SendAsync(HttpMethod.Get, $"sys/internal/ui/mounts/{VaultClient.Escape(path)}", null, cancellation);
        if (answer.Status is 400 or 403 or 404)
        {
            return null;
        }

        if (!answer.IsOk)
        {
            throw vault.Refusal(answer, "the mount of a secret", $"sys/internal/ui/mounts/{path}", "read");
        }

        var mount = answer.Json().Text("data", "path")?.TrimEnd('/');
        if (mount is null || !path.StartsWith(mount + "/", StringComparison.Ordinal))
        {
            throw answer.Strange($"the mount of {path}");
        }

        return answer.Json().Text("data", "type") is "kv" or "generic"
            ? new Place(mount, path[(mount.Length + 1)..], answer.Json().Text("data", "options", "version") == "2")
            : throw new FaultException(new Fault(FaultCodes.SecretInvalid, $"Expected a key-value engine at {mount} in Vault", "found another engine", "for a key that signs inside Vault use vault-transit:<mount>/<key>"));
    }

    private async Task<ResolvedReference> ReadAsync(Place place, KeyReference.Vault reference, CancellationToken cancellation)
    {
        using var answer = await vault.SendAsync(HttpMethod.Get, place.Path, null, cancellation);
        if (!answer.IsOk)
        {
            throw vault.Refusal(answer, $"the secret of {reference}", place.PolicyPath, "read");
        }

        var body = answer.Json();
        return place.IsVersion2
            ? Held(answer, body, reference, ["data", "data"], body.Whole("data", "metadata", "version")?.ToString(CultureInfo.InvariantCulture), body.Time("data", "metadata", "created_time"))
            : Held(answer, body, reference, ["data"], null, null);
    }

    private static ResolvedReference.Held Held(ProviderAnswer answer, JsonElement body, KeyReference.Vault reference, string[] at, string? version, DateTimeOffset? createdAt)
    {
        if (body.At(at) is not { ValueKind: JsonValueKind.Object } fields)
        {
            throw answer.Strange($"the fields of {reference}");
        }

        return fields.At(reference.Field) is { ValueKind: JsonValueKind.String or JsonValueKind.Array } value
            ? new ResolvedReference.Held(ResolvedReference.Held.Unquote(value), version, createdAt)
            : throw new FaultException(new Fault(FaultCodes.SecretMissing, $"Expected the field '{reference.Field}' in the secret of {reference}",
                "found the secret without it", "correct what stands after # in the reference, or the field's name in Vault"));
    }

    /// <summary>A secret within its mount.</summary>
    internal sealed record Place(string Mount, string Name, bool IsVersion2)
    {
        public string PolicyPath => IsVersion2 ? $"{Mount}/data/{Name}" : $"{Mount}/{Name}";

        public string Path => VaultClient.Escape(PolicyPath);
    }
}
