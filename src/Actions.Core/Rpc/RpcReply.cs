using System.Text.Json;

namespace Actions.Core.Rpc;

/// <summary>What an endpoint made of one call.</summary>
internal abstract record RpcReply
{
    private RpcReply()
    {
    }

    /// <summary>A well-formed answer; owns the document.</summary>
    public sealed record Answer(JsonDocument Document) : RpcReply
    {
        public JsonElement Result => Document.RootElement.GetProperty("result");
    }

    /// <summary>The node understood the call and says no.</summary>
    public sealed record Refusal(RpcRefusal Error) : RpcReply;

    /// <summary>The call may work later or elsewhere.</summary>
    public sealed record Failure(RpcFailureKind Kind, string Found) : RpcReply;
}

/// <summary>Why there is no usable answer.</summary>
internal enum RpcFailureKind
{
    Unreachable,
    Throttled,
    Forbidden,
    Invalid,
    TooLarge,
}

/// <summary>A JSON-RPC error; <paramref name="Message"/> is untrusted and bounded.</summary>
public sealed record RpcRefusal(int Code, string Message, JsonElement Data)
{
    public const int InvalidParams = -32602;
    public const int NodeUnhealthy = -32005;
    public const int MinContextSlotNotReached = -32016;
    public const int MethodNotFound = -32601;
    public const int BadSignature = -32003;

    /// <summary>Ours, for an endpoint that forbids one method only.</summary>
    public const int MethodForbidden = -403;

    /// <summary>The node is behind or busy: another node, or this one a little later, can answer.</summary>
    public bool IsPassing => Code is NodeUnhealthy or MinContextSlotNotReached or (-32004) or (-32014) or (-32603) or 429;
}

/// <summary>A node refused a call for a reason that asking again does not change.</summary>
#pragma warning disable CA1032 // made only here, always with its refusal
public sealed class RpcRefusedException(string method, RpcRefusal refusal) : Exception($"{method}: {refusal.Message} ({refusal.Code})")
#pragma warning restore CA1032
{
    public RpcRefusal Refusal { get; } = refusal;
}
