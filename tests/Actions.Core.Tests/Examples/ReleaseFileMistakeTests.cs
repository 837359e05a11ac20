namespace Actions.Core.Tests.Examples;

/// <summary>One mistake of each kind in each example's release file: one fault, in its line, that says what it is.</summary>
public sealed class ReleaseFileMistakeTests
{
    private const string Unreadable = "file-unreadable";

    private static readonly Seed[] Seeds =
    [
        new("an unknown key", @"retention:", "retenton:", Unreadable, "found the unknown key 'retenton'"),
        new("an unknown key at the top", @"^programs:", "owner: us\nprograms:", Unreadable, "found the unknown key 'owner'"),
        new("a gate that is misspelt", @"min-soak:", "min-soka:", Unreadable, "found the unknown key 'min-soka'"),
        new("an unknown version", @"^version: 1", "version: 2", Unreadable, "Expected 1 in 'version'; found '2'"),
        new("a name that is a path", @"^name: ", "name: ../", Unreadable, "it becomes part of file names and tags"),
        new("a number in words", @"keep: \d+", "keep: five", Unreadable, "Expected a whole number of at least 1"),
        new("a text for a list", @"checks: \[[^\]]*\]", "checks: tests", Unreadable, "Expected a list"),
        new("a list for a mapping", @"approvals: \{([^}]*)\}", "approvals: [$1]", Unreadable, "Expected a mapping"),
        new("a quoted boolean", @"smoke: true", "smoke: \"true\"", Unreadable, "Expected true or false, without quotes"),
        new("an invalid duration", @"min-soak: \w+", "min-soak: one day", Unreadable, "a duration such as"),
        new("an unknown cluster", @"cluster: mainnet-beta", "cluster: mainnet", Unreadable, "Expected one of mainnet-beta"),
        new("a fork", @"after: (\w+)(?=[\s\S]*after: )([\s\S]*)after: \w+", "after: $1$2after: $1", Unreadable, "found a fork"),
        new("a cycle", @"(cluster: devnet\n)(?=[\s\S]*^  (\w+):\n    cluster: mainnet-beta)", "$1    after: $2\n", Unreadable, "found a cycle"),
        new("two first environments", @"    after: \w+\n", "", Unreadable, "found 2 without 'after'") { IsLast = true, At = "^    cluster: mainnet-beta" },
        new("an environment that comes after nothing known", @"after: (\w+)", "after: $1x", Unreadable, "Expected the name of one of the file's environments in 'after'") { IsLast = true },
        new("a spec for an unknown environment", @"(?<![a-z])(production|prod): smoke/", "prodution: smoke/", Unreadable, "found 'prodution'"),
        new("no ids at all", @"^    program-ids:.*\n(      .*\n)*", "", Unreadable, "Expected 'program-ids'") { IsLast = true, At = "^    cluster: mainnet-beta" },
        new("an id that is missing", @": ?[1-9A-HJ-NP-Za-km-z]{43,44}( })?$", ":$1", Unreadable, "Expected one line of text"),
        new("an id that is none", @": ([1-9A-HJ-NP-Za-km-z]{30})[1-9A-HJ-NP-Za-km-z]{13,14}", ": ${1}0", Unreadable, "base58 of 32 bytes"),
        new("an id of an unknown program", @"([\w-]+): ([1-9A-HJ-NP-Za-km-z]{43,44})", "${1}s: $2", Unreadable, "Expected the name of one of the file's programs"),
        new("a program without an artifact", @"\{ artifact: [^,]+, ", "{ ", Unreadable, "Expected 'artifact'"),
        new("a variant that is a path", @"cluster: (\w+)\n(    variant: .*\n)?", "cluster: $1\n    variant: a/b\n", Unreadable, "it becomes part of file names and tags"),
        new("an approval by nobody", @"approvals: \{ environments: \[[^\]]*\]", "approvals: { environments: []", Unreadable, "at least one name"),
        new("an approval twice by the same role", @"approvals: \{ environments: \[([\w-]+)", "approvals: { environments: [$1, $1", Unreadable, "twice"),
        new("a freeze at no hour", @"^    gates:\n([\s\S]*?)(      freeze: .*\n|(?=    retention:))", "    gates:\n$1      freeze: [\"Fri 25:00-Mon 06:00 UTC\"]\n", Unreadable, "HH:MM") { IsLast = true },
        new("a window without a zone", @"^    gates:\n([\s\S]*?)(      window: .*\n|(?=    retention:))", "    gates:\n$1      window: { from: \"2026-12-08T08:00\", to: \"2026-12-08T12:00:00Z\" }\n", Unreadable, "an instant such as") { IsLast = true },
        new("a key for an authority", @"upgrade-authority: .*", "upgrade-authority: \"[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63,64]\"", Unreadable, "found a key itself (not shown)"),
        new("a key written twice", @"^name: .*\n", "$0$0", Unreadable, "uplicate key"),
        new("an anchor", @"^environments:", "environments: &all", Unreadable, "found an anchor (&…)"),
        new("a tab", @"^  (?=\w)", "\t", Unreadable, "expected a YAML file"),
    ];

    public static TheoryData<string, string> Cases => Seed.Cases(Seeds, example => example.ReleaseText);

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_mistake_is_named_once_with_its_line(string example, string mistake)
    {
        var seed = Seeds.Single(seed => seed.What == mistake);
        var (text, line) = seed.In(new Example(example).ReleaseText)!.Value;

        var fault = Example.Release(text).Faults.ShouldHaveSingleItem($"{example}: {mistake}\n{text}");

        (fault.Code.Name, (int)fault.Code.Exit, fault.Input).ShouldBe((seed.Code, 2, "release-file"));
        fault.Message.ShouldContain(seed.Expected);
        fault.Expected.ShouldStartWith($"{Example.ReleaseFileName}:{line}:", customMessage: fault.Message);
    }

    [Fact]
    public void Every_mistake_can_be_made_in_every_example() => Cases.Count.ShouldBe(Seeds.Length * Example.Names.Count);
}
