using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Actions.Core.Security;
using Actions.Core.Security.Secrets;
using Actions.Core.Solana;

namespace Actions.Core.Tests.Security;

public sealed class SecretSearchTests
{
    private static readonly byte[] Pair = Of("a committed key");

    /// <summary>Put together here, so that no scanner of this repository takes it for one that somebody lost.</summary>
    private static readonly string Token = "hvs." + "CAESIJlWh0q3wXAtVuW7cV2mPq9";

    private static readonly string ApiKey = "4f2a9c81-7be0-4d53-" + "9a6c-0e1b7d3f5a28";

    [Theory]
    [InlineData("[{0}]", ",")]
    [InlineData("{{ \"key\": [ {0} ] }}", " , ")]
    [InlineData("KEY='[{0},]'", ",")]
    [InlineData("const secret = Uint8Array.from([\n  {0}\n]);", ",\n  ")]
    public void A_key_pair_is_found_however_its_numbers_are_written(string form, string separator)
    {
        var text = "first line\n" + string.Format(System.Globalization.CultureInfo.InvariantCulture, form, string.Join(separator, Pair));

        var finding = Search(text).ShouldHaveSingleItem();

        (finding.Rule, finding.Line).ShouldBe(("keypair-committed", 1 + text[..text.IndexOf('[', StringComparison.Ordinal)].Count(character => character == '\n')));
        ShouldNotLeak(finding);
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("PRIVATE_KEY={0}\n")]
    [InlineData("\"{0}\",")]
    public void A_key_pair_is_found_in_base58(string form)
    {
        var finding = Search(string.Format(System.Globalization.CultureInfo.InvariantCulture, form, Base58.Encode(Pair))).ShouldHaveSingleItem();

        finding.Found.ShouldBe($"found the key pair of {new Address(Pair.AsSpan(32))}");
        ShouldNotLeak(finding);
    }

    [Fact]
    public void What_only_looks_like_a_key_pair_is_none()
    {
        byte[] signature = [.. Pair];
        signature[40] ^= 1;
        var random = new Random(3);
        foreach (var other in Enumerable.Range(0, 200).Select(_ => RandomBytes(random)).Append(signature))
        {
            Search($"[{string.Join(',', other)}] {Base58.Encode(other)}").ShouldBeEmpty();
        }

        Search($"[{string.Join(',', Pair.Take(63))}] [{string.Join(',', Pair.Append((byte)1))}] [{string.Join(',', Pair).Replace(",", ",9", StringComparison.Ordinal)}]").ShouldBeEmpty();
        Search($"x{Base58.Encode(Pair)} {Base58.Encode(Pair)}1").ShouldBeEmpty();
    }

    [Fact]
    public void Every_made_key_pair_is_found()
    {
        foreach (var pair in Enumerable.Range(0, 100).Select(number => Of($"key {number}")))
        {
            Search($"[{string.Join(", ", pair)}]").Count.ShouldBe(1);
            Search(Base58.Encode(pair)).Count.ShouldBe(1);
        }
    }

    [Theory]
    [InlineData("https://mainnet.helius-rpc.com/?api-key={0}")]
    [InlineData("https://solana-mainnet.g.alchemy.com/v2/{0}")]
    [InlineData("wss://some-name.solana-mainnet.quiknode.pro/{0}/")]
    [InlineData("https://rpc.mycompany.io/?token={0}")]
    [InlineData("https://deployer:{0}@node.mycompany.io/rpc")]
    public void An_rpc_url_with_its_credential_is_found(string form)
    {
        var finding = Search($"RPC_URL: \"{string.Format(System.Globalization.CultureInfo.InvariantCulture, form, ApiKey)}\"").ShouldHaveSingleItem();

        finding.Rule.ShouldBe("rpc-url-committed");
        $"{finding}".ShouldNotContain(ApiKey);
    }

    [Theory]
    [InlineData("https://api.mainnet-beta.solana.com")]
    [InlineData("https://mainnet.helius-rpc.com/?api-key=YOUR_API_KEY_GOES_HERE_1")]
    [InlineData("https://mainnet.helius-rpc.com/?api-key=${HELIUS_KEY}")]
    [InlineData("https://mainnet.helius-rpc.com/?api-key={{ key }}")]
    [InlineData("https://mainnet.helius-rpc.com/?api-key=xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxx1")]
    [InlineData("https://rpc.example/?api-key=4f2a9c81-7be0-4d53-9a6c-0e1b7d3f5a28")]
    [InlineData("https://user:4f2a9c817be0@localhost:8899")]
    [InlineData("https://user:password@node.mycompany.io/")]
    [InlineData("https://codecov.io/gh/acme/perps/badge.svg?token=4F2A9C817BE04D53")]
    [InlineData("https://docs.alchemy.com/reference/solana-api-quickstart-2024")]
    [InlineData("https://git@github.com/acme/perps.git")]
    [InlineData("http://[::1]:8899/v2")]
    [InlineData("https://")]
    public void An_address_without_one_is_not(string url) => Search($"rpc-url: {url}\n").ShouldBeEmpty();

    [Fact]
    public void Tokens_of_vault_are_found_and_not_told()
    {
        var findings = Search($"a\nVAULT_TOKEN={Token}\nVAULT_TOKEN: \"s.{"q3wXAtVuW7cV2mPq9Zk4Lb8R"}\"\n");

        findings.Select(finding => (finding.Rule, finding.Line)).ShouldBe([("vault-token-committed", 2), ("vault-token-committed", 3)]);
        findings.ShouldAllBe(finding => !$"{finding}".Contains("q3wX", StringComparison.Ordinal));
        Search("hvs.secret-token hvs.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa s.q3wXAtVuW7cV2mPq9Zk4Lb8R").ShouldBeEmpty();
    }

    [Fact]
    public void What_is_binary_or_endless_is_not_searched()
    {
        var text = Encoding.UTF8.GetBytes($"[{string.Join(',', Pair)}]");

        SecretSearch.Read("x", [0, .. text]).ShouldBeEmpty();
        SecretSearch.Read("x", new byte[SecretSearch.LongestFile + 1]).ShouldBeEmpty();
        SecretSearch.Read("x", [.. Enumerable.Repeat((byte)' ', SecretSearch.LongestFile - text.Length), .. text]).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,")]
    [InlineData("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz ")]
    [InlineData("https://a.b/rpc?key=")]
    [InlineData("[ , 1 , ")]
    public void A_file_that_is_made_to_be_slow_is_not(string part)
    {
        var clock = Stopwatch.StartNew();

        SecretSearch.Read("x", Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(part, SecretSearch.LongestFile / part.Length)))).ShouldBeEmpty();

        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    private static IReadOnlyList<ScanFinding> Search(string text) => SecretSearch.Read("config.json", Encoding.UTF8.GetBytes(text));

    private static void ShouldNotLeak(ScanFinding finding)
    {
        $"{finding}".ShouldNotContain(string.Join(',', Pair.Take(8)));
        $"{finding}".ShouldNotContain(Base58.Encode(Pair)[..20]);
    }

    private static byte[] Of(string seed)
    {
        var secret = SHA256.HashData(Encoding.UTF8.GetBytes(seed));
        return [.. secret, .. Ed25519.PublicKey(secret).ToArray()];
    }

    private static byte[] RandomBytes(Random random)
    {
        var bytes = new byte[64];
        random.NextBytes(bytes);
        return bytes;
    }
}
