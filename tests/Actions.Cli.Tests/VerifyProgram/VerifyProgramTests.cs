using System.Globalization;
using System.Text;
using System.Text.Json;
using Actions.Cli.Tests.Tools;
using Actions.Core.Ledger;
using Actions.Core.Loader;
using Actions.Core.Reports;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.VerifyProgram;

/// <summary>The whole action, as a process, against a real node.</summary>
public sealed class VerifyProgramTests(VerifyWorld world) : IClassFixture<VerifyWorld>
{
    private static readonly string Hash = Convert.ToHexStringLower(ProgramBinary.HashOf(VerifyWorld.File));

    [Fact]
    public async Task The_bytes_expected_are_verified_with_every_output()
    {
        using var verify = Job(world.Program, ("program", "program.so"), ("expected-authority", world.Authority.ToString()));

        var run = await verify.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        run.Errors.ShouldBeEmpty();
        run["verified"].ShouldBe("true");
        run["executable-hash"].ShouldBe(Hash);
        run["upgrade-authority"].ShouldBe(world.Authority.ToString());
        run["slot"].ShouldBe("0");
        run["findings"].ShouldBe("0");
        run["report"].ShouldStartWith(".solana-actions/reports/");
        UlidSource.IsUlid(run["record"]).ShouldBeTrue();
        using var results = JsonDocument.Parse(run["results"]);
        var result = results.RootElement.GetProperty(world.Program.ToString());
        result.GetProperty("verified").GetString().ShouldBe("true");
        result.GetProperty("executable-hash").GetString().ShouldBe(Hash);
        result.GetProperty("record").GetString().ShouldBe(run["record"]);
    }

    [Fact]
    public async Task The_summary_says_the_verdict_and_what_it_rests_on()
    {
        using var verify = Job(world.Program, ("program", "program.so"), ("expected-authority", world.Authority.ToString()));

        var summary = (await verify.RunAsync()).Summary;

        summary.ShouldContain("## verify-program: done");
        summary.ShouldContain("**Verified:** [");
        summary.ShouldContain($"https://explorer.solana.com/address/{world.Program}?cluster=custom&customUrl=");
        summary.ShouldContain($"| Executable hash | yes | `{Hash}` | `{Hash}` |");
        summary.ShouldContain($"| Upgrade authority | yes | `{world.Authority}` | `{world.Authority}` |");
        summary.ShouldContain($"localnet (localnet, genesis {world.Net.Genesis})");
        summary.ShouldContain("| Last deployed or extended | slot 0 |");
        summary.ShouldContain("| Compared with | program.so |");
    }

    [Fact]
    public async Task One_flipped_byte_is_found()
    {
        var program = VerifyWorld.File.ToArray();
        program[50_000] ^= 1;
        using var verify = Job(world.Program).WithProgram(program);

        var run = await verify.RunAsync();

        run.Exit.ShouldBe(4, run.ToString());
        run.Errors.ShouldBe(["hash-mismatch"]);
        run["verified"].ShouldBe("false");
        run["findings"].ShouldBe("1");
        run["executable-hash"].ShouldBe(Hash, "outputs say what is on chain");
        run.Summary.ShouldContain("the verdict is negative (exit 4)");
        run.Summary.ShouldContain("the first difference is at byte 50,000 of 100,312");
        run.Stdout.Split('\n').Where(line => line.StartsWith("::error", StringComparison.Ordinal)).ShouldHaveSingleItem().ShouldStartWith("::error title=hash-mismatch::Expected ");
    }

