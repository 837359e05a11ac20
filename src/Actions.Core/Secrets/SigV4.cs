using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Actions.Core.Secrets;

/// <summary>AWS's signature of a request, version 4.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html</remarks>
internal static class SigV4
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>The value of the Authorization header.</summary>
    /// <param name="headers">All headers to sign but host and x-amz-date, by lower-case name.</param>
    /// <param name="time">Also what x-amz-date must say.</param>
    public static string Authorize(
        HttpMethod method, Uri url, IEnumerable<KeyValuePair<string, string>> headers, ReadOnlySpan<byte> body, AwsKeys keys, string region, string service, DateTimeOffset time)
    {
        var signed = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["host"] = url.IsDefaultPort ? url.Host : $"{url.Host}:{url.Port}", ["x-amz-date"] = Date(time) };
        foreach (var (name, value) in headers)
        {
            signed.Add(name, value.Trim());
        }

        var names = string.Join(';', signed.Keys);
        var scope = $"{Date(time)[..8]}/{region}/{service}/aws4_request";
        // Paths are escaped a second time here; what is asked has no query.
        var path = string.Join('/', url.AbsolutePath.Split('/').Select(Uri.EscapeDataString));
        var request = $"{method.Method}\n{path}\n\n{string.Concat(signed.Select(header => $"{header.Key}:{header.Value}\n"))}\n{names}\n{Hex(SHA256.HashData(body))}";
        var text = $"{Algorithm}\n{Date(time)}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(request)))}";
        var key = SigningKey(keys.Secret, scope);
        var signature = Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
        CryptographicOperations.ZeroMemory(key);
        return $"{Algorithm} Credential={keys.Id}/{scope}, SignedHeaders={names}, Signature={signature}";
    }

    /// <summary>The value of x-amz-date.</summary>
    public static string Date(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    /// <summary>One HMAC for each part of the scope.</summary>
    internal static byte[] SigningKey(string secret, string scope)
    {
        var key = Encoding.UTF8.GetBytes($"AWS4{secret}");
        foreach (var part in scope.Split('/'))
        {
            var next = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
            CryptographicOperations.ZeroMemory(key);
            key = next;
        }

        return key;
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}

/// <summary>Credentials of AWS.</summary>
/// <param name="Until">When to have new ones; null for what was given.</param>
internal sealed record AwsKeys(string Id, string Secret, string? SessionToken, DateTimeOffset? Until = null)
{
    public override string ToString() => "AWS credentials";
}
