namespace Actions.Core.Smoke;

/// <summary>In which order checks can run.</summary>
public static class SmokeOrder
{
    /// <summary>Every check after those it needs, else in the file's order; those of a cycle, and those behind one, are missing.</summary>
    public static IReadOnlyList<SmokeCheck> Of(IReadOnlyList<SmokeCheck> checks)
    {
        var ordered = new List<SmokeCheck>();
        var done = new HashSet<string>(StringComparer.Ordinal);
        var left = checks.ToList();
        while (left.Find(check => check.Needs.All(done.Contains)) is { } next)
        {
            ordered.Add(next);
            done.Add(next.Name);
            left.Remove(next);
        }

        return ordered;
    }

    /// <summary>The names of one cycle, in the order they wait for each other; empty when there is none.</summary>
    public static IReadOnlyList<string> Cycle(IReadOnlyList<SmokeCheck> checks)
    {
        var ordered = Of(checks).Select(check => check.Name).ToHashSet(StringComparer.Ordinal);
        var waiting = checks.Where(check => !ordered.Contains(check.Name)).ToDictionary(check => check.Name, StringComparer.Ordinal);
        var path = new List<string>();
        for (var name = waiting.Keys.FirstOrDefault(); name is not null; name = waiting[name].Needs.FirstOrDefault(waiting.ContainsKey))
        {
            if (path.IndexOf(name) is var at and >= 0)
            {
                return [.. path[at..], name];
            }

            path.Add(name);
        }

        return [];
    }
}