    /// <summary>The file, how it differs from what runs, the exit code, the finding.</summary>
    [Theory]
    [InlineData("longer", "roomy", 4, "hash-mismatch")]
    [InlineData("longer by zeros", "roomy", 0, "")]
    [InlineData("longer by zeros", "program", 0, "trailing-zeros")]
    [InlineData("shorter by zeros", "program", 0, "")]
    [InlineData("shorter", "program", 4, "tail-not-zero")]
    [InlineData("the same", "roomy", 0, "")]
    [InlineData("the same", "tail", 4, "tail-not-zero")]
    [InlineData("the same", "immutable", 0, "")]
    public async Task Files_of_another_length_are_told_apart(string file, string program, int exit, string finding)
    {
        using var verify = Job(program switch { "roomy" => world.Roomy, "tail" => world.WithTail, "immutable" => world.Immutable, _ => world.Program }).WithProgram(file switch
        {
            "longer" => [.. VerifyWorld.File, 1],
            "longer by zeros" => [.. VerifyWorld.File, .. new byte[64]],
            "shorter by zeros" => VerifyWorld.File.AsSpan().TrimEnd((byte)0).ToArray(),
            "shorter" => VerifyWorld.File[..90_000],
            _ => VerifyWorld.File,
        });

        var run = await verify.RunAsync();

        run.Exit.ShouldBe(exit, run.ToString());
        Findings(run).ShouldBe(finding.Length == 0 ? [] : [finding]);
        run["verified"].ShouldBe(exit == 0 ? "true" : "false");
    }

    [Theory]
    [InlineData("hash", "program", 0)]
    [InlineData("hash", "roomy", 0)]
    [InlineData("hash", "tail", 4)]
    [InlineData("other hash", "program", 4)]
    [InlineData("manifest", "program", 0)]
    [InlineData("manifest", "roomy", 0)]
    [InlineData("manifest", "tail", 4)]
    [InlineData("other manifest", "program", 4)]
    public async Task A_hash_and_a_manifest_say_as_much_as_they_can(string expectation, string program, int exit)
    {
        using var verify = Job(program switch { "roomy" => world.Roomy, "tail" => world.WithTail, _ => world.Program });
        verify.Workspace.Put("manifest.json", Encoding.UTF8.GetBytes(Manifests.Of(expectation == "manifest" ? VerifyWorld.File : TestPrograms.Stake)));
        verify.With(expectation switch
        {
            "hash" => ("expected-hash", Hash),
            "other hash" => ("expected-hash", Convert.ToHexStringLower(ProgramBinary.HashOf(TestPrograms.Stake))),
            _ => ("manifest", "manifest.json"),
        });

        var run = await verify.RunAsync();

        run.Exit.ShouldBe(exit, run.ToString());
        run.Errors.ShouldBe(exit == 0 ? [] : ["hash-mismatch"]);
        using var results = JsonDocument.Parse(run["results"]);
        results.RootElement.EnumerateObject().ShouldHaveSingleItem().Name.ShouldBe(expectation.Contains("manifest", StringComparison.Ordinal) ? "perps" : new Dictionary<string, Address> { ["program"] = world.Program, ["roomy"] = world.Roomy, ["tail"] = world.WithTail }[program].ToString());
    }

    [Theory]
    [InlineData("program", "none", 4)]
    [InlineData("program", "authority", 0)]
    [InlineData("program", "other", 4)]
    [InlineData("program", "any", 0)]
    [InlineData("immutable", "none", 0)]
    [InlineData("immutable", "authority", 4)]
    [InlineData("immutable", "any", 0)]
    public async Task The_authority_is_as_expected_or_a_finding(string program, string expected, int exit)
    {
        using var verify = Job(program == "immutable" ? world.Immutable : world.Program, ("expected-hash", Hash), ("expected-authority", expected switch
        {
            "authority" => world.Authority.ToString(),
            "other" => TestKey.From("another authority").ToString(),
            _ => expected,
        }));

        var run = await verify.RunAsync();

        run.Exit.ShouldBe(exit, run.ToString());
        Findings(run).ShouldBe(exit == 0 ? [] : ["authority-mismatch"]);
        run.Errors.ShouldBe(exit == 0 ? [] : ["findings-open"]);
        run["upgrade-authority"].ShouldBe(program == "immutable" ? "none" : world.Authority.ToString());
    }

