using Actions.Container.Tests.Runner;

namespace Actions.Container.Tests.Tools;

/// <summary>The steps that most jobs of the tests have.</summary>
internal static class Steps
{
    /// <summary>A job has a token, so records would go to GitHub.</summary>
    public const string Ledger = "file:.solana-actions";

    /// <summary>`solana-deploy` with the payer's key as a secret that an environment variable holds.</summary>
    public static Step Deploy(TestKey payer, TestKey program, params (string Name, string Value)[] more) => new("deploy", "actions/solana-deploy", With(
        [("cluster", "localnet"), ("rpc-url", ContainerNet.Url), ("ledger", Ledger), ("program", "target/deploy/my_program.so"), ("program-keypair", "env:PROGRAM"), ("payer", "env:DEPLOYER"), .. more]))
    {
        Env = new Dictionary<string, string> { ["DEPLOYER"] = payer.Json, ["PROGRAM"] = program.InBase58 },
    };

    /// <summary>`verify-program` of what the step `deploy` left.</summary>
    public static Step Verify(params (string Name, string Value)[] more) => new("verify", "actions/verify-program", With(
        [("cluster", "localnet"), ("rpc-url", ContainerNet.Url), ("ledger", Ledger), ("program", "target/deploy/my_program.so"), ("program-id", "${{ steps.deploy.outputs.program-id }}"), .. more]));

    public static Dictionary<string, string> With(params (string Name, string Value)[] inputs)
    {
        var with = new Dictionary<string, string>();
        foreach (var (name, value) in inputs)
        {
            with[name] = value;
        }

        return with;
    }
}
