using System.Globalization;
using System.Security;
using System.Text.RegularExpressions;
using Actions.Core.Faults;
using Actions.Core.Runner;

namespace Actions.Core.Releases;

/// <summary>Hours of every day, or of every week, in which nothing is released, by the clock on the wall of one place; the end does not belong to them.</summary>
public sealed partial class FreezeWindow
{
    public const string Form = "'[Day ]HH:MM-[Day ]HH:MM Zone', such as 'Fri 18:00-Mon 06:00 UTC' or '03:00-05:00 Europe/Berlin'";

    private const int MinutesOfHour = 60;
    private const int MinutesOfDay = 24 * MinutesOfHour;
    private const int DaysOfWeek = 7;

    private static readonly string[] Days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

    private readonly string text;
    private readonly TimeZoneInfo zone;
    private readonly bool isWeekly;
    private readonly int start;
    private readonly int end;

    private FreezeWindow(string text, TimeZoneInfo zone, bool isWeekly, int start, int end) =>
        (this.text, this.zone, this.isWeekly, this.start, this.end) = (text, zone, isWeekly, start, end);

    private int Period => isWeekly ? DaysOfWeek * MinutesOfDay : MinutesOfDay;

    public static Result<FreezeWindow> Parse(string text)
    {
        var match = Pattern().Match(text);
        if (!match.Success || match.Groups["day1"].Success != match.Groups["day2"].Success)
        {
            return Wrong($"found {PlainText.Quote(text)}", "give both ends a day, or neither; hours are 00:00 to 23:59, and 24:00 as an end");
        }

        var isWeekly = match.Groups["day1"].Success;
        var (start, end) = (Minute(match, "day1", "time1"), Minute(match, "day2", "time2"));
        if (start == end)
        {
            return Wrong($"found {PlainText.Quote(text)}, which ends when it begins", "say 00:00-24:00 for whole days, or remove it");
        }

        return FindZone(match.Groups["zone"].Value) is { } zone
            ? new FreezeWindow(text, zone, isWeekly, start, end)
            : Wrong($"found the zone {PlainText.Quote(match.Groups["zone"].Value)}, which the time zone database does not have", "use UTC or a name such as Europe/Berlin; the machine needs tzdata");
    }

    public bool Holds(DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone);
        var minute = ((isWeekly ? (int)local.DayOfWeek : 0) * MinutesOfDay) + (local.Hour * MinutesOfHour) + local.Minute;
        var finish = end % Period;
        return start < finish ? minute >= start && minute < finish : minute >= start || minute < finish;
    }

    public override string ToString() => text;

    private static int Minute(Match match, string day, string time)
    {
        var clock = match.Groups[time].ValueSpan;
        var ofDay = (int.Parse(clock[..2], CultureInfo.InvariantCulture) * MinutesOfHour) + int.Parse(clock[3..], CultureInfo.InvariantCulture);
        return ofDay + (match.Groups[day].Success ? Array.IndexOf(Days, match.Groups[day].Value) * MinutesOfDay : 0);
    }

    /// <summary>The pattern keeps dots and leading slashes out: the name is a path below the time zone database.</summary>
    private static TimeZoneInfo? FindZone(string name)
    {
        try
        {
            return name is "UTC" or "Z" ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(name);
        }
        catch (Exception problem) when (problem is TimeZoneNotFoundException or InvalidTimeZoneException or SecurityException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static Fault Wrong(string found, string remedy) => new(FaultCodes.InputInvalid, $"Expected {Form}", found, remedy);

    [GeneratedRegex(
        @"\A(?:(?<day1>Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?(?<time1>(?:[01][0-9]|2[0-3]):[0-5][0-9])-"
        + @"(?:(?<day2>Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?(?<time2>(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00) "
        + @"(?<zone>[A-Za-z][A-Za-z0-9_+-]{0,63}(?:/[A-Za-z0-9_+-]{1,63}){0,3})\z")]
    private static partial Regex Pattern();
}
