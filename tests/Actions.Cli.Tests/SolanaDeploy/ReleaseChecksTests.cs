using System.Text;
using System.Text.Json;
using Actions.Cli.Tests.Tools;
using Actions.Cli.Tests.VerifyProgram;

namespace Actions.Cli.Tests.SolanaDeploy;

/// <summary>verify-program and smoke-test take the same release file as the deploy before them, and speak about all of its programs.</summary>
public sealed class ReleaseChecksTests(LocalnetFixture fixture) : IClassFixture<LocalnetFixture>
{
    private static readonly (string Name, byte[] Bytes)[] Programs = [("registry", TestPrograms.Token), ("vault", TestPrograms.LookupTable)];

    private Localnet Net => fixture.Net;

    [Fact]
    public async Task A_release_of_two_programs_is_deployed_verified_and_smoke_tested_from_one_file()
    {
        var (payer, keys) = (await Net.PayerAsync(), Programs.ToDictionary(program => program.Name, _ => TestKey.New()));
        using var job = new Deploy(Net, payer, TestPrograms.Token, ("program", ""), ("cluster", ""), ("environment", "staging"), ("release-file", "release.yml"), ("manifest", "manifest.json"),
            ("program-keypair", string.Join('\n', keys.Select(key => $"{key.Key}={key.Value.Json}"))));
        job.Workspace.Put("release.yml", Encoding.UTF8.GetBytes($$"""
            version: 1
            name: perps
            programs: { registry: { artifact: registry.so }, vault: { artifact: vault.so } }
            environments: { staging: { cluster: localnet, program-ids: { registry: "{{keys["registry"]}}", vault: "{{keys["vault"]}}" }, upgrade-authority: "{{payer}}" } }
            smoke: { "*": smoke.yml }
            """));
        job.Workspace.Put("smoke.yml", Encoding.UTF8.GetBytes($$"""
            version: 1
            checks:
              - { name: registry, program: { id: "{{keys["registry"]}}", upgrade-authority: "{{payer}}" } }
              - { name: vault, program: { id: "{{keys["vault"]}}" }, depends-on: registry }
            """));
        foreach (var (name, bytes) in Programs)
        {
            job.Workspace.Put($"{name}.so", bytes);
        }

        job.Workspace.Put("manifest.json", Encoding.UTF8.GetBytes($$"""{"schema":1,"name":"perps","version":"1.2.3","source":"build","artifacts":[{{string.Join(',', Programs.Select(program => Manifests.Artifact(program.Bytes, name: program.Name)))}}]}"""));
        var deployed = await job.RunAsync();
        deployed.Exit.ShouldBe(0, deployed.ToString());

        var inputs = new Dictionary<string, string> { ["rpc-url"] = Net.Url, ["release-file"] = "release.yml", ["environment"] = "staging" };
        var smoked = await ActionProcess.RunAsync("smoke-test", inputs, job.Workspace);
        smoked.Exit.ShouldBe(0, smoked.ToString());
        smoked["passed"].ShouldBe("2");

        // From what was built, and from the manifest alone.
        (await ActionProcess.RunAsync("verify-program", inputs, job.Workspace)).Exit.ShouldBe(0);
        inputs["manifest"] = "manifest.json";
        File.Delete(job.Workspace.At("vault.so"));
        var verified = await ActionProcess.RunAsync("verify-program", inputs, job.Workspace);
        verified.Exit.ShouldBe(0, verified.ToString());
        using var results = JsonDocument.Parse(verified["results"]);
        results.RootElement.EnumerateObject().Select(program => (program.Name, program.Value.GetProperty("verified").GetString())).ShouldBe([("registry", "true"), ("vault", "true")]);
        verified.Outputs.ContainsKey("verified").ShouldBeFalse("the plain outputs are those of a single program");
        foreach (var key in keys)
        {
            Checks(job, key.Value).ShouldBe(["smoke", "verify", "verify"], key.Key);
        }

        // Another authority than the file's is a finding about one of the two, and names it.
        job.Workspace.Put("release.yml", Encoding.UTF8.GetBytes((await File.ReadAllTextAsync(job.Workspace.At("release.yml"))).Replace($"upgrade-authority: \"{payer}\"", $"upgrade-authority: \"{keys["vault"]}\"", StringComparison.Ordinal)));
        var wrong = await ActionProcess.RunAsync("verify-program", inputs, job.Workspace);
        wrong.Exit.ShouldBe(4, wrong.ToString());
        wrong.Errors.Count.ShouldBe(2, wrong.ToString());
    }

    private static List<string?> Checks(Deploy job, TestKey program) =>
        [.. from line in File.ReadAllLines(job.Workspace.At($".solana-actions/ledger/staging/{program.Address}.jsonl"))
            let entry = JsonDocument.Parse(line).RootElement
            where entry.GetProperty("kind").GetString() == "check"
            select entry.GetProperty("check").GetString()];
}
