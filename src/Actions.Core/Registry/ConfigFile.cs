using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Actions.Core.Faults;
using Actions.Core.Runner;

namespace Actions.Core.Registry;

/// <summary>
/// A file of the workspace that says which programs run: a JSON file (environment → program → …), a file of variables (PROGRAM_PROGRAM_ID=…), or any
/// text made from a template with {{ program.program-id }} in it.
/// </summary>
public sealed partial record ConfigFile
{
    /// <summary>What the only program of a run is called where nothing names it.</summary>
    public const string Nameless = "program";

    /// <summary>A configuration is read by people.</summary>
    public const long MostBytes = 1024 * 1024;

    private static readonly string[] Properties = ["program-id", "executable-hash", "sha256", "version", "slot", "time"];

    private readonly string text;
    private readonly ConfigForm form;

    private ConfigFile(WorkspacePath target, ConfigForm form, string text) => (Target, this.form, this.text) = (target, form, text);

    public WorkspacePath Target { get; }

    /// <summary>Reads one line of `config-files`: `&lt;file&gt;.json`, `.env` or `&lt;name&gt;.env`, or `&lt;template&gt; -> &lt;file&gt;`.</summary>
    /// <param name="programs">The names that a template may use.</param>
    public static Result<ConfigFile> Read(string line, RunnerEnvironment environment, IReadOnlyCollection<string> programs)
    {
        var parts = line.Split(" -> ", 2, StringSplitOptions.TrimEntries);
        var target = WorkspacePath.Resolve(environment, parts[^1], "config-files");
        var source = WorkspacePath.Resolve(environment, parts[0], "config-files");
        if (!target.IsOk || !source.IsOk)
        {
            return Result<ConfigFile>.Fail(target.IsOk ? source.Faults : target.Faults);
        }

        var name = Path.GetFileName(target.Value.Full);
        var form = parts.Length == 2 ? ConfigForm.Template
            : name.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? ConfigForm.Json
            : name.StartsWith(".env", StringComparison.Ordinal) || name.EndsWith(".env", StringComparison.Ordinal) ? ConfigForm.Variables
            : (ConfigForm?)null;
        if (form is null)
        {
            return Wrong("lines <file>.json, <file>.env or <template> -> <file>", $"found {PlainText.Quote(line)}", "correct the line");
        }

        // Only what is made from nothing else may be missing.
        var read = form != ConfigForm.Template && !File.Exists(source.Value.Full) ? Array.Empty<byte>() : WorkspaceFiles.Read(source.Value, MostBytes, "config-files");
        return !read.IsOk ? Result<ConfigFile>.Fail(read.Faults) : Checked(new ConfigFile(target.Value, form.Value, Encoding.UTF8.GetString(read.Value)), programs);
    }

    /// <summary>The file's new text.</summary>
    public string Render(string environment, IReadOnlyList<RegistryEntry> entries) => form switch
    {
        ConfigForm.Json => Json(environment, entries),
        ConfigForm.Variables => Variables(entries),
        _ => Placeholder().Replace(text, match => entries.FirstOrDefault(entry => entry.Program == match.Groups["program"].Value) is { } entry ? Value(entry, match.Groups["property"].Value) : throw NotDeployed(match.Value)),
    };

    private FaultException NotDeployed(string placeholder) => new(new Fault(
        FaultCodes.RegistryFailed, $"Expected that all programs in the template of {Target} were deployed", $"found {PlainText.Quote(placeholder)} of a program that is not released in this environment",
        "give the program an id in this environment, or take it out of the template", "config-files"));

    private static Result<ConfigFile> Checked(ConfigFile file, IReadOnlyCollection<string> programs)
    {
        switch (file.form)
        {
            case ConfigForm.Json when Parse(file.text) is null:
                return Wrong($"a JSON object in {file.Target}", "found something else", "correct the file");
            case ConfigForm.Template when Placeholder().Count(file.text) == 0:
                return Wrong("{{ program.program-id }} or another property in the template", "found no placeholder", $"write one of {string.Join(", ", Properties)} after a program's name");
            case ConfigForm.Template:
                var strange = Placeholder().Matches(file.text).FirstOrDefault(match => !programs.Contains(match.Groups["program"].Value) || !Properties.Contains(match.Groups["property"].Value));
                return strange is null ? file
                    : Wrong($"placeholders of the programs {string.Join(", ", programs)} with {string.Join(", ", Properties)}", $"found {PlainText.Quote(strange.Value)}", "correct the template");
            default:
                return file;
        }
    }

    private string Json(string environment, IReadOnlyList<RegistryEntry> entries)
    {
        var root = Parse(text) ?? [];
        var programs = root[environment] as JsonObject ?? [];
        foreach (var entry in entries)
        {
            var values = programs[entry.Program] as JsonObject ?? [];
            programs.Remove(entry.Program);
            foreach (var property in Properties)
            {
                values[property] = property == "slot" ? entry.Slot : Value(entry, property);
            }

            programs[entry.Program] = values;
        }

        root.Remove(environment);
        root[environment] = programs;
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            root.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private string Variables(IReadOnlyList<RegistryEntry> entries)
    {
        var lines = text.Length == 0 ? [] : text.TrimEnd('\n').Split('\n').ToList();
        foreach (var entry in entries)
        {
            var name = entry.Program == Nameless ? "PROGRAM_ID" : $"{NotInNames().Replace(entry.Program, "_").ToUpperInvariant()}_PROGRAM_ID";
            var at = lines.FindIndex(line => line.StartsWith($"{name}=", StringComparison.Ordinal) || line.StartsWith($"export {name}=", StringComparison.Ordinal));
            if (at < 0)
            {
                lines.Add($"{name}={entry.Id}");
            }
            else
            {
                lines[at] = $"{lines[at][..(lines[at].IndexOf('=', StringComparison.Ordinal) + 1)]}{entry.Id}";
            }
        }

        return string.Join('\n', lines) + "\n";
    }

    private static string Value(RegistryEntry entry, string property) => property switch
    {
        "program-id" => entry.Id.ToString(),
        "executable-hash" => entry.ExecutableHash,
        "sha256" => entry.Sha256,
        "version" => entry.Version ?? "",
        "slot" => entry.Slot.ToString(CultureInfo.InvariantCulture),
        _ => UtcText.Iso(entry.Time),
    };

    /// <summary>Null for what is not a JSON object.</summary>
    private static JsonObject? Parse(string text)
    {
        try
        {
            return string.IsNullOrWhiteSpace(text) ? [] : JsonNode.Parse(text, null, new JsonDocumentOptions { MaxDepth = 64, AllowDuplicateProperties = false }) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Fault Wrong(string expected, string found, string remedy) => new(FaultCodes.InputInvalid, $"Expected {expected} in 'config-files'", found, remedy, "config-files");

    [GeneratedRegex(@"\{\{\s*(?<program>[A-Za-z0-9_-]+)\.(?<property>[a-z0-9-]+)\s*\}\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex("[^A-Za-z0-9]")]
    private static partial Regex NotInNames();

    private enum ConfigForm
    {
        Json,
        Variables,
        Template,
    }
}
