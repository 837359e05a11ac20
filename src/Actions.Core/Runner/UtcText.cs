using System.Globalization;

namespace Actions.Core.Runner;

/// <summary>A moment as machines read it.</summary>
public static class UtcText
{
    /// <summary>Such as 2026-12-01T08:00:00Z.</summary>
    public static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
