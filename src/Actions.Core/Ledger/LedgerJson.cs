using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Actions.Core.Solana;

namespace Actions.Core.Ledger;

/// <summary>The default encoder stays: it escapes everything but ASCII, so an event is one line to every reader.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = 8,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    Converters =
    [
        typeof(AddressConverter), typeof(SignatureConverter), typeof(InstantConverter),
        typeof(KebabConverter<RecordKind>), typeof(KebabConverter<RecordState>), typeof(KebabConverter<CheckKind>),
    ])]
[JsonSerializable(typeof(LedgerEvent))]
[JsonSerializable(typeof(SchemaProbe))]
internal sealed partial class LedgerJson : JsonSerializerContext;

/// <summary>Read before anything else, so that an event of a newer version is not taken for a broken one.</summary>
internal sealed record SchemaProbe(int? Schema);

internal sealed class KebabConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)
    where T : struct, Enum;

internal sealed class AddressConverter : JsonConverter<Address>
{
    public override Address Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Address.TryParse(reader.GetString(), out var address)
            ? address
            : throw new JsonException("not an address");

    public override void Write(Utf8JsonWriter writer, Address value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

internal sealed class SignatureConverter : JsonConverter<Signature>
{
    public override Signature Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Signature.TryParse(reader.GetString(), out var signature)
            ? signature
            : throw new JsonException("not a signature");

    public override void Write(Utf8JsonWriter writer, Signature value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

/// <summary>UTC with milliseconds, so that records sort as text.</summary>
internal sealed class InstantConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var instant)
            ? instant.ToUniversalTime()
            : throw new JsonException("not an instant");

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
}

/// <summary>A date is read as well: `block-time` stands among dates, and other tools may write it as one.</summary>
internal sealed class UnixSecondsConverter : JsonConverter<long>
{
    public override long Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var seconds) ? seconds
        : reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var instant) ? instant.ToUnixTimeSeconds()
        : throw new JsonException("neither Unix seconds nor an instant");

    public override void Write(Utf8JsonWriter writer, long value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}
