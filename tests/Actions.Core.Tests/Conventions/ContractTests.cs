using Actions.Core.Inputs;

namespace Actions.Core.Tests.Conventions;

public sealed class ContractTests
{
    private static readonly Contract Contract = Contract.Load();

    public static TheoryData<string> Built => new(Contract.Load().Actions.Where(action => action.IsBuilt).Select(action => action.Name));

    [Theory]
    [MemberData(nameof(Built))]
    public void An_action_declares_what_the_contract_says(string action) =>
        Repository.ShouldBeGenerated($"actions/{action}/action.yml", ActionFiles.ActionYaml(Contract, action));

    [Fact]
    public void The_action_at_the_root_takes_every_input() => Repository.ShouldBeGenerated("action.yml", ActionFiles.RootYaml(Contract));

    [Theory]
    [MemberData(nameof(Built))]
    public void A_readme_lists_what_the_contract_says(string action)
    {
        var readme = $"actions/{action}/README.md";
        Repository.ShouldHoldGenerated(readme, "inputs", ActionFiles.InputTable(Contract.Action(action).Inputs));
        Repository.ShouldHoldGenerated(readme, "common inputs", ActionFiles.InputTable(Contract.CommonOf(action)));
        Repository.ShouldHoldGenerated(readme, "not built", ActionFiles.NotBuilt(Contract.InputsOf(action)));
        Repository.ShouldHoldGenerated(readme, "outputs", ActionFiles.OutputTable(Contract.Action(action)));
    }

    [Fact]
    public void The_readme_lists_all_actions() => Repository.ShouldHoldGenerated("README.md", "actions", ActionFiles.ActionTable(Contract));

    [Fact]
    public void The_actions_are_these() =>
        Contract.Actions.Select(action => action.Name).ShouldBe(["solana-deploy", "verify-program", "promote-artifact", "smoke-test", "rollback", "notify", "doctor", "continue", "security-scan", "release-plan"]);

    [Fact]
    public void No_action_has_a_name_twice()
    {
        foreach (var action in Contract.Actions)
        {
            Contract.InputsOf(action.Name).Select(input => input.Name).ShouldBeUnique();
            action.Outputs.Select(output => output.Name).ShouldBeUnique();
        }
    }

    [Fact]
    public void Every_default_is_of_its_inputs_type()
    {
        foreach (var input in Contract.Actions.SelectMany(action => Contract.InputsOf(action.Name)).Where(input => input.Default is not null))
        {
            var isOfType = input.Type switch
            {
                "boolean" => InputGrammar.Flag(input.Default!) is not null,
                "duration" => InputGrammar.Duration(input.Default!) is not null,
                "integer" => InputGrammar.Number(input.Default!) is not null,
                "sol" => InputGrammar.Lamports(input.Default!) is not null,
                "choice" => input.Choices.Contains(input.Default!),
                _ => true,
            };
            isOfType.ShouldBeTrue($"{input.Name}: {input.Default}");
        }
    }

    [Fact]
    public void What_is_not_built_is_never_declared_to_the_runner()
    {
        foreach (var name in Contract.Actions.Where(action => action.IsBuilt).SelectMany(action => Contract.InputsOf(action.Name).Where(input => !input.IsBuilt)
            .Where(input => !Contract.Actions.Any(other => other.IsBuilt && Contract.InputsOf(other.Name).Any(same => same.Name == input.Name && same.IsBuilt))))
            .Select(input => input.Name))
        {
            Repository.Read("action.yml").ShouldNotContain($"\n  {name}:\n    description:");
        }
    }
}
