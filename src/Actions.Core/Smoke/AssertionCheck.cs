using System.Globalization;
using System.Text.RegularExpressions;

namespace Actions.Core.Smoke;

/// <summary>Holds assertions against what was found.</summary>
/// <param name="time">What `fresher-than` is measured by.</param>
/// <param name="captured">What earlier checks captured.</param>
public sealed class AssertionCheck(TimeProvider time, IReadOnlyDictionary<string, SmokeValue> captured)
{
    private const int LongestMatched = 1024 * 1024;

    /// <summary>Clocks differ; a time further ahead than this is no time of now.</summary>
    private static readonly TimeSpan AheadAllowed = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, SmokeValue> own = new(StringComparer.Ordinal);
    private readonly List<Complaint> complaints = [];

    public IReadOnlyList<Complaint> Complaints => complaints;

    /// <summary>What this check captured for later ones.</summary>
    public IReadOnlyDictionary<string, SmokeValue> Captured => own;

    /// <param name="about">What the selection is, as a person says it.</param>
    /// <param name="assertion">What must be true.</param>
    /// <param name="found">What there is.</param>
    public void Hold(string about, Assertion assertion, Selection found)
    {
        if (assertion.Capture is { } name)
        {
            if (found.Values is [var value])
            {
                own[name] = value;
            }
            else if (found.Values.Count > 1)
            {
                complaints.Add(new Complaint($"one {about} to capture as {name}", $"{found.Values.Count} of them"));
            }
        }

        if (!Holds(assertion, found))
        {
            complaints.Add(new Complaint($"{about} to be {assertion}", Shown(found) + Explained(assertion, found)));
        }
    }

    /// <summary>The same, where one of several readings must do.</summary>
    public void HoldAny(string about, Assertion assertion, IReadOnlyList<SmokeValue> readings)
    {
        if (!readings.Any(reading => Holds(assertion, Selection.Of(reading))))
        {
            complaints.Add(new Complaint($"{about} to be {assertion}", readings[0].Shown));
        }
        else if (assertion.Capture is { } name)
        {
            own[name] = readings[0];
        }
    }

    /// <summary>Takes over what another check of the same thing found.</summary>
    public void Adopt(AssertionCheck other)
    {
        complaints.AddRange(other.complaints);
        foreach (var (name, value) in other.own)
        {
            own[name] = value;
        }
    }

    public void Complain(string expected, string found) => complaints.Add(new Complaint(expected, found));

    private bool Holds(Assertion assertion, Selection found) => assertion.Exists == false
        ? found.Values.Count == 0
        : found.Values.Count > 0
            && (assertion.Every is not { } every || (found.Items.Count > 0 && found.Items.All(item => Holds(every, Selection.Of(item)))))
            && (assertion.Any is not { } any || found.Items.Any(item => Holds(any, Selection.Of(item))))
            && found.Values.All(value => Holds(assertion, value));

    private bool Holds(Assertion assertion, SmokeValue value) =>
        (assertion.EqualTo is not { } expected || SmokeValue.Same(expected, value))
        && (assertion.OneOf is not { } values || values.Any(one => SmokeValue.Same(one, value)))
        && (assertion.Not is not { } not || !Holds(not, Selection.Of(value)))
        && (assertion.Matches is not { } pattern || IsMatch(pattern, value))
        && (assertion.Min is not { } min || (value.AsNumber() is { } number && number.CompareTo(min) >= 0))
        && (assertion.Max is not { } max || (value.AsNumber() is { } other && other.CompareTo(max) <= 0))
        && (assertion.FresherThan is not { } age || IsFresh(value, age))
        && (assertion.SameAs is not { } name || ((own.TryGetValue(name, out var same) || captured.TryGetValue(name, out same)) && SmokeValue.Same(same, value)));

    private static bool IsMatch(Regex pattern, SmokeValue value)
    {
        try
        {
            return value.AsText() is { Length: <= LongestMatched } text && pattern.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    private bool IsFresh(SmokeValue value, TimeSpan age) =>
        SmokeTime.Parse(value) is { } at && Age(at) <= age && Age(at) >= -AheadAllowed;

    private TimeSpan Age(DateTimeOffset at) => time.GetUtcNow() - at;

    /// <summary>What a person would have to work out: how old a time is, and what a captured value was.</summary>
    private string Explained(Assertion assertion, Selection found) =>
        (assertion.FresherThan is not null && found.Values is [var value] ? SmokeTime.Parse(value) is { } at ? AgeOf(at) : ", which is no time" : "")
        + (assertion.SameAs is { } name && (own.TryGetValue(name, out var same) || captured.TryGetValue(name, out same)) ? $"; {name} is {same.Shown}" : "");

    private static string Shown(Selection found) => found.Values switch
    {
        [] => "nothing",
        [var value] => value.Shown,
        var values => new SmokeValue.List(values).Shown,
    };

    private string AgeOf(DateTimeOffset at) =>
        string.Create(CultureInfo.InvariantCulture, $" ({Math.Abs(Age(at).TotalSeconds):0} s {(Age(at) < TimeSpan.Zero ? "ahead" : "ago")})");
}
