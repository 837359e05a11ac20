namespace Actions.Core.Tests.Tools;

/// <summary>Where the working copy lies, seen from the test binaries.</summary>
internal static class Repository
{
    public static readonly string Root = FindRoot(AppContext.BaseDirectory);

    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "Actions.sln")) ? folder
        : Path.GetDirectoryName(folder) is { } parent ? FindRoot(parent)
        : throw new DirectoryNotFoundException("The tests run inside a working copy: no Actions.sln above the test binaries.");
}
