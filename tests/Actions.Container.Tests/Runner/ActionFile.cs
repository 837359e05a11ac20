using YamlDotNet.RepresentationModel;

namespace Actions.Container.Tests.Runner;

/// <summary>What the runner takes from an action.yml (src/Runner.Worker/ActionManifestManager.cs).</summary>
/// <param name="Folder">Where it lies; the image is named relative to it.</param>
/// <param name="Inputs">Every declared input with its default.</param>
/// <param name="Outputs">The names of the outputs.</param>
/// <param name="Image">A Dockerfile or `docker://…`.</param>
/// <param name="Arguments">What the entrypoint is given; may hold expressions.</param>
internal sealed record ActionFile(string Folder, IReadOnlyDictionary<string, string> Inputs, IReadOnlyList<string> Outputs, string Image, IReadOnlyList<string> Arguments)
{
    /// <summary>Reads the action that `uses: ./folder` names.</summary>
    public static ActionFile Read(string folder)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(File.ReadAllText(Path.Combine(folder, "action.yml"))));
        var root = (YamlMappingNode)yaml.Documents[0].RootNode;
        var runs = (YamlMappingNode)root["runs"];
        Text(runs, "using").ShouldBe("docker");
        return new ActionFile(
            folder,
            Map(root, "inputs").ToDictionary(pair => Value(pair.Key), pair => Text((YamlMappingNode)pair.Value, "default")),
            [.. Map(root, "outputs").Select(pair => Value(pair.Key))],
            Text(runs, "image"),
            [.. ((YamlSequenceNode)runs["args"]).Select(Value)]);
    }

    /// <summary>The Dockerfile and its context: the folder that the file lies in.</summary>
    public (string Dockerfile, string Context) Build
    {
        get
        {
            var dockerfile = Path.GetFullPath(Path.Combine(Folder, Image));
            return (dockerfile, Path.GetDirectoryName(dockerfile)!);
        }
    }

    private static YamlMappingNode Map(YamlMappingNode node, string key) => (YamlMappingNode)node[key];

    private static string Text(YamlMappingNode node, string key) => node.Children.TryGetValue(key, out var value) ? Value(value) : "";

    private static string Value(YamlNode node) => ((YamlScalarNode)node).Value ?? "";
}
