using System.Text;
using Actions.Cli.Tests.Tools;
using Actions.Cli.Tests.VerifyProgram;
using Actions.Core.Loader;

namespace Actions.Cli.Tests.SolanaDeploy;

/// <summary>Every refusal of bad input: the right exit code and fault, all complaints at once, nothing sent, and no key anywhere.</summary>
public sealed class BadInputTests(LocalnetFixture fixture) : IClassFixture<LocalnetFixture>
{
    private Localnet Net => fixture.Net;

    public static TheoryData<string, string, string> Inputs => new()
    {
        // input, value, fault
        { "cluster", "", "input-missing" },
        { "cluster", "mainnet", "input-unknown-value" },
        { "cluster", "Localnet", "input-unknown-value" },
        { "cluster", "devnet", "cluster-mismatch" },
        { "rpc-url", "ftp://127.0.0.1/", "input-invalid" },
        { "rpc-url", "http://rpc.example.com", "input-invalid" },
        { "rpc-url", "https://api.devnet.solana.com", "cluster-mismatch" },
        { "rpc-url", "env:NOT_THERE", "input-missing" },
        { "rpc-url", "nonsense", "input-invalid" },
        { "program", "", "input-missing" },
        { "program", "missing.so", "file-unreadable" },
        { "program", "../outside.so", "path-outside" },
        { "program", "/etc/hostname", "path-outside" },
        { "program", "link.so", "path-outside" },
        { "program", ".", "file-unreadable" },
        { "program", "text.so", "elf-invalid" },
        { "program", "empty.so", "elf-invalid" },
        { "program", "host.so", "elf-machine" },
        { "program", "large.so", "elf-too-large" },
        { "payer", "", "input-missing" },
        { "payer", "env:NOT_THERE", "input-missing" },
        { "payer", "key.json", "input-unknown-value" },
        { "payer", "11111111111111111111111111111111", "address-not-key" },
        { "payer", "vault:secret/payer#key", "input-missing" },
        { "payer", "[1,2,3]", "key-length" },
        { "payer", "[256]", "input-invalid" },
        { "payer", "no key at all", "input-invalid" },
        { "program-keypair", "[]", "key-length" },
        { "program-keypair", "", "input-missing" },
        { "program-id", "abc", "input-invalid" },
        { "program-id", "11111111111111111111111111111112", "input-conflict" },
        { "upgrade-authority", "O0Il", "input-invalid" },
        { "payer", "squads:11111111111111111111111111111111", "input-invalid" },
        { "mode", "propose", "input-conflict" },
        { "mode", "export", "input-conflict" },
        { "execute", "true", "input-conflict" },
        { "mode", "DEPLOY", "input-unknown-value" },
        { "priority-fee", "-1", "input-invalid" },
        { "priority-fee", "high", "input-invalid" },
        { "priority-fee", "100001", "input-conflict" },
        { "max-priority-fee", "0.5", "input-invalid" },
        { "max-spend", "1,5", "input-invalid" },
        { "max-spend", "1.0000000001", "input-invalid" },
        { "max-spend", "-1", "input-invalid" },
        { "max-rps", "0", "input-invalid" },
        { "max-rps", "fast", "input-invalid" },
        { "reclaim", "all", "input-unknown-value" },
        { "confirm-final", "true", "input-invalid" },
        { "confirm-final", "11111111111111111111111111111112", "input-conflict" },
        { "dry-run", "yes", "input-invalid" },
        { "dry-run", "True", "input-invalid" },
        { "timeout", "30", "input-invalid" },
        { "timeout", "1w", "input-invalid" },
        { "timeout", "0s", "input-invalid" },
        { "commitment", "processed", "input-unknown-value" },
        { "ledger", "gitlab", "input-unknown-value" },
        { "ledger", "file:../elsewhere", "path-outside" },
        { "manifest", "text.so", "file-unreadable" },
        { "manifest", "manifest.json", "manifest-mismatch" },
        { "release-file", "solana-release.yml", "file-unreadable" },
        { "only", "perps", "input-conflict" },
        { "verified-build", "yes", "input-unknown-value" },
        { "idl", "gone.json", "file-unreadable" },
        { "migration", "gone.md", "file-unreadable" },
        { "verify-api-url", "http://verify.example.com", "input-invalid" },
        { "registry", "x", "input-unknown-value" },
    };

