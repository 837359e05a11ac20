using System.Text.Json.Nodes;
using Actions.Cli.Tests.Tools;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.SolanaDeploy;

/// <summary>Endpoints that lie, stall and flood: the right fault in bounded time, and nothing sent on their word alone.</summary>
public sealed class HostileRpcTests(LocalnetFixture fixture) : IClassFixture<LocalnetFixture>
{
    private const string Devnet = "EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG";

    private Localnet Net => fixture.Net;

    public static TheoryData<string, string, string> FirstContacts => new()
    {
        { "another cluster", "", "cluster-mismatch" },
        { "HTML", "", "rpc-invalid-answer" },
        { "empty", "", "rpc-invalid-answer" },
        { "null", "", "rpc-invalid-answer" },
        { "array", "", "rpc-invalid-answer" },
        { "deep", "", "rpc-invalid-answer" },
        { "truncated", "", "rpc-unreachable" },
        { "drop", "", "rpc-unreachable" },
        { "403", "", "rpc-unreachable" },
        { "401", "", "rpc-unreachable" },
        { "404", "", "rpc-invalid-answer" },
        { "500", "", "rpc-unreachable" },
        { "redirect", "", "rpc-invalid-answer" },
        { "endless", "", "rpc-too-large" },
        { "dripping", "6s", "timeout" },
        { "429", "6s", "timeout" },
        { "429 for an hour", "6s", "timeout" },
        { "number as genesis", "", "rpc-invalid-answer" },
        { "error", "", "rpc-invalid-answer" },
    };

    [Theory]
    [MemberData(nameof(FirstContacts))]
    public async Task A_first_contact_that_goes_wrong_sends_nothing(string kind, string timeout, string code)
    {
        await using var rpc = new HostileRpc(Net.Url).Spoil("*", Lie(kind));
        var payer = await Net.PayerAsync();
        using var job = new Deploy(Net, payer, TestPrograms.Token, ("program-keypair", TestKey.New().Json), ("rpc-url", rpc.Url), ("timeout", timeout));

        var run = await job.RunAsync();

        run.Errors.ShouldBe([code], run.ToString());
        run.Exit.ShouldBe(code == "cluster-mismatch" ? 2 : 5, run.ToString());
        rpc.Sends.ShouldBe(0);
        run.Stderr.ShouldNotContain("   at ");
    }

    public static TheoryData<string, string> Spoilt
    {
        get
        {
            var data = new TheoryData<string, string>();
            string[] lies = ["null", "true", "-1", "1e400", "\"\"", "\"x\"", "[]", "[[]]", "{}", """{"context":{},"value":{}}""", """{"context":{"slot":1},"value":null}""",
                """{"context":{"slot":-1},"value":[null]}""", """{"context":{"slot":18446744073709551615},"value":[1,2,3]}""", """{"context":{"slot":1},"value":{"blockhash":"","lastValidBlockHeight":"1"}}"""];
            foreach (var lie in lies)
            {
                data.Add("*", lie);
            }

            foreach (var method in new[] { "getMultipleAccounts", "getLatestBlockhash", "getMinimumBalanceForRentExemption", "simulateTransaction", "getSignatureStatuses", "sendTransaction" })
            {
                data.Add(method, """{"context":{"slot":"one"},"value":{"err":[],"logs":"no"}}""");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Spoilt))]
    public async Task Answers_of_another_shape_end_the_run_and_are_no_bug(string method, string lie)
    {
        await using var rpc = new HostileRpc(Net.Url);
        rpc.Answer = async (asked, request) =>
        {
            if (asked == "getGenesisHash" || (method != "*" && asked != method))
            {
                return null;
            }

            if (method == "sendTransaction")
            {
                await rpc.AskAsync(request);
            }

            return HostileAnswer.Result(lie);
        };
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        using var job = new Deploy(Net, payer, TestPrograms.Token, ("program-keypair", program.Json), ("rpc-url", rpc.Url), ("timeout", "12s"));

        var run = await job.RunAsync();

        if (method == "sendTransaction")
        {
            // What a node says to a send is not worth anything: the statuses decide.
            run.Exit.ShouldBe(0, run.ToString());
            return;
        }

        run.Exit.ShouldBe(5, run.ToString());
        run.Errors.ShouldAllBe(code => code == "rpc-invalid-answer" || code == "timeout");
        if (method == "*")
        {
            rpc.Sends.ShouldBe(0, run.ToString());
        }
    }

