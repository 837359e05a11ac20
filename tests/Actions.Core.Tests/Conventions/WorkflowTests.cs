using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Actions.Core.Tests.Conventions;

public sealed partial class WorkflowTests
{
    public static TheoryData<string> Workflows => new(
        Directory.GetFiles(Repository.PathOf(".github/workflows"), "*.yml").Select(path => Path.GetRelativePath(Repository.Root, path)));

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Every_action_is_pinned_by_sha_with_its_version(string workflow)
    {
        var uses = Repository.Read(workflow).Split('\n').Where(line => line.TrimStart(' ', '-').StartsWith("uses:", StringComparison.Ordinal)).ToList();

        uses.Where(line => !line.Contains("uses: ./", StringComparison.Ordinal) && !line.Contains("uses: $/", StringComparison.Ordinal))
            .ShouldAllBe(line => Pinned().IsMatch(line));
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void No_workflow_has_permissions_by_default_and_each_grant_is_explained(string workflow)
    {
        var text = Repository.Read(workflow);

        text.ShouldContain("\npermissions: {}\n");
        text.Split('\n').Where(line => Grant().IsMatch(line)).ShouldAllBe(line => line.Contains('#'));
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void No_script_has_expressions_in_it(string workflow) =>
        Runs(Load(workflow)).ShouldAllBe(script => !script.Contains("${{", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Every_checkout_drops_its_credentials(string workflow)
    {
        var text = Repository.Read(workflow);

        Occurrences(text, "persist-credentials: false").ShouldBe(Occurrences(text, "uses: actions/checkout@"));
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Every_workflow_and_job_has_a_name(string workflow)
    {
        var root = Load(workflow);

        root.Children.ContainsKey("name").ShouldBeTrue();
        ((YamlMappingNode)root["jobs"]).Children.Values.Cast<YamlMappingNode>().ShouldAllBe(job => job.Children.ContainsKey("name"));
    }

    private static int Occurrences(string text, string part) => text.Split(part).Length - 1;

    private static YamlMappingNode Load(string workflow)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Repository.Read(workflow)));
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private static IEnumerable<string> Runs(YamlNode node) => node switch
    {
        YamlMappingNode mapping => mapping.SelectMany(pair =>
            pair is { Key: YamlScalarNode { Value: "run" }, Value: YamlScalarNode { Value: { } script } } ? [script] : Runs(pair.Value)),
        YamlSequenceNode sequence => sequence.SelectMany(Runs),
        _ => [],
    };

    [GeneratedRegex(@"uses: [\w./-]+@[0-9a-f]{40} # v\d")]
    private static partial Regex Pinned();

    [GeneratedRegex(@"^\s+[a-z-]+: (read|write)\b")]
    private static partial Regex Grant();
}
