using System.Globalization;

namespace Actions.Core.Runner;

/// <summary>How far something has come: a bar redrawn in place on a terminal, one line per tenth in a job's log.</summary>
public sealed class Progress
{
    private const int BarWidth = 30;

    private static readonly TimeSpan BetweenRedraws = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private readonly JobLog log;
    private readonly string what;
    private readonly int total;
    private readonly long started;
    private long drawn;
    private int? first;
    private int shown = -1;

    internal Progress(JobLog log, string what, int total)
    {
        (this.log, this.what, this.total) = (log, PlainText.CleanLine(what), Math.Max(total, 0));
        started = log.Time.GetTimestamp();
    }

    /// <summary>Says how many have landed in all; cheap enough to call for every one of them.</summary>
    public void Report(int landed)
    {
        lock (gate)
        {
            landed = Math.Clamp(landed, 0, total);
            first ??= landed;
            var tenth = total == 0 ? 10 : landed * 10L / total;
            var last = landed == total;
            if (log.Environment.Terminal ? !IsDue(last, landed) : tenth <= shown)
            {
                return;
            }

            (shown, drawn) = (log.Environment.Terminal ? landed : (int)tenth, log.Time.GetTimestamp());
            Show(landed, last);
        }
    }

    private bool IsDue(bool last, int landed) =>
        landed > shown && (last || shown < 0 || log.Time.GetElapsedTime(drawn) >= BetweenRedraws);

    private void Show(int landed, bool last)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{what}: {landed}/{total}{Pace(landed)}");
        if (log.Environment.Terminal)
        {
            var full = total == 0 ? BarWidth : (int)((long)landed * BarWidth / total);
            log.Redraw($"[{new string('#', full)}{new string('.', BarWidth - full)}] {text}", last);
        }
        else
        {
            log.Line(text);
        }
    }

    /// <summary>Rate and remaining time count from where this run began: a resumed upload did not send what it found.</summary>
    private string Pace(int landed)
    {
        var seconds = log.Time.GetElapsedTime(started).TotalSeconds;
        var done = landed - first!.Value;
        if (done <= 0 || seconds <= 0)
        {
            return "";
        }

        var rate = done / seconds;
        var left = TimeSpan.FromSeconds(Math.Min((total - landed) / rate, TimeSpan.FromDays(7).TotalSeconds));
        return landed == total
            ? string.Create(CultureInfo.InvariantCulture, $", {rate:0.0}/s, took {Short(TimeSpan.FromSeconds(seconds))}")
            : string.Create(CultureInfo.InvariantCulture, $", {rate:0.0}/s, {Short(left)} left");
    }

    private static string Short(TimeSpan span) => span.TotalMinutes >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalMinutes}m{span.Seconds:00}s")
        : string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0}s");
}
