using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Actions.Core.Secrets;

/// <summary>What a reference to a provider came to.</summary>
/// <param name="Version">The version that is used throughout, as the provider names it.</param>
/// <param name="CreatedAt">When that version was made, if the provider says so.</param>
public abstract record ResolvedReference(string? Version, DateTimeOffset? CreatedAt)
{
    /// <summary>A secret that the provider hands out.</summary>
    public sealed record Held : ResolvedReference, IDisposable
    {
        private readonly byte[] utf8;

        internal Held(byte[] utf8, string? version, DateTimeOffset? createdAt)
            : base(version, createdAt) => this.utf8 = utf8;

        internal ReadOnlySpan<byte> Utf8 => utf8;

        /// <summary>The edge: a URL, a token, a key as somebody typed it.</summary>
        internal string Reveal() => Encoding.UTF8.GetString(utf8);

        public void Dispose() => CryptographicOperations.ZeroMemory(utf8);

        public override string ToString() => "a secret";

        /// <summary>The text of a JSON string, or anything else as it is written, such as an array of numbers.</summary>
        internal static byte[] Unquote(JsonElement value)
        {
            if (value.ValueKind != JsonValueKind.String)
            {
                return JsonMarshal.GetRawUtf8Value(value).ToArray();
            }

            var quoted = JsonMarshal.GetRawUtf8Value(value);
            var text = new byte[quoted.Length];
            var reader = new Utf8JsonReader(quoted);
            reader.Read();
            var exact = text[..reader.CopyString(text)];
            CryptographicOperations.ZeroMemory(text);
            return exact;
        }
    }

    /// <summary>A key that never leaves the provider.</summary>
    public sealed record Remote : ResolvedReference
    {
        internal Remote(RemoteSigner signer, string? version, DateTimeOffset? createdAt)
            : base(version, createdAt) => Signer = signer;

        public Solana.ISigner Signer { get; }
    }
}
