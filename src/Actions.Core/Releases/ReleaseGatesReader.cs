using Actions.Core.Runner;

namespace Actions.Core.Releases;

/// <summary>Reads the `gates` of one environment.</summary>
internal sealed class ReleaseGatesReader(YamlFaults faults)
{
    public ReleaseGates Read(YamlMap map)
    {
        var gates = new ReleaseGates
        {
            MinSoak = map.Duration("min-soak"),
            Smoke = map.Flag("smoke"),
            Verified = map.Flag("verified"),
            Phrase = map.Text("phrase"),
            Checks = Names(map, "checks"),
            Security = map.Map("security") is { } security ? Security(security) : null,
            Approvals = map.Map("approvals") is { } approvals ? Approvals(approvals) : null,
            Freeze = Freeze(map),
            Window = map.Map("window") is { } window ? Window(window) : null,
        };
        map.Close();
        return gates;
    }

    private static SecurityGate? Security(YamlMap map)
    {
        map.Require("check");
        var (check, age) = (map.Text("check"), map.Duration("max-age"));
        map.Close();
        return check is null ? null : new SecurityGate(check, age);
    }

    internal ApprovalGate Approvals(YamlMap map)
    {
        map.Require("environments");
        var gate = new ApprovalGate(Names(map, "environments"), map.Flag("distinct") ?? true, map.Flag("not-by-actor") ?? true);
        map.Close();
        return gate;
    }

    /// <summary>An empty list would be a gate that is always open.</summary>
    private List<string> Names(YamlMap map, string key)
    {
        List<string> names = [];
        foreach (var (text, node) in map.List(key))
        {
            if (names.Contains(text))
            {
                faults.Add(node, $"Expected each name once in '{key}'", $"found {PlainText.Quote(text)} twice", "remove one of them");
            }

            names.Add(text);
        }

        if (map.IsEmptyList(key))
        {
            map.Complain(key, "at least one name", "found none", "add one, or remove the key");
        }

        return names;
    }

    private List<FreezeWindow> Freeze(YamlMap map)
    {
        List<FreezeWindow> windows = [];
        foreach (var (text, node) in map.List("freeze"))
        {
            var window = FreezeWindow.Parse(text);
            foreach (var fault in window.Faults)
            {
                faults.Add(node, fault.Expected, fault.Found, fault.Remedy);
            }

            if (window.IsOk)
            {
                windows.Add(window.Value);
            }
        }

        return windows;
    }

    private static ChangeWindow? Window(YamlMap map)
    {
        map.Require("from", "to");
        var from = map.Parse("from", ChangeWindow.InstantForm, ChangeWindow.Instant);
        var to = map.Parse("to", ChangeWindow.InstantForm, ChangeWindow.Instant);
        if (from >= to)
        {
            map.Complain("to", "an instant after 'from'", "found one that is not", "correct one of the two");
        }

        map.Close();
        return from is { } start && to is { } end ? new ChangeWindow(start, end) : null;
    }
}
