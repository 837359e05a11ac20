using System.Text.RegularExpressions;

namespace Actions.Core.Security.Workflows;

/// <summary>Commands that run what dependencies brought along: build scripts, macros, install scripts, tests.</summary>
internal static partial class BuildCommands
{
    public static bool IsIn(string script) => script.Split('\n').Any(line => !line.AsSpan().TrimStart().StartsWith("#", StringComparison.Ordinal) && Command().IsMatch(line));

    [GeneratedRegex(
        @"(?:\A|[\s;&|(])(?:anchor\s+(?:build|test|verify|run)|cargo(?:\s+\+\S+)?\s+(?:build|check|clippy|test|bench|run|install|nextest|build-sbf|build-bpf|test-sbf)|cargo-build-sbf|solana-verify\s+build|npm\s+(?:ci|install|i|test|run|start|exec)|npx\s|yarn(?:\s|\z)|pnpm\s|bun\s+(?:install|run|test)|make(?:\s|\z)|dotnet\s+(?:build|test|publish|restore|run)|pip3?\s+install|docker\s+build)(?:\s|\z)?",
        RegexOptions.CultureInvariant)]
    private static partial Regex Command();
}
