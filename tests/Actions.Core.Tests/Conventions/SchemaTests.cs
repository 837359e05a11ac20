using System.Text.Json.Nodes;
using Actions.Core.Faults;
using Actions.Core.Reports;
using Actions.Core.Runner;

namespace Actions.Core.Tests.Conventions;

public sealed class SchemaTests
{
    private const string Loader = "BPFLoaderUpgradeab1e11111111111111111111111";

    public static TheoryData<string> Names => new(
        Directory.GetFiles(Repository.PathOf("docs/schema")).Select(path => Path.GetFileName(path).Split('.')[0]));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_schema_names_its_dialect_and_itself(string name)
    {
        var schema = JsonNode.Parse(Repository.Read($"docs/schema/{name}.schema.json"))!;

        schema["$schema"]!.GetValue<string>().ShouldBe("https://json-schema.org/draft/2020-12/schema");
        schema["$id"]!.GetValue<string>().ShouldBe($"{name}.schema.json");
        JsonSchema.Load(name).Errors(new JsonObject { ["no-such-key"] = 1 }).ShouldNotBeEmpty();
    }

    [Fact]
    public void The_contract_is_of_its_form() => JsonSchema.Load("contract").Errors(JsonSchema.FromYaml(Repository.Read("docs/contract.yml"))).ShouldBeEmpty();

    [Fact]
    public void A_report_is_of_its_form()
    {
        var result = new RunResult("solana-deploy", true, [new Fault(FaultCodes.Balance, "a", "b", "c"), new Fault(FaultCodes.InputMissing, "a", "b", "c", "payer").AsWarning()],
            new Markdown(), new ReportPlan { Steps = ["write"], NetLamports = -1, PeakLamports = ulong.MaxValue }, new OutputSet().Set("slot", 1ul));

        JsonSchema.Load("report").Errors(JsonNode.Parse(result.ToReport(new Masker()).ToJson())).ShouldBeEmpty();
        JsonSchema.Load("report").Errors(JsonNode.Parse((result with { Plan = null, Faults = [] }).ToReport(new Masker()).ToJson())).ShouldBeEmpty();
    }

    [Fact]
    public void The_release_file_of_the_contract_is_of_its_form()
    {
        var text = $$"""
            version: 1
            name: perps
            programs:
              registry: { artifact: target/deploy/registry.so, idl: target/idl/registry.json }
              perps:    { artifact: target/deploy/perps.so }
            environments:
              staging:    { cluster: devnet, program-ids: { registry: "{{Loader}}", perps: "{{Loader}}" } }
              beta:       { cluster: mainnet-beta, after: staging, program-ids: { perps: "{{Loader}}" }, variant: beta, gates: { min-soak: 24h } }
              production:
                cluster: mainnet-beta
                after: beta
                program-ids: { perps: "{{Loader}}" }
                upgrade-authority: "squads:{{Loader}}"
                gates:
                  min-soak: 24h
                  smoke: true
                  verified: true
                  phrase: "DEPLOY TO PRODUCTION"
                  checks: [ci, audit]
                  security: { check: security, max-age: 24h }
                  approvals: { environments: [production-compliance, production-sre], distinct: true, not-by-actor: true }
                  freeze: ["Fri 18:00-Mon 06:00 UTC"]
                  window: { from: 2026-12-01T08:00:00Z, to: 2026-12-01T12:00:00Z }
                retention: { keep: 10, min-age: 90d }
            smoke: { "*": smoke/common.yml, production: smoke/production.yml }
            """;

        JsonSchema.Load("release-file").Errors(JsonSchema.FromYaml(text)).ShouldBeEmpty();
        JsonSchema.Load("release-file").Errors(JsonSchema.FromYaml(text.Replace("min-soak", "min-soke", StringComparison.Ordinal))).ShouldNotBeEmpty("a typo must not switch a gate off");
    }

    [Fact]
    public void The_smoke_spec_of_the_contract_is_of_its_form()
    {
        const string text = """
            version: 1
            limits: { availability: 0.999, p95: 500ms }
            checks:
              - name: api
                http: { url: "https://api.example/health", status: 200, json: { "$.checks[*].healthy": { every: true } }, max-latency: 500ms }
                attempts: 3
                timeout: 5s
                stage: 30m
            """;

        JsonSchema.Load("smoke-spec").Errors(JsonSchema.FromYaml(text)).ShouldBeEmpty();
        JsonSchema.Load("smoke-spec").Errors(JsonSchema.FromYaml(text + "\n    rpc: { method: getSlot }")).ShouldNotBeEmpty("a check is of exactly one kind");
    }

    [Fact]
    public void A_manifest_is_of_its_form()
    {
        var hash = new string('a', 64);
        var text = $$"""
            { "schema": 1, "name": "perps", "version": "1.4.0-rc.1", "source": "build",
              "artifacts": [ { "program": "perps", "variant": "default", "file": "perps.default.so", "size": 7, "sha256": "{{hash}}", "executable-hash": "{{hash}}" } ] }
            """;

        JsonSchema.Load("manifest").Errors(JsonNode.Parse(text)).ShouldBeEmpty();
        JsonSchema.Load("manifest").Errors(JsonNode.Parse(text.Replace("1.4.0", "v1.4.0", StringComparison.Ordinal))).ShouldNotBeEmpty();
    }
}
