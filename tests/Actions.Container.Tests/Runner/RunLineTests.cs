using Actions.Container.Tests.Tools;

namespace Actions.Container.Tests.Runner;

public sealed class RunLineTests
{
    private static readonly Step Deploy = new("deploy", "actions/solana-deploy", Steps.With(("program", "a.so"), ("undeclared", "${{ github.workspace }}/x")));

    [Fact]
    public void Inputs_keep_their_hyphens_get_their_defaults_and_are_never_unset()
    {
        using var job = new Job("none");

        var variables = Variables(job);

        variables["INPUT_PROGRAM"].ShouldBe("a.so");
        variables["INPUT_DRY-RUN"].ShouldBe("false");
        variables["INPUT_GITHUB-TOKEN"].ShouldBe(Job.Token);
        variables["INPUT_PROGRAM-ID"].ShouldBe("");
    }

    [Fact]
    public void Values_that_start_with_a_mounted_folder_are_rewritten_the_innermost_first()
    {
        using var job = new Job("none");

        var variables = Variables(job);

        variables["HOME"].ShouldBe("/github/home");
        variables["GITHUB_WORKSPACE"].ShouldBe("/github/workspace");
        variables["RUNNER_TEMP"].ShouldBe("/github/runner_temp");
        variables["GITHUB_EVENT_PATH"].ShouldBe("/github/workflow/event.json");
        variables["GITHUB_OUTPUT"].ShouldBe("/github/file_commands/x");
        variables["INPUT_UNDECLARED"].ShouldBe("/github/workspace/x");
        StepEnvironment.Translate(job, $"see {job.Workspace}").ShouldBe($"see {job.Workspace}");
    }

    [Fact]
    public void The_line_names_variables_and_holds_none_of_their_values()
    {
        using var job = new Job("net");
        var action = ActionFile.Read(Repository.At("actions/solana-deploy"));

        var line = RunningStep.Line(job, action, Deploy, "name", Variables(job).Keys).ToList();

        line[..8].ShouldBe(["run", "--name", "name", "--label", Engine.Label, "--workdir", "/github/workspace", "--rm"]);
        line[^2..].ShouldBe([Engine.Image, "solana-deploy"]);
        line.ShouldNotContain("--init");
        line.ShouldNotContain("--user");
        line.ShouldNotContain(argument => argument.Contains(Job.Token, StringComparison.Ordinal));
        line.Count(argument => argument == "-v").ShouldBe(6);
    }

    private static IReadOnlyDictionary<string, string> Variables(Job job) => StepEnvironment.Variables(
        job, ActionFile.Read(Repository.At("actions/solana-deploy")), Deploy,
        new Dictionary<string, string> { ["GITHUB_OUTPUT"] = Path.Combine(job.Temp, "_runner_file_commands", "x") });
}
