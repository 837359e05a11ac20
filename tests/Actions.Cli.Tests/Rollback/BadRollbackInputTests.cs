using Actions.Cli.Tests.Tools;

namespace Actions.Cli.Tests.Rollback;

/// <summary>Inputs at fault: all of them named at once, before anything is looked at.</summary>
public sealed class BadRollbackInputTests
{
    private const string Id = "11111111111111111111111111111112";

    [Fact]
    public async Task Everything_that_is_wrong_is_said_at_once()
    {
        var run = await RunAsync(("cluster", "moonnet"), ("to", "yesterday"), ("drill", "yes"), ("rto", "soon"), ("payer", Id), ("priority-fee", "9"), ("max-priority-fee", "8"), ("store", "none"), ("spec", "no.yml"));

        run.Exit.ShouldBe(2, run.ToString());
        run.Report!.Value.GetProperty("faults").EnumerateArray().Where(fault => fault.GetProperty("severity").GetString() == "error").Select(fault => fault.GetProperty("input").GetString()).ShouldBe(
            ["cluster", "program-id", "to", "drill", "rto", "spec", "payer", "priority-fee", "store"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("previous")]
    [InlineData("1.2.3")]
    [InlineData("v1.2.3-rc.1")]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789ABCDEF")]
    public async Task A_target_is_previous_a_version_or_a_sha256(string to)
    {
        var run = await RunAsync(("cluster", "localnet"), ("program-id", Id), ("to", to));

        run.Errors.ShouldBe(["input-missing"], run.ToString());
    }

    [Theory]
    [InlineData("latest")]
    [InlineData("1.2")]
    [InlineData("0123456789abcdef")]
    [InlineData("-1")]
    public async Task Anything_else_is_not(string to) =>
        (await RunAsync(("cluster", "localnet"), ("program-id", Id), ("payer", TestKey.New().Json), ("to", to))).Errors.ShouldBe(["input-invalid"]);

    [Fact]
    public async Task A_program_that_the_release_file_does_not_have_here_is_refused()
    {
        using var workspace = new Workspace();
        workspace.Put("release.yml", System.Text.Encoding.UTF8.GetBytes($$"""
            version: 1
            name: perps
            programs: { perps: { artifact: a.so }, registry: { artifact: b.so } }
            environments:
              staging: { cluster: localnet, program-ids: { perps: "{{TestKey.From("perps")}}", registry: "{{TestKey.From("registry")}}" } }
              empty: { cluster: localnet, after: staging, program-ids: {} }
            """));
        var inputs = new Dictionary<string, string> { ["release-file"] = "release.yml", ["environment"] = "staging", ["payer"] = TestKey.New().Json, ["program-id"] = Id };

        (await ActionProcess.RunAsync("rollback", inputs, workspace)).Errors.ShouldBe(["input-conflict"]);
        inputs["environment"] = "empty";
        inputs["program-id"] = "";
        (await ActionProcess.RunAsync("rollback", inputs, workspace)).Errors.ShouldBe(["input-missing"]);
    }

    private static async Task<ActionRun> RunAsync(params (string Name, string Value)[] inputs)
    {
        using var workspace = new Workspace();
        return await ActionProcess.RunAsync("rollback", inputs.ToDictionary(input => input.Name, input => input.Value), workspace);
    }
}
