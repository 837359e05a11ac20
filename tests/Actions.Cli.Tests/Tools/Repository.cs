namespace Actions.Cli.Tests.Tools;

/// <summary>Where the working copy and the built executable lie, seen from the test binaries.</summary>
internal static class Repository
{
    public static readonly string Root = FindRoot(AppContext.BaseDirectory);

    /// <summary>Not the copy beside the tests, which lacks the runtime that the executable brings along.</summary>
    public static string Executable
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
