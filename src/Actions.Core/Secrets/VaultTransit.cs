using System.Globalization;
using System.Text.Json;
using Actions.Core.Faults;
using Actions.Core.Keys;
using Actions.Core.Solana;

namespace Actions.Core.Secrets;

/// <summary>Vault's Transit engine as a remote Ed25519 signer: the key never leaves Vault, one request signs many messages.</summary>
/// <remarks>https://developer.hashicorp.com/vault/api-docs/secret/transit#sign-data</remarks>
internal sealed class VaultTransit(VaultClient vault)
{
    private const int Page = 128;
    private const int MostRequests = 4;

    /// <summary>Reads the public key, and pins the version: a key that is rotated during the run stays the key of the run.</summary>
    public async Task<ResolvedReference> OpenAsync(KeyReference.VaultTransit reference, CancellationToken cancellation)
    {
        var path = $"{reference.Mount}/keys/{reference.Key}";
        using var answer = await vault.SendAsync(HttpMethod.Get, VaultClient.Escape(path), null, cancellation);
        if (!answer.IsOk)
        {
            throw vault.Refusal(answer, $"the public key of {reference}", path, "read");
        }

        var body = answer.Json();
        if (body.Text("data", "type") is var type && type != "ed25519")
        {
            throw Unfit(reference, "a key of type ed25519", $"found type {ForeignWords.Quote(type)}", "make one: vault write -f <mount>/keys/<key> type=ed25519");
        }

        if (body.Flag("data", "derived") == true)
        {
            throw Unfit(reference, "a key that is not derived", "found derived=true, which gives every context a key of its own", "make a key without derivation");
        }

        var version = reference.Version ?? body.Whole("data", "latest_version") ?? throw answer.Strange("the latest version of a Transit key");
        if (body.At("data", "keys", version.ToString(CultureInfo.InvariantCulture)) is not { } entry)
        {
            throw Unfit(reference, $"version {version}", "found no such version", "give a version that Vault still keeps, or leave it out for the latest");
        }

        var publicKey = new byte[Address.Size];
        if (!Convert.TryFromBase64String(entry.Text("public_key") ?? "", publicKey, out var length) || length != Address.Size)
        {
            throw answer.Strange("a public key of 32 bytes");
        }

        var signer = new RemoteSigner(new Address(publicKey), reference.ToString(), Page, MostRequests, (messages, stop) => SignAsync(reference, version, messages, stop));
        return new ResolvedReference.Remote(signer, version.ToString(CultureInfo.InvariantCulture), entry.Time("creation_time"));
    }

    private async Task<IReadOnlyList<byte[]>> SignAsync(KeyReference.VaultTransit reference, long version, IReadOnlyList<ReadOnlyMemory<byte>> messages, CancellationToken cancellation)
    {
        var path = $"{reference.Mount}/sign/{reference.Key}";
        using var answer = await vault.SendAsync(HttpMethod.Post, VaultClient.Escape(path), writer =>
        {
            writer.WriteNumber("key_version", version);
            writer.WriteStartArray("batch_input");
            foreach (var message in messages)
            {
                writer.WriteStartObject();
                writer.WriteBase64String("input", message.Span);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }, cancellation);
        if (!answer.IsOk)
        {
            throw vault.Refusal(answer, $"signatures by {reference}, version {version}", path, "update");
        }

        if (answer.Json().At("data", "batch_results") is not { ValueKind: JsonValueKind.Array } results)
        {
            throw answer.Strange("signatures");
        }

        var prefix = string.Create(CultureInfo.InvariantCulture, $"vault:v{version}:");
        return [.. results.EnumerateArray().Select(result => Signature(answer, result, prefix, reference))];
    }

    private static byte[] Signature(ProviderAnswer answer, JsonElement result, string prefix, KeyReference.VaultTransit reference)
    {
        if (result.Text("error") is { Length: > 0 } problem)
        {
            throw Unfit(reference, "a signature", $"found an error: {ForeignWords.Quote(problem)}", "check the key and its versions in Vault");
        }

        var text = result.Text("signature") ?? throw answer.Strange("signatures");
        if (!text.StartsWith(prefix, StringComparison.Ordinal))
        {
            throw Unfit(reference, $"signatures by the version this run began with ({prefix}…)", $"found {ForeignWords.Quote(text[..Math.Min(text.Length, 12)])}…", "run again: it starts with the version of that moment");
        }

        var bytes = new byte[Solana.Signature.Size];
        return Convert.TryFromBase64String(text[prefix.Length..], bytes, out var length) && length == bytes.Length ? bytes : throw answer.Strange("signatures of 64 bytes");
    }

    private static FaultException Unfit(KeyReference.VaultTransit reference, string expected, string found, string remedy) =>
        new(new Fault(FaultCodes.SecretInvalid, $"Expected {expected} at {reference}", found, remedy));
}
