using System.Text;
using Actions.Core.Faults;
using Actions.Core.Fleet;
using Actions.Core.Loader;
using Actions.Core.Metadata;
using Actions.Core.Solana;
using Actions.Core.Tests.Conventions;
using Actions.Core.Tests.Releases;
using Actions.Core.VerifiedBuild;

namespace Actions.Core.Tests.Fleet;

public sealed class FleetFileTests
{
    private const string Hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    /// <summary>Everything that a fleet file can say.</summary>
    private const string Whole = $$"""
        version: 1
        release-files: [solana-release.yml]
        programs:
          registry:
            cluster: mainnet-beta
            program-id: {{Files.Id}}
            environment: production
            expected-authority: squads:{{Files.OtherId}}/1
            release: perps/1.4.0/registry@beta
            security-txt: require
            config:
              - account: {{Files.OtherId}}
                idl: target/idl/registry.json
                fields: { fee_bps: 250, treasury: "{{Files.Id}}", paused: false }
              - pda: { seeds: [config, { u64: 7 }], program: {{Files.Id}} }
                idl: target/idl/registry.json
                fields:
                  limits.max: 10
          oracle: { cluster: devnet, program-id: {{Files.OtherId}}, expected-authority: none, verified-build: off, published-idl: warn, expected-hash: {{Hash}} }
        payers:
          {{Files.Id}}: { cluster: devnet, min-deploys: 3 }
        keys:
          - vault-transit:transit/deployer
        max-key-age: 30d
        environments:
          production: { reviewers: 2, prevent-self-review: true, approvals: { environments: [compliance, sre] } }
        """;

    [Fact]
    public void Everything_that_a_file_can_say_is_read()
    {
        var fleet = Read(Whole).Value;

        fleet.ReleaseFiles.ShouldBe([new FleetReleaseFile("solana-release.yml", new FleetPlace("fleet.yml", 2))]);
        fleet.Programs.Select(program => (program.Name, program.Cluster.Name, program.Environment, program.Place.Line))
            .ShouldBe([("registry", "mainnet-beta", "production", 4), ("oracle", "devnet", "devnet", 19)]);
        var registry = fleet.Programs[0];
        registry.Release!.ToString().ShouldBe("perps 1.4.0 (registry, beta)");
        registry.SecurityTxt.ShouldBe(SecurityTxtRule.Require);
        registry.Authority.ShouldBeOfType<ExpectedAuthority.Exactly>().Address.ShouldBe(FleetAuthority.Of($"squads:{Files.OtherId}/1")!.Value);
        registry.Config.Select(config => (config.Account, config.Place.Line)).ShouldBe(
        [
            (Address.Parse(Files.OtherId), 12),
            (ProgramAddress.Find(["config"u8.ToArray(), BitConverter.GetBytes(7ul)], Address.Parse(Files.Id)).Address, 15),
        ]);
        registry.Config[0].Fields.Select(field => (field.Name, field.Expected.Shown, field.Place.Line)).ShouldBe([("fee_bps", "250", 14), ("treasury", $"'{Files.Id}'", 14), ("paused", "false", 14)]);
        registry.Config[1].Fields.ShouldHaveSingleItem().Place.Line.ShouldBe(18);
        fleet.Programs[1].Authority.ShouldBeOfType<ExpectedAuthority.Nobody>();
        fleet.Programs[1].ExpectedHash.ShouldBe(Hash);
        (fleet.Programs[1].VerifiedBuild, fleet.Programs[1].PublishedIdl).ShouldBe((VerifiedBuildRule.Off, IdlRule.Warn));
        (registry.VerifiedBuild, registry.PublishedIdl).ShouldBe((null, null), "the input decides");
        fleet.Payers.ShouldBe([new FleetPayer(Address.Parse(Files.Id), Cluster.Devnet, 3, new FleetPlace("fleet.yml", 21))]);
        fleet.Keys.ShouldHaveSingleItem().Place.Line.ShouldBe(23);
        fleet.MaxKeyAge.ShouldBe(TimeSpan.FromDays(30));
        var environment = fleet.Environments.ShouldHaveSingleItem();
        (environment.Reviewers, environment.PreventSelfReview, environment.Place.Line).ShouldBe((2, true, 26));
        environment.Approvals!.Environments.ShouldBe(["compliance", "sre"]);
    }

