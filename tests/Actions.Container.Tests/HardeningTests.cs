using Actions.Container.Tests.Runner;
using Actions.Container.Tests.Tools;

namespace Actions.Container.Tests;

/// <summary>What a run leaves behind: nothing in its container, and no key anywhere.</summary>
[Collection(ContainerTests.Name)]
public sealed class HardeningTests(ContainerNet net)
{
    public static TheoryData<string> Endings => ["success", "failure", "cancel"];

    [ContainerTheory]
    [MemberData(nameof(Endings))]
    public async Task However_it_ends_no_key_is_left_and_the_container_is_unchanged(string ending)
    {
        var (payer, program) = (ending == "failure" ? TestKey.New() : await net.PayerAsync(), TestKey.New());
        string[] leaks = [.. payer.Leaks, .. program.Leaks, Job.Token];
        using var job = new Job(net.Network);
        job.Put("target/deploy/my_program.so", TestPrograms.Token);

        using var running = job.Start(Steps.Deploy(payer, program, ("max-rps", "33")) with { IsKept = true });
        ProcessView? inside = null;
        if (ending != "failure")
        {
            await running.WhenAsync(() => Task.FromResult(running.Log.Raw.Any(line => line.Contains("Writing", StringComparison.Ordinal))));
            inside = await ProcessView.TakeAsync(running.Container, leaks);
        }

        var result = ending == "cancel" ? await running.CancelAsync() : await running.EndAsync();

        try
        {
            result.Exit.ShouldBe(ending switch { "success" => 0, "failure" => 3, _ => 130 }, result.ToString());
            if (inside is not null)
            {
                inside.Files.ShouldContain("/solana-actions");
                inside.Holding.ShouldBeEmpty();
                inside.CoreSize.ShouldBe(("0", "0"));
            }

            (await Engine.DockerAsync("diff", result.Container)).ShouldBeEmpty();
            ShouldHoldNone(await LogsAsync(result.Container), leaks, "docker logs");
            ShouldHoldNone(await Engine.DockerAsync("inspect", "--format", "{{json .Path}} {{json .Args}} {{json .Config.Labels}} {{json .Config.Cmd}} {{json .HostConfig}} {{json .State}}", result.Container), leaks, "docker inspect");
            ShouldHoldNone(string.Join('\n', result.Log.Shown), leaks, "the log");
            ShouldHoldNone(string.Join('\n', result.Outputs.Values) + result.Summary, leaks, "outputs and summary");
            foreach (var (path, content) in job.Files())
            {
                ShouldHoldNone(System.Text.Encoding.Latin1.GetString(content), leaks, path);
            }
        }
        finally
        {
            Engine.Remove(result.Container);
        }
    }

    /// <summary>With the runner's own line the engine forgets the container, its variables and its log.</summary>
    [ContainerFact]
    public async Task A_finished_step_leaves_no_container_to_inspect()
    {
        using var job = new Job(net.Network);

        var result = await job.RunAsync(Steps.Verify());

        (await Engine.ExistsAsync(result.Container)).ShouldBeFalse();
        (await Engine.TryAsync("logs", result.Container)).Exit.ShouldNotBe(0);
    }

    /// <summary>What an approver runs: with addresses in place of keys there is no key to find, in the container's variables either.</summary>
    [ContainerFact]
    public async Task A_plan_from_addresses_has_no_key_in_reach()
    {
        var (payer, program) = (await net.PayerAsync(), TestKey.New());
        using var job = new Job(net.Network);
        job.Put("target/deploy/my_program.so", TestPrograms.Token);

        var result = await job.RunAsync(Steps.Deploy(payer, program, ("payer", $"{payer}"), ("program-keypair", $"{program}"), ("dry-run", "true")) with
        {
            Env = new Dictionary<string, string>(), IsKept = true,
        });
        var inspected = await Engine.DockerAsync("inspect", result.Container);
        Engine.Remove(result.Container);

        result.Exit.ShouldBe(0, result.ToString());
        ShouldHoldNone(inspected, [.. payer.Leaks, .. program.Leaks], "docker inspect");
    }

    /// <summary>Without the lines that tell the runner what to mask: those must hold the forms, and the runner never shows them.</summary>
    private static async Task<string> LogsAsync(string container)
    {
        var (_, output, error) = await Engine.TryAsync("logs", container);
        return string.Join('\n', (output + error).Split('\n').Where(line => !line.StartsWith("::add-mask::", StringComparison.Ordinal)));
    }

    private static void ShouldHoldNone(string text, IEnumerable<string> leaks, string where) =>
        leaks.Where(leak => text.Contains(leak, StringComparison.Ordinal)).ShouldBeEmpty(where);
}
