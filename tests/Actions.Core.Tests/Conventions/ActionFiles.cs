using System.Text;

namespace Actions.Core.Tests.Conventions;

/// <summary>What action.yml files and README tables must say, made from the contract.</summary>
internal static class ActionFiles
{
    private const string Header = "# Made from docs/contract.yml; change that, then run the tests with UPDATE_GOLDEN=1.\n";

    public static string ActionYaml(Contract contract, string action)
    {
        var declared = contract.Action(action);
        return Header + Head($"Solana: {action}", declared.Summary)
            + Inputs(contract.InputsOf(action).Where(input => input.IsBuilt)) + Outputs(declared.Outputs.Where(output => output.IsBuilt))
            + Runs("../../Dockerfile", action);
    }

    /// <summary>The action at the root: any action by the input `command`.</summary>
    public static string RootYaml(Contract contract)
    {
        var built = contract.Actions.Where(action => action.IsBuilt).ToList();
        var command = new ContractInput("command", "choice", true, null, null, false, true, [.. built.Select(action => action.Name)],
            $"The action to run: {string.Join(" or ", built.Select(action => action.Name))}.");
        var inputs = built.SelectMany(action => contract.InputsOf(action.Name).Select(input => (action.Name, Input: input)))
            .GroupBy(pair => pair.Input.Name).Where(same => same.Any(pair => pair.Input.IsBuilt)).Select(Merge);
        var outputs = built.SelectMany(action => action.Outputs).Where(output => output.IsBuilt).DistinctBy(output => output.Name);
        return Header + Head("Solana release actions", "Deploy, verify and release Solana programs: any action of the suite, by its name.")
            + Inputs([command, .. inputs]) + Outputs(outputs) + Runs("Dockerfile", "${{ inputs.command }}");
    }

    public static string InputTable(IEnumerable<ContractInput> inputs) =>
        "| Input | Type | Default | Description |\n|---|---|---|---|\n"
        + string.Concat(inputs.Where(input => input.IsBuilt).Select(input => $"| `{input.Name}` | {Type(input)} | {Default(input)} | {input.Description} |\n"));

    public static string OutputTable(ContractAction action) =>
        "| Output | Type | Description |\n|---|---|---|\n"
        + string.Concat(action.Outputs.Where(output => output.IsBuilt).Select(output => $"| `{output.Name}` | {output.Type} | {output.Description} |\n"));

    public static string NotBuilt(IEnumerable<ContractInput> inputs) =>
        $"{string.Join(", ", inputs.Where(input => !input.IsBuilt).Select(input => $"`{input.Name}`"))}\n";

    public static string ActionTable(Contract contract) =>
        "| Action | What it does | State |\n|---|---|---|\n"
        + string.Concat(contract.Actions.Select(action => action.IsBuilt
            ? $"| [{action.Name}](actions/{action.Name}) | {action.Summary} | built |\n"
            : $"| {action.Name} | {action.Summary} | not built yet |\n"));

    /// <summary>One input that several actions have. Its default is only declared when they all agree, since it would reach all of them.</summary>
    private static ContractInput Merge(IGrouping<string, (string Action, ContractInput Input)> same)
    {
        var built = same.Where(pair => pair.Input.IsBuilt).ToList();
        var inputs = built.Select(pair => pair.Input).ToList();
        var descriptions = inputs.Select(input => input.Description).Distinct().Count() == 1
            ? inputs[0].Description
            : string.Join(" ", built.Select(pair => $"{pair.Action}: {pair.Input.Description}"));
        var agree = same.All(pair => pair.Input.IsBuilt) && inputs.Select(input => input.DeclaredDefault).Distinct().Count() == 1;
        return inputs[0] with { Description = descriptions, IsRequired = false, Default = agree ? inputs[0].DeclaredDefault : null, DefaultWhen = null, IsInReleaseFile = false };
    }

    private static string Head(string name, string summary) =>
        $"name: \"{name}\"\ndescription: {Quoted(summary)}\nauthor: The solana-actions authors\nbranding:\n  icon: upload-cloud\n  color: purple\n";

    private static string Inputs(IEnumerable<ContractInput> inputs)
    {
        var text = new StringBuilder("inputs:\n");
        foreach (var input in inputs)
        {
            text.Append($"  {input.Name}:\n    description: {Quoted(input.Description)}\n    required: {(input.IsRequired && !input.IsInReleaseFile ? "true" : "false")}\n");
            if (input.DeclaredDefault is { } value)
            {
                text.Append($"    default: {Quoted(value)}\n");
            }
        }

        return text.ToString();
    }

    private static string Outputs(IEnumerable<ContractOutput> outputs) =>
        "outputs:\n" + string.Concat(outputs.Select(output => $"  {output.Name}:\n    description: {Quoted(output.Description)}\n"));

    private static string Runs(string image, string argument) =>
        $"runs:\n  using: docker\n  image: {image}\n  args:\n    - {(argument.StartsWith('$') ? Quoted(argument) : argument)}\n";

    private static string Type(ContractInput input) => input.Choices.Count > 0 ? string.Join(", ", input.Choices.Select(choice => $"`{choice}`")) : input.Type;

    private static string Default(ContractInput input) => input switch
    {
        { IsRequired: true } => "**required**",
        { Default: { } value, DefaultWhen: { } when } => $"`{value}`; {when}",
        { Default: { } value } => $"`{value}`",
        { DefaultWhen: { } when } => when,
        _ => "",
    };

    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