    [Fact]
    public void The_schema_says_the_same()
    {
        JsonSchema.Load("fleet-file").Errors(JsonSchema.FromYaml(Whole)).ShouldBeEmpty();
        JsonSchema.Load("fleet-file").Errors(JsonSchema.FromYaml(Whole.Replace("expected-authority", "expected-authorty", StringComparison.Ordinal))).ShouldNotBeEmpty();
        JsonSchema.Load("fleet-file").Errors(JsonSchema.FromYaml("version: 1")).ShouldNotBeEmpty("a fleet of nothing watches nothing");
    }

    [Theory]
    [InlineData("version: 1", "version: 2", 1, "Expected 1 in 'version'")]
    [InlineData("max-key-age:", "max-keys-age:", 24, "found the unknown key 'max-keys-age'")]
    [InlineData("max-key-age: 30d", "max-key-age: a month", 24, "a duration such as")]
    [InlineData("  registry:", "  ../registry:", 5, "Expected a program's name of")]
    [InlineData("cluster: mainnet-beta", "cluster: mainnet", 5, "Expected one of mainnet-beta")]
    [InlineData("    environment: production", "    enviroment: production", 7, "found the unknown key 'enviroment'")]
    [InlineData("registry@beta", "registry@beta@x", 9, "Expected <name>/<version>")]
    [InlineData("perps/1.4.0/", "perps/one/", 9, "Expected <name>/<version>")]
    [InlineData("security-txt: require", "security-txt: \"yes\"", 10, "Expected off, warn or require")]
    [InlineData("      - account: TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA\n", "      - account: TokenkegQfeZ\n", 12, "Expected an address")]
    [InlineData("        idl: target/idl/registry.json\n        fields: {", "        fields: {", 12, "Expected 'idl'")]
    [InlineData("fields: { fee_bps: 250, treasury: \"BPFLoaderUpgradeab1e11111111111111111111111\", paused: false }", "fields: {}", 14, "at least one field")]
    [InlineData("{ u64: 7 }", "{ u65: 7 }", 15, "found 'u65'")]
    [InlineData("- pda:", "- account: TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA\n        pda:", 15, "either 'account' or 'pda'")]
    [InlineData("cluster: devnet, program-id", "cluster: devnet, programs-id", 19, null)]
    [InlineData("expected-authority: none", "expected-authority: nobody", 19, "squads:<multisig>")]
    [InlineData("verified-build: off", "verified-build: maybe", 19, "Expected off, warn or require in 'programs.oracle.verified-build'")]
    [InlineData("published-idl: warn", "published-idl: maybe", 19, "Expected off, warn or require in 'programs.oracle.published-idl'")]
    [InlineData("expected-hash: 0123", "expected-hash: 0x23", 19, "an executable hash")]
    [InlineData("expected-hash", "release: perps/1.0.0, expected-hash", 19, "either expected-hash or release")]
    [InlineData("min-deploys: 3", "min-deploys: -3", 21, "a whole number of at least 0")]
    [InlineData("  BPFLoaderUpgradeab1e11111111111111111111111: { cluster", "  payer: { cluster", 21, "Expected a payer's address")]
    [InlineData("vault-transit:transit/deployer", "env:KEY", 23, "whose provider knows its age")]
    [InlineData("reviewers: 2", "reviewers: two", 26, "a whole number of at least 0")]
    [InlineData("prevent-self-review: true", "prevent-self-review: \"true\"", 26, "without quotes")]
    [InlineData("environments: [compliance, sre]", "environments: []", 26, "at least one name")]
    public void A_mistake_is_named_once_with_its_line(string right, string wrong, int line, string? expected)
    {
        Whole.ShouldContain(right);
        var at = Whole.IndexOf(right, StringComparison.Ordinal);

        var faults = Read(Whole[..at] + wrong + Whole[(at + right.Length)..]).Faults;

        // A misspelt key that is required is unknown and missing.
        faults.Count.ShouldBe(expected is null ? 2 : 1, string.Join('\n', faults.Select(fault => fault.Message)));
        faults.ShouldAllBe(fault => fault.Code == FaultCodes.FileUnreadable && fault.Input == "programs");
        faults[0].Message.ShouldStartWith($"fleet.yml:{line}: ");
        faults[0].Message.ShouldContain(expected ?? "Expected 'program-id'");
    }

