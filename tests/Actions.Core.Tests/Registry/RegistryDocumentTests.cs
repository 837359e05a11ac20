using System.Text.Json;
using Actions.Core.Registry;
using Actions.Core.Tests.Tools;

namespace Actions.Core.Tests.Registry;

public sealed class RegistryDocumentTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_runs_is_on_top_and_what_ran_is_behind_it()
    {
        var text = "";
        for (var release = 1; release <= 30; release++)
        {
            text = Merge(text, "production", Entry("perps", release));
        }

        var perps = At(text, "production", "perps");
        perps.GetProperty("version").GetString().ShouldBe("1.0.30");
        perps.GetProperty("slot").GetUInt64().ShouldBe(30UL);
        perps.GetProperty("time").GetString().ShouldBe("2026-11-21T12:00:30Z");
        var history = perps.GetProperty("history").EnumerateArray().Select(entry => entry.GetProperty("version").GetString()).ToList();
        history.ShouldBe(Enumerable.Range(11, 19).Reverse().Select(release => $"1.0.{release}"));
    }

    [Fact]
    public void The_same_again_is_no_news_whatever_the_time()
    {
        var text = Merge("", "production", Entry("perps", 1), Entry("vault", 1));

        Merge(text, "production", Entry("perps", 1) with { Time = Time.AddDays(1), Slot = 99 }, Entry("vault", 1)).ShouldBeSameAs(text);
    }

    [Fact]
    public void A_program_that_comes_back_is_news_again()
    {
        var text = Merge(Merge(Merge("", "production", Entry("perps", 1)), "production", Entry("perps", 2)), "production", Entry("perps", 1));

        At(text, "production", "perps").GetProperty("history").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public void Other_environments_and_programs_and_what_others_wrote_stay()
    {
        var text = Merge(Merge("""{"schema":1,"owner":"platform"}""", "staging", Entry("perps", 1)), "production", Entry("perps", 2));

        var merged = Merge(text, "production", Entry("vault", 3));

        At(merged, "staging", "perps").GetRawText().ShouldBe(At(text, "staging", "perps").GetRawText());
        At(merged, "production", "perps").GetRawText().ShouldBe(At(text, "production", "perps").GetRawText());
        JsonElement.Parse(merged).GetProperty("owner").GetString().ShouldBe("platform");
    }

    [Theory]
    [InlineData("{\"schema\":2}")]
    [InlineData("{\"schema\":1,\"environments\":[]}")]
    [InlineData("{\"schema\":1,\"environments\":{\"production\":{\"perps\":7}}}")]
    [InlineData("{\"keypair\":\"secret\"}")]
    [InlineData("[1,2,3]")]
    [InlineData("a password")]
    public void What_is_no_registry_is_never_overwritten(string existing)
    {
        var merged = RegistryDocument.Merge(existing, "production", [Entry("perps", 1)]);

        var fault = merged.Faults.ShouldHaveSingleItem();
        fault.Code.Name.ShouldBe("registry-failed");
        fault.Message.ShouldNotContain("password");
    }

    internal static RegistryEntry Entry(string program, int release) =>
        new(program, Some.Address(program.Length), $"{release:x64}", $"{release + 1000:x64}", $"1.0.{release}", (ulong)release, Time.AddSeconds(release));

    internal static JsonElement At(string text, string environment, string program) =>
        JsonElement.Parse(text).GetProperty("environments").GetProperty(environment).GetProperty(program);

    private static string Merge(string text, string environment, params RegistryEntry[] entries) => RegistryDocument.Merge(text, environment, entries).Value;
}
