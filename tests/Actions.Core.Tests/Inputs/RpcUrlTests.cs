using Actions.Core.Inputs;
using Actions.Core.Runner;
using Actions.Core.Tests.Runner;

namespace Actions.Core.Tests.Inputs;

public sealed class RpcUrlTests
{
    [Theory]
    [InlineData("https://user-name:pass-word@rpc.example/v2/path-secret?api-key=query-secret", "https://rpc.example")]
    [InlineData("https://rpc.example:8443/x", "https://rpc.example:8443")]
    [InlineData("http://127.0.0.1:8899", "http://127.0.0.1:8899")]
    [InlineData("http://localhost:8899", "http://localhost:8899")]
    [InlineData("http://[::1]:8899", "http://[::1]:8899")]
    [InlineData("http://localnet:8899/", "http://localnet:8899")]
    [InlineData("HTTPS://RPC.EXAMPLE", "https://rpc.example")]
    public void Only_scheme_and_host_are_shown(string text, string shown)
    {
        var url = RpcUrl.Parse(text, new Masker()).Value;

        url.ToString().ShouldBe(shown);
        url.Reveal().ShouldBe(new Uri(text));
    }

    [Theory]
    [InlineData("rpc.example")]
    [InlineData("ftp://rpc.example")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ws://rpc.example")]
    [InlineData("https://")]
    [InlineData("https:///path")]
    [InlineData("https://rpc.example/#fragment")]
    [InlineData("javascript:alert(1)")]
    public void Anything_but_a_web_address_is_refused(string text) =>
        RpcUrl.Parse(text, new Masker()).Faults.ShouldHaveSingleItem().Code.Name.ShouldBe("input-invalid");

    [Theory]
    [InlineData("http://rpc.example")]
    [InlineData("http://api.devnet.solana.com")]
    [InlineData("http://10.0.0.1:8899")]
    [InlineData("http://[2001:db8::1]:8899")]
    [InlineData("http://localhost.evil.example")]
    public void Plain_http_is_refused_beyond_the_machine_and_its_network(string text)
    {
        var fault = RpcUrl.Parse(text, new Masker()).Faults.ShouldHaveSingleItem();

        fault.Expected.ShouldBe("Expected https");
    }

    [Fact]
    public void Everything_secret_in_it_is_masked()
    {
        using var world = new World();
        _ = world.Log.Value;

        RpcUrl.Parse("https://user-name:pass%2Dword@rpc.example/v2/path-secret/short?api-key=query-secret&x=1", world.Masker).IsOk.ShouldBeTrue();

        foreach (var secret in new[] { "user-name", "pass%2Dword", "pass-word", "path-secret", "query-secret", "api-key=query-secret&x=1" })
        {
            world.Masker.Scrub($"a {secret} b").ShouldBe("a *** b");
            RunnersSide.Commands(world.Output.ToString()).ShouldContain(command => command.Name == "add-mask" && command.Data == secret);
        }

        world.Masker.Scrub("rpc.example v2 short").ShouldBe("rpc.example v2 short");
    }

    [Fact]
    public void A_refused_one_is_masked_too()
    {
        var masker = new Masker();

        RpcUrl.Parse("http://rpc.example/?token=query-secret", masker).IsOk.ShouldBeFalse();

        masker.Scrub("query-secret").ShouldBe("***");
    }

    [Fact]
    public void The_name_of_a_cluster_is_no_secret()
    {
        var masker = new Masker();

        RpcUrl.Parse("https://rpc.example/mainnet-beta/secret-segment", masker).IsOk.ShouldBeTrue();

        masker.Scrub("mainnet-beta secret-segment").ShouldBe("mainnet-beta ***");
    }

    [Fact]
    public void Several_are_read_in_order_and_once_each()
    {
        using var world = new World().Input("rpc-url", "https://b.example\nhttps://a.example\nhttps://b.example");

        world.Reader().RpcUrls().Select(url => url.ToString()).ShouldBe(["https://b.example", "https://a.example"]);
    }

    [Fact]
    public void One_may_come_from_a_variable()
    {
        using var world = new World().Input("rpc-url", "env:PRIMARY\nhttps://b.example").With("PRIMARY", "https://a.example/secret-segment\n");

        var urls = world.Reader().RpcUrls();

        urls.Select(url => url.ToString()).ShouldBe(["https://a.example", "https://b.example"]);
        world.Masker.Scrub("secret-segment").ShouldBe("***");
    }

    [Theory]
    [InlineData("env:PRIMARY", "input-missing")]
    [InlineData("vault:secret/rpc#url", "input-missing")]
    [InlineData("aws-secretsmanager:eu-west-1/rpc", "input-missing")]
    public void A_reference_that_leads_nowhere_is_a_fault(string text, string code)
    {
        using var world = new World().Input("rpc-url", text);
        var reader = world.Reader();

        reader.RpcUrls().ShouldBeEmpty();
        reader.Faults.ShouldHaveSingleItem().Code.Name.ShouldBe(code);
    }
}
