using System.Text;
using System.Text.Json;
using Actions.Container.Tests.Runner;
using Actions.Container.Tests.Tools;

namespace Actions.Container.Tests;

/// <summary>Inputs and files that try to talk to the runner, as a pull request could bring them.</summary>
[Collection(ContainerTests.Name)]
public sealed class HostileInputTests(ContainerNet net)
{
    /// <summary>Linux passes at most 128 KiB in one variable.</summary>
    private const int Longest = 120 * 1024;

    private const string Orders =
        "\n::set-output name=changed::true\n::add-mask::localnet\n##[set-output name=changed]true\n::stop-commands::x\n::error title=forged::forged\n" +
        "%0A::set-env name=A::b%0D%250A\nchanged<<EOF\ntrue\nEOF\n\u001b[2J\u001b]0;x\u0007\r\u202e\n# Forged\n| a | b |\n|---|---|\n</details>\n```\n";

    private static readonly string[] Inputs =
        ["program", "program-id", "cluster", "environment", "mode", "max-spend", "max-rps", "manifest", "ledger", "timeout", "commitment", "reclaim"];

    [ContainerFact]
    public async Task Inputs_that_give_orders_are_only_wrong()
    {
        using var job = new Job(net.Network);

        var results = await Task.WhenAll(new[] { "wrong\nin two lines", Orders, Orders + Long(Orders) }.Select(text => RunAsync(job, text, Inputs)));

        results.ShouldAllBe(result => result.Exit == 2, results[0].ToString());
        results[0].Log.Annotations.Count(annotation => annotation.Name == "error").ShouldBe(10, "nine, and how many more there are");
        Traces.ShouldDifferInWordsOnly(results[1], results[0]);
        Traces.ShouldDifferInWordsOnly(results[2], results[0]);
    }

    [ContainerFact]
    public async Task A_key_that_gives_orders_is_masked_and_only_wrong()
    {
        using var job = new Job(net.Network);
        job.Put("target/deploy/my_program.so", TestPrograms.Token);

        foreach (var text in new[] { Orders, Long(Orders), "[" + Long("1,") })
        {
            var result = await RunAsync(job, text, "payer");

            result.Exit.ShouldBe(2, result.ToString());
            Traces.ShouldBeOurs(result);
        }
    }

    [ContainerTheory]
    [InlineData("program", 2)]
    [InlineData("manifest", 2)]
    public async Task A_file_of_zeros_and_endless_lines_is_only_wrong(string input, int exit)
    {
        using var job = new Job(net.Network);
        job.Put("target/deploy/my_program.so", TestPrograms.Token);
        job.Put("plain", "certainly wrong"u8.ToArray());
        job.Put("zeros", [.. Encoding.UTF8.GetBytes(Orders), .. new byte[4096], .. Encoding.UTF8.GetBytes(Orders)]);
        job.Put("endless", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("::set-output name=changed::true %0A <<EOF ", 125_000))));
        job.Put("json", Encoding.UTF8.GetBytes($$"""{"schema":1,"name":"{{JsonEncodedText.Encode(Orders)}}","{{JsonEncodedText.Encode(Orders)}}":1}"""));

        var results = await Task.WhenAll(new[] { "plain", "zeros", "endless", "json" }.Select(file => RunAsync(job, file, input)));

        results.ShouldAllBe(result => result.Exit == exit, string.Join('\n', results.Select(result => result.ToString())));
        results.ToList().ForEach(Traces.ShouldBeOurs);
    }

    private static string Long(string text) => new StringBuilder().Insert(0, text, Longest / Encoding.UTF8.GetByteCount(text)).ToString();

    private static Task<StepResult> RunAsync(Job job, string text, params string[] inputs)
    {
        var step = Steps.Deploy(TestKey.From("payer"), TestKey.From("program"), ("dry-run", "true"));
        var with = new Dictionary<string, string>(step.With);
        inputs.ToList().ForEach(input => with[input] = text[..Math.Min(text.Length, Longest)]);
        return job.RunAsync(step with { With = with });
    }
}
