using System.Text.RegularExpressions;

namespace Actions.Core.Smoke;

/// <summary>What must be true of a selection; everything that is set must hold.</summary>
public sealed record Assertion
{
    public SmokeValue? EqualTo { get; init; }

    public Assertion? Not { get; init; }

    public IReadOnlyList<SmokeValue>? OneOf { get; init; }

    public Regex? Matches { get; init; }

    public SmokeNumber? Min { get; init; }

    public SmokeNumber? Max { get; init; }

    /// <summary>Of at least one.</summary>
    public Assertion? Every { get; init; }

    public Assertion? Any { get; init; }

    public TimeSpan? FresherThan { get; init; }

    public bool? Exists { get; init; }

    /// <summary>Under which name later checks find the value.</summary>
    public string? Capture { get; init; }

    /// <summary>The name under which an earlier check captured a value.</summary>
    public string? SameAs { get; init; }

    /// <summary>As a person says it: "at least 5 and at most 9".</summary>
    public override string ToString() => string.Join(" and ", Parts());

    private IEnumerable<string> Parts()
    {
        if (EqualTo is { } value)
        {
            yield return value.Shown;
        }

        if (Not is { } not)
        {
            yield return $"not {not}";
        }

        if (OneOf is { } values)
        {
            yield return $"one of {string.Join(", ", values.Select(one => one.Shown))}";
        }

        if (Matches is { } pattern)
        {
            yield return $"a match of {Runner.PlainText.Quote(pattern.ToString())}";
        }

        if (Min is { } min)
        {
            yield return $"at least {min}";
        }

        if (Max is { } max)
        {
            yield return $"at most {max}";
        }

        if (Every is { } every)
        {
            yield return $"only {every}, at least once";
        }

        if (Any is { } any)
        {
            yield return $"{any} at least once";
        }

        if (FresherThan is { } age)
        {
            yield return $"a time of the last {SmokeTime.Shown(age)}";
        }

        if (SameAs is { } name)
        {
            yield return $"the same as {name}";
        }

        if (Exists == false)
        {
            yield return "nothing";
        }
        else if (Exists == true || this is { EqualTo: null, Not: null, OneOf: null, Matches: null, Min: null, Max: null, Every: null, Any: null, FresherThan: null, SameAs: null })
        {
            yield return "something";
        }
    }
}

/// <summary>What was expected and what was found instead.</summary>
public sealed record Complaint(string Expected, string Found)
{
    public override string ToString() => $"expected {Expected}, found {Found}";
}
