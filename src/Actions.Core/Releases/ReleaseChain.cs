using Actions.Core.Runner;

namespace Actions.Core.Releases;

/// <summary>The environments of a release file form one chain by `after`: each gets its bytes from exactly one other, and no two from the same.</summary>
internal static class ReleaseChain
{
    public sealed record Complaint(string Expected, string Found, string Remedy);

    /// <summary>Everything that keeps them from being one chain, by the environment it is about.</summary>
    public static IEnumerable<(string Environment, Complaint Complaint)> Complaints(IReadOnlyList<ReleaseEnvironment> environments)
    {
        var names = environments.Select(environment => environment.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var environment in environments.Where(environment => environment.After is { } after && !names.Contains(after)))
        {
            yield return (environment.Name, new("Expected the name of one of the file's environments in 'after'", $"found {PlainText.Quote(environment.After!)}", "correct it"));
        }

        foreach (var fork in environments.Where(environment => environment.After is not null).GroupBy(environment => environment.After!).Where(fork => fork.Count() > 1))
        {
            yield return (fork.Last().Name, new("Expected one chain of environments", $"found a fork: {Names(fork)} all come after {PlainText.Quote(fork.Key)}", "let each come after another one"));
        }

        var first = environments.Where(environment => environment.After is null).ToList();
        if (first.Count > 1)
        {
            yield return (first[^1].Name, new("Expected one chain of environments, with one first environment", $"found {first.Count} without 'after': {Names(first)}", "say for all but one what they come after"));
        }

        foreach (var environment in environments.Where(environment => IsInCycle(environment, environments)).Take(1))
        {
            yield return (environment.Name, new("Expected one chain of environments", $"found a cycle: {PlainText.Quote(environment.Name)} comes after itself in the end", "remove one 'after'"));
        }
    }

    /// <summary>First to last; only of environments without complaints.</summary>
    public static IReadOnlyList<ReleaseEnvironment> InOrder(IReadOnlyList<ReleaseEnvironment> environments)
    {
        List<ReleaseEnvironment> ordered = [];
        for (var next = environments.Single(environment => environment.After is null); next is not null;
            next = environments.FirstOrDefault(environment => environment.After == ordered[^1].Name))
        {
            ordered.Add(next);
        }

        return ordered;
    }

    private static bool IsInCycle(ReleaseEnvironment start, IReadOnlyList<ReleaseEnvironment> environments)
    {
        var current = start;
        for (var steps = 0; steps < environments.Count && current?.After is { } after; steps++)
        {
            if (after == start.Name)
            {
                return true;
            }

            current = environments.FirstOrDefault(environment => environment.Name == after);
        }

        return false;
    }

    private static string Names(IEnumerable<ReleaseEnvironment> environments) => string.Join(", ", environments.Select(environment => PlainText.Quote(environment.Name)));
}
