using System.Buffers.Text;
using System.Text;
using Actions.Core.Runner;
using Actions.Core.Solana;
using FsCheck;
using FsCheck.Fluent;

namespace Actions.Core.Tests.Runner;

public sealed class MaskerTests
{
    [Fact]
    public void Every_form_is_announced_to_the_runner_before_it_can_appear()
    {
        using var world = new World();
        _ = world.Log.Value;

        world.Masker.Add("swordfish\"");

        var masked = RunnersSide.Commands(world.Output.ToString()).Where(command => command.Name == "add-mask").Select(command => command.Data).ToList();
        var bytes = Encoding.UTF8.GetBytes("swordfish\"");
        masked.ShouldContain("swordfish\"");
        masked.ShouldContain("swordfish\\\"");
        masked.ShouldContain(Convert.ToBase64String(bytes));
        masked.ShouldContain(Base64Url.EncodeToString(bytes));
        masked.ShouldContain(Convert.ToHexStringLower(bytes));
        masked.ShouldContain(Base58.Encode(bytes));
        masked.ShouldContain(string.Join(',', bytes));
        masked.ShouldContain(string.Join(", ", bytes));
    }

    [Fact]
    public void A_mask_with_line_breaks_and_percent_signs_is_escaped()
    {
        using var world = new World();
        _ = world.Log.Value;

        world.Masker.Add("sword%fish");

        world.Output.ToString().ShouldContain("::add-mask::sword%25fish\n");
    }

    [Fact]
    public void Lines_of_a_secret_are_masked_unless_they_say_nothing()
    {
        using var world = new World();
        _ = world.Log.Value;

        world.Masker.Add("[\n12,\nlong-enough-line\n]");

        world.Masker.Scrub("12, long-enough-line").ShouldBe("12, ***");
        RunnersSide.Commands(world.Output.ToString()).ShouldNotContain(command => command.Data.Contains('\n'));
    }

    [Fact]
    public void Nothing_is_announced_in_a_shell()
    {
        using var world = new World(inGitHub: false);
        _ = world.Log.Value;

        world.Masker.Add("swordfish");

        world.Output.ToString().ShouldBeEmpty();
        world.Masker.Scrub("swordfish").ShouldBe("***");
    }

    [Fact]
    public void A_secret_hidden_by_escape_sequences_is_still_found()
    {
        var masker = new Masker();
        masker.Add("swordfish");

        masker.Safe("sword\u001b[0mfish and swo\0rdfish", 100).ShouldBe("*** and ***");
    }

    [Fact]
    public void A_cut_never_leaves_half_a_secret()
    {
        var masker = new Masker();
        masker.Add("swordfish-swordfish");

        masker.Safe($"{new string('x', 95)}swordfish-swordfish", 100).ShouldNotContain("sword");
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("abc")]
    public void What_is_too_short_to_hide_is_left_alone(string secret)
    {
        var masker = new Masker();

        masker.Add(secret);

        masker.Scrub("1 abc").ShouldBe("1 abc");
    }

    [Fact]
    public void No_encoding_of_any_key_survives() =>
        Prop.ForAll(Gen.ArrayOf(Gen.Choose(0, 255).Select(value => (byte)value), 64).ToArbitrary(), key =>
        {
            var masker = new Masker();
            masker.Add(key);

            return Encodings.Of(key).All(form => masker.Scrub($"a {form} b") == "a *** b");
        }).QuickCheckThrowOnFailure();
}

/// <summary>The ways in which a key could turn up.</summary>
internal static class Encodings
{
    public static string[] Of(byte[] key) =>
    [
        Base58.Encode(key), Convert.ToBase64String(key), Base64Url.EncodeToString(key), Convert.ToHexString(key), Convert.ToHexStringLower(key),
        string.Join(',', key), string.Join(", ", key),
    ];
}
