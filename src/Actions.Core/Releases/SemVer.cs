using System.Text.RegularExpressions;

namespace Actions.Core.Releases;

/// <summary>A version as https://semver.org/spec/v2.0.0.html has it; a leading v is not part of it.</summary>
public sealed partial class SemVer
{
    /// <summary>Longer ones do not fit into file names and tags together with the rest.</summary>
    private const int Longest = 128;

    private readonly string[] core;
    private readonly string[] prerelease;

    private SemVer(string text, Match match)
    {
        Text = text;
        core = [match.Groups["major"].Value, match.Groups["minor"].Value, match.Groups["patch"].Value];
        prerelease = match.Groups["pre"].Success ? match.Groups["pre"].Value.Split('.') : [];
    }

    /// <summary>Without the leading v.</summary>
    public string Text { get; }

    public static SemVer? TryParse(string? text)
    {
        var bare = text is ['v', .. var rest] ? rest : text;
        return bare is { Length: <= Longest } && Form().Match(bare) is { Success: true } match ? new SemVer(bare, match) : null;
    }

    /// <summary>Less than zero when this one comes before the other; what follows a plus does not count.</summary>
    public int Precedence(SemVer other)
    {
        for (var i = 0; i < core.Length; i++)
        {
            if (CompareNumbers(core[i], other.core[i]) is not 0 and var order)
            {
                return order;
            }
        }

        return (prerelease.Length, other.prerelease.Length) switch
        {
            (0, 0) => 0,
            (0, _) => 1,
            (_, 0) => -1,
            _ => ComparePrereleases(prerelease, other.prerelease),
        };
    }

    public override string ToString() => Text;

    private static int ComparePrereleases(string[] left, string[] right)
    {
        foreach (var (one, two) in left.Zip(right))
        {
            if (CompareIdentifiers(one, two) is not 0 and var order)
            {
                return order;
            }
        }

        return left.Length.CompareTo(right.Length);
    }

    private static int CompareIdentifiers(string left, string right) => (IsNumber(left), IsNumber(right)) switch
    {
        (true, true) => CompareNumbers(left, right),
        (true, false) => -1,
        (false, true) => 1,
        _ => string.CompareOrdinal(left, right),
    };

    /// <summary>Of any length: they have no leading zeros, so the longer one is the greater one.</summary>
    private static int CompareNumbers(string left, string right) =>
        left.Length != right.Length ? left.Length.CompareTo(right.Length) : string.CompareOrdinal(left, right);

    private static bool IsNumber(string identifier) => !identifier.AsSpan().ContainsAnyExceptInRange('0', '9');

    [GeneratedRegex(
        @"\A(?<major>0|[1-9][0-9]*)\.(?<minor>0|[1-9][0-9]*)\.(?<patch>0|[1-9][0-9]*)"
        + @"(?:-(?<pre>(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*))?"
        + @"(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?\z")]
    private static partial Regex Form();
}