    [Theory]
    [InlineData("missing", "program-missing", "found no account")]
    [InlineData("wallet", "program-missing", "found a wallet that holds ")]
    [InlineData("closed", "program-closed", "found one that was closed")]
    [InlineData("loader v2", "program-foreign", "BPFLoader2")]
    [InlineData("liar", "program-foreign", "instead of its own ProgramData account")]
    [InlineData("buffer", "program-foreign", "found a buffer")]
    [InlineData("ProgramData", "program-foreign", "found a ProgramData account")]
    [InlineData("another program's", "program-foreign", "found an account of")]
    [InlineData("sysvar", "program-foreign", "found an account of")]
    [InlineData("native", "program-foreign", "native loader")]
    public async Task Where_no_program_is_that_is_the_finding(string what, string finding, string found)
    {
        var payer = what == "wallet" ? (await world.Net.PayerAsync(1)).Address : default;
        using var verify = Job(
            what switch
            {
                "missing" => VerifyWorld.Missing,
                "wallet" => payer,
                "closed" => world.Closed,
                "loader v2" => world.OfLoaderV2,
                "liar" => world.Liar,
                "buffer" => world.Buffer,
                "ProgramData" => LoaderProgram.ProgramDataAddress(world.Program),
                "sysvar" => Sysvars.Clock,
                "native" => SystemProgram.Id,
                _ => world.OfAnotherProgram,
            },
            ("program", "program.so"), ("expected-authority", "none"));

        var run = await verify.RunAsync();

        run.Exit.ShouldBe(4, run.ToString());
        run.Errors.ShouldBe(["findings-open"]);
        Findings(run).ShouldBe([finding]);
        run.Summary.ShouldContain(found);
        run["verified"].ShouldBe("false");
        run["findings"].ShouldBe("1");
        (run["executable-hash"], run["upgrade-authority"], run["slot"]).ShouldBe(("", "", ""));
    }

    [Theory]
    [InlineData("contacts", "require", 0, "")]
    [InlineData("program", "off", 0, "")]
    [InlineData("program", "warn", 0, "security-txt-missing")]
    [InlineData("program", "require", 4, "security-txt-missing")]
    [InlineData("broken", "warn", 0, "security-txt-invalid")]
    [InlineData("broken", "require", 4, "security-txt-invalid")]
    public async Task Security_txt_is_present_absent_or_invalid(string program, string rule, int exit, string finding)
    {
        using var verify = Job(program switch { "contacts" => world.WithContacts, "broken" => world.WithBrokenContacts, _ => world.Program }, ("security-txt", rule), ("expected-authority", world.Authority.ToString()));

        var run = await verify.RunAsync();

        run.Exit.ShouldBe(exit, run.ToString());
        Findings(run).ShouldBe(finding.Length == 0 ? [] : [finding]);
    }

