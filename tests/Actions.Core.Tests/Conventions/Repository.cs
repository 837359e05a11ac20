namespace Actions.Core.Tests.Conventions;

/// <summary>The files of this repository, and the rule that what is generated is what is committed.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    private static bool Rewrites => Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1";

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    public static string Read(string relative) => File.ReadAllText(PathOf(relative));

    /// <summary>A file whose whole content is generated.</summary>
    public static void ShouldBeGenerated(string relative, string content)
    {
        if (Rewrites)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(PathOf(relative))!);
            File.WriteAllText(PathOf(relative), content);
        }

        Read(relative).ShouldBe(content, $"{relative} is made from docs/contract.yml; rewrite it with UPDATE_GOLDEN=1");
    }

    /// <summary>A part of a file between two marks that is generated.</summary>
    public static void ShouldHoldGenerated(string relative, string mark, string content)
    {
        var text = Read(relative);
        var (start, end) = ($"<!-- {mark}: made from docs/contract.yml -->\n", $"<!-- /{mark} -->");
        var from = text.IndexOf(start, StringComparison.Ordinal);
        var to = text.IndexOf(end, StringComparison.Ordinal);
        (from >= 0 && to > from).ShouldBeTrue($"{relative} has no part '{mark}'");
        ShouldBeGenerated(relative, text[..(from + start.Length)] + content + text[to..]);
    }

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Actions.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("The tests run outside the repository.");
        }

        return directory.FullName;
    }
}
