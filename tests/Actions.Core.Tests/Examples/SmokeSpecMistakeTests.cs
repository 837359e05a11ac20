using Actions.Core.Tests.Tools;

namespace Actions.Core.Tests.Examples;

/// <summary>One mistake of each kind in each example's largest smoke spec: one fault, in its line, that says what it is.</summary>
public sealed class SmokeSpecMistakeTests
{
    private const string Invalid = "input-invalid";
    private const string Unknown = "input-unknown-value";
    private const string Missing = "input-missing";
    private const string Conflict = "input-conflict";

    private static readonly Seed[] Seeds =
    [
        new("an unknown key", @"attempts: 3", "atempts: 3", Unknown, "found 'atempts'"),
        new("an unknown key at the top", @"^checks:", "owner: us\nchecks:", Unknown, "found 'owner'"),
        new("an unknown key in a check's kind", @"status: 200", "stauts: 200", Unknown, "found 'stauts'"),
        new("an unknown version", @"^version: 1", "version: 2", Invalid, "Expected version 1 of the spec; found '2'"),
        new("an unknown kind", @"    result:", "    results:", Invalid, "found 'results'"),
        new("two kinds in one check", @"(    attempts: 3\n)", "$1    rpc: { method: getSlot }\n", Invalid, "found http and rpc"),
        new("a number in words", @"attempts: 3", "attempts: three", Invalid, "Expected a whole number from 1 to 100"),
        new("an invalid duration", @"stage: \w+", "stage: soon", Invalid, "a duration such as"),
        new("a share above one", @"availability: [\d.]+", "availability: 99.9", Invalid, "a share above 0 and at most 1"),
        new("an unknown limit", @"p95:", "p99:", Unknown, "found 'p99'"),
        new("a dependency on nothing", @"depends-on: .*", "depends-on: nothing", Unknown, "found 'nothing'"),
        new("two checks of one name", @"\z", "  - { name: journeys, rpc: { method: getSlot } }\n  - { name: journeys, rpc: { method: getHealth } }\n", Conflict, "Expected each name once") { Below = 1 },
        new("a circle of dependencies", @"\z", "  - { name: one, rpc: { method: getSlot }, depends-on: two }\n  - { name: two, rpc: { method: getSlot }, depends-on: one }\n", Conflict, "the circle 'one' → 'two' → 'one'"),
        new("a dependency on itself", @"\z", "  - { name: one, rpc: { method: getSlot }, depends-on: one }\n", Conflict, "the circle 'one' → 'one'"),
        new("a check without a name", @"\z", "  - { rpc: { method: getSlot } }\n", Missing, "'name'"),
        new("a bad JSONPath", "\"\\$\\.", "\"$..", Invalid, "a JSONPath of $, .name"),
        new("a bad regular expression", @"\z", "  - name: bad\n    http:\n      url: https://a.example\n      text: { matches: \"(\" }\n", Invalid, "a .NET regular expression") { Below = 3 },
        new("a regular expression that looks back", @"\z", "  - name: bad\n    http:\n      url: https://a.example\n      text: { matches: \"(a)\\\\1\" }\n", Invalid, "lookarounds and backreferences are not to be had") { Below = 3 },
        new("an operator that is none", @"\z", "  - name: bad\n    http:\n      url: https://a.example\n      text: { match: a }\n", Unknown, "found 'match'") { Below = 3 },
        new("a comparison with what nobody captures", @"\z", "  - { name: bad, http: { url: \"https://a.example\", text: { same-as: nothing } } }\n", Unknown, "a captured name in 'same-as'"),
        new("a least above the most", @"\z", "  - { name: bad, http: { url: \"https://a.example\", text: { min: 2, max: 1 } } }\n", Conflict, "'min' to be at most 'max'"),
        new("an id that is missing", @"program: \{ id: \w+", "program: { id: ", Invalid, "a text in 'id'"),
        new("no id anywhere", @"\z", "  - { name: bad, program: {} }\n", Missing, "'id' in 'program'"),
        new("an address that is none", @"program: \{ id: (\w{30})\w+", "program: { id: ${1}0", Invalid, "base58 of 32 bytes"),
        new("a URL without a scheme", "url: (\"?)https://", "url: $1//", Invalid, "url") { IsLast = true },
        new("plain http on the internet", "\\z", "  - { name: bad, http: { url: \"http://api.example/\" } }\n", Invalid, "https"),
        new("a check without a URL", @"\z", "  - { name: bad, http: { status: 200 } }\n", Missing, "'url'"),
        new("a status that is none", @"status: 200", "status: ok", Invalid, "status codes from 100 to 599"),
        new("a method that sends", @"\z", "  - { name: bad, rpc: { method: sendTransaction } }\n", Invalid, "a method that only reads"),
        new("a result of another format", @"format: junit|min-tests: 1 \}|format: k6", "format: trx", Unknown, "one of junit, k6"),
        new("a rate without a time", @"\z", "  - { name: bad, metrics: { url: \"https://a.example\", name: n, rate: { max: 1 } } }\n", Missing, "'over' beside 'rate'"),
        new("a field that is not read", @"\z", "  - name: bad\n    account:\n      address: 11111111111111111111111111111111\n      assert:\n        fee: 1\n", Unknown, "found 'fee'") { Below = 4 },
        new("a field that the IDL does not have", @"field: (\w+)", "field: ${1}s", Unknown, "a field of the IDL"),
        new("a file outside", @"\z", "  - { name: bad, result: { file: ../../x.xml, format: junit } }\n", "path-outside", "workspace"),
        new("an anchor", @"^checks:", "checks: &all", Invalid, "an anchor"),
        new("a tab", @"^  (?=- name: )", "\t", Invalid, "invalid tab"),
        new("a key written twice", @"^version: 1\n", "version: 1\nversion: 1\n", Invalid, "uplicate key"),
    ];

    public static TheoryData<string, string> Cases => Seed.Cases(Seeds, example => example.Read(example.Specs[0]));

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_mistake_is_named_once_with_its_line(string name, string mistake)
    {
        var example = new Example(name);
        var seed = Seeds.Single(seed => seed.What == mistake);
        var (text, line) = seed.In(example.Read(example.Specs[0]))!.Value;

        var fault = example.Spec(text, mistake == "no id anywhere" ? null : Some.Address(1)).Faults.ShouldHaveSingleItem($"{name}: {mistake}\n{text}");

        (fault.Code.Name, (int)fault.Code.Exit, fault.Input).ShouldBe((seed.Code, 2, "spec"));
        fault.Message.ShouldContain(seed.Expected);
        fault.Expected.ShouldStartWith($"smoke.yml:{line}:", customMessage: fault.Message);
    }

    [Fact]
    public void Nearly_every_mistake_can_be_made_in_every_example() => Cases.Count.ShouldBeGreaterThan(Seeds.Length * 5 * 9 / 10);
}
