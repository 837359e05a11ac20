using System.Text;
using Actions.Core.Loader;
using Actions.Core.Tests.Tools;

namespace Actions.Core.Tests.Loader;

public sealed class SecurityTxtTests
{
    private const string Begin = "=======BEGIN SECURITY.TXT V1=======\0";
    private const string End = "=======END SECURITY.TXT V1=======\0";
    private const string Sound =
        "name\0Perps\0project_url\0https://perps.example\0contacts\0email:sec@perps.example\0policy\0https://perps.example/policy\0";

    [Fact]
    public void A_sound_one_is_found_anywhere_in_the_binary()
    {
        byte[] binary = [.. Some.Bytes(1, 5000), .. Bytes(Begin + Sound + "source_revision\0abc123\0" + End), .. Some.Bytes(2, 5000)];

        var found = SecurityTxt.Find(binary).ShouldNotBeNull();

        found.Problems.ShouldBeEmpty();
        found["name"].ShouldBe("Perps");
        found["contacts"].ShouldBe("email:sec@perps.example");
        found["source_revision"].ShouldBe("abc123");
        found["expiry"].ShouldBeNull();
    }

    [Fact]
    public void A_binary_without_the_marker_has_none()
    {
        SecurityTxt.Find([]).ShouldBeNull();
        SecurityTxt.Find(Some.Bytes(1, 100_000)).ShouldBeNull();
        SecurityTxt.Find(Bytes(Begin[..^1])).ShouldBeNull();
    }

    [Theory]
    [InlineData("name\0Perps\0", "`project_url` is missing")]
    [InlineData(Sound + "name\0Other\0", "`name` is given twice")]
    [InlineData(Sound + "twitter\0@perps\0", "`twitter` is no key of security.txt")]
    [InlineData(Sound + "auditors\0", "the last key has no value")]
    [InlineData(Sound + "auditors\0Nobody", "the last key has no value")]
    public void Problems_are_named(string body, string problem)
    {
        var found = SecurityTxt.Find(Bytes(Begin + body + End)).ShouldNotBeNull();

        found.Problems.ShouldContain(problem);
    }

    [Fact]
    public void Of_a_key_given_twice_the_first_value_counts() =>
        SecurityTxt.Find(Bytes(Begin + Sound + "name\0Other\0" + End))!["name"].ShouldBe("Perps");

    [Fact]
    public void Without_an_end_nothing_is_read()
    {
        var found = SecurityTxt.Find([.. Bytes(Begin + Sound), .. new byte[SecurityTxt.MaxLength], .. Bytes(End)]).ShouldNotBeNull();

        found.Fields.ShouldBeEmpty();
        found.Problems.ShouldHaveSingleItem().ShouldContain("no end marker");
    }

    [Fact]
    public void A_flood_of_keys_makes_few_and_short_complaints()
    {
        var flood = string.Concat(Enumerable.Range(0, 2000).Select(i => $"{i}{new string('x', 3)}\0\0"));
        var one = $"{new string('y', 5000)}\0\0";

        SecurityTxt.Find(Bytes(Begin + flood + End))!.Problems.Count.ShouldBeLessThanOrEqualTo(20);
        SecurityTxt.Find(Bytes(Begin + one + End))!.Problems.ShouldAllBe(problem => problem.Length < 100);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
