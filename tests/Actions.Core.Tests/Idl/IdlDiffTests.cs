using Actions.Core.Idl;
using System.Text.Json.Nodes;

namespace Actions.Core.Tests.Idl;

public sealed class IdlDiffTests
{
    private const int Cases = 60;

    public static TheoryData<string> Breaking => [.. IdlMutations.Breaking.Keys];

    public static TheoryData<string> Compatible => [.. IdlMutations.Compatible.Keys];

    [Theory]
    [MemberData(nameof(Breaking))]
    public void What_breaks_accounts_or_callers_is_found(string mutation)
    {
        foreach (var (old, now) in Mutated(IdlMutations.Breaking[mutation]))
        {
            IdlDiff.Of(Read(old), Read(now)).ShouldContain(change => change.Kind == IdlChangeKind.Breaking, $"{old}\n{now}");
        }
    }

    [Theory]
    [MemberData(nameof(Compatible))]
    public void What_breaks_nobody_passes(string mutation)
    {
        foreach (var (old, now) in Mutated(IdlMutations.Compatible[mutation]))
        {
            IdlDiff.Of(Read(old), Read(now)).Where(change => change.Kind == IdlChangeKind.Breaking).ShouldBeEmpty($"{old}\n{now}");
        }
    }

    [Fact]
    public void The_same_interface_in_both_forms_is_the_same()
    {
        const string Old = """
            {
              "version": "0.1.0", "name": "perps",
              "instructions": [{ "name": "openPosition", "accounts": [{ "name": "owner", "isMut": true, "isSigner": true }, { "name": "feeds", "accounts": [{ "name": "oracle", "isMut": false, "isSigner": false }] }],
                "args": [{ "name": "sizeUsd", "type": "u64" }, { "name": "side", "type": { "defined": "Side" } }] }],
              "accounts": [{ "name": "Config", "type": { "kind": "struct", "fields": [{ "name": "feeBps", "type": "u16" }, { "name": "owner", "type": "publicKey" }] } }],
              "types": [{ "name": "Side", "type": { "kind": "enum", "variants": [{ "name": "Long" }, { "name": "Short" }] } }, { "name": "Opened", "type": { "kind": "struct", "fields": [] } }],
              "events": [{ "name": "Opened", "fields": [{ "name": "sizeUsd", "type": "u64", "index": false }] }],
              "errors": [{ "code": 6000, "name": "TooLarge", "msg": "no" }]
            }
            """;
        const string Now = """
            {
              "address": "11111111111111111111111111111111", "metadata": { "name": "perps", "version": "0.1.0", "spec": "0.1.0" },
              "instructions": [{ "name": "open_position", "discriminator": [135, 128, 47, 77, 15, 152, 240, 49],
                "accounts": [{ "name": "owner", "writable": true, "signer": true }, { "name": "feeds", "accounts": [{ "name": "oracle" }] }],
                "args": [{ "name": "size_usd", "type": "u64" }, { "name": "side", "type": { "defined": { "name": "Side" } } }] }],
              "accounts": [{ "name": "Config", "discriminator": [155, 12, 170, 224, 30, 250, 204, 130] }],
              "events": [{ "name": "Opened", "discriminator": [166, 172, 97, 9, 77, 76, 189, 109] }],
              "errors": [{ "code": 6000, "name": "TooLarge", "msg": "no" }],
              "types": [
                { "name": "Config", "type": { "kind": "struct", "fields": [{ "name": "fee_bps", "type": "u16" }, { "name": "owner", "type": "pubkey" }] } },
                { "name": "Opened", "type": { "kind": "struct", "fields": [{ "name": "size_usd", "type": "u64" }] } },
                { "name": "Side", "type": { "kind": "enum", "variants": [{ "name": "Long" }, { "name": "Short" }] } }
              ]
            }
            """;

        IdlDiff.Of(Read(Old), Read(Now)).Where(change => change.Kind == IdlChangeKind.Breaking).ShouldBeEmpty();
        IdlDiff.Of(Read(Old), Read(Now.Replace("\"fee_bps\", \"type\": \"u16\"", "\"fee_bps\", \"type\": \"u32\"", StringComparison.Ordinal)))
            .ShouldContain(new IdlChange(IdlChangeKind.Breaking, "account Config: fee_bps is u32, before u16"));
    }

