namespace Actions.Core.Gates;

/// <summary>How long bytes have run, and times as people read them.</summary>
public static class SoakTime
{
    /// <summary>Null when nobody can tell.</summary>
    public static TimeSpan? Of(SourceEvidence source) => TimeGates.Soaked(source);

    public static string Show(DateTimeOffset at) => TimeGates.Show(at);

    public static string Show(TimeSpan time) => TimeGates.Show(time);
}