    [Theory]
    [InlineData("version: 1", "Expected 'programs'")]
    [InlineData("version: 1\nprograms: {}", "at least one program")]
    [InlineData("version: 1\nrelease-files: []", "at least one program")]
    [InlineData("[1, 2]", "something else than one mapping")]
    [InlineData("a: &x 1\nb: *x", "an anchor")]
    public void A_file_of_nothing_is_refused(string yaml, string expected) => Read(yaml).Faults.ShouldHaveSingleItem().Message.ShouldContain(expected);

    [Fact]
    public void A_key_in_the_file_is_never_shown()
    {
        var key = $"[{string.Join(',', Enumerable.Range(1, 64))}]";
        var faults = Read(Whole.Replace("vault-transit:transit/deployer", $"\"{key}\"", StringComparison.Ordinal)).Faults;

        faults.ShouldHaveSingleItem().Message.ShouldNotContain("1,2,3");
    }

    [Fact]
    public void A_release_files_programs_stand_at_their_ids_with_their_vault()
    {
        var derived = FleetPrograms.Of(Encoding.UTF8.GetBytes(Files.Whole), "solana-release.yml", "programs").Value;

        derived.Select(program => (program.Name, program.Cluster.Name, program.Place.Line)).ShouldBe(
        [
            ("perps/registry/staging", "devnet", 23), ("perps/perps/staging", "devnet", 23), ("perps/perps/beta", "mainnet-beta", 24),
            ("perps/registry/production", "mainnet-beta", 10), ("perps/perps/production", "mainnet-beta", 10),
        ]);
        derived[3].Authority.ShouldBe(new ExpectedAuthority.Exactly(FleetAuthority.Of($"squads:{Files.Id}")!.Value));
        derived[0].Authority.ShouldBeNull();
    }

    [Fact]
    public void What_both_files_have_is_one_program()
    {
        var derived = FleetPrograms.Of(Encoding.UTF8.GetBytes(Files.Whole), "solana-release.yml", "programs").Value;
        var own = Read($"version: 1\nprograms:\n  watched: {{ cluster: mainnet-beta, program-id: {Files.Id}, environment: production, security-txt: warn }}\n").Value.Programs;

        var merged = FleetPrograms.Merge(own, derived);

        merged.Select(program => program.Name).ShouldBe(["watched", "perps/registry/staging", "perps/perps/staging", "perps/perps/beta", "perps/perps/production"]);
        merged[0].Authority.ShouldBe(derived[3].Authority);
        merged[0].SecurityTxt.ShouldBe(SecurityTxtRule.Warn);
    }

    [Fact]
    public void Every_vault_of_a_multisig_is_another_address_off_the_curve()
    {
        Address[] vaults = [.. Enumerable.Range(0, 3).Select(index => FleetAuthority.Of($"squads:{Files.Id}/{index}")!.Value)];

        vaults.ShouldBeUnique();
        vaults.ShouldAllBe(vault => !ProgramAddress.IsOnCurve(vault));
        vaults[0].ShouldBe(FleetAuthority.Of($"squads:{Files.Id}")!.Value);
        FleetAuthority.Of("env:KEY").ShouldBeNull();
    }

    private static Result<FleetFile> Read(string yaml) => FleetFile.Parse(Encoding.UTF8.GetBytes(yaml), "fleet.yml");
}
