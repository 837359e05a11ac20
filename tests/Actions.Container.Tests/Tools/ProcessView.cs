using System.Text.Json;
using System.Text.Json.Serialization;

namespace Actions.Container.Tests.Tools;

/// <summary>A look at the first process of a running container from a container beside it, which may, whoever runs the tests.</summary>
internal sealed record ProcessView(IReadOnlyList<string> Files, IReadOnlyList<string> Holding, (string Soft, string Hard) CoreSize)
{
    /// <summary>The files it maps, those of them that hold one of the texts, and how large its core file may be.</summary>
    public static async Task<ProcessView> TakeAsync(string container, IEnumerable<string> texts)
    {
        var script = await File.ReadAllTextAsync(Repository.At("tests", "Actions.Container.Tests", "scripts", "look.mjs"));
        // It must not end during the look: its end takes along whatever shares its processes.
        await Engine.DockerAsync("pause", container);
        try
        {
            var seen = JsonSerializer.Deserialize(
                await Engine.DockerAsync(
                    ["run", "--rm", "--label", Engine.Label, "--pid", $"container:{container}", "--cap-add", "SYS_PTRACE", "--user", "0", "--network", "none",
                        "--entrypoint", "node", Engine.LocalnetImage, "--input-type=module", "--eval", script, "--", .. texts]),
                SeenJson.Default.Seen)!;
            return new ProcessView(seen.Files, seen.Holding, (seen.CoreSize[0], seen.CoreSize[1]));
        }
        finally
        {
            await Engine.DockerAsync("unpause", container);
        }
    }
}

internal sealed record Seen(
    [property: JsonPropertyName("files")] string[] Files, [property: JsonPropertyName("holding")] string[] Holding, [property: JsonPropertyName("coreSize")] string[] CoreSize);

[JsonSerializable(typeof(Seen))]
internal sealed partial class SeenJson : JsonSerializerContext;
