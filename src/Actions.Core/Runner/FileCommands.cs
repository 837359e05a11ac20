using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Actions.Core.Runner;

/// <summary>Hands outputs and the summary to the runner through its files, or to a person through standard output.</summary>
public sealed class FileCommands
{
    /// <summary>The runner drops a summary of more than 1 MiB; what is cut off here says so instead.</summary>
    public const int SummaryBytes = 900 * 1024;

    private const string CutNote = "\n\n> The summary was cut here; the report holds everything.\n";

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    private readonly RunnerEnvironment environment;
    private readonly Masker masker;
    private readonly TextWriter output;
    private readonly TimeProvider time;
    private readonly Func<string> randomToken;

    public FileCommands(RunnerEnvironment environment, Masker masker, TextWriter output, TimeProvider time)
        : this(environment, masker, output, time, () => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)))
    {
    }

    internal FileCommands(
        RunnerEnvironment environment, Masker masker, TextWriter output, TimeProvider time, Func<string> randomToken) =>
        (this.environment, this.masker, this.output, this.time, this.randomToken) = (environment, masker, output, time, randomToken);

    /// <summary>Writes both: to the runner's files, else the summary as plain text and then the outputs at the end of standard output.</summary>
    public async Task PublishAsync(Markdown summary, IEnumerable<KeyValuePair<string, string>> outputs, CancellationToken cancellation)
    {
        if (environment.SummaryFile is { } summaryFile && environment.OutputFile is not null)
        {
            await AppendAsync(summaryFile, CutToFit(masker.Scrub(summary.ToString())), cancellation);
        }
        else
        {
            WritePlain(summary.ToPlainText());
        }

        var scrubbed = outputs.Select(pair => (pair.Key, Value: masker.Safe(pair.Value, int.MaxValue)));
        if (environment.OutputFile is { } outputFile)
        {
            await AppendAsync(outputFile, string.Concat(scrubbed.Select(pair => Format(pair.Key, pair.Value))), cancellation);
            return;
        }

        foreach (var (name, value) in scrubbed)
        {
            output.Write($"{name}={value.Replace("\n", "\\n", StringComparison.Ordinal)}\n");
        }

        output.Flush();
    }

    /// <summary>`name&lt;&lt;delimiter`, the value, the delimiter; a value that holds the delimiter could smuggle in outputs of its own.</summary>
    internal string Format(string name, string value)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(NameCharacters))
        {
            throw new ArgumentException($"'{name}' is no name of an output.", nameof(name));
        }

        var delimiter = $"ghadelimiter_{randomToken()}";
        return value.Contains(delimiter, StringComparison.Ordinal)
            ? throw new InvalidOperationException($"The value of output '{name}' contains its delimiter.")
            : $"{name}<<{delimiter}\n{value}\n{delimiter}\n";
    }

    /// <summary>The start of a summary that is too long, cut between two lines, with open fences and sections closed.</summary>
    internal static string CutToFit(string markdown)
    {
        if (Encoding.UTF8.GetByteCount(markdown) <= SummaryBytes)
        {
            return markdown;
        }

        var kept = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(markdown).AsSpan(0, SummaryBytes)).TrimEnd('\uFFFD');
        var lastLine = kept.LastIndexOf('\n');
        kept = lastLine > SummaryBytes / 2 ? kept[..lastLine] : kept;
        var fence = kept.Split('\n').Count(line => line.StartsWith("```", StringComparison.Ordinal)) % 2 == 1 ? "\n```" : "";
        var open = Occurrences(kept, "<details>") - Occurrences(kept, "</details>");
        return kept + fence + string.Concat(Enumerable.Repeat("\n\n</details>", Math.Max(open, 0))) + CutNote;
    }

    private static int Occurrences(string text, string part) => text.Split(part).Length - 1;

    private void WritePlain(string text)
    {
        if (text.Length > 0)
        {
            output.Write(string.Concat(masker.Scrub(text).Split('\n').Select(line => WorkflowCommand.Defuse(line) + "\n")));
            output.Flush();
        }
    }

    /// <summary>One locked write at the end of the file: other processes of the step append to the same one.</summary>
    private async Task AppendAsync(string path, string text, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                var separator = EndsInLine(file) ? "" : "\n";
                file.Seek(0, SeekOrigin.End);
                await file.WriteAsync(new UTF8Encoding(false).GetBytes(separator + text), cancellation);
                return;
            }
            catch (IOException) when (attempt < 50)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancellation);
            }
        }
    }

    private static bool EndsInLine(FileStream file)
    {
        if (file.Length == 0)
        {
            return true;
        }

        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() == '\n';
    }
}
