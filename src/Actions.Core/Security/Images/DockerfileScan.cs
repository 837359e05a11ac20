using System.Text;
using System.Text.RegularExpressions;
using Actions.Core.Runner;

namespace Actions.Core.Security.Images;

/// <summary>The images that a Dockerfile starts from or copies out of. Pure.</summary>
public static partial class DockerfileScan
{
    private const int LongestFile = 1024 * 1024;

    public static bool IsOne(string path) => Name().IsMatch(path);

    public static IReadOnlyList<ScanFinding> Read(string path, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > LongestFile)
        {
            return [];
        }

        List<ScanFinding> findings = [];
        var arguments = new Dictionary<string, string>(StringComparer.Ordinal);
        HashSet<string> stages = new(StringComparer.OrdinalIgnoreCase) { "scratch" };
        foreach (var (instruction, line) in Instructions(Encoding.UTF8.GetString(bytes)))
        {
            if (Argument().Match(instruction) is { Success: true } argument)
            {
                arguments[argument.Groups[1].Value] = argument.Groups[2].Value.Trim('"', '\'');
            }

            foreach (var image in Named(instruction).Select(name => Filled(name, arguments)))
            {
                if (image is not null && !stages.Contains(image) && !image.All(char.IsAsciiDigit) && ImageName.Digest(image) is null)
                {
                    findings.Add(SecurityRules.ImageUnpinned.At(path, line, $"found {PlainText.Quote(image, 200)}"));
                }
            }

            if (Stage().Match(instruction) is { Success: true } stage)
            {
                stages.Add(stage.Groups[1].Value);
            }
        }

        return findings;
    }

    private static IEnumerable<string> Named(string instruction) =>
        From().Match(instruction) is { Success: true } from ? [from.Groups[1].Value] : Copied().Matches(instruction).Select(match => match.Groups[1].Value);

    /// <summary>Null where whoever builds has to say it.</summary>
    private static string? Filled(string name, Dictionary<string, string> arguments)
    {
        var isKnown = true;
        var filled = Variable().Replace(name, match =>
        {
            var value = arguments.TryGetValue(match.Groups[1].Value + match.Groups[3].Value, out var given) && given.Length > 0 ? given : match.Groups[2].Value;
            isKnown &= value.Length > 0;
            return value;
        });
        return isKnown ? filled : null;
    }

    /// <summary>Each with the line it begins in; lines that end in a backslash go on.</summary>
    private static IEnumerable<(string Text, int Line)> Instructions(string text)
    {
        var (held, first, number) = (new StringBuilder(), 0, 0);
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            number++;
            if (line.AsSpan().TrimStart().StartsWith("#", StringComparison.Ordinal))
            {
                continue;
            }

            first = held.Length == 0 ? number : first;
            var isOpen = line.TrimEnd().EndsWith('\\');
            held.Append(isOpen ? line.TrimEnd()[..^1] : line).Append(' ');
            if (!isOpen)
            {
                yield return (held.ToString().Trim(), first);
                held.Clear();
            }
        }

        if (held.Length > 0)
        {
            yield return (held.ToString().Trim(), first);
        }
    }

    [GeneratedRegex(@"(?:\A|/)(?:(?:Dockerfile|Containerfile)(?:\.[^/]+)?|[^/]+\.[Dd]ockerfile)\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"\AARG\s+(\w+)=(\S+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Argument();

    [GeneratedRegex(@"\AFROM\s+(?:--\S+\s+)*(\S+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex From();

    [GeneratedRegex(@"\AFROM\s.*\sAS\s+(\S+)\s*\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Stage();

    [GeneratedRegex(@"(?:\A(?:COPY|ADD)\s.*?--from=|\ARUN\s.*?--mount=\S*?\bfrom=)([^\s,]+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Copied();

    [GeneratedRegex(@"\$\{(\w+)(?::-([^}]*))?\}|\$(\w+)")]
    private static partial Regex Variable();
}
