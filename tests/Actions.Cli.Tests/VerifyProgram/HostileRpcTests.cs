using Actions.Cli.Tests.Tools;
using Actions.Core.Loader;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.VerifyProgram;

/// <summary>Endpoints that are not what they should be: the run ends soon, with the right exit code and without a verdict.</summary>
public sealed class HostileRpcTests
{
    private static readonly Address Program = TestKey.From("hostile").Address;

    [Fact]
    public Task HTML_is_no_answer() => Fails(_ => HostileServer.Http("text/html", "<html><body>Please log in</body></html>"), "rpc-invalid-answer");

    [Fact]
    public Task JSON_that_is_no_answer_is_none() => Fails(_ => HostileServer.Http("application/json", "[1,2,3]"), "rpc-invalid-answer");

    [Fact]
    public Task An_answer_that_breaks_off_is_none() =>
        Fails(method => HostileServer.Http("application/json", """{"jsonrpc":"2.0","id":1,"res""", 4_000), "rpc-unreachable");

    [Fact]
    public Task An_answer_that_breaks_off_in_the_middle_of_a_run_is_given_up_in_time() => Fails(
        method => method == "getGenesisHash" ? HostileServer.Json($"\"{HostileServer.Genesis}\"") : HostileServer.Http("application/json", """{"jsonrpc":"2.0","id":1,"res""", 4_000),
        "timeout", ("timeout", "3s"));

    [Fact]
    public Task A_gigantic_answer_is_not_read() => Fails(_ => HostileServer.Http("application/json", new string(' ', 400_000)), "rpc-too-large");

    [Fact]
    public Task An_announced_gigantic_answer_is_not_waited_for() => Fails(_ => HostileServer.Http("application/json", "{", 50_000_000_000), "rpc-too-large");

