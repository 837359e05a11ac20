using System.Text;
using System.Text.Json.Nodes;
using Actions.Core.Store;

namespace Actions.Core.Tests.Store;

/// <summary>A manifest is fetched from a store that others can write to: its names become paths, its lists are gone through.</summary>
public sealed class HostileManifestTests
{
    private static readonly string Json = Encoding.UTF8.GetString(Build.Full([1, 2, 3, 4], [5]).ToJson());

    public static TheoryData<string> Paths =>
    [
        "../perps.so", "..", ".", "../../../etc/passwd", "/etc/passwd", "//server/share", "a/../b.so", "a/b.so", "./a.so", "~/.ssh/id", "a\\b.so", "..\\..\\a.so", "C:\\a.so", "C:a.so", "a\0.so", "a\n.so", "a .so", " a.so",
        "..%2fa.so", "%2e%2e", "..．so", "／etc／passwd", "a\u202eos.so", "\ud83d\ude00.so", "-rf", "--", "", ".so", ".manifest.json", "manifest.json", "a:b", "a*", "a?b", "$(id).so", "`id`.so", "a|b", new('a', 256), "con\u0001",
    ];

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_file_name_that_is_a_path_or_could_be_taken_for_something_else_is_refused(string path)
    {
        foreach (var field in new[] { "file", "program", "variant", "name", "idl" })
        {
            var manifest = JsonNode.Parse(Json)!;
            var artifact = manifest["artifacts"]![0]!.AsObject();
            switch (field)
            {
                case "name":
                    manifest["name"] = path;
                    break;
                case "idl":
                    artifact["idl"]!["file"] = path;
                    break;
                default:
                    artifact[field] = path;
                    break;
            }

            if (path == Manifest.FileName && field is "program" or "variant" or "name")
            {
                continue; // as the name of a program or release it is only odd
            }

            ShouldBeRefused(manifest.ToJsonString(), $"{field}: {path}");
        }
    }

    public static TheoryData<string, string> Versions => new()
    {
        { "2", "schema 2, which a newer version of these actions wrote" },
        { "2147483647", "schema 2147483647, which a newer version of these actions wrote" },
        { "0", "schema 0" },
        { "-1", "schema -1" },
        { "1.5", "" },
        { "99999999999999999999", "" },
        { "\"1\"", "" },
        { "null", "" },
        { "[1]", "" },
        { "true", "" },
    };

    [Theory]
    [MemberData(nameof(Versions))]
    public void An_unknown_schema_is_refused_and_a_later_one_is_not_taken_for_a_broken_one(string schema, string expected) =>
        ShouldBeRefused(Json.Replace("\"schema\": 1", $"\"schema\": {schema}", StringComparison.Ordinal), schema).ShouldContain(expected);

    [Fact]
    public void A_value_of_any_other_type_anywhere_is_refused()
    {
        var refused = 0;
        foreach (var path in Leaves(JsonNode.Parse(Json)!, []))
        {
            foreach (var other in new[] { "{}", "[]", "[[]]", "1e400", "-0.5", "true", "{\"a\":1}" })
            {
                var manifest = JsonNode.Parse(Json)!;
                var parent = path[..^1].Aggregate(manifest, (node, step) => step is int index ? node[index]! : node[(string)step]!);
                if (path[^1] is int at)
                {
                    parent[at] = JsonNode.Parse(other);
                }
                else if (JsonNode.Parse(other)!.ToJsonString() == parent[(string)path[^1]]!.ToJsonString())
                {
                    continue; // it was that already
                }
                else
                {
                    parent[(string)path[^1]] = JsonNode.Parse(other);
                }

                // A flag may be the other flag, and a list of nothing is one.
                if (Manifest.TryRead(Encoding.UTF8.GetBytes(manifest.ToJsonString()), out var problem) is null)
                {
                    problem.Length.ShouldBeInRange(1, 400);
                    refused++;
                }
                else
                {
                    (path[^1] is "safe" && other == "true").ShouldBeTrue($"{string.Join('.', path)} = {other}");
                }
            }
        }

        refused.ShouldBeGreaterThan(100);
    }

    public static TheoryData<string, string> Large => new()
    {
        { "artifacts without end", "{\"schema\":1,\"artifacts\":[" + string.Concat(Enumerable.Repeat("{},", 300_000)) + "{}]}" },
        { "tools without end", "{\"schema\":1,\"toolchain\":{" + string.Join(',', Enumerable.Range(0, 60_000).Select(i => $"\"{i}\":\"x\"")) + "}}" },
        { "one long text", "{\"schema\":1,\"name\":\"" + new string('a', 1_000_000) + "\"}" },
        { "one long name", "{\"" + new string('a', 1_000_000) + "\":1}" },
        { "one long number", "{\"schema\":" + new string('9', 1_000_000) + "}" },
        { "open brackets", new string('[', 1_000_000) },
        { "open braces", string.Concat(Enumerable.Repeat("{\"a\":", 200_000)) },
        { "escapes", "{\"schema\":1,\"name\":\"" + string.Concat(Enumerable.Repeat("\\u0000", 160_000)) + "\"}" },
    };

    [Theory]
    [MemberData(nameof(Large), DisableDiscoveryEnumeration = true)]
    public void A_large_one_costs_a_bounded_amount_of_memory(string what, string json)
    {
        json.Length.ShouldBeLessThanOrEqualTo(2 * Manifest.LongestFile, what);
        var allocated = GC.GetAllocatedBytesForCurrentThread();

        ShouldBeRefused(json, what);

        (GC.GetAllocatedBytesForCurrentThread() - allocated).ShouldBeLessThan(100_000_000, what);
    }

    private static string ShouldBeRefused(string json, string what)
    {
        Manifest.TryRead(Encoding.UTF8.GetBytes(json), out var problem).ShouldBeNull(what);
        problem.Length.ShouldBeInRange(1, 600, what);
        problem.Any(char.IsControl).ShouldBeFalse(what);
        return problem;
    }

    private static IEnumerable<object[]> Leaves(JsonNode node, object[] path) => node switch
    {
        JsonObject map => map.SelectMany(pair => Leaves(pair.Value!, [.. path, pair.Key])),
        JsonArray list => list.SelectMany((item, i) => Leaves(item!, [.. path, i])),
        _ => [path],
    };
}