    [Fact]
    public async Task A_second_url_of_another_cluster_is_never_used()
    {
        await using var rpc = new HostileRpc(Net.Url).Spoil("getGenesisHash", HostileAnswer.Result($"\"{Devnet}\""));
        using var job = new Deploy(Net, await Net.PayerAsync(), TestPrograms.Token, ("program-keypair", TestKey.New().Json), ("rpc-url", $"{Net.Url}\n{rpc.Url}"));

        var run = await job.RunAsync();

        run.Exit.ShouldBe(2, run.ToString());
        run.Errors.ShouldBe(["cluster-mismatch"]);
        rpc.Sends.ShouldBe(0);
    }

    [Fact]
    public async Task A_url_that_never_proves_its_cluster_is_sent_nothing()
    {
        await using var rpc = new HostileRpc(Net.Url).Spoil("getGenesisHash", new HostileAnswer.Drop());
        using var job = new Deploy(Net, await Net.PayerAsync(), TestPrograms.Token, ("program-keypair", TestKey.New().Json), ("rpc-url", $"{Net.Url}\n{rpc.Url}"));

        var run = await job.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        rpc.Sends.ShouldBe(0, run.ToString());
    }

    [Fact]
    public async Task A_second_url_that_refuses_transactions_does_not_end_the_run()
    {
        await using var rpc = new HostileRpc(Net.Url).Spoil("sendTransaction", new HostileAnswer.Body("""{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"Method not found"}}"""));
        using var job = new Deploy(Net, await Net.PayerAsync(), TestPrograms.Token, ("program-keypair", TestKey.New().Json), ("rpc-url", $"{Net.Url}\n{rpc.Url}"));

        var run = await job.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
    }

    [Fact]
    public async Task A_node_that_refuses_every_transaction_ends_the_run()
    {
        await using var rpc = new HostileRpc(Net.Url).Spoil("sendTransaction", new HostileAnswer.Body("""{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"Method not found"}}"""));
        using var job = new Deploy(Net, await Net.PayerAsync(), TestPrograms.Token, ("program-keypair", TestKey.New().Json), ("rpc-url", rpc.Url), ("timeout", "20s"));

        var run = await job.RunAsync();

        run.Exit.ShouldBe(5);
        run.Errors.ShouldHaveSingleItem().ShouldBe("rpc-unreachable");
    }

    [Theory]
    [InlineData("every transaction")]
    [InlineData("writes only")]
    public async Task A_node_that_claims_what_did_not_happen_is_found_out_by_reading_back(string what)
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        await using var rpc = new HostileRpc(Net.Url);
        var count = 0;
        rpc.Answer = async (method, request) =>
        {
            if (method == "sendTransaction" && (what == "every transaction" || Interlocked.Increment(ref count) > 20))
            {
                var bytes = Convert.FromBase64String(request["params"]![0]!.GetValue<string>());
                Transaction.TryParse(bytes, out var transaction).ShouldBeTrue();
                return HostileAnswer.Result($"\"{transaction!.Signature}\"");
            }

            if (method != "getSignatureStatuses")
            {
                return null;
            }

            var slot = await Net.SlotAsync();
            var all = string.Join(',', request["params"]![0]!.AsArray().Select(_ => $$"""{"slot":{{slot}},"confirmations":1,"err":null,"confirmationStatus":"confirmed"}"""));
            return HostileAnswer.Result($$"""{"context":{"slot":{{slot}}},"value":[{{all}}]}""");
        };
        using var job = new Deploy(Net, payer, TestPrograms.Token, ("program-keypair", program.Json), ("rpc-url", rpc.Url), ("timeout", "25s"));

        var run = await job.RunAsync();

