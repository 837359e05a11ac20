using System.Globalization;
using System.Text.Json;
using Actions.Core.Keys;
using Actions.Core.Secrets;

namespace Actions.Core.Registry;

/// <summary>A field of a secret in Vault; version 2 of the engine compares before it sets.</summary>
internal sealed class VaultRegistry(VaultClient vault, KeyReference.Vault reference) : IRegistryPlace
{
    private VaultKv.Place? place;

    public string Name => reference.ToString();

    public int Most => 500_000;

    public async Task<(string Text, string? Version)> ReadAsync(CancellationToken cancellation)
    {
        var (at, answer) = await LookAsync(cancellation);
        using (answer)
        {
            if (answer.Status == 404)
            {
                // What was deleted still counts for the next comparison.
                return ("", (answer.TryJson()?.Whole("data", "metadata", "version") ?? 0).ToString(CultureInfo.InvariantCulture));
            }

            var body = answer.Json();
            return (Fields(at, body)?.Text(reference.Field) ?? "", body.Whole("data", "metadata", "version")?.ToString(CultureInfo.InvariantCulture));
        }
    }

    public async Task<bool> TryWriteAsync(string text, string? version, CancellationToken cancellation)
    {
        var (at, current) = await LookAsync(cancellation);
        using (current)
        {
            var others = current.Status == 404 ? null : Fields(at, current.Json());
            using var answer = await vault.SendAsync(HttpMethod.Post, at.Path, writer =>
            {
                if (!at.IsVersion2)
                {
                    WriteFields(writer, others, text);
                    return;
                }

                writer.WriteStartObject("options");
                writer.WriteNumber("cas", long.Parse(version ?? "0", CultureInfo.InvariantCulture));
                writer.WriteEndObject();
                writer.WriteStartObject("data");
                WriteFields(writer, others, text);
                writer.WriteEndObject();
            }, cancellation);
            var isOvertaken = answer.Status == 400 && answer.TryJson()?.At("errors") is { } errors && errors.GetRawText().Contains("check-and-set", StringComparison.Ordinal);
            return answer.IsOk || (isOvertaken ? false : throw vault.Refusal(answer, "the registry", at.PolicyPath, "update"));
        }
    }

    private async Task<(VaultKv.Place At, ProviderAnswer Answer)> LookAsync(CancellationToken cancellation)
    {
        var slash = reference.MountAndPath.IndexOf('/', StringComparison.Ordinal);
        place ??= await new VaultKv(vault).DiscoverAsync(reference.MountAndPath, cancellation)
            ?? new VaultKv.Place(reference.MountAndPath[..slash], reference.MountAndPath[(slash + 1)..], IsVersion2: true);
        var answer = await vault.SendAsync(HttpMethod.Get, place.Path, null, cancellation);
        return answer.IsOk || answer.Status == 404 ? (place, answer) : throw vault.Refusal(answer, "the registry", place.PolicyPath, "read");
    }

    private static JsonElement? Fields(VaultKv.Place at, JsonElement body) => at.IsVersion2 ? body.At("data", "data") : body.At("data");

    /// <summary>Whatever else lives in the same secret stays there.</summary>
    private void WriteFields(Utf8JsonWriter writer, JsonElement? others, string text)
    {
        if (others is { ValueKind: JsonValueKind.Object } fields)
        {
            foreach (var field in fields.EnumerateObject().Where(field => field.Name != reference.Field))
            {
                field.WriteTo(writer);
            }
        }

        writer.WriteString(reference.Field, text);
    }
}

/// <summary>A secret of its own in AWS Secrets Manager. It cannot compare before it sets: what was written is read again.</summary>
internal sealed class AwsRegistry(AwsClient aws, KeyReference.AwsSecretsManager reference) : IRegistryPlace
{
    public string Name => reference.ToString();

    /// <remarks>https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html</remarks>
    public int Most => 65_536;

    public async Task<(string Text, string? Version)> ReadAsync(CancellationToken cancellation)
    {
        using var answer = await aws.SecretsAsync(reference.Region, "GetSecretValue", writer => writer.WriteString("SecretId", reference.Id), cancellation);
        return answer.IsOk ? (answer.Json().Text("SecretString") ?? "", answer.Json().Text("VersionId")) : throw aws.Refusal(answer, "the registry", "secretsmanager:GetSecretValue");
    }

    public async Task<bool> TryWriteAsync(string text, string? version, CancellationToken cancellation)
    {
        // The same token for the same change: a request that is tried again makes no second version.
        var token = Guid.NewGuid().ToString();
        using var answer = await aws.SecretsAsync(reference.Region, "PutSecretValue", writer =>
        {
            writer.WriteString("SecretId", reference.Id);
            writer.WriteString("ClientRequestToken", token);
            writer.WriteString("SecretString", text);
        }, cancellation);
        return answer.IsOk ? true : throw aws.Refusal(answer, "the registry", "secretsmanager:PutSecretValue");
    }
}

/// <summary>A secret of its own in Azure Key Vault; what was written is read again, as with AWS.</summary>
internal sealed class AzureRegistry(AzureVault azure, KeyReference.AzureKeyVault reference) : IRegistryPlace
{
    public string Name => reference.ToString();

    /// <remarks>https://learn.microsoft.com/azure/key-vault/secrets/about-secrets</remarks>
    public int Most => 25_000;

    public async Task<(string Text, string? Version)> ReadAsync(CancellationToken cancellation)
    {
        using var answer = await azure.SendAsync(HttpMethod.Get, reference, null, cancellation);
        return answer.Status == 404 ? ("", null)
            : answer.IsOk ? (answer.Json().Text("value") ?? "", AzureVault.VersionOf(answer.Json()))
            : throw azure.Refusal(answer, reference, "get");
    }

    public async Task<bool> TryWriteAsync(string text, string? version, CancellationToken cancellation)
    {
        using var answer = await azure.SendAsync(HttpMethod.Put, reference, writer =>
        {
            writer.WriteString("value", text);
            writer.WriteString("contentType", "application/json");
        }, cancellation);
        return answer.IsOk ? true : throw azure.Refusal(answer, reference, "set");
    }
}
