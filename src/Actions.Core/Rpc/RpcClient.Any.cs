using System.Text.Json;

namespace Actions.Core.Rpc;

/// <content>Reads that a user names.</content>
public sealed partial class RpcClient
{
    private const int MaxAnyAnswer = 4 * 1024 * 1024;

    /// <summary>The `result` of any method.</summary>
    /// <param name="method">One that only reads.</param>
    /// <param name="parameters">A JSON array.</param>
    public Task<JsonElement> CallAsync(string method, ReadOnlyMemory<byte> parameters, CancellationToken cancellation)
    {
        using var given = JsonDocument.Parse(parameters);
        var call = RpcCall.Create(
            method,
            writer =>
            {
                foreach (var item in given.RootElement.EnumerateArray())
                {
                    item.WriteTo(writer);
                }
            },
            MaxAnyAnswer);
        return AskAsync(call, result => result.Clone(), cancellation);
    }
}
