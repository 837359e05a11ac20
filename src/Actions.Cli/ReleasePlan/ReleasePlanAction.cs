using System.Text;
using System.Text.Json;
using Actions.Cli.Hosting;
using Actions.Core.Reports;
using Actions.Core.Runner;

namespace Actions.Cli.ReleasePlan;

/// <summary>`release-plan`: what a release file says, as outputs that a workflow's jobs can be made from. Reads one file and nothing else.</summary>
internal static class ReleasePlanAction
{
    public static async Task<ActionOutcome> RunAsync(ActionContext context, CancellationToken cancellation)
    {
        var inputs = await context.ReadAsync(ReleasePlanInputs.Read, cancellation);
        var environments = inputs.Chain.Select(environment => environment.Name).ToList();
        context.Log.Line($"{inputs.File.Name}: {string.Join(", ", environments)}.");
        return new ActionOutcome { Outputs = Outputs(inputs), Summary = Page(inputs) };
    }

    private static OutputSet Outputs(ReleasePlanInputs inputs)
    {
        var (file, environment) = (inputs.File, inputs.Environment);
        return new OutputSet()
            .Set("name", file.Name)
            .Set("environments", Json(inputs.Chain.Select(other => other.Name)))
            .Set("variants", Json(inputs.Chain.Select(other => other.Variant).Distinct()))
            .Set("artifacts", Lines(file.Programs.Select(program => (program.Name, (string?)program.Artifact))))
            .Set("idls", Lines(file.Programs.Select(program => (program.Name, program.Idl))))
            .Set("cluster", environment?.Cluster.Name)
            .Set("from", environment is null ? null : environment.After ?? Core.Releases.ReleaseFile.Build)
            .Set("approvals", environment is null ? null : Json(environment.Gates.Approvals?.Environments ?? []))
            .Set("spec", environment is null ? null : file.SmokeSpec(environment.Name))
            .Set("program-ids", environment is null ? null : Lines(file.Programs.Where(program => environment.ProgramIds.ContainsKey(program.Name)).Select(program => (program.Name, (string?)environment.ProgramIds[program.Name].ToString()))))
            .Set("mode", environment is null ? null : environment.IsOfVault ? "propose" : "deploy");
    }

    private static Markdown Page(ReleasePlanInputs inputs) => new Markdown()
        .Paragraph(Inline.Strong(inputs.File.Name), $": {string.Join(", ", inputs.File.Programs.Select(program => program.Name))}")
        .Table(["Environment", "Cluster", "Bytes from", "Variant", "Approvals"], inputs.Chain.Select(environment => (Inline[])
        [
            environment == inputs.Environment ? Inline.Strong(environment.Name) : environment.Name,
            environment.Cluster.Name,
            environment.After ?? Core.Releases.ReleaseFile.Build,
            environment.Variant,
            string.Join(", ", environment.Gates.Approvals?.Environments ?? []),
        ]));

    /// <summary>One per line: the file's reader lets no path and no name have a line's end.</summary>
    private static string Lines(IEnumerable<(string Name, string? Value)> pairs) =>
        string.Join('\n', from pair in pairs where pair.Value is not null select $"{pair.Name}={pair.Value}");

    private static string Json(IEnumerable<string> values)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartArray();
            foreach (var value in values)
            {
                json.WriteStringValue(value);
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
