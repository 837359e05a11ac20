using Actions.Container.Tests.Runner;
using Actions.Container.Tests.Tools;

namespace Actions.Container.Tests;

/// <summary>A node that writes what it likes into its answers changes the words of a fault, and nothing else.</summary>
[Collection(ContainerTests.Name)]
public sealed class HostileAnswerTests(ContainerNet net)
{
    /// <summary>Each by itself where an answer's text is shown, all of them in one text elsewhere (scripts/hostile.mjs).</summary>
    private static string[] TextsFor(string place) => place == "error" ? ["orders", "escapes", "heredoc", "marks", "ansi", "nul"] : ["mixed"];

    /// <summary>What no answer may be: 5 MB long, or not Unicode. That is a fault of its own, of the same kind.</summary>
    private static readonly string[] Unreadable = ["long", "lone"];

    public static TheoryData<string> Places => ["body", "status", "error", "genesis", "owner"];

    [ContainerTheory]
    [MemberData(nameof(Places))]
    public async Task Nothing_but_words_depends_on_what_a_node_says(string place)
    {
        await net.HostileAsync();
        var (payer, program) = (await net.PayerAsync(), TestKey.New());
        var runs = new Dictionary<string, StepResult>();
        foreach (var texts in TextsFor(place).Concat(Unreadable).Prepend("plain").Chunk(3))
        {
            // An error may pass, so a run would ask again and again.
            var ended = await Task.WhenAll(texts.Select(text => RunAsync(payer, program, place, text, ("dry-run", "true"), ("timeout", place == "error" ? "3s" : "1m"))));
            texts.Zip(ended).ToList().ForEach(pair => runs[pair.First] = pair.Second);
        }

        runs["plain"].Exit.ShouldBe(5, runs["plain"].ToString());
        foreach (var text in TextsFor(place))
        {
            Traces.ShouldDifferInWordsOnly(runs[text], runs["plain"]);
        }

        foreach (var text in Unreadable)
        {
            runs[text].Exit.ShouldBe(5, runs[text].ToString());
            Traces.ShouldBeOurs(runs[text]);
        }
    }

    /// <summary>One after the other: each run finds on chain what the one before left.</summary>
    [ContainerFact]
    public async Task Nothing_but_words_depends_on_what_a_program_logs()
    {
        await net.HostileAsync();
        var (payer, program) = (await net.PayerAsync(), TestKey.New());
        var plain = await RunAsync(payer, program, "logs", "plain");
        plain.Errors.ShouldBe(["transaction-rejected"], plain.ToString());

        Traces.ShouldDifferInWordsOnly(await RunAsync(payer, program, "logs", "mixed"), plain);
        Traces.ShouldBeOurs(await RunAsync(payer, program, "logs", "long"));
    }

    private async Task<StepResult> RunAsync(TestKey payer, TestKey program, string place, string text, params (string Name, string Value)[] more)
    {
        using var job = new Job(net.Network);
        job.Put("target/deploy/my_program.so", TestPrograms.Token);
        return await job.RunAsync(Steps.Deploy(payer, program, [("rpc-url", $"http://hostile:8899/{place}/{text}"), .. more]));
    }
}
