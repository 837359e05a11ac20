using Actions.Core.Runner;

namespace Actions.Core.Tests.Runner;

public sealed class RunnerEnvironmentTests
{
    [Fact]
    public void An_empty_variable_is_an_absent_one()
    {
        var environment = new RunnerEnvironment(new Dictionary<string, string> { ["GITHUB_OUTPUT"] = "" }, "/");

        environment.OutputFile.ShouldBeNull();
    }

    [Fact]
    public void Without_a_workspace_the_current_directory_is_one() =>
        new RunnerEnvironment(new Dictionary<string, string>(), "/somewhere").Workspace.ShouldBe("/somewhere");

    [Theory]
    [InlineData("true", true)]
    [InlineData("1", false)]
    [InlineData("", false)]
    public void Github_says_so_itself(string value, bool inGitHub) =>
        new RunnerEnvironment(new Dictionary<string, string> { ["GITHUB_ACTIONS"] = value }, "/").InGitHub.ShouldBe(inGitHub);

    [Fact]
    public void The_run_has_a_page_when_it_has_a_number()
    {
        var variables = new Dictionary<string, string> { ["GITHUB_REPOSITORY"] = "o/r", ["GITHUB_RUN_ID"] = "7", ["GITHUB_SERVER_URL"] = "https://git.example/" };

        new RunnerEnvironment(variables, "/").RunUrl.ShouldBe("https://git.example/o/r/actions/runs/7");
        new RunnerEnvironment(new Dictionary<string, string>(), "/").RunUrl.ShouldBeNull();
    }

    [Fact]
    public void The_api_is_where_the_runner_says() =>
        new RunnerEnvironment(new Dictionary<string, string> { ["GITHUB_API_URL"] = "https://git.example/api/v3/" }, "/").ApiUrl.ShouldBe("https://git.example/api/v3");
}
