using System.Text.Json;

namespace Actions.Core.Idl;

/// <summary>The interface of a program as Anchor describes it: both the form before 0.30 and the one since.</summary>
/// <param name="Types">By name; those of accounts and events too.</param>
public sealed record AnchorIdl(
    IReadOnlyList<IdlInstruction> Instructions, IReadOnlyList<IdlAccount> Accounts, IReadOnlyList<IdlAccount> Events, IReadOnlyList<IdlError> Errors, IReadOnlyDictionary<string, IdlDefinition> Types)
{
    /// <summary>Null, and what is wrong, for a text that is no such IDL.</summary>
    public static AnchorIdl? TryRead(string text, out string problem)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = IdlReader.MostDepth });
            var idl = new IdlReader(document.RootElement).Read();
            problem = "";
            return idl;
        }
        catch (IdlException exception)
        {
            problem = exception.Message;
        }
        catch (JsonException)
        {
            problem = "no JSON, or JSON that is nested too deeply";
        }

        return null;
    }

    /// <summary>Whether a text is an IDL of another kind, which is published but cannot be compared here.</summary>
    public static bool IsCodama(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty("kind", out var kind) && kind.ValueKind == JsonValueKind.String && kind.ValueEquals("rootNode");

    /// <summary>Names as both forms write them: `feeBps` and `fee_bps` are the same.</summary>
    internal static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
}

/// <param name="Discriminator">As lower-case hex; null where the form leaves it to the name.</param>
/// <param name="Accounts">In order; those of a group with its name before theirs.</param>
/// <param name="Returns">Null for nothing.</param>
public sealed record IdlInstruction(string Name, string? Discriminator, IReadOnlyList<IdlAccountMeta> Accounts, IReadOnlyList<IdlField> Arguments, IdlType? Returns);

/// <param name="Address">Which account it has to be; null for any.</param>
public sealed record IdlAccountMeta(string Name, bool IsWritable, bool IsSigner, bool IsOptional, string? Address);

/// <summary>A kind of account, or of event.</summary>
/// <param name="Discriminator">As lower-case hex; null where the form leaves it to the name.</param>
/// <param name="Type">What it is made of, among the IDL's types.</param>
public sealed record IdlAccount(string Name, string? Discriminator, string Type);

public sealed record IdlError(string Name, long Code);

/// <summary>What a text has that no IDL has.</summary>
#pragma warning disable CA1032 // made only by the reader, always with what is wrong
internal sealed class IdlException(string message) : Exception(message);
#pragma warning restore CA1032
