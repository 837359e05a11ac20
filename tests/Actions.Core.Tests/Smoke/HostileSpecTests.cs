using System.Diagnostics;
using System.Text;
using Actions.Core.Tests.Examples;
using Actions.Core.Tests.Runner;
using FsCheck;
using FsCheck.Fluent;

namespace Actions.Core.Tests.Smoke;

/// <summary>A smoke spec comes with a pull request: anybody can write one.</summary>
public sealed class HostileSpecTests : IDisposable
{
    private const string OneCheck = "version: 1\nchecks:\n  - name: a\n    http: { url: \"https://a.example\" }\n";

    private readonly World world = new();

    public void Dispose() => world.Dispose();

    public static TheoryData<string, string> Files => new()
    {
        { "a billion laughs", "a: &a [x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(1, 9).Select(i => $"{(char)('a' + i)}: &{(char)('a' + i)} [{string.Join(',', Enumerable.Repeat($"*{(char)('a' + i - 1)}", 9))}]\n")) },
        { "a mapping that holds itself", "a: &a { b: *a }\n" },
        { "a merge key", "<<: { version: 1 }\nversion: 1\nchecks: [{ name: a, rpc: { method: getSlot } }]\n" },
        { "a foreign tag", "version: 1\nchecks: !ruby/object:Gem::Installer []\n" },
        { "deep lists", "version: 1\nchecks: " + new string('[', 100_000) },
        { "deep mappings", "version: 1\nchecks: " + string.Concat(Enumerable.Repeat("{a: ", 50_000)) },
        { "deep block lists", string.Concat(Enumerable.Repeat("- ", 50_000)) },
        { "closed deep lists", "version: 1\nchecks: " + new string('[', 5_000) + new string(']', 5_000) },
        { "a deep body", OneCheck + "  - { name: b, http: { url: \"https://a.example\", method: POST, body: " + new string('[', 30) + new string(']', 30) + " } }\n" },
        { "many values", "version: 1\nchecks: [" + string.Concat(Enumerable.Repeat("1,", 200_000)) + "1]" },
        { "many checks", "version: 1\nchecks:\n" + string.Concat(Enumerable.Range(0, 501).Select(i => $"  - {{ name: n{i}, rpc: {{ method: getSlot }} }}\n")) },
        { "a long text", OneCheck.Replace("https://a.example", "https://a.example/" + new string('a', 400_000), StringComparison.Ordinal) },
        { "a long name", OneCheck.Replace("name: a", "name: " + new string('a', 400_000), StringComparison.Ordinal) },
        { "a long key", OneCheck + "? " + new string('a', 400_000) + "\n: 1" },
        { "a long pattern", OneCheck.Replace(" }", $", text: {{ matches: \"{new string('a', 2_001)}\" }} }}", StringComparison.Ordinal) },
        { "a pattern that explodes", OneCheck.Replace(" }", ", text: { matches: \"(((((((a{999}){999}){999}){999}){999}){999}){999})\" } }", StringComparison.Ordinal) },
        { "quotes that never end", "version: 1\nchecks: \"" + new string('a', 400_000) },
        { "many colons", string.Concat(Enumerable.Repeat(": ", 100_000)) },
        { "a duplicate key", "version: 1\nversion: 1\nchecks: []\n" },
        { "two documents", "version: 1\n---\nversion: 1\n" },
        { "no document", "" },
        { "comments only", "# nothing\n" },
        { "a list", "- 1\n" },
        { "a scalar", "hello" },
        { "a NUL", OneCheck.Replace("name: a", "name: \0", StringComparison.Ordinal) },
        { "a lone surrogate", "version: 1\nchecks: \"\\uD800\"\n" },
        { "a version to come", OneCheck.Replace("version: 1", "version: 2", StringComparison.Ordinal) },
        { "version 0", OneCheck.Replace("version: 1", "version: 0", StringComparison.Ordinal) },
        { "a version of another kind", OneCheck.Replace("version: 1", "version: [1]", StringComparison.Ordinal) },
        { "a version with a fraction", OneCheck.Replace("version: 1", "version: 1.0", StringComparison.Ordinal) },
        { "no version", OneCheck.Replace("version: 1\n", "", StringComparison.Ordinal) },
        { "checks of another kind", "version: 1\nchecks: all\n" },
        { "no checks", "version: 1\nchecks: []\n" },
        { "a result outside", OneCheck + "  - { name: b, result: { file: ../../../etc/passwd, format: junit } }\n" },
        { "an absolute result", OneCheck + "  - { name: b, result: { file: /etc/passwd, format: junit } }\n" },
        { "an IDL outside", OneCheck + "  - { name: b, account: { address: 11111111111111111111111111111111, fields: { f: { idl: ../idl.json, field: x } } } }\n" },
        { "a header that is two", OneCheck.Replace(" }", ", headers: { A: \"b\\r\\nHost: evil.example\" } }", StringComparison.Ordinal) },
        { "a body that is a number beyond all", OneCheck.Replace(" }", ", max-latency: 99999999999999999999999d }", StringComparison.Ordinal) },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_hostile_spec_is_one_clear_fault_in_bounded_time_and_memory(string what, string yaml)
    {
        var watch = Stopwatch.StartNew();
        var allocated = GC.GetAllocatedBytesForCurrentThread();

        var fault = Spec.Read(world, yaml).Faults.ShouldHaveSingleItem(what);

        ((int)fault.Code.Exit, fault.Input).ShouldBe((2, "spec"), what);
        fault.Expected.ShouldStartWith("smoke.yml:", customMessage: what);
        fault.Message.Length.ShouldBeLessThan(1_000, what);
        fault.Message.Any(char.IsControl).ShouldBeFalse(what);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10), what);
        (GC.GetAllocatedBytesForCurrentThread() - allocated).ShouldBeLessThan(200_000_000, what);
    }

    [Fact]
    public void A_byte_order_mark_and_Windows_line_ends_are_no_mistake() =>
        Spec.Read(world, [0xef, 0xbb, 0xbf, .. Encoding.UTF8.GetBytes(OneCheck.ReplaceLineEndings("\r\n"))]).Faults.ShouldBeEmpty();

    [Fact]
    public void No_text_makes_the_reader_throw()
    {
        var pieces = Gen.Elements(
            "version: 1", "checks:", "limits: ", "name: ", "http: ", "url: ", "rpc: ", "method: getSlot", "account: ", "depends-on: ", "same-as: ", "{", "}", "[", "]", "\n", "  ", "- ", ": ", "? ", "&a ", "*a",
            "!!map ", "|\n", ">\n", "\"", "'", "#", "%", "---\n", "\t", "a", "\u2028", "$.", "5s", "https://a.example");
        Prop.ForAll(Arb.From(Gen.Choose(0, 60).SelectMany(count => pieces.ArrayOf(count))), text =>
        {
            _ = Spec.Read(world, string.Concat(text));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    [Fact]
    public void No_damaged_spec_makes_the_reader_throw()
    {
        var specs = Example.Names.Select(name => (Example: new Example(name), Bytes: Encoding.UTF8.GetBytes(new Example(name).Read(new Example(name).Specs[0])))).ToList();
        Prop.ForAll(Arb.From(Gen.Choose(0, 100_000).Three()), Arb.From(Gen.Choose(0, 255)), (at, value) =>
        {
            var (example, bytes) = specs[at.Item1 % specs.Count];
            var damaged = bytes.ToArray();
            damaged[at.Item2 % damaged.Length] = (byte)value;
            _ = example.Spec(damaged[..(at.Item3 % 2 == 0 ? damaged.Length : at.Item3 % damaged.Length)], Spec.Program);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }
}
