using System.Diagnostics;
using System.Text;
using Actions.Core.Releases;
using FsCheck;
using FsCheck.Fluent;

namespace Actions.Core.Tests.Releases;

/// <summary>A release file comes with a pull request: anybody can write one.</summary>
public sealed class HostileYamlTests
{
    public static TheoryData<string, string> Files => new()
    {
        { "an alias", "a: &a [1]\nb: *a\n" },
        { "an anchor", "a: &a 1\n" },
        { "a billion laughs", "a: &a [x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(1, 9).Select(i => $"{(char)('a' + i)}: &{(char)('a' + i)} [{string.Join(',', Enumerable.Repeat($"*{(char)('a' + i - 1)}", 9))}]\n")) },
        { "a mapping that holds itself", "a: &a { b: *a }\n" },
        { "a merge key", "version: 1\n<<: { name: x }\n" },
        { "a tag", "version: !!int 1\n" },
        { "a foreign tag", "version: !ruby/object:Gem::Installer 1\n" },
        { "deep lists", "a: " + new string('[', 100_000) },
        { "deep mappings", "a: " + string.Concat(Enumerable.Repeat("{a: ", 50_000)) },
        { "deep block lists", string.Concat(Enumerable.Repeat("- ", 50_000)) },
        { "closed deep lists", "a: " + new string('[', 5_000) + new string(']', 5_000) },
        { "many values", "a: [" + string.Concat(Enumerable.Repeat("1,", 100_000)) + "1]" },
        { "a line of 5 MB", "name: " + new string('a', 5_000_000) },
        { "a key of 5 MB", new string('a', 5_000_000) + ": 1" },
        { "a long line that is still read", "name: " + new string('a', 200_000) },
        { "a long key", "? " + new string('a', 200_000) + "\n: 1" },
        { "quotes that never end", "name: \"" + new string('a', 200_000) },
        { "many colons", string.Concat(Enumerable.Repeat(": ", 100_000)) },
        { "many question marks", string.Concat(Enumerable.Repeat("? ", 100_000)) },
        { "a duplicate key", "version: 1\nversion: 1\n" },
        { "a duplicate key below", "version: 1\nprograms: { a: { artifact: x, artifact: y } }\n" },
        { "two documents", "version: 1\n---\nversion: 1\n" },
        { "no document", "" },
        { "comments only", "# nothing\n" },
        { "a list", "- 1\n" },
        { "a scalar", "hello" },
        { "a key that is a list", "? [a]\n: 1\n" },
        { "a tab", "a:\n\t- 1\n" },
        { "a NUL", "a: \0" },
        { "an unknown directive", "%FOO bar\n--- 1\n" },
        { "a lone surrogate", "name: \"\\uD800\"\n" },
        { "a block scalar of many lines", "name: |\n" + string.Concat(Enumerable.Repeat("  a\n", 10_000)) },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_hostile_file_is_refused_quickly_with_a_short_reason(string what, string yaml)
    {
        var watch = Stopwatch.StartNew();
        var allocated = GC.GetAllocatedBytesForCurrentThread();

        var read = ReleaseFile.Parse(Encoding.UTF8.GetBytes(yaml), "hostile.yml");

        read.IsOk.ShouldBeFalse(what);
        read.Faults.Count.ShouldBeLessThanOrEqualTo(50);
        read.Faults.ShouldAllBe(fault => fault.Code.Name == "file-unreadable" && fault.Message.Length < 1_000 && fault.Message.StartsWith("hostile.yml", StringComparison.Ordinal));
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10), what);
        (GC.GetAllocatedBytesForCurrentThread() - allocated).ShouldBeLessThan(400_000_000, what);
    }

    [Theory]
    [InlineData(new byte[] { 0xff, 0xfe, 0x61, 0x00 })]
    [InlineData(new byte[] { 0x61, 0x3a, 0x20, 0xc3 })]
    public void What_is_not_UTF8_is_refused(byte[] bytes) => ReleaseFile.Parse(bytes, "hostile.yml").Faults.ShouldHaveSingleItem().Message.ShouldContain("no YAML in UTF-8");

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_file() =>
        ReleaseFile.Parse([0xef, 0xbb, 0xbf, .. Encoding.UTF8.GetBytes(Releases.Files.Whole)], "x.yml").IsOk.ShouldBeTrue();

    [Fact]
    public void Windows_line_ends_are_read_too() => Releases.Files.Read(Releases.Files.Whole.ReplaceLineEndings("\r\n")).IsOk.ShouldBeTrue();

    [Fact]
    public void No_file_makes_the_reader_throw()
    {
        var pieces = Gen.Elements("version: 1", "name: ", "programs:", "environments:", "{", "}", "[", "]", "\n", "  ", "- ", ": ", "? ", "&a ", "*a", "!!map ", "|\n", ">\n", "\"", "'", "#", "%", "@", "`", "---\n", "...\n", "\t", "a", "\u2028", "\\x", "24h", "smoke");
        Prop.ForAll(Arb.From(Gen.Choose(0, 60).SelectMany(count => pieces.ArrayOf(count))), text =>
        {
            _ = ReleaseFile.Parse(Encoding.UTF8.GetBytes(string.Concat(text)), "x.yml");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));
    }

    [Fact]
    public void No_damaged_file_makes_the_reader_throw() => Prop.ForAll(
        Arb.From(Gen.Choose(0, Releases.Files.Whole.Length - 1).Two()), Arb.From(Gen.Choose(0, 255)), (at, value) =>
        {
            var bytes = Encoding.UTF8.GetBytes(Releases.Files.Whole);
            bytes[at.Item1] = (byte)value;
            _ = ReleaseFile.Parse(bytes, "x.yml");
            _ = ReleaseFile.Parse(bytes.AsSpan(0, at.Item2), "x.yml");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
}
