using System.Text.Json;
using Actions.Core.Faults;
using Actions.Core.Keys;
using Actions.Core.Solana;

namespace Actions.Core.Secrets;

/// <summary>AWS Secrets Manager, and KMS as a remote Ed25519 signer.</summary>
internal sealed class AwsClient(AwsSession session, ProviderHttp http, TimeProvider time)
{
    private const string SigningAlgorithm = "ED25519_SHA_512";
    private const string KeySpec = "ECC_NIST_EDWARDS25519";

    /// <summary>KMS signs one message a request.</summary>
    private const int MostRequests = 16;

    /// <summary>A DER SubjectPublicKeyInfo of Ed25519 up to the 32 bytes of the key (RFC 8410).</summary>
    private static readonly byte[] SpkiPrefix = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

    /// <remarks>https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html</remarks>
    public async Task<ResolvedReference> ReadAsync(KeyReference.AwsSecretsManager reference, CancellationToken cancellation)
    {
        using var answer = await SecretsAsync(reference.Region, "GetSecretValue", writer => writer.WriteString("SecretId", reference.Id), cancellation);
        if (!answer.IsOk)
        {
            throw Refusal(answer, $"the secret of {reference}", "secretsmanager:GetSecretValue");
        }

        var body = answer.Json();
        var (version, createdAt) = (body.Text("VersionId"), body.UnixTime("CreatedDate"));
        if (body.At("SecretString") is { ValueKind: JsonValueKind.String } text)
        {
            var utf8 = ResolvedReference.Held.Unquote(text);
            return new ResolvedReference.Held(reference.Field is null ? utf8 : Field(utf8, reference), version, createdAt);
        }

        var binary = body.At("SecretBinary") is { ValueKind: JsonValueKind.String } encoded && encoded.TryGetBytesFromBase64(out var bytes) ? bytes : throw answer.Strange("a secret");
        return new ResolvedReference.Held(reference.Field is null ? binary : Field(binary, reference), version, createdAt);
    }

    /// <summary>Reads the public key, and pins the key itself: an alias may come to name another one during the run.</summary>
    /// <remarks>https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html</remarks>
    public async Task<ResolvedReference> OpenAsync(KeyReference.AwsKms reference, CancellationToken cancellation)
    {
        using var answer = await KmsAsync(reference.Region, "GetPublicKey", writer => writer.WriteString("KeyId", reference.KeyId), cancellation);
        if (!answer.IsOk)
        {
            throw Refusal(answer, $"the public key of {reference}", "kms:GetPublicKey");
        }

        var body = answer.Json();
        if (body.Text("KeySpec") is var spec && (spec != KeySpec || body.Text("KeyUsage") != "SIGN_VERIFY"))
        {
            throw Unfit(reference, $"a key of spec {KeySpec} for SIGN_VERIFY", $"found {ForeignWords.Quote(spec)}, {ForeignWords.Quote(body.Text("KeyUsage"))}", "make one: aws kms create-key --key-spec ECC_NIST_EDWARDS25519 --key-usage SIGN_VERIFY");
        }

        if (body.At("PublicKey") is not { ValueKind: JsonValueKind.String } encoded || !encoded.TryGetBytesFromBase64(out var der)
            || der.Length != SpkiPrefix.Length + Address.Size || !der.AsSpan().StartsWith(SpkiPrefix) || body.Text("KeyId") is not { } key)
        {
            throw answer.Strange("an Ed25519 public key");
        }

        var signer = new RemoteSigner(new Address(der.AsSpan(SpkiPrefix.Length)), reference.ToString(), 1, MostRequests, async (messages, stop) => [await SignAsync(reference, key, messages[0], stop)]);
        return new ResolvedReference.Remote(signer, key[(key.LastIndexOf('/') + 1)..], await CreatedAsync(reference.Region, key, cancellation));
    }

    private async Task<byte[]> SignAsync(KeyReference.AwsKms reference, string key, ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        using var answer = await KmsAsync(reference.Region, "Sign", writer =>
        {
            writer.WriteString("KeyId", key);
            writer.WriteBase64String("Message", message.Span);
            writer.WriteString("MessageType", "RAW");
            writer.WriteString("SigningAlgorithm", SigningAlgorithm);
        }, cancellation);
        if (!answer.IsOk)
        {
            throw Refusal(answer, $"a signature by {reference}", "kms:Sign");
        }

        return answer.Json().At("Signature") is { ValueKind: JsonValueKind.String } encoded && encoded.TryGetBytesFromBase64(out var signature) ? signature : throw answer.Strange("a signature");
    }

    /// <summary>How old a key is needs a permission of its own; a key may be used without it.</summary>
    private async Task<DateTimeOffset?> CreatedAsync(string region, string key, CancellationToken cancellation)
    {
        using var answer = await KmsAsync(region, "DescribeKey", writer => writer.WriteString("KeyId", key), cancellation);
        return answer.IsOk ? answer.Json().UnixTime("KeyMetadata", "CreationDate") : null;
    }

    public Task<ProviderAnswer> SecretsAsync(string region, string operation, Action<Utf8JsonWriter> body, CancellationToken cancellation) =>
        SendAsync("secretsmanager", region, $"secretsmanager.{operation}", body, cancellation);

