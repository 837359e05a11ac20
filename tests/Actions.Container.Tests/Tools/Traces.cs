using System.Text.RegularExpressions;
using Actions.Container.Tests.Runner;

namespace Actions.Container.Tests.Tools;

/// <summary>Compares what two runs left with the runner, apart from the words that somebody else chose.</summary>
internal static partial class Traces
{
    private static readonly string[] Ours = ["add-mask", "debug", "error", "warning", "notice", "group", "endgroup", "stop-commands"];

    public static void ShouldDifferInWordsOnly(StepResult hostile, StepResult plain)
    {
        hostile.Exit.ShouldBe(plain.Exit, Both(hostile, plain));
        Comparable(hostile).ShouldBe(Comparable(plain), Both(hostile, plain));
        hostile.Log.Masks.Order().ShouldBe(plain.Log.Masks.Order(), Both(hostile, plain));
        Shape(hostile.Summary).ShouldBe(Shape(plain.Summary), Both(hostile, plain));
        hostile.Errors.ShouldBe(plain.Errors, Both(hostile, plain));
        ShouldBeOurs(hostile);
    }

    /// <summary>Only commands that we give are obeyed, and the log is left as it was found.</summary>
    public static void ShouldBeOurs(StepResult result)
    {
        result.Log.Obeyed.Select(command => command.Name).Except(Ours).ShouldBeEmpty(result.ToString());
        result.Log.Annotations.ShouldAllBe(annotation => annotation.Properties.GetValueOrDefault("title", "") != "forged");
        result.Log.IsStopped.ShouldBeFalse();
        result.Log.Shown.ShouldAllBe(line => !line.Contains('\u001b') && !line.Contains('\0') && !line.Contains('\u202e'));
        result.Summary.ShouldNotBeNull();
    }

    private static List<string> Comparable(StepResult result) =>
        [.. result.Outputs.Select(pair => $"{pair.Key}={Ulid().Replace(pair.Value, "ulid")}").Order()];

    /// <summary>Headings as they are, tables by their columns, and anything else as text.</summary>
    private static List<string> Shape(string? summary) => [.. (summary ?? "dropped").Split('\n').Select(line =>
        line.StartsWith('#') ? line
        : line.StartsWith('|') ? $"{Bar().Count(line)} bars"
        : line.StartsWith('<') || line.StartsWith("```", StringComparison.Ordinal) ? line
        : line.Length == 0 ? "" : "text")];

    private static string Both(StepResult hostile, StepResult plain) => $"{Short(hostile)}\n----- and without it -----\n{Short(plain)}";

    private static string Short(StepResult result) => result.ToString() is { Length: > 20_000 } text ? text[..20_000] : result.ToString();

    /// <summary>Records and reports have ids of their own in every run.</summary>
    [GeneratedRegex(@"\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b")]
    private static partial Regex Ulid();

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Bar();
}