        run.Exit.ShouldBeOneOf([3, 5], run.ToString());
        run["changed"].ShouldBe("false", run.ToString());
        (await Net.ProgramAsync(program.Address)).ShouldBeNull();
    }

    [Fact]
    public async Task A_deploy_that_only_the_node_claims_is_not_reported_as_done()
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        await using var rpc = new HostileRpc(Net.Url);
        var claimed = new HashSet<string>();
        rpc.Answer = async (method, request) =>
        {
            if (method == "sendTransaction")
            {
                Transaction.TryParse(Convert.FromBase64String(request["params"]![0]!.GetValue<string>()), out var transaction).ShouldBeTrue();
                if (!transaction!.Message.Signers.Contains(program.Address))
                {
                    return null;
                }

                lock (claimed)
                {
                    claimed.Add(transaction.Signature.ToString());
                }

                return HostileAnswer.Result($"\"{transaction.Signature}\"");
            }

            if (method != "getSignatureStatuses")
            {
                return null;
            }

            var answer = JsonNode.Parse(await rpc.AskAsync(request))!;
            var signatures = request["params"]![0]!.AsArray();
            for (var index = 0; index < signatures.Count; index++)
            {
                if (claimed.Contains(signatures[index]!.GetValue<string>()))
                {
                    var slot = answer["result"]!["context"]!["slot"]!.GetValue<ulong>() - 1;
                    answer["result"]!["value"]![index] = JsonNode.Parse($$"""{"slot":{{slot}},"confirmations":1,"err":null,"confirmationStatus":"confirmed"}""");
                }
            }

            return new HostileAnswer.Body(answer.ToJsonString());
        };
        using var job = new Deploy(Net, payer, TestPrograms.Token, ("program-keypair", program.Json), ("rpc-url", rpc.Url), ("timeout", "25s"));

        var run = await job.RunAsync();

        run.Exit.ShouldBeOneOf([3, 5], run.ToString());
        run["changed"].ShouldBe("false", run.ToString());
        var again = await job.With(("rpc-url", Net.Url)).RunAsync();
        again.Exit.ShouldBe(0, again.ToString());
        (await Net.BuffersAsync(payer.Address)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_node_that_goes_back_in_time_is_asked_again()
    {
        var (payer, program) = (await Net.PayerAsync(), TestKey.New());
        await using var rpc = new HostileRpc(Net.Url);
        var asked = 0;
        rpc.Answer = async (method, request) =>
        {
            // Every other account read shows the chain as it was before the payer had anything.
            if (method is not ("getAccountInfo" or "getMultipleAccounts") || Interlocked.Increment(ref asked) % 2 == 0 || asked == 1)
            {
                return null;
            }

            var answer = JsonNode.Parse(await rpc.AskAsync(request))!;
            answer["result"]!["context"]!["slot"] = 3;
            answer["result"]!["value"] = method == "getAccountInfo" ? null : new JsonArray([.. answer["result"]!["value"]!.AsArray().Select(_ => (JsonNode?)null)]);
            return new HostileAnswer.Body(answer.ToJsonString());
        };
        using var job = new Deploy(Net, payer, TestPrograms.Token, ("program-keypair", program.Json), ("rpc-url", rpc.Url), ("timeout", "40s"));

        var run = await job.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        run["transactions"].ShouldBe($"{Deploy.Chunks(TestPrograms.Token) + 2}", run.ToString());
    }

    [Fact]
    public async Task Secrets_in_an_rpc_url_are_printed_nowhere()
    {
        await using var rpc = new HostileRpc(Net.Url).Spoil("getMultipleAccounts", new HostileAnswer.Body("<html>0123456789abcdef</html>"));
        var host = rpc.Url["http://".Length..];
        using var job = new Deploy(Net, await Net.PayerAsync(), TestPrograms.Token, ("program-keypair", TestKey.New().Json), ("rpc-url", $"http://someone:hunter2hunter2@{host}/v2/0123456789abcdef?api-key=fedcba9876543210"));

        var run = await job.RunAsync();

        run.Exit.ShouldBe(5, run.ToString());
        foreach (var text in new[] { run.ToString(), string.Concat(job.Workspace.Files().Select(file => System.Text.Encoding.UTF8.GetString(file.Content))) })
        {
            text.ShouldNotContain("fedcba9876543210");
            text.ShouldNotContain("hunter2hunter2");
            text.ShouldNotContain("/v2/0123456789abcdef");
        }
    }

    private static HostileAnswer Lie(string kind) => kind switch
    {
        "another cluster" => HostileAnswer.Result($"\"{Devnet}\""),
        "HTML" => new HostileAnswer.Body("<!doctype html><html><body>Sign in to the hotel's network</body></html>"),
        "empty" => new HostileAnswer.Body(""),
        "null" => new HostileAnswer.Body("null"),
        "array" => new HostileAnswer.Body("[]"),
        "deep" => new HostileAnswer.Body(new string('[', 100_000)),
        "truncated" => new HostileAnswer.Truncated("""{"jsonrpc":"2.0","id":1,"res"""),
        "drop" => new HostileAnswer.Drop(),
        "403" => new HostileAnswer.Body("no", 403),
        "401" => new HostileAnswer.Body("no", 401),
        "404" => new HostileAnswer.Body("no", 404),
        "500" => new HostileAnswer.Body("oops", 500),
        "redirect" => new HostileAnswer.Body("", 302, "Location: http://127.0.0.1:1/\r\n"),
        "endless" => new HostileAnswer.Endless("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\""),
        "dripping" => new HostileAnswer.Dripping(),
        "429" => new HostileAnswer.Body("slow down", 429),
        "429 for an hour" => new HostileAnswer.Body("slow down", 429, "Retry-After: 3600\r\n"),
        "number as genesis" => HostileAnswer.Result("42"),
        "error" => new HostileAnswer.Body("""{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"\u001b[31m::error::injected\nline"}}"""),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