    [Fact]
    public void Generic_types_are_compared_as_they_are_filled()
    {
        string With(string item, int length) => $$"""
            {
              "instructions": [], "accounts": [{ "name": "A", "discriminator": [1] }],
              "types": [
                { "name": "A", "type": { "kind": "struct", "fields": [{ "name": "ring", "type": { "defined": { "name": "Ring", "generics": [{ "kind": "type", "type": "{{item}}" }, { "kind": "const", "value": "{{length}}" }] } } }] } },
                { "name": "Ring", "generics": [{ "kind": "type", "name": "T" }, { "kind": "const", "name": "N", "type": "usize" }],
                  "type": { "kind": "struct", "fields": [{ "name": "items", "type": { "array": [{ "generic": "T" }, { "generic": "N" }] } }] } }
              ]
            }
            """;

        IdlDiff.Of(Read(With("u8", 4)), Read(With("u8", 4))).ShouldBeEmpty();
        IdlDiff.Of(Read(With("u8", 4)), Read(With("u16", 4))).ShouldHaveSingleItem().Kind.ShouldBe(IdlChangeKind.Breaking);
        IdlDiff.Of(Read(With("u8", 4)), Read(With("u8", 5))).ShouldHaveSingleItem().Kind.ShouldBe(IdlChangeKind.Breaking);
    }

    [Theory]
    [InlineData("""{ "array": [{ "defined": { "name": "Pair", "generics": [{ "kind": "type", "type": { "vec": { "generic": "T" } } }] } }, 2] }""")]
    [InlineData("""{ "defined": { "name": "Pair", "generics": [{ "kind": "type", "type": { "tuple": [{ "generic": "T" }, { "generic": "T" }] } }] } }""")]
    public void A_type_that_contains_itself_ever_deeper_comes_to_an_end(string field)
    {
        var idl = $$"""
            {
              "instructions": [], "accounts": [{ "name": "A", "discriminator": [1] }],
              "types": [
                { "name": "A", "type": { "kind": "struct", "fields": [{ "name": "all", "type": { "defined": { "name": "Pair", "generics": [{ "kind": "type", "type": "u8" }] } } }] } },
                { "name": "Pair", "generics": [{ "kind": "type", "name": "T" }], "type": { "kind": "struct", "fields": [{ "name": "next", "type": {{field}} }, { "name": "own", "type": { "generic": "T" } }] } }
              ]
            }
            """;

        IdlDiff.Of(Read(idl), Read(idl)).ShouldContain(change => change.Kind == IdlChangeKind.Breaking && change.What.Contains("too deeply", StringComparison.Ordinal));
    }

    [Fact]
    public void A_list_of_itself_is_nothing_special()
    {
        const string Idl = """
            { "instructions": [], "accounts": [{ "name": "Node", "discriminator": [1] }],
              "types": [{ "name": "Node", "type": { "kind": "struct", "fields": [{ "name": "children", "type": { "vec": { "defined": { "name": "Node" } } } }] } }] }
            """;

        IdlDiff.Of(Read(Idl), Read(Idl)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("[]", "object")]
    [InlineData("{}", "instructions")]
    [InlineData("""{ "instructions": {} }""", "list")]
    [InlineData("""{ "instructions": [{ "name": "a\nb" }] }""", "name")]
    [InlineData("""{ "instructions": [{ "name": "a", "args": [{ "name": "x", "type": "u63" }] }] }""", "u63")]
    [InlineData("""{ "instructions": [{ "name": "a", "args": [{ "name": "x", "type": { "defined": "Gone" } }] }] }""", "Gone")]
    [InlineData("""{ "instructions": [{ "name": "a", "args": [{ "name": "x", "type": { "later": "u8" } }] }] }""", "form")]
    [InlineData("""{ "instructions": [{ "name": "a", "discriminator": [256] }] }""", "discriminator")]
    [InlineData("""{ "instructions": [{ "name": "a", "accounts": [{ "name": "b", "writable": 1 }] }] }""", "writable")]
    [InlineData("""{ "instructions": [{ "name": "do_it" }, { "name": "doIt" }] }""", "two instructions")]
    [InlineData("""{ "instructions": [], "accounts": [{ "name": "A", "discriminator": [1] }] }""", "without a type")]
    [InlineData("""{ "instructions": [], "types": [{ "name": "A", "type": { "kind": "union" } }] }""", "union")]
    [InlineData("""{ "instructions": [], "types": [{ "name": "A", "type": { "kind": "type", "alias": { "array": ["u8", -1] } } }] }""", "length")]
    public void What_is_no_IDL_is_said_to_be_none(string text, string problem)
    {
        AnchorIdl.TryRead(text, out var said).ShouldBeNull();
        said.ShouldContain(problem);
    }

    private static IEnumerable<(string Old, string Now)> Mutated(Action<JsonObject, IdlMaker> mutate)
    {
        for (var seed = 0; seed < Cases; seed++)
        {
            var maker = new IdlMaker(seed);
            var idl = maker.Make();
            var old = idl.ToJsonString();
            mutate(idl, maker);
            yield return (old, idl.ToJsonString());
        }
    }

    private static AnchorIdl Read(string text) => AnchorIdl.TryRead(text, out var problem) ?? throw new FormatException($"{problem}\n{text}");
}
