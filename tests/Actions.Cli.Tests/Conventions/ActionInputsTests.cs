using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Keys;
using Actions.Core.Reports;
using Actions.Core.Runner;
using Actions.Core.Tests.Conventions;

namespace Actions.Cli.Tests.Conventions;

/// <summary>Ties what an action reads to what the contract says it takes.</summary>
public sealed class ActionInputsTests : IDisposable
{
    private readonly DirectoryInfo workspace = Directory.CreateTempSubdirectory("action-inputs-tests-");

    public static TheoryData<string> Names => [.. Composition.Actions.Keys];

    public void Dispose() => workspace.Delete(recursive: true);

    [Fact]
    public void What_is_built_is_what_the_contract_says() =>
        Composition.Actions.Keys.Order().ShouldBe(Contract.Load().Actions.Where(action => action.IsBuilt).Select(action => action.Name).Order());

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_action_reads_exactly_the_inputs_of_the_contract(string action)
    {
        var inputs = await ReadInputs(action, []);

        // The host reads the providers' settings for every action, also for one that declares none.
        inputs.Names.ShouldBe(Contract.Load().InputsOf(action).Concat(Contract.Load().Providers).Select(input => input.Name).Distinct(), ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_is_not_built_is_refused_and_never_ignored(string action)
    {
        foreach (var input in Contract.Load().InputsOf(action).Where(input => !input.IsBuilt))
        {
            var inputs = await ReadInputs(action, new() { [$"INPUT_{input.Name.ToUpperInvariant()}"] = "anything" });

            inputs.Faults.ShouldContain(fault => fault.Input == input.Name && fault.Code == FaultCodes.InputUnknownValue);
        }
    }

    /// <summary>Without inputs every action ends before it touches the network.</summary>
    private async Task<InputReader> ReadInputs(string action, Dictionary<string, string> variables)
    {
        using var output = new StringWriter();
        var environment = new RunnerEnvironment(variables, workspace.FullName);
        var masker = new Masker();
        var inputs = new InputReader(environment, masker);
        ProviderInputs.Read(inputs);
        var context = new ActionContext(
            environment, inputs, new JobLog(environment, masker, output, output, TimeProvider.System), masker, new WorkspaceFiles(environment), TimeProvider.System,
            new UlidSource(TimeProvider.System, bytes => bytes.Clear()), bytes => bytes.Clear(), () => throw new InvalidOperationException("No network here."));
        await Should.ThrowAsync<FaultException>(() => Composition.Actions[action](context, CancellationToken.None));
        return inputs;
    }
}