    [Theory]
    [MemberData(nameof(Inputs))]
    public async Task A_bad_input_is_refused_and_nothing_is_sent(string input, string value, string code)
    {
        var (payer, program, authority) = (TestKey.From("bad input payer"), TestKey.From("bad input program"), TestKey.From("bad input authority"));
        using var job = Job(payer, program, authority);
        job.With((input, value));

        var run = await job.RunAsync();

        run.Exit.ShouldBe(2, run.ToString());
        run.Errors.ShouldBe([code], run.ToString());
        run.Stdout.ShouldContain($"::error title={code}::");
        run.Summary.ShouldContain(code);
        IsSilentAbout(job, run, payer, program, authority);
        (await Net.LandedByNowAsync(payer.Address)).ShouldBe(0);
        (await Net.StatsAsync()).GetProperty("sends").EnumerateObject().ShouldBeEmpty();
    }

    [Fact]
    public async Task All_complaints_are_made_at_once()
    {
        using var job = Job(TestKey.New(), TestKey.New(), TestKey.New());
        job.With(("program", "missing.so"), ("payer", "[1]"), ("max-spend", "x"), ("mode", "x"), ("timeout", "x"), ("commitment", "x"), ("reclaim", "x"), ("dry-run", "x"), ("max-rps", "x"), ("priority-fee", "x"), ("confirm-final", "x"));

        var run = await job.RunAsync();

        run.Exit.ShouldBe(2);
        run.Errors.Count.ShouldBe(11, run.ToString());
        run.Stdout.Split('\n').Count(line => line.StartsWith("::error title=", StringComparison.Ordinal)).ShouldBe(9, run.ToString());
        run.Stdout.ShouldContain("and 2 more");
        foreach (var input in new[] { "program", "payer", "max-spend", "mode", "timeout", "commitment", "reclaim", "dry-run", "max-rps", "priority-fee", "confirm-final" })
        {
            run.Summary.ShouldContain($"`{input}`");
        }
    }

    [Theory]
    [InlineData("json")]
    [InlineData("base58")]
    [InlineData("seed in base58")]
    [InlineData("mismatched halves")]
    [InlineData("63 bytes")]
    [InlineData("json with spaces")]
    [InlineData("hex")]
    [InlineData("base64")]
    [InlineData("by reference")]
    [InlineData("key in an address input")]
    [InlineData("key as a path")]
    public async Task A_key_given_in_any_form_is_printed_nowhere(string form)
    {
        var (payer, program, authority) = (TestKey.From($"leak {form}"), TestKey.From("leak program"), TestKey.From("leak authority"));
        using var job = Job(payer, program, authority);
        var hex = Convert.ToHexStringLower(Secret(payer));
        switch (form)
        {
            case "base58":
                job.With(("payer", payer.InBase58));
                break;
            case "seed in base58":
                job.With(("payer", Actions.Core.Solana.Base58.Encode(Secret(payer).AsSpan(0, 32))));
                break;
            case "mismatched halves":
                job.With(("payer", $"[{string.Join(',', Secret(payer).Take(32).Concat(Secret(authority).Skip(32)))}]"));
                break;
            case "63 bytes":
                job.With(("payer", $"[{string.Join(',', Secret(payer).Take(63))}]"));
                break;
            case "json with spaces":
                job.With(("payer", payer.Json.Replace(",", ", ", StringComparison.Ordinal)));
                break;
            case "hex":
                job.With(("payer", hex));
                break;
            case "base64":
                job.With(("payer", Convert.ToBase64String(Secret(payer))));
                break;
            case "by reference":
                job.With(("payer", "env:PAYER_KEY"));
                break;
            case "key in an address input":
                job.With(("program-id", payer.InBase58), ("confirm-final", payer.Json), ("reclaim", payer.InBase58), ("rpc-url", payer.InBase58));
                break;
            case "key as a path":
                job.With(("program", payer.InBase58), ("manifest", payer.InBase58), ("ledger", payer.InBase58), ("mode", payer.InBase58), ("environment", payer.InBase58));
                break;
            default:
                break;
        }

        foreach (var inShell in new[] { false, true })
        {
            var run = await job.RunAsync(inShell, new Dictionary<string, string> { ["PAYER_KEY"] = payer.Json });

            run.Exit.ShouldBeOneOf([2, 3], run.ToString());
            IsSilentAbout(job, run, payer, program, authority);
        }
    }