    private Task<ProviderAnswer> KmsAsync(string region, string operation, Action<Utf8JsonWriter> body, CancellationToken cancellation) =>
        SendAsync("kms", region, $"TrentService.{operation}", body, cancellation);

    /// <summary>Asks; when the credentials have expired, once more with new ones.</summary>
    private async Task<ProviderAnswer> SendAsync(string service, string region, string target, Action<Utf8JsonWriter> write, CancellationToken cancellation)
    {
        AwsKeys? spent = null;
        while (true)
        {
            var keys = await session.KeysAsync(region, spent, cancellation);
            var answer = await SendAsync(service, region, target, write, keys, cancellation);
            if (answer.IsOk || spent is not null || !session.CanRenew || Code(answer) is not ("ExpiredTokenException" or "ExpiredToken"))
            {
                return answer;
            }

            answer.Dispose();
            spent = keys;
        }
    }

    private async Task<ProviderAnswer> SendAsync(string service, string region, string target, Action<Utf8JsonWriter> write, AwsKeys keys, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        using var request = new HttpRequestMessage(HttpMethod.Post, session.Endpoint(service, region)) { Content = ProviderHttp.Json(write, "application/x-amz-json-1.1") };
        var signed = new Dictionary<string, string> { ["x-amz-target"] = target };
        if (keys.SessionToken is { } token)
        {
            signed["x-amz-security-token"] = token;
        }

        foreach (var (name, value) in signed)
        {
            request.Headers.Add(name, value);
        }

        request.Headers.Add("x-amz-date", SigV4.Date(now));
        signed["content-type"] = "application/x-amz-json-1.1";
        var body = await request.Content.ReadAsByteArrayAsync(cancellation);
        request.Headers.TryAddWithoutValidation("Authorization", SigV4.Authorize(HttpMethod.Post, request.RequestUri!, signed, body, keys, region, service, now));
        return await http.SendAsync(request, cancellation);
    }

    /// <summary>What a refused request means and what would allow it.</summary>
    public FaultException Refusal(ProviderAnswer answer, string what, string permission)
    {
        var code = Code(answer);
        var words = answer.TryJson()?.Text("message") ?? answer.TryJson()?.Text("Message");
        return new FaultException(code switch
        {
            "AccessDeniedException" or "AccessDenied" => new Fault(FaultCodes.SecretDenied, $"Expected AWS to allow {session.Identity} {permission} ({what})", $"found {code}: {ForeignWords.Quote(words)}",
                $"allow {permission} on this resource in the role's policy{(permission.StartsWith("kms:", StringComparison.Ordinal) ? " and in the key's policy" : " (and kms:Decrypt on the key that encrypts it)")}"),
            "ExpiredTokenException" or "ExpiredToken" or "UnrecognizedClientException" or "InvalidClientTokenId" or "InvalidSignatureException" or "IncompleteSignatureException" or "MissingAuthenticationTokenException" =>
                new Fault(FaultCodes.SecretDenied, $"Expected AWS to take the credentials of {session.Identity}", $"found {code}: {ForeignWords.Quote(words)}", "give credentials that are valid now, or take on a role with aws-role-arn"),
            "ResourceNotFoundException" or "NotFoundException" => new Fault(FaultCodes.SecretMissing, $"Expected {what} in AWS", $"found {code}", "check region, name and account in the reference"),
            _ when answer.Status >= 500 || answer.Status == 429 || code == "ThrottlingException" => new Fault(FaultCodes.SecretUnreachable, $"Expected {what} from AWS", $"found HTTP {answer.Status} after all attempts: {ForeignWords.Quote(code)}", "check AWS's status and quotas, then run again"),
            _ => new Fault(FaultCodes.SecretInvalid, $"Expected {what} from AWS", $"found HTTP {answer.Status}, {ForeignWords.Quote(code)}: {ForeignWords.Quote(words)}", "check the reference and the state of the key or secret"),
        });
    }

    /// <summary>The name of an error, without the namespace that some services put before it.</summary>
    internal static string? Code(ProviderAnswer answer) => answer.IsOk ? null : answer.TryJson()?.Text("__type") is { } type ? type[(type.LastIndexOf('#') + 1)..] : null;

    private static byte[] Field(byte[] utf8, KeyReference.AwsSecretsManager reference)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8);
            return document.RootElement.At(reference.Field!) is { ValueKind: JsonValueKind.String or JsonValueKind.Array } value
                ? ResolvedReference.Held.Unquote(value)
                : throw NoField(reference, "found the secret without it");
        }
        catch (JsonException)
        {
            throw NoField(reference, "found a secret that is not a JSON object");
        }
        finally
        {
            Array.Clear(utf8);
        }
    }

    private static FaultException NoField(KeyReference.AwsSecretsManager reference, string found) => new(new Fault(
        FaultCodes.SecretMissing, $"Expected the field '{reference.Field}' in the secret of {reference}", found, "correct what stands after # in the reference, or leave it out for the whole secret"));

    private static FaultException Unfit(KeyReference.AwsKms reference, string expected, string found, string remedy) =>
        new(new Fault(FaultCodes.SecretInvalid, $"Expected {expected} at {reference}", found, remedy));
}
