using System.Text;
using System.Text.Json.Nodes;
using Actions.Core.Store;
using Actions.Core.Tests.Conventions;
using FsCheck;
using FsCheck.Fluent;

namespace Actions.Core.Tests.Store;

public sealed class ManifestTests
{
    private static readonly Manifest Full = Build.Full([1, 2, 0, 0], [3]);

    [Fact]
    public void What_is_written_is_read_again_and_is_of_the_published_form()
    {
        var json = Full.ToJson();

        var read = Manifest.TryRead(json, out var problem);

        problem.ShouldBe("");
        Encoding.UTF8.GetString(read!.ToJson()).ShouldBe(Encoding.UTF8.GetString(json));
        JsonSchema.Load("manifest").Errors(JsonNode.Parse(json)).ShouldBeEmpty();
        read.Artifact("perps", "default")!.Sha256.ShouldBe(Full.Artifacts[0].Sha256);
        read.Artifact("perps", "beta").ShouldBeNull();
    }

    [Fact]
    public void The_least_a_manifest_can_say_is_read()
    {
        var hash = new string('a', 64);

        var read = Read($$"""{"schema":1,"name":"perps","version":"1.0.0","source":"chain","artifacts":[{"program":"p","file":"p.so","size":7,"sha256":"{{hash}}","executable-hash":"{{hash}}"}]}""");

        read!.Artifacts[0].Variant.ShouldBe("default");
        read.Source.ShouldBe(ManifestSource.Chain);
    }

    public static TheoryData<string, string> Mistakes => new()
    {
        { "\"schema\": 1", "\"schema\": 2" },
        { "\"schema\": 1,", "" },
        { "\"schema\": 1", "\"schema\": 0" },
        { "\"name\": \"perps\"", "\"name\": \"../perps\"" },
        { "\"name\": \"perps\"", "\"name\": null" },
        { "\"version\": \"1.2.3-rc.1+7\"", "\"version\": \"v1.2.3\"" },
        { "\"version\": \"1.2.3-rc.1+7\"", "\"version\": \"1/2\"" },
        { "\"source\": \"build\"", "\"source\": \"moon\"" },
        { "\"source\": \"build\"", "\"source\": 0" },
        { "\"commit\"", "\"comit\"" },
        { "\"perps.default.so\"", "\"../perps.default.so\"" },
        { "\"perps.default.so\"", "\"/etc/passwd\"" },
        { "\"perps.default.so\"", "\"a/b.so\"" },
        { "\"perps.default.so\"", "\"..\"" },
        { "\"perps.default.so\"", "\"manifest.json\"" },
        { "\"perps.default.so\"", "\"perps.default.idl.json\"" },
        { "\"perps.default.idl.json\"", "\"../x\"" },
        { "\"size\": 4", "\"size\": 0" },
        { "\"size\": 4", "\"size\": -1" },
        { "\"size\": 4", "\"size\": 10485716" },
        { "\"size\": 4", "\"size\": 1e99" },
        { "\"size\": 4", "\"size\": \"4\"" },
        { "\"size\": 4,", "" },
        { "\"sha256\": \"", "\"sha256\": \"A" },
        { "\"executable-hash\": \"", "\"executable-hash\": \"0" },
        { "\"variant\": \"default\"", "\"variant\": \"a/b\"" },
        { "\"safe\": false", "\"safe\": \"false\"" },
        { "\"safe\": false,", "" },
        { "refs/tags", "refs\\ntags" },
        { "\"name\": \"perps\"", "\"name\": \"perps\", \"name\": \"perps\"" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void One_mistake_is_enough_to_refuse_it(string right, string wrong)
    {
        var json = Encoding.UTF8.GetString(Full.ToJson());
        json.ShouldContain(right);
        var at = json.IndexOf(right, StringComparison.Ordinal);

        Manifest.TryRead(Encoding.UTF8.GetBytes(json[..at] + wrong + json[(at + right.Length)..]), out var problem).ShouldBeNull();

        problem.Length.ShouldBeInRange(1, 400);
    }

    [Fact]
    public void Two_builds_of_one_variant_are_refused() =>
        Should.Throw<InvalidOperationException>(() => Build.Of("1.0.0", ("p", "default", [1]), ("p", "default", [2])).ToJson());

    [Fact]
    public void Two_builds_whose_files_would_have_one_name_are_refused() =>
        Should.Throw<InvalidOperationException>(() => Build.Of("1.0.0", ("p.a", "b", [1]), ("p", "a.b", [2])).ToJson());

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"schema\":{}}")]
    [InlineData("<html>")]
    public void What_is_no_manifest_is_refused(string json) => Read(json).ShouldBeNull();

    [Fact]
    public void Depth_does_not_matter() => Read(new string('[', 200_000)).ShouldBeNull();

    [Fact]
    public void No_damaged_manifest_makes_the_reader_throw()
    {
        var json = Full.ToJson();
        Prop.ForAll(Arb.From(Gen.Choose(0, json.Length - 1)), Arb.From(Gen.Choose(0, 255)), (at, value) =>
        {
            var damaged = json.ToArray();
            damaged[at] = (byte)value;
            _ = Manifest.TryRead(damaged, out _);
            _ = Manifest.TryRead(json.AsSpan(0, at), out _);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    private static Manifest? Read(string json) => Manifest.TryRead(Encoding.UTF8.GetBytes(json), out _);
}
