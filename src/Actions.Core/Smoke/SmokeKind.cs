using Actions.Core.Runner;
using Actions.Core.Solana;

namespace Actions.Core.Smoke;

/// <summary>What a check looks at. Contract §7.</summary>
public abstract record SmokeKind
{
    private SmokeKind()
    {
    }

    /// <summary>Its key in a spec.</summary>
    public abstract string Name { get; }

    /// <summary>How much longer than its timeout it takes.</summary>
    public virtual TimeSpan Waits => TimeSpan.Zero;

    /// <summary>Whether it asks the cluster.</summary>
    public bool NeedsCluster => this is Program or Account or Transaction or Rpc;

    public sealed record Http(SmokeUrl Url) : SmokeKind
    {
        public override string Name => "http";

        public string Method { get; init; } = "GET";

        public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

        public HttpBody? Body { get; init; }

        /// <summary>Empty: any of 2xx.</summary>
        public IReadOnlyList<int> Status { get; init; } = [];

        public IReadOnlyList<PathAssertion> Json { get; init; } = [];

        public Assertion? Text { get; init; }

        public IReadOnlyList<NamedAssertion> HeadersMatch { get; init; } = [];

        public TimeSpan? MaxLatency { get; init; }

        public int? TlsDays { get; init; }
    }

    public sealed record WebSocket(SmokeUrl Url) : SmokeKind
    {
        public override string Name => "websocket";

        public byte[]? Send { get; init; }

        public IReadOnlyList<PathAssertion> Message { get; init; } = [];

        public TimeSpan? Within { get; init; }

        public override TimeSpan Waits => Within ?? TimeSpan.Zero;
    }

    public sealed record Metrics(SmokeUrl Url, string Metric, IReadOnlyDictionary<string, string> Labels) : SmokeKind
    {
        public override string Name => "metrics";

        public Assertion? Rate { get; init; }

        public Assertion? Value { get; init; }

        public TimeSpan? Over { get; init; }

        public override TimeSpan Waits => Over ?? TimeSpan.Zero;
    }

    public sealed record Program(Address Id) : SmokeKind
    {
        public override string Name => "program";

        /// <summary>64 lower-case hex digits.</summary>
        public string? ExecutableHash { get; init; }

        /// <summary>An address or `none`.</summary>
        public string? UpgradeAuthority { get; init; }

        public ulong? MinSlot { get; init; }
    }

    public sealed record Account(Address Address) : SmokeKind
    {
        public override string Name => "account";

        public Address? Owner { get; init; }

        public IReadOnlyDictionary<string, AccountField> Fields { get; init; } = new Dictionary<string, AccountField>();

        public IReadOnlyList<NamedAssertion> Assert { get; init; } = [];
    }

    public sealed record Transaction(Message Message) : SmokeKind
    {
        public override string Name => "transaction";

        public bool ExpectsError { get; init; }

        public Assertion? Error { get; init; }

        public Assertion? Logs { get; init; }

        /// <summary>Texts that the logs must hold.</summary>
        public IReadOnlyList<string> LogTexts { get; init; } = [];
    }

    /// <param name="Method">Never one that sends something.</param>
    /// <param name="Params">A JSON array.</param>
    public sealed record Rpc(string Method, byte[] Params, IReadOnlyList<PathAssertion> Json) : SmokeKind
    {
        public override string Name => "rpc";
    }

    public sealed record Result(WorkspacePath File, ResultFormat Format, int MinTests) : SmokeKind
    {
        public override string Name => "result";
    }
}

public enum ResultFormat
{
    Junit,
    K6,
}

public sealed record HttpBody(byte[] Content, string Type);

public sealed record PathAssertion(JsonPath Path, Assertion Assertion);

public sealed record NamedAssertion(string Name, Assertion Assertion);

/// <summary>Where in an account a value lies.</summary>
public abstract record AccountField
{
    private AccountField()
    {
    }

    /// <summary>Null, and why, when the account does not hold it.</summary>
    public abstract SmokeValue? Read(ReadOnlySpan<byte> data, out string why);

    public sealed record AtOffset(int Offset, FieldType Type) : AccountField
    {
        public override SmokeValue? Read(ReadOnlySpan<byte> data, out string why)
        {
            var rest = data[Math.Min(Offset, data.Length)..];
            var value = Type.Read(ref rest);
            why = value is null ? $"{data.Length} bytes, which hold no such value at offset {Offset}" : "";
            return value;
        }
    }

    public sealed record OfIdl(AnchorIdl Idl, string Field) : AccountField
    {
        public override SmokeValue? Read(ReadOnlySpan<byte> data, out string why) => Idl.Read(data, Field, out why);
    }
}
