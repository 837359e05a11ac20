using System.Text.Json;
using Actions.Core.Faults;
using Actions.Core.Reports;
using Actions.Core.Runner;
using Actions.Core.Tests.Runner;

namespace Actions.Core.Tests.Reports;

public sealed class RunReporterTests
{
    private static readonly ReportPlan Plan = new()
    {
        Steps = ["write", "upgrade"], RentLamports = 1, ExtendLamports = 2, FeeLamports = 3, FeeLamportsHighest = 4, PeakLamports = 5, NetLamports = -6, RefundLamports = 7,
    };

    [Fact]
    public async Task The_report_has_the_names_of_the_contract()
    {
        using var world = new World();

        var exit = await Report(world, new Fault(FaultCodes.Balance, "a", "b", "c", "payer"), plan: Plan);

        exit.ShouldBe(ExitCode.Refused);
        ReadReport(world).ShouldBe("""
            {
              "schema": 1,
              "action": "solana-deploy",
              "dry-run": false,
              "exit-code": 3,
              "faults": [
                {
                  "code": "balance",
                  "severity": "error",
                  "input": "payer",
                  "expected": "a",
                  "found": "b",
                  "remedy": "c"
                }
              ],
              "plan": {
                "steps": [
                  "write",
                  "upgrade"
                ],
                "rent-lamports": 1,
                "extend-lamports": 2,
                "fee-lamports": 3,
                "fee-lamports-highest": 4,
                "peak-lamports": 5,
                "net-lamports": -6,
                "refund-lamports": 7
              },
              "outputs": {
                "slot": "7",
                "report": "REPORT"
              }
            }
            """.Replace("REPORT", ReportPath(world), StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_report_is_an_output_and_lies_in_the_workspace()
    {
        using var world = new World();

        await Report(world);

        var report = RunnersSide.Outputs(world.OutputFile)["report"];
        report.ShouldMatch(@"\A\.solana-actions/reports/[0-9A-HJKMNP-TV-Z]{26}\.json\z");
        File.Exists(Path.Combine(world.Workspace, report)).ShouldBeTrue();
    }

    [Fact]
    public async Task The_summary_says_first_what_is_wrong()
    {
        using var world = new World();
        var faults = Enumerable.Range(0, 12).Select(number => new Fault(FaultCodes.InputInvalid, $"a{number}", "<b>", "c|d", "payer"));

        await Report(world, [.. faults]);

        world.Summary.ShouldStartWith("## solana\\-deploy: the inputs are at fault (exit 2)\n\n### What is wrong\n".Replace("\\-", "-", StringComparison.Ordinal));
        world.Summary.ShouldContain("| `input-invalid` | `payer` | a11 | &lt;b&gt; | c\\|d |");
        world.Summary.ShouldContain("the plan");
    }

    [Fact]
    public async Task A_repository_cannot_lead_the_report_out_of_the_workspace()
    {
        using var world = new World();
        Directory.CreateSymbolicLink(Path.Combine(world.Workspace, ".solana-actions"), world.Outside);

        var exit = await Report(world);

        exit.ShouldBe(ExitCode.Done);
        Directory.GetFileSystemEntries(world.Outside).ShouldBeEmpty();
        RunnersSide.Outputs(world.OutputFile)["report"].ShouldBeEmpty();
        RunnersSide.Commands(world.Output.ToString()).ShouldHaveSingleItem().Name.ShouldBe("warning");
    }

    [Fact]
    public async Task Outputs_that_cannot_be_written_are_a_failure_of_their_own()
    {
        using var world = new World();
        world.With("GITHUB_OUTPUT", Path.Combine(world.Outside, "missing", "output"));

        (await Report(world)).ShouldBe(ExitCode.Unavailable);
        File.Exists(Path.Combine(world.Workspace, ReportPath(world))).ShouldBeTrue();
    }

    [Fact]
    public async Task No_encoding_of_a_key_reaches_anything_that_is_written()
    {
        var key = Enumerable.Range(100, 64).Select(value => (byte)value).ToArray();
        foreach (var inGitHub in new[] { true, false })
        {
            using var world = new World(inGitHub);
            var before = world.Log.Value;
            world.Masker.Add(key);
            world.Output.GetStringBuilder().Clear();
            var leak = string.Join(" and ", Encodings.Of(key));

            before.Line(leak);
            before.Untrusted(leak);
            before.Debug(leak);
            before.Group(leak).Dispose();
            before.Progress(leak, 1).Report(1);
            var result = new RunResult("solana-deploy", false, [new Fault(FaultCodes.RpcUnreachable, leak, leak, leak)],
                new Markdown().Heading(1, leak).Paragraph(Inline.Code(leak), Inline.Link(leak, $"https://x.example/{leak}")).CodeBlock(leak)
                    .Details(leak, new Markdown().Table([leak], [[leak]])).Bullets([[leak]]),
                Plan with { Steps = [leak] }, new OutputSet().Set("note", leak));
            await Reporter(world).ReportAsync(result, CancellationToken.None);

            var everything = world.Output.ToString() + world.Error + (inGitHub ? world.OutputFile + world.Summary : "")
                + string.Concat(Directory.GetFiles(world.Workspace, "*", SearchOption.AllDirectories).Select(File.ReadAllText));
            Encodings.Of(key).ShouldAllBe(form => !everything.Contains(form, StringComparison.Ordinal));
        }
    }

    private static Task<ExitCode> Report(World world, params Fault[] faults) => Report(world, faults, null);

    private static Task<ExitCode> Report(World world, Fault fault, ReportPlan plan) => Report(world, [fault], plan);

    private static Task<ExitCode> Report(World world, Fault[] faults, ReportPlan? plan) => Reporter(world).ReportAsync(
        new RunResult("solana-deploy", false, faults, new Markdown().Paragraph("the plan"), plan, new OutputSet().Set("slot", 7ul)), CancellationToken.None);

    private static RunReporter Reporter(World world) =>
        new(world.Environment, world.Log.Value, world.Masker, world.Files, new UlidSource(world.Time, bytes => bytes.Clear()));

    private static string ReportPath(World world) =>
        Path.GetRelativePath(world.Workspace, Directory.GetFiles(Path.Combine(world.Workspace, RunReporter.Directory)).Single());

    private static string ReadReport(World world)
    {
        var bytes = File.ReadAllBytes(Path.Combine(world.Workspace, ReportPath(world)));
        RunReport.FromJson(bytes)!.Schema.ShouldBe(1);
        using var document = JsonDocument.Parse(bytes);
        return System.Text.Encoding.UTF8.GetString(bytes);
    }
}
