namespace Actions.Cli.Tests.Tools;

/// <summary>Where the working copy and the built executable lie, seen from the test binaries.</summary>
internal static class Repository
{
    public static readonly string Root = FindRoot(AppContext.BaseDirectory);

    /// <summary>
    /// The published executable, where `make test` names it: trimmed and compiled as users get it, and each of the many processes starts sooner.
    /// Else the one built with the tests; not the copy beside them, which lacks the runtime that the executable brings along.
    /// </summary>
    public static string Executable => Environment.GetEnvironmentVariable("SOLANA_ACTIONS_EXECUTABLE") is { Length: > 0 } published ? published : Built;

    private static string Built
    {
        get
        {
            var tests = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
            return Path.Combine(tests.Parent!.Parent!.FullName, "Actions.Cli", $"{tests.Name}_linux-x64", "solana-actions");
        }
    }

    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "Actions.sln")) ? folder
        : Path.GetDirectoryName(folder) is { } parent ? FindRoot(parent)
        : throw new DirectoryNotFoundException("The tests run inside a working copy: no Actions.sln above the test binaries.");
}