    [Fact]
    public Task An_account_larger_than_an_account_can_be_is_not_read() => Fails(
        method => method switch
        {
            "getGenesisHash" => HostileServer.Json($"\"{HostileServer.Genesis}\""),
            "getMultipleAccounts" => HostileServer.Json(Accounts(Account(PointerOf(Program)), Account(Header))),
            _ => HostileServer.Json(One(Account(new byte[LoaderProgram.MaxAccountLength + 200_000]))),
        },
        "rpc-too-large");

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"context\":{\"slot\":1},\"value\":[]}")]
    [InlineData("{\"context\":{\"slot\":1},\"value\":[null]}")]
    [InlineData("{\"context\":{\"slot\":-1},\"value\":[null,null]}")]
    [InlineData("{\"context\":{\"slot\":1},\"value\":[1,2]}")]
    [InlineData("{\"context\":{\"slot\":1},\"value\":[{\"lamports\":1,\"owner\":\"x\",\"executable\":true,\"data\":[\"\",\"base64\"]},null]}")]
    [InlineData("{\"context\":{\"slot\":1},\"value\":[{\"lamports\":1,\"owner\":\"11111111111111111111111111111111\",\"executable\":true,\"data\":[\"!\",\"base64\"]},null]}")]
    [InlineData("{\"context\":{\"slot\":1},\"value\":[{\"lamports\":1,\"owner\":\"11111111111111111111111111111111\",\"executable\":true,\"data\":[\"\",\"base58\"]},null]}")]
    public Task An_answer_of_another_shape_is_none(string result) =>
        Fails(method => HostileServer.Json(method == "getGenesisHash" ? $"\"{HostileServer.Genesis}\"" : result), "rpc-invalid-answer");

    [Fact]
    public async Task A_refusal_is_shown_on_one_line_and_bounded()
    {
        var run = await Fails(
            method => method == "getGenesisHash"
                ? HostileServer.Json($"\"{HostileServer.Genesis}\"")
                : HostileServer.Http("application/json", """{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"no\n::error::fake """ + new string('x', 5_000) + "\"}}"),
            "rpc-invalid-answer");

        run.Stdout.ShouldNotContain("\n::error::fake");
        run.Stdout.Length.ShouldBeLessThan(5_000);
    }

    [Theory]
    [InlineData("5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d", "mainnet-beta")]
    [InlineData("EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG", "devnet")]
    public async Task A_node_of_another_cluster_is_the_inputs_fault(string genesis, string cluster)
    {
        await using var net = await Localnet.StartAsync("--genesis", genesis);
        using var verify = new Verify(net.Url, Program, ("program", "program.so"));

        var run = await verify.RunAsync();

        run.Exit.ShouldBe(2, run.ToString());
        run.Errors.ShouldBe(["cluster-mismatch"]);
        run.Summary.ShouldContain(cluster);
        (await verify.With(("cluster", cluster)).RunAsync()).Errors.ShouldBe(["findings-open"], "there, nothing is at the id");
    }

    [Fact]
    public async Task A_ProgramData_account_that_ends_in_its_header_is_foreign()
    {
        await using var server = new HostileServer(method => method switch
        {
            "getGenesisHash" => HostileServer.Json($"\"{HostileServer.Genesis}\""),
            "getMultipleAccounts" => HostileServer.Json(Accounts(Account(PointerOf(Program)), Account(Header[..13]))),
            _ => HostileServer.Json(One(Account(Header[..13]))),
        });
        using var verify = new Verify(server.Url, Program, ("program", "program.so"));

        var run = await verify.RunAsync();

        run.Exit.ShouldBe(4, run.ToString());
        run.Summary.ShouldContain("program-foreign");
    }

    [Fact]
    public async Task A_program_that_is_closed_between_two_reads_is_closed()
    {
        await using var server = new HostileServer(method => method switch
        {
            "getGenesisHash" => HostileServer.Json($"\"{HostileServer.Genesis}\""),
            "getMultipleAccounts" => HostileServer.Json(Accounts(Account(PointerOf(Program)), Account(Header))),
            _ => HostileServer.Json(One("null")),
        });
        using var verify = new Verify(server.Url, Program, ("program", "program.so"));

        var run = await verify.RunAsync();

        run.Exit.ShouldBe(4, run.ToString());
        run.Summary.ShouldContain("program-closed");
    }

    [Fact]
    public async Task The_highest_slot_there_can_be_is_a_slot()
    {
        byte[] header = [3, 0, 0, 0, .. Enumerable.Repeat((byte)0xff, 8), 0, .. new byte[32], 1];
        await using var server = new HostileServer(method => method switch
        {
            "getGenesisHash" => HostileServer.Json($"\"{HostileServer.Genesis}\""),
            "getMultipleAccounts" => HostileServer.Json(Accounts(Account(PointerOf(Program)), Account(header))),
            _ => HostileServer.Json(One(Account(header))),
        });
        using var verify = new Verify(server.Url, Program, ("expected-authority", "none"));

        var run = await verify.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        run["slot"].ShouldBe("18446744073709551615");
    }

    private static byte[] Header => [3, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, .. new byte[32]];

    private static byte[] PointerOf(Address program) => [2, 0, 0, 0, .. LoaderProgram.ProgramDataAddress(program).ToArray()];

    private static string Account(byte[] data) =>
        $$"""{"lamports":1,"owner":"{{LoaderProgram.Id}}","executable":true,"rentEpoch":0,"space":{{data.Length}},"data":["{{Convert.ToBase64String(data)}}","base64"]}""";

    private static string Accounts(params string[] accounts) => $$"""{"context":{"slot":9},"value":[{{string.Join(',', accounts)}}]}""";

    private static string One(string account) => $$"""{"context":{"slot":9},"value":{{account}}}""";

    private static async Task<ActionRun> Fails(Func<string, byte[]> answer, string code, params (string Name, string Value)[] inputs)
    {
        await using var server = new HostileServer(answer);
        using var verify = new Verify(server.Url, Program, [("program", "program.so"), ("sarif-file", "verify.sarif"), .. inputs]);

        var run = await verify.RunAsync();

        run.Exit.ShouldBe(5, run.ToString());
        run.Errors.ShouldBe([code]);
        run.Outputs.ContainsKey("verified").ShouldBeFalse();
        run.Took.ShouldBeLessThan(TimeSpan.FromSeconds(30));
        File.Exists(verify.Workspace.At("verify.sarif")).ShouldBeFalse("without a verdict there is nothing to say about alerts");
        Directory.Exists(verify.Workspace.At(".solana-actions/ledger")).ShouldBeFalse();
        return run;
    }
}
