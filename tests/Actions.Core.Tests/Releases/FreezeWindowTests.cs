using System.Globalization;
using Actions.Core.Releases;
using FsCheck;
using FsCheck.Fluent;

namespace Actions.Core.Tests.Releases;

public sealed class FreezeWindowTests
{
    private static readonly string[] Days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

    [Theory]
    [InlineData("Fri 18:00-Mon 06:00 UTC", "2026-11-20T17:59:59Z", false)] // a Friday
    [InlineData("Fri 18:00-Mon 06:00 UTC", "2026-11-20T18:00:00Z", true)]
    [InlineData("Fri 18:00-Mon 06:00 UTC", "2026-11-22T12:00:00Z", true)]
    [InlineData("Fri 18:00-Mon 06:00 UTC", "2026-11-23T05:59:59.999Z", true)]
    [InlineData("Fri 18:00-Mon 06:00 UTC", "2026-11-23T06:00:00Z", false)]
    [InlineData("Mon 06:00-Fri 18:00 UTC", "2026-11-22T12:00:00Z", false)]
    [InlineData("Sun 04:00-Sun 05:00 UTC", "2026-11-22T04:30:00Z", true)]
    [InlineData("Sun 04:00-Sun 05:00 UTC", "2026-11-23T04:30:00Z", false)]
    [InlineData("Sun 05:00-Sun 04:00 UTC", "2026-11-22T04:30:00Z", false)] // all week but one hour
    [InlineData("Sun 05:00-Sun 04:00 UTC", "2026-11-25T04:30:00Z", true)]
    [InlineData("03:00-05:00 UTC", "2026-11-22T03:00:00Z", true)]
    [InlineData("03:00-05:00 UTC", "2026-11-22T05:00:00Z", false)]
    [InlineData("22:00-02:00 UTC", "2026-11-22T23:00:00Z", true)]
    [InlineData("22:00-02:00 UTC", "2026-11-22T01:59:00Z", true)]
    [InlineData("22:00-02:00 UTC", "2026-11-22T02:00:00Z", false)]
    [InlineData("00:00-24:00 UTC", "2026-11-22T23:59:59Z", true)]
    [InlineData("Sat 00:00-Sat 24:00 UTC", "2026-11-21T23:59:59Z", true)]
    [InlineData("Sat 00:00-Sat 24:00 UTC", "2026-11-22T00:00:00Z", false)]
    [InlineData("Sat 00:00-Sun 24:00 UTC", "2026-11-23T00:00:00Z", false)]
    [InlineData("09:00-17:00 Asia/Kathmandu", "2026-11-22T03:14:59Z", false)] // +05:45
    [InlineData("09:00-17:00 Asia/Kathmandu", "2026-11-22T03:15:00Z", true)]
    [InlineData("Fri 18:00-Mon 06:00 Europe/Berlin", "2026-03-30T03:59:59Z", true)] // clocks went forward on Sunday: 06:00 is 04:00 UTC
    [InlineData("Fri 18:00-Mon 06:00 Europe/Berlin", "2026-03-30T04:00:00Z", false)]
    [InlineData("Fri 18:00-Mon 06:00 Europe/Berlin", "2026-10-26T04:59:59Z", true)] // and back: 06:00 is 05:00 UTC
    [InlineData("Fri 18:00-Mon 06:00 Europe/Berlin", "2026-10-26T05:00:00Z", false)]
    [InlineData("02:30-03:30 Europe/Berlin", "2026-03-29T01:00:00Z", true)] // 02:00 to 03:00 does not exist: frozen from 03:00
    [InlineData("02:30-03:30 Europe/Berlin", "2026-03-29T00:59:59Z", false)]
    [InlineData("02:00-03:00 Europe/Berlin", "2026-03-29T01:00:00Z", false)]
    [InlineData("02:00-03:00 Europe/Berlin", "2026-10-25T00:00:00Z", true)] // 02:00 to 03:00 comes twice: frozen both times
    [InlineData("02:00-03:00 Europe/Berlin", "2026-10-25T01:59:59Z", true)]
    [InlineData("02:00-03:00 Europe/Berlin", "2026-10-25T02:00:00Z", false)]
    public void A_window_holds_by_the_clock_of_its_place(string window, string at, bool isFrozen) =>
        FreezeWindow.Parse(window).Value.Holds(DateTimeOffset.Parse(at, CultureInfo.InvariantCulture)).ShouldBe(isFrozen);

    [Theory]
    [InlineData("")]
    [InlineData("Fri 18:00-Mon 06:00")]
    [InlineData("Fri 18:00-06:00 UTC")]
    [InlineData("18:00-Mon 06:00 UTC")]
    [InlineData("fri 18:00-mon 06:00 UTC")]
    [InlineData("Fri 24:00-Mon 06:00 UTC")]
    [InlineData("Fri 18:60-Mon 06:00 UTC")]
    [InlineData("Fri 8:00-Mon 06:00 UTC")]
    [InlineData("03:00-03:00 UTC")]
    [InlineData("Mon 03:00-Mon 03:00 UTC")]
    [InlineData("03:00-05:00 Europe/Atlantis")]
    [InlineData("03:00-05:00 Europe")]
    [InlineData("03:00-05:00 /etc/hostname")]
    [InlineData("03:00-05:00 ../../../etc/hostname")]
    [InlineData("03:00-05:00 Europe/../../../../etc/hostname")]
    [InlineData("03:00-05:00 UTC ")]
    [InlineData("03:00-05:00 UTC\n")]
    public void What_is_no_window_is_refused(string window) => FreezeWindow.Parse(window).IsOk.ShouldBeFalse();

    /// <summary>The definition once more, in another way: by the minutes that have passed since the start.</summary>
    [Fact]
    public void A_window_holds_exactly_while_the_clock_on_the_wall_is_between_its_ends() => Prop.ForAll(Arb.From(Cases), sample =>
    {
        var (start, length, zone, minutes) = sample;
        var end = (start + length) % (7 * 1440);
        var window = FreezeWindow.Parse($"{Show(start)}-{Show(end)} {zone}").Value;
        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(minutes);

        var wall = TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(zone));
        var minute = ((int)wall.DayOfWeek * 1440) + (int)wall.TimeOfDay.TotalMinutes;
        return window.Holds(at) == (minute - start + (7 * 1440)) % (7 * 1440) < length;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));

    private static readonly Gen<(int Start, int Length, string Zone, int Minutes)> Cases =
        from start in Gen.Choose(0, (7 * 1440) - 1)
        from length in Gen.Choose(1, (7 * 1440) - 1)
        from zone in Gen.Elements("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Chatham")
        from minutes in Gen.Choose(0, 366 * 1440)
        select (start, length, zone, minutes);

    private static string Show(int minute) => $"{Days[minute / 1440]} {minute % 1440 / 60:00}:{minute % 60:00}";
}
