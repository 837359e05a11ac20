using System.Buffers;
using System.Text.Json;

namespace Actions.Core.Rpc;

/// <summary>One JSON-RPC call as it goes on the wire.</summary>
internal sealed record RpcCall(string Method, ReadOnlyMemory<byte> Body, int MaxAnswer, TimeSpan Timeout)
{
    /// <summary>Plans of providers leave these out; a deploy does without them.</summary>
    private static readonly string[] OftenForbidden = ["getProgramAccounts", "getSignaturesForAddress", "getRecentPrioritizationFees", "getBlockTime"];

    private const int SmallAnswer = 256 * 1024;
    private static readonly TimeSpan ShortTimeout = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan LongTimeout = TimeSpan.FromSeconds(45);

    /// <summary>Whether the answer is small, so that its latency says something about the endpoint.</summary>
    public bool Comparable => MaxAnswer <= SmallAnswer;

    public bool IsOptional => OftenForbidden.Contains(Method);

    public static RpcCall Create(string method, Action<Utf8JsonWriter>? parameters = null, int maxAnswer = SmallAnswer)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("jsonrpc", "2.0");
            writer.WriteNumber("id", 1);
            writer.WriteString("method", method);
            writer.WriteStartArray("params");
            parameters?.Invoke(writer);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        return new RpcCall(method, buffer.WrittenMemory, maxAnswer, maxAnswer > SmallAnswer ? LongTimeout : ShortTimeout);
    }
}
