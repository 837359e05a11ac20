using YamlDotNet.RepresentationModel;

namespace Actions.Core.Tests.Conventions;

/// <summary>docs/contract.yml, as tests read it.</summary>
internal sealed record Contract(IReadOnlyList<ContractInput> Common, IReadOnlyList<ContractInput> Providers, IReadOnlyList<ContractAction> Actions)
{
    public static Contract Load() => Load(Repository.PathOf("docs/contract.yml"));

    public static Contract Load(string path)
    {
        using var reader = new StreamReader(path);
        var yaml = new YamlStream();
        yaml.Load(reader);
        var root = (YamlMappingNode)yaml.Documents[0].RootNode;
        return new Contract(
            Inputs((YamlMappingNode)root["common"]), Inputs((YamlMappingNode)root["providers"]),
            [.. ((YamlSequenceNode)root["actions"]).Cast<YamlMappingNode>().Select(Action)]);
    }

    public ContractAction Action(string name) => Actions.Single(action => action.Name == name);

    /// <summary>Every input that an action can get: its own, the common ones, the providers' settings.</summary>
    public IReadOnlyList<ContractInput> InputsOf(string action) => [.. Action(action).Inputs, .. CommonOf(action), .. Action(action).Takes is null ? Providers : []];

    /// <summary>The common inputs, of which an action may read some before the others do.</summary>
    public IReadOnlyList<ContractInput> CommonOf(string action) =>
        [.. Common.Where(input => Action(action).Takes?.Contains(input.Name) != false).Select(input => input with { IsBuilt = input.IsBuilt || input.BuiltIn.Contains(action) })];

    private static ContractAction Action(YamlMappingNode node) => new(
        Text(node, "name")!, Text(node, "built") == "true", Text(node, "summary")!, Inputs(node),
        [.. Sequence(node, "outputs").Cast<YamlMappingNode>().Select(output =>
            new ContractOutput(Text(output, "name")!, Text(output, "type")!, Text(output, "built") != "false", Text(output, "description")!))])
    {
        Takes = node.Children.ContainsKey("takes") ? [.. Sequence(node, "takes").Select(name => ((YamlScalarNode)name).Value!)] : null,
    };

    private static ContractInput[] Inputs(YamlMappingNode node) =>
        [.. Sequence(node, "inputs").Cast<YamlMappingNode>().Select(input => new ContractInput(
            Text(input, "name")!, Text(input, "type")!, Text(input, "required") == "true", Text(input, "default"), Text(input, "default-when"),
            Text(input, "release-file") == "true", Text(input, "built") != "false",
            [.. Sequence(input, "choices").Select(choice => ((YamlScalarNode)choice).Value!)], Text(input, "description")!)
            { BuiltIn = [.. Sequence(input, "built-in").Select(name => ((YamlScalarNode)name).Value!)] })];

    private static string? Text(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out var value) ? ((YamlScalarNode)value).Value : null;

    private static IEnumerable<YamlNode> Sequence(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out var value) ? (YamlSequenceNode)value : [];
}

internal sealed record ContractAction(
    string Name, bool IsBuilt, string Summary, IReadOnlyList<ContractInput> Inputs, IReadOnlyList<ContractOutput> Outputs)
{
    /// <summary>The common inputs it has; null for all of them, and the providers' settings too.</summary>
    public IReadOnlyList<string>? Takes { get; init; }
}

internal sealed record ContractOutput(string Name, string Type, bool IsBuilt, string Description);

internal sealed record ContractInput(
    string Name, string Type, bool IsRequired, string? Default, string? DefaultWhen, bool IsInReleaseFile, bool IsBuilt, IReadOnlyList<string> Choices,
    string Description)
{
    /// <summary>The actions that read it although others do not yet.</summary>
    public IReadOnlyList<string> BuiltIn { get; init; } = [];

    /// <summary>The runner delivers a default like a user's value, so what a file can supply has none.</summary>
    public string? DeclaredDefault => IsInReleaseFile || DefaultWhen is not null ? null : Default;
}
