using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Actions.Core.Smoke;

/// <summary>The part of JSONPath that specs use: `$`, `.name`, `['name']`, `[n]`, `[*]`.</summary>
public sealed class JsonPath
{
    public const string Form = "a JSONPath of $, .name, ['name'], [n] and [*]";

    private const int MostSteps = 64;

    private readonly string text;
    private readonly IReadOnlyList<PathStep> steps;

    private JsonPath(string text, IReadOnlyList<PathStep> steps) => (this.text, this.steps) = (text, steps);

    /// <summary>Whether it can select several values.</summary>
    public bool IsMany => steps.Any(step => step is PathStep.All);

    /// <summary>Null when it is none.</summary>
    public static JsonPath? Parse(string text)
    {
        var steps = new List<PathStep>();
        if (!text.StartsWith('$'))
        {
            return null;
        }

        for (var at = 1; at < text.Length;)
        {
            if (steps.Count == MostSteps || ReadStep(text, ref at) is not { } step)
            {
                return null;
            }

            steps.Add(step);
        }

        return new JsonPath(text, steps);
    }

    /// <summary>What it selects, in the document's order.</summary>
    public Selection Select(JsonElement root)
    {
        IEnumerable<JsonElement> found = [root];
        foreach (var step in steps)
        {
            found = found.SelectMany(element => Follow(element, step));
        }

        return new Selection([.. found.Select(SmokeValue.From)], IsMany);
    }

    public override string ToString() => text;

    private static IEnumerable<JsonElement> Follow(JsonElement element, PathStep step) => (step, element.ValueKind) switch
    {
        (PathStep.Member { Name: var name }, JsonValueKind.Object) => element.TryGetProperty(name, out var value) ? [value] : [],
        (PathStep.Index { At: var at }, JsonValueKind.Array) => at < element.GetArrayLength() ? [element[at]] : [],
        (PathStep.All, JsonValueKind.Array) => element.EnumerateArray(),
        (PathStep.All, JsonValueKind.Object) => element.EnumerateObject().Select(property => property.Value),
        _ => [],
    };

    private static PathStep? ReadStep(string text, ref int at)
    {
        var start = at;
        switch (text[at])
        {
            case '.':
                for (at++; at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '_' or '-'); at++)
                {
                }

                return at > start + 1 ? new PathStep.Member(text[(start + 1)..at]) : null;
            case '[' when text.AsSpan(at).StartsWith("[*]", StringComparison.Ordinal):
                at += 3;
                return new PathStep.All();
            case '[' when at + 1 < text.Length && text[at + 1] is '\'' or '"':
                return ReadQuoted(text, ref at);
            case '[':
                var end = text.IndexOf(']', at);
                at = end + 1;
                return end > 0 && int.TryParse(text.AsSpan(start + 1, end - start - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                    ? new PathStep.Index(index)
                    : null;
            default:
                return null;
        }
    }

    private static PathStep.Member? ReadQuoted(string text, ref int at)
    {
        var quote = text[at + 1];
        var name = new StringBuilder();
        for (at += 2; at < text.Length && text[at] != quote; at++)
        {
            if (text[at] == '\\' && ++at == text.Length)
            {
                return null;
            }

            name.Append(text[at]);
        }

        at += 2;
        return at <= text.Length && text[at - 1] == ']' ? new PathStep.Member(name.ToString()) : null;
    }

    private abstract record PathStep
    {
        private PathStep()
        {
        }

        public sealed record Member(string Name) : PathStep;

        public sealed record Index(int At) : PathStep;

        public sealed record All : PathStep;
    }
}

/// <summary>What an assertion is about.</summary>
/// <param name="Values">None when there is nothing of that name.</param>
/// <param name="IsMany">Whether there could have been several.</param>
public sealed record Selection(IReadOnlyList<SmokeValue> Values, bool IsMany)
{
    public static readonly Selection Nothing = new([], false);

    public static Selection Of(SmokeValue value) => new([value], false);

    public static Selection Of(string text) => Of(new SmokeValue.Text(text));

    /// <summary>The values that `every` and `any` are about: several, or the items of a single list.</summary>
    internal IReadOnlyList<SmokeValue> Items => this is { IsMany: false, Values: [SmokeValue.List list] } ? list.Items : Values;
}
