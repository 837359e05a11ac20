using System.Text;
using Actions.Core.Faults;
using Actions.Core.Releases;

namespace Actions.Core.Tests.Releases;

/// <summary>Release files as tests need them.</summary>
internal static class Files
{
    public const string Id = "BPFLoaderUpgradeab1e11111111111111111111111";
    public const string OtherId = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA";

    /// <summary>That of the contract.</summary>
    public const string Whole = $$"""
        version: 1
        name: perps
        programs:                          # in deploy order
          registry: { artifact: target/deploy/registry.so, idl: target/idl/registry.json }
          perps:    { artifact: target/deploy/perps.so }
        environments:
          production:
            cluster: mainnet-beta
            after: beta
            program-ids: { registry: "{{Id}}", perps: "{{OtherId}}" }
            upgrade-authority: "squads:{{Id}}"
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
          staging:    { cluster: devnet, program-ids: { registry: "{{Id}}", perps: "{{OtherId}}" } }
          beta:       { cluster: mainnet-beta, after: staging, program-ids: { perps: "{{OtherId}}" }, variant: beta, gates: { min-soak: 24h } }
        smoke: { "*": smoke/common.yml, production: smoke/production.yml }
        """;

    public static Result<ReleaseFile> Read(string yaml) => ReleaseFile.Parse(Encoding.UTF8.GetBytes(yaml), "solana-release.yml");

    /// <summary>A small file with these lines of environments.</summary>
    public static string With(string environments) =>
        $"version: 1\nname: perps\nprograms:\n  perps: {{ artifact: perps.so }}\nenvironments:\n{string.Join('\n', environments.Split('\n').Select(line => "  " + line))}\n";
}