    [Fact]
    public async Task No_key_is_left_anywhere_by_a_deploy()
    {
        await using var net = await Localnet.StartAsync();
        var (payer, program, authority) = (await net.PayerAsync(), TestKey.New(), TestKey.New());
        using var job = new Deploy(net, payer, TestPrograms.Token, ("program-keypair", program.InBase58), ("upgrade-authority", authority.Json));

        foreach (var inShell in new[] { false, true })
        {
            var run = await job.RunAsync(inShell, new Dictionary<string, string> { ["RUNNER_DEBUG"] = "1" });

            run.Exit.ShouldBe(0, run.ToString());
            IsSilentAbout(job, run, payer, program, authority);
        }
    }

    [Fact]
    public async Task Nothing_but_the_masks_holds_a_key_when_an_input_is_masked()
    {
        var payer = TestKey.From("masks");
        using var job = Job(payer, TestKey.New(), TestKey.New());

        var run = await job.RunAsync();

        run.Stdout.Split('\n').Where(line => line.Contains(payer.Json.Trim('[', ']'), StringComparison.Ordinal))
            .ShouldAllBe(line => line.StartsWith("::add-mask::", StringComparison.Ordinal));
    }

    private Deploy Job(TestKey payer, TestKey program, TestKey authority)
    {
        var job = new Deploy(Net, payer, TestPrograms.Token, ("program-keypair", program.Json), ("upgrade-authority", authority.Json));
        var workspace = job.Workspace;
        workspace.Put("text.so", "not an ELF"u8.ToArray());
        workspace.Put("empty.so", []);
        workspace.Put("host.so", [.. TestPrograms.Token.AsSpan(0, 18), 62, 0, .. TestPrograms.Token.AsSpan(20)]);
        workspace.Put("large.so", [.. TestPrograms.Token, .. new byte[LoaderProgram.MaxProgramLength - TestPrograms.Token.Length + 1]]);
        workspace.Put("manifest.json", Encoding.UTF8.GetBytes(Manifests.Of(TestPrograms.LookupTable)));
        File.CreateSymbolicLink(workspace.At("link.so"), "/etc/hostname");
        return job;
    }

    private static byte[] Secret(TestKey key) => [.. key.Json.Trim('[', ']').Split(',').Select(byte.Parse)];

    /// <summary>The masks are commands to the runner, which never shows them; everything else must not hold a key in any form.</summary>
    private static void IsSilentAbout(Deploy job, ActionRun run, params TestKey[] keys)
    {
        var shown = string.Join('\n', run.Stdout.Split('\n').Where(line => !line.StartsWith("::add-mask::", StringComparison.Ordinal)));
        var files = job.Workspace.Files().Where(file => !file.Path.EndsWith(".so", StringComparison.Ordinal)).Select(file => Encoding.UTF8.GetString(file.Content));
        var everything = string.Join('\n', [shown, run.Stderr, run.Summary, .. run.Outputs.Values, .. files]);
        foreach (var leak in keys.SelectMany(key => key.Leaks))
        {
            everything.ShouldNotContain(leak);
        }
    }
}
