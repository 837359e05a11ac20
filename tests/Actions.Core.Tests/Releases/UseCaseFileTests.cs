using Actions.Core.Tests.Conventions;
using Actions.Core.Tests.Tools;

namespace Actions.Core.Tests.Releases;

/// <summary>Chains of environments as real teams have them: two clusters, two ids on one cluster, one id in two environments, variants, many programs.</summary>
public sealed class UseCaseFileTests
{
    public static TheoryData<string, string> Cases => new()
    {
        { "a game", $$"""
            version: 1
            name: game
            programs: { payout-vault: { artifact: vault.so }, game-core: { artifact: core.so } }
            environments:
              staging: { cluster: devnet, program-ids: { payout-vault: "{{Id(1)}}", game-core: "{{Id(2)}}" }, variant: staging, retention: { min-age: 14d } }
              preprod: { cluster: devnet, after: staging, program-ids: { payout-vault: "{{Id(3)}}", game-core: "{{Id(4)}}" }, variant: preprod, gates: { freeze: ["Fri 18:00-Mon 06:00 Europe/Malta"] } }
              production:
                cluster: mainnet-beta
                after: preprod
                variant: production
                program-ids: { payout-vault: "{{Id(5)}}", game-core: "{{Id(6)}}" }
                gates: { min-soak: 24h, checks: [lint, e2e], approvals: { environments: [compliance, sre] } }
                retention: { min-age: 90d }
            """ },
        { "an exchange", $$"""
            version: 1
            name: perps
            programs: { perps: { artifact: target/deploy/perps.so, idl: target/idl/perps.json } }
            environments:
              staging: { cluster: devnet, program-ids: { perps: "{{Id(1)}}" } }
              beta: { cluster: mainnet-beta, after: staging, program-ids: { perps: "{{Id(1)}}" }, upgrade-authority: "squads:{{Id(9)}}/1" }
              production: { cluster: mainnet-beta, after: beta, program-ids: { perps: "{{Id(1)}}" }, gates: { window: { from: 2026-12-01T08:00+01:00, to: 2026-12-01T12:00:00.5Z } } }
            """ },
        { "an oracle", $$"""
            version: 1
            name: oracle
            programs:
              registry: { artifact: r.so }
              fee-router: { artifact: f.so }
              governance: { artifact: g.so }
              oracle: { artifact: o.so }
            environments:
              dev: { cluster: devnet, program-ids: { registry: "{{Id(1)}}", fee-router: "{{Id(2)}}", governance: "{{Id(3)}}", oracle: "{{Id(4)}}" }, variant: dev }
              staging: { cluster: testnet, after: dev, program-ids: { registry: "{{Id(5)}}", fee-router: "{{Id(6)}}", governance: "{{Id(7)}}", oracle: "{{Id(8)}}" }, variant: staging }
              prod: { cluster: mainnet-beta, after: staging, program-ids: { registry: "{{Id(9)}}", fee-router: "{{Id(10)}}", governance: "{{Id(11)}}", oracle: "{{Id(12)}}" }, variant: prod, gates: { min-soak: 24h, security: { check: audit } } }
            smoke: { "*": smoke.yml }
            """ },
        { "a protocol", $$"""
            version: 1
            name: defi
            programs: { insurance: { artifact: 1.so }, il-mitigation: { artifact: 2.so }, amm-core: { artifact: 3.so }, order-book: { artifact: 4.so }, yield: { artifact: 5.so } }
            environments:
              development: { cluster: devnet, program-ids: { insurance: "{{Id(1)}}" }, variant: devnet }
              staging: { cluster: testnet, after: development, program-ids: { insurance: "{{Id(2)}}" }, variant: testnet }
              production: { cluster: mainnet-beta, after: staging, program-ids: { insurance: "{{Id(3)}}" }, upgrade-authority: env:DEPLOYER, gates: { phrase: DEPLOY TO PRODUCTION, approvals: { environments: [cto, security, tech], distinct: true } } }
            """ },
        { "a market", $$"""
            version: 1
            name: markets
            programs: { markets: { artifact: markets.so } }
            environments:
              development: { cluster: devnet, program-ids: { markets: "{{Id(1)}}" }, variant: development }
              staging: { cluster: mainnet-beta, after: development, program-ids: { markets: "{{Id(2)}}" }, variant: staging }
              production: { cluster: mainnet-beta, after: staging, program-ids: { markets: "{{Id(3)}}" }, variant: production, gates: { freeze: ["03:00-05:00 UTC", "Sun 04:00-Sun 05:00 UTC"] } }
            """ },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_teams_file_is_read_and_is_of_the_published_form(string team, string yaml)
    {
        Files.Read(yaml).Faults.ShouldBeEmpty(team);
        JsonSchema.Load("release-file").Errors(JsonSchema.FromYaml(yaml)).ShouldBeEmpty(team);
    }

    private static string Id(int seed) => Some.Address(seed).ToString();
}
