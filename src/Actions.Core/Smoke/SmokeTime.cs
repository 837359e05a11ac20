using System.Globalization;

namespace Actions.Core.Smoke;

/// <summary>Points in time as services write them: ISO 8601, seconds or milliseconds since 1970.</summary>
internal static class SmokeTime
{
    /// <summary>As seconds, this is the year 5138; as milliseconds, 1973.</summary>
    private const double FirstMilliseconds = 1e11;
    private const double LastMilliseconds = 253_402_300_799_000;

    private static readonly string[] Forms =
    [
        "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd' 'HH:mm:ssK", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFFK",
    ];

    public static DateTimeOffset? Parse(SmokeValue value)
    {
        if (value.AsNumber() is { } number)
        {
            var milliseconds = number.Rounded < FirstMilliseconds ? number.Rounded * 1000 : number.Rounded;
            return milliseconds is >= 0 and <= LastMilliseconds ? DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds) : null;
        }

        // Services write up to nine decimals of a second, .NET reads seven.
        return value is SmokeValue.Text { Value: { Length: <= 40 } text }
            && DateTimeOffset.TryParseExact(Shorten(text), Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
    }

    public static string Shown(TimeSpan span) => span switch
    {
        { TotalSeconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0.###} ms"),
        { TotalMinutes: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.##} s"),
        { TotalHours: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0.#} min"),
        { TotalDays: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.#} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0.#} d"),
    };

    private static string Shorten(string text)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var end = dot + 1;
        while (dot >= 0 && end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return dot >= 0 && end - dot > 8 ? string.Concat(text.AsSpan(0, dot + 8), text.AsSpan(end)) : text;
    }
}