    [Theory]
    [InlineData("https://github.com/perps/programs", VerifyWorld.Commit, "")]
    [InlineData("https://github.com/perps/programs", "0123456", "")]
    [InlineData("https://github.com/perps/other", "", "source-mismatch")]
    [InlineData("", "fedcba9876543210fedcba9876543210fedcba98", "source-mismatch")]
    [InlineData("https://github.com/perps/other", "fedcba9", "source-mismatch source-mismatch")]
    public async Task The_source_that_the_program_names_is_compared(string repository, string commit, string findings)
    {
        using var verify = Job(world.WithContacts, ("security-txt", "require"), ("repository", repository), ("commit", commit));

        var run = await verify.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        Findings(run).ShouldBe(findings.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        run.Errors.ShouldBeEmpty();
    }

    /// <summary>One error and one warning, or the warning alone.</summary>
    [Theory]
    [InlineData("error", true, 4, "false", "failed")]
    [InlineData("error", false, 0, "true", "succeeded")]
    [InlineData("warning", true, 4, "false", "failed")]
    [InlineData("warning", false, 4, "false", "failed")]
    [InlineData("never", true, 0, "false", "failed")]
    [InlineData("never", false, 0, "true", "succeeded")]
    public async Task The_threshold_decides_the_exit_code_the_verdict_stays_true(string failOn, bool hasError, int exit, string verified, string state)
    {
        using var verify = Job(
            world.Program, ("program", "program.so"), ("security-txt", "warn"), ("fail-on", failOn), ("expected-authority", hasError ? "none" : "any"), ("ledger", "file:records"));

        var run = await verify.RunAsync();

        run.Exit.ShouldBe(exit, run.ToString());
        Findings(run).ShouldBe(hasError ? ["authority-mismatch", "security-txt-missing"] : ["security-txt-missing"]);
        run["verified"].ShouldBe(verified);
        run["findings"].ShouldBe(hasError ? "2" : "1");
        Events(verify, world.Program).ShouldHaveSingleItem().GetProperty("state").GetString().ShouldBe(state);
        (run.Errors.Count, run.Warnings.Count).ShouldBe((failOn, hasError) switch
        {
            ("error", true) => (1, 1),
            ("warning", true) => (2, 0),
            ("warning", false) => (1, 0),
            (_, true) => (0, 2),
            _ => (0, 1),
        });
    }

    [Fact]
    public async Task The_record_says_what_was_checked_and_refers_to_the_release_that_runs()
    {
        using var verify = Job(world.Program, ("program", "program.so"), ("expected-authority", "none"), ("ledger", "file:records"), ("environment", "staging"))
            .WithVariable("GITHUB_ACTOR", "octocat").WithVariable("GITHUB_REPOSITORY", "perps/programs").WithVariable("GITHUB_RUN_ID", "42");
        var release = await ReleaseAsync(verify, world.Program, "staging", Hash, RecordState.Succeeded);
        await ReleaseAsync(verify, world.Program, "staging", new string('a', 64), RecordState.Succeeded);
        await ReleaseAsync(verify, world.Program, "other", Hash, RecordState.Succeeded);

        var run = await verify.RunAsync();

        run.Exit.ShouldBe(4, run.ToString());
        var entry = Events(verify, world.Program, "staging")[^1];
        string? Text(string name) => entry.GetProperty(name).GetString();
        (Text("id"), Text("kind"), Text("check"), Text("state"), Text("refers-to")).ShouldBe((run["record"], "check", "verify", "failed", release));
        (Text("environment"), Text("cluster"), Text("genesis-hash"), Text("program-id")).ShouldBe(("staging", "localnet", world.Net.Genesis, world.Program.ToString()));
        (Text("executable-hash"), Text("upgrade-authority"), Text("actor")).ShouldBe((Hash, world.Authority.ToString(), "octocat"));
        Text("run-url").ShouldBe("https://github.com/perps/programs/actions/runs/42");
        Text("sha256").ShouldBe(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(VerifyWorld.File)));
        int Count(string name) => entry.GetProperty(name).GetInt32();
        (Count("passed"), Count("failed"), Count("skipped"), Count("findings"), Count("slot")).ShouldBe((2, 1, 0, 1, 0));
        Text("started-at").ShouldNotBeNull();
        Text("finished-at").ShouldNotBeNull();
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("other bytes")]
    [InlineData("failed")]
    public async Task Without_a_release_that_runs_the_record_refers_to_none(string ledger)
    {
        using var verify = Job(world.Program, ("program", "program.so"), ("ledger", "file:records"));
        if (ledger != "nothing")
        {
            await ReleaseAsync(verify, world.Program, "localnet", ledger == "failed" ? Hash : new string('a', 64), ledger == "failed" ? RecordState.Failed : RecordState.Succeeded);
        }

        var run = await verify.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        var entry = Events(verify, world.Program)[^1];
        entry.GetProperty("id").GetString().ShouldBe(run["record"]);
        entry.TryGetProperty("refers-to", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData(true, "succeeded")]
    [InlineData(false, "failed")]
    public async Task A_release_whose_run_died_is_settled_by_what_runs(bool runs, string state)
    {
        using var verify = Job(world.Program, ("expected-authority", world.Authority.ToString()), ("ledger", "file:records"));
        var release = await ReleaseAsync(verify, world.Program, "localnet", runs ? Hash : new string('a', 64), RecordState.Started);

        var run = await verify.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        var events = Events(verify, world.Program);
        events.Count.ShouldBe(3);
        (events[1].GetProperty("id").GetString(), events[1].GetProperty("kind").GetString(), events[1].GetProperty("state").GetString()).ShouldBe((release, "release", state));
        events[2].TryGetProperty("refers-to", out var refersTo).ShouldBe(runs);
        if (runs)
        {
            refersTo.GetString().ShouldBe(release);
        }
    }

    [Theory]
    [InlineData("ledger", "none")]
    [InlineData("dry-run", "true")]
    public async Task Without_a_ledger_and_in_a_dry_run_no_record_is_kept(string input, string value)
    {
        using var verify = Job(world.Program, ("program", "program.so"), ("expected-authority", "none"), (input, value));

        var run = await verify.RunAsync();

        run.Exit.ShouldBe(4, run.ToString());
        run["record"].ShouldBeEmpty();
        run["verified"].ShouldBe("false");
        Directory.Exists(verify.Workspace.At(".solana-actions/ledger")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_ledger_that_somebody_changed_is_said_beside_the_verdict()
    {
        using var verify = Job(world.Program, ("program", "program.so"), ("ledger", "file:records"));
        verify.Workspace.Put($"records/ledger/localnet/{world.Program}.jsonl", Encoding.UTF8.GetBytes("{\"no\":\"event\"}\n"));

        var run = await verify.RunAsync();

        run.Exit.ShouldBe(4, run.ToString());
        run.Errors.ShouldBe(["tampered"]);
        (run["verified"], run["record"]).ShouldBe(("true", ""));
    }

    [Fact]
    public async Task A_ledger_that_cannot_be_written_is_exit_5_and_the_verdict_is_said()
    {
        using var verify = Job(world.Program, ("program", "program.so"), ("ledger", "file:records"));
        verify.Workspace.Put("records", [1]);

        var run = await verify.RunAsync();

        run.Exit.ShouldBe(5, run.ToString());
        run.Errors.ShouldBe(["ledger-failed"]);
        run["verified"].ShouldBe("true");
    }

    [Fact]
    public async Task The_SARIF_file_holds_every_finding()
    {
        using var verify = Job(world.Program, ("program", "program.so"), ("expected-authority", "none"), ("security-txt", "warn"), ("sarif-file", "out/verify.sarif"))
            .WithVariable("GITHUB_REPOSITORY", "perps/programs").WithVariable("GITHUB_WORKFLOW_REF", "perps/programs/.github/workflows/check.yml@refs/heads/main");

        var run = await verify.RunAsync();

        run.Exit.ShouldBe(4, run.ToString());
        using var sarif = JsonDocument.Parse(File.ReadAllBytes(verify.Workspace.At("out/verify.sarif")));
        var results = sarif.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray().ToList();
        results.Select(result => (result.GetProperty("ruleId").GetString(), result.GetProperty("level").GetString()))
            .ShouldBe([("authority-mismatch", "error"), ("security-txt-missing", "warning")]);
        results[0].GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("artifactLocation").GetProperty("uri").GetString()
            .ShouldBe(".github/workflows/check.yml");
    }

    [Theory]
    [InlineData("")]
    [InlineData("true")]
    public async Task A_SARIF_file_without_results_closes_what_was_open(string dryRun)
    {
        using var verify = Job(world.Program, ("program", "program.so"), ("sarif-file", "verify.sarif"), ("dry-run", dryRun));

        (await verify.RunAsync()).Exit.ShouldBe(0);

        using var sarif = JsonDocument.Parse(File.ReadAllBytes(verify.Workspace.At("verify.sarif")));
        sarif.RootElement.GetProperty("runs")[0].GetProperty("results").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_SARIF_file_that_cannot_be_written_is_exit_5()
    {
        using var verify = Job(world.Program, ("program", "program.so"), ("sarif-file", "program.so/verify.sarif"));

        var run = await verify.RunAsync();

        run.Exit.ShouldBe(5, run.ToString());
        run.Errors.ShouldBe(["report-failed"]);
        run["verified"].ShouldBe("true");
    }

    [Fact]
    public async Task In_a_shell_the_outputs_are_the_last_lines()
    {
        using var verify = Job(world.Program, ("program", "program.so"), ("expected-authority", "none"));

        var run = await verify.RunAsync(inShell: true);

        run.Exit.ShouldBe(4, run.ToString());
        run["verified"].ShouldBe("false");
        run.Stderr.ShouldStartWith("error[findings-open]: Expected no upgrade authority");
        run.Stdout.ShouldContain("Not verified: ");
    }

    [Fact]
    public async Task Nothing_to_verify_ends_before_the_network_is_touched()
    {
        using var verify = new Verify("http://127.0.0.1:1", world.Program);

        var run = await verify.RunAsync();

        run.Exit.ShouldBe(2, run.ToString());
        run.Errors.ShouldBe(["nothing-to-verify"]);
        run.Outputs.ContainsKey("verified").ShouldBeFalse();
    }

    [Fact]
    public async Task Finalized_reads_see_what_is_final()
    {
        using var verify = Job(world.Program, ("program", "program.so"), ("commitment", "finalized"));

        var run = await verify.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        run.Summary.ShouldContain(", finalized |");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_dead_endpoint_is_a_warning_beside_a_living_one(bool first)
    {
        string[] urls = ["http://127.0.0.1:1", world.Net.Url];
        using var verify = Job(world.Program, ("program", "program.so"), ("rpc-url", string.Join('\n', first ? urls : urls.Reverse())));

        var run = await verify.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        run.Warnings.ShouldContain("rpc-unreachable");
    }

    /// <summary>The ids in brackets at the end of what was found.</summary>
    private static List<string> Findings(ActionRun run) =>
    [
        .. from fault in run.Report!.Value.GetProperty("faults").EnumerateArray()
           let found = fault.GetProperty("found").GetString()!
           where fault.GetProperty("code").GetString() is "hash-mismatch" or "findings-open"
           select found[(found.LastIndexOf('(') + 1)..^1],
    ];

    private static List<JsonElement> Events(Verify verify, Address program, string environment = "localnet") =>
    [
        .. from line in File.ReadAllLines(verify.Workspace.At($"records/ledger/{environment}/{program}.jsonl"))
           where line.Length > 0
           select Parse(line),
    ];

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    /// <summary>A release of a run that has been over for an hour.</summary>
    private static async Task<string> ReleaseAsync(Verify verify, Address program, string environment, string hash, RecordState state)
    {
        var id = new UlidSource(TimeProvider.System, System.Security.Cryptography.RandomNumberGenerator.Fill).Next();
        var at = DateTimeOffset.UtcNow.AddHours(-1);
        await new FileLedger(verify.Workspace.At("records"), TimeProvider.System).AppendAsync(
            new LedgerEvent
            {
                Id = id, Kind = RecordKind.Release, State = state, Environment = environment, ProgramId = program, At = at, StartedAt = at, ExecutableHash = hash,
                Version = at.Ticks.ToString(CultureInfo.InvariantCulture),
            },
            CancellationToken.None);
        return id;
    }

    private Verify Job(Address program, params (string Name, string Value)[] more) =>
        more.Any(input => input.Name == "ledger") ? new Verify(world.Net.Url, program, more) : new Verify(world.Net.Url, program, [("ledger", "file:.solana-actions"), .. more]);
}
