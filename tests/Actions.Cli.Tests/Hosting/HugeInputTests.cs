using System.Text;
using Actions.Cli.Tests.SmokeTest;
using Actions.Cli.Tests.Tools;

namespace Actions.Cli.Tests.Hosting;

/// <summary>Gigabytes in files and answers, met by the executable with a heap of 100 MB: it says what is wrong and ends as it should, instead of running out of memory.</summary>
public sealed class HugeInputTests
{
    /// <summary>In hex, as the runtime reads it.</summary>
    private static readonly Dictionary<string, string> SmallHeap = new() { ["DOTNET_GCHeapHardLimit"] = "6400000" };

    private static readonly byte[] Chunk = Encoding.ASCII.GetBytes(new string('x', 1024 * 1024));

    public static TheoryData<string, string> Files => new()
    {
        { "solana-deploy", "program" },
        { "solana-deploy", "manifest" },
        { "solana-deploy", "release-file" },
        { "verify-program", "program" },
        { "verify-program", "manifest" },
        { "promote-artifact", "release-file" },
        { "smoke-test", "spec" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_file_of_a_gigabyte_is_one_fault_of_its_input(string action, string input)
    {
        using var workspace = new Workspace(TestPrograms.Token);
        Grow(workspace, "huge");
        var inputs = new Dictionary<string, string>
        {
            ["cluster"] = "localnet",
            ["rpc-url"] = "http://localhost:1",
            ["program"] = "program.so",
            ["program-id"] = TestKey.From("huge").Address.ToString(),
            ["payer"] = TestKey.From("payer").Json,
            ["ledger"] = "none",
            ["to"] = "production",
            [input] = "huge",
        };

        var run = await ActionProcess.RunAsync(action, inputs, workspace, variables: SmallHeap);

        run.Exit.ShouldBe(2, run.ToString());
        run.Stdout.ShouldContain("1073741824 bytes, more than the", customMessage: run.ToString());
        run.Report!.Value.GetProperty("faults").EnumerateArray().Count(fault => fault.GetProperty("input").GetString() == input).ShouldBe(1, run.ToString());
    }

    [Fact]
    public async Task Answers_without_end_fail_their_checks_and_nothing_else()
    {
        await using var service = new Service().On("/fine", "ok").OnRaw("/endless", EndlessAsync);
        using var smoke = new Smoke("http://localhost:1", null, $$"""
              - name: text
                http: { url: '{{service.Url}}/endless', text: x }
              - name: json
                http: { url: '{{service.Url}}/endless', json: { $.a: 1 } }
              - name: status
                http: { url: '{{service.Url}}/endless', status: 200 }
              - name: metric
                metrics: { url: '{{service.Url}}/endless', name: x, value: 1 }
              - name: junit
                result: { file: huge.xml, format: junit }
              - name: k6
                result: { file: huge.xml, format: k6 }
              - name: fine
                http: { url: '{{service.Url}}/fine' }
            """, ("ledger", "none"));
        Grow(smoke.Workspace, "huge.xml");

        var run = await smoke.WithVariable("DOTNET_GCHeapHardLimit", SmallHeap["DOTNET_GCHeapHardLimit"]).RunAsync();

        run.Exit.ShouldBe(4, run.ToString());
        run.Errors.Distinct().ShouldBe(["smoke-failed"], run.ToString());
        (run["passed"], run["failed"]).ShouldBe(("2", "5"), run.ToString());
    }

    [Fact]
    public async Task An_answer_of_a_node_without_end_is_not_read_to_it()
    {
        await using var node = new Service().OnRaw("/", EndlessAsync);
        using var workspace = new Workspace(TestPrograms.Token);

        var run = await ActionProcess.RunAsync(
            "verify-program", new Dictionary<string, string> { ["cluster"] = "localnet", ["rpc-url"] = node.Url, ["program"] = "program.so", ["program-id"] = TestKey.From("huge").Address.ToString() }, workspace, variables: SmallHeap);

        run.Exit.ShouldBe(5, run.ToString());
        run.Errors.ShouldBe(["rpc-too-large"], run.ToString());
    }

    private static async Task EndlessAsync(ServiceRequest request, Stream stream, CancellationToken cancellation)
    {
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n\""u8.ToArray(), cancellation);
        while (true)
        {
            await stream.WriteAsync(Chunk, cancellation);
        }
    }

    /// <summary>Takes no room on the disk.</summary>
    private static void Grow(Workspace workspace, string path)
    {
        using var file = File.OpenHandle(workspace.At(path), FileMode.CreateNew, FileAccess.Write);
        RandomAccess.SetLength(file, 1L << 30);
    }
}
