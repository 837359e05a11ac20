using Actions.Core.Releases;
using Actions.Core.Solana;
using Actions.Core.Tests.Runner;
using FsCheck;
using FsCheck.Fluent;

namespace Actions.Core.Tests.Releases;

public sealed class ReleaseFileTests
{
    [Fact]
    public void The_file_of_the_contract_is_read_whole()
    {
        var file = Files.Read(Files.Whole).Value;

        file.Name.ShouldBe("perps");
        file.Programs.ShouldBe([new ReleaseProgram("registry", "target/deploy/registry.so", "target/idl/registry.json"), new ReleaseProgram("perps", "target/deploy/perps.so", null)]);
        file.Environments.Select(environment => environment.Name).ShouldBe(["staging", "beta", "production"], "in the order of the chain");
        file.SmokeSpec("production").ShouldBe("smoke/production.yml");
        file.SmokeSpec("beta").ShouldBe("smoke/common.yml");
        var production = file.Environment("production")!;
        production.Cluster.ShouldBe(Cluster.MainnetBeta);
        production.After.ShouldBe("beta");
        production.Variant.ShouldBe("default");
        production.UpgradeAuthority.ShouldBe($"squads:{Files.Id}");
        production.ProgramIds["perps"].ShouldBe(Address.Parse(Files.OtherId));
        production.Retention.ShouldBe(new Retention(10, TimeSpan.FromDays(90)));
        var gates = production.Gates;
        (gates.MinSoak, gates.Smoke, gates.Verified, gates.Phrase).ShouldBe((TimeSpan.FromHours(24), true, true, "DEPLOY TO PRODUCTION"));
        gates.Checks.ShouldBe(["ci", "audit"]);
        gates.Security.ShouldBe(new SecurityGate("security", TimeSpan.FromHours(24)));
        gates.Approvals!.Environments.ShouldBe(["production-compliance", "production-sre"]);
        gates.Freeze.ShouldHaveSingleItem().ToString().ShouldBe("Fri 18:00-Mon 06:00 UTC");
        gates.Window.ShouldBe(new ChangeWindow(new(2026, 12, 1, 8, 0, 0, TimeSpan.Zero), new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero)));
        file.Environment("beta")!.Variant.ShouldBe("beta");
        file.Environment("staging")!.Gates.ShouldSatisfyAllConditions(none => none.MinSoak.ShouldBeNull(), none => none.Smoke.ShouldBeNull(), none => none.Checks.ShouldBeEmpty());
    }

    [Theory]
    [InlineData("version: 1", "version: 2", 1, "found '2'")]
    [InlineData("version: 1\n", "", 1, "Expected 'version'")]
    [InlineData("name: perps", "name: ../perps", 2, "it becomes part of file names")]
    [InlineData("name: perps", "nmae: perps", 2, "unknown key 'nmae'")]
    [InlineData("  perps:    {", "  per/ps:    {", 5, "Expected a program's name")]
    [InlineData("artifact: target/deploy/perps.so", "artefact: target/deploy/perps.so", 5, "unknown key 'artefact'")]
    [InlineData("min-soak: 24h\n      smoke", "min-soke: 24h\n      smoke", 13, "unknown key 'min-soke'")]
    [InlineData("min-soak: 24h\n      smoke", "min-soak: 1 day\n      smoke", 13, "a duration such as")]
    [InlineData("smoke: true", "smoke: yes", 14, "true or false")]
    [InlineData("smoke: true", "smoke: \"true\"", 14, "true or false")]
    [InlineData("smoke: true", "smoke:", 14, "found nothing")]
    [InlineData("checks: [ci, audit]", "checks: ci", 17, "Expected a list")]
    [InlineData("checks: [ci, audit]", "checks: []", 17, "at least one name")]
    [InlineData("checks: [ci, audit]", "checks: [ci, ci]", 17, "twice")]
    [InlineData("{ check: security, max-age", "{ max-age", 18, "Expected 'check'")]
    [InlineData("distinct: true", "distinct: maybe", 19, "true or false")]
    [InlineData("not-by-actor: true", "not-by-actors: true", 19, "unknown key 'not-by-actors'")]
    [InlineData("Fri 18:00-Mon 06:00 UTC", "Fri 18:00-Mon 06:00", 20, "HH:MM")]
    [InlineData("Mon 06:00 UTC", "Mon 06:00 Mars/Base", 20, "the time zone database does not have")]
    [InlineData("2026-12-01T08:00:00Z", "2026-12-01T08:00:00", 21, "an instant such as")]
    [InlineData("2026-12-01T08:00:00Z", "2026-13-01T08:00:00Z", 21, "an instant such as")]
    [InlineData("2026-12-01T12:00:00Z", "2026-12-01T07:00:00Z", 21, "an instant after 'from'")]
    [InlineData("keep: 10", "keep: 0", 22, "a whole number of at least 1")]
    [InlineData("keep: 10", "keep: ten", 22, "a whole number of at least 1")]
    [InlineData("cluster: devnet", "cluster: mainnet", 23, "one of mainnet-beta")]
    [InlineData("perps: \"Token", "prps: \"Token", 23, "Expected the name of one of the file's programs")]
    [InlineData("after: staging", "after: stagng", 24, "found 'stagng'")]
    [InlineData("after: staging, ", "", 24, "one first environment")]
    [InlineData("after: staging", "after: production", 24, "a cycle")]
    [InlineData("production: smoke/production.yml", "prod: smoke/production.yml", 25, "the name of one of the file's environments")]
    public void One_mistake_is_named_with_its_line(string right, string wrong, int line, string expected)
    {
        Files.Whole.ShouldContain(right);
        var at = Files.Whole.IndexOf(right, StringComparison.Ordinal);

        var faults = Files.Read(Files.Whole[..at] + wrong + Files.Whole[(at + right.Length)..]).Faults;

        faults.ShouldNotBeEmpty();
        faults.ShouldAllBe(fault => fault.Code.Name == "file-unreadable" && (int)fault.Code.Exit == 2 && fault.Input == "release-file");
        var all = string.Join('\n', faults.Select(fault => fault.Message));
        faults.ShouldContain(fault => fault.Message.Contains(expected, StringComparison.Ordinal), all);
        var about = faults.First(fault => fault.Message.Contains(expected, StringComparison.Ordinal)).Message;
        if (!about.Contains("cycle", StringComparison.Ordinal) && !about.Contains("first environment", StringComparison.Ordinal))
        {
            // In the constant the environments begin with production; the line of a missing key is that of its mapping.
            about.ShouldStartWith($"solana-release.yml:{LineOf(right, line)}:", customMessage: all);
        }
    }

    [Fact]
    public void All_mistakes_are_named_at_once_in_the_order_of_their_lines()
    {
        var faults = Files.Read("version: 7\nname: a b\nprograms: []\nenvironments: { a: { cluster: x, program-ids: {}, gates: { phrase: [] } } }\nextra: 1\n").Faults;

        faults.Select(fault => fault.Expected.Split(':')[1]).ShouldBe(["1", "2", "3", "4", "4", "5"]);
    }

    [Theory]
    [InlineData("a: { cluster: devnet, program-ids: {} }\nb: { cluster: devnet, after: a, program-ids: {} }\nc: { cluster: devnet, after: a, program-ids: {} }", "a fork")]
    [InlineData("a: { cluster: devnet, after: a, program-ids: {} }", "a cycle")]
    [InlineData("a: { cluster: devnet, after: b, program-ids: {} }\nb: { cluster: devnet, after: a, program-ids: {} }", "a cycle")]
    [InlineData("a: { cluster: devnet, program-ids: {} }\nb: { cluster: devnet, after: c, program-ids: {} }\nc: { cluster: devnet, after: b, program-ids: {} }", "a cycle")]
    [InlineData("a: { cluster: devnet, program-ids: {} }\nb: { cluster: devnet, program-ids: {} }", "one first environment")]
    [InlineData("build: { cluster: devnet, program-ids: {} }", "neither '*' nor 'build'")]
    [InlineData("\"*\": { cluster: devnet, program-ids: {} }", "neither '*' nor 'build'")]
    public void What_is_no_chain_is_refused(string environments, string expected) =>
        Files.Read(Files.With(environments)).Faults.ShouldContain(fault => fault.Message.Contains(expected, StringComparison.Ordinal));

    [Fact]
    public void Environments_are_a_chain_exactly_when_each_but_one_comes_after_another_and_all_are_reached() => Prop.ForAll(
        Arb.From(Gen.Choose(1, 6).SelectMany(count => Gen.Choose(-1, count - 1).ArrayOf(count))), after =>
        {
            var lines = after.Select((previous, i) => $"e{i}: {{ cluster: devnet, program-ids: {{}}{(previous < 0 ? "" : $", after: e{previous}")} }}");
            var read = Files.Read(Files.With(string.Join('\n', lines)));

            var reached = 0;
            for (var next = Array.IndexOf(after, -1); next >= 0 && reached < after.Length; next = Array.IndexOf(after, next))
            {
                reached++;
            }

            var isChain = after.Count(previous => previous < 0) == 1 && after.Distinct().Count() == after.Length && reached == after.Length;
            return read.IsOk == isChain && (!isChain || read.Value.Environments[0].After is null);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Two_programs_of_an_environment_cannot_have_one_id() =>
        Files.Read(Files.Whole.Replace(Files.OtherId, Files.Id, StringComparison.Ordinal)).Faults.ShouldContain(fault => fault.Message.Contains("give each program its own id", StringComparison.Ordinal));

    [Fact]
    public void A_key_in_the_file_is_refused_and_not_shown()
    {
        var key = $"[{string.Join(',', Enumerable.Range(1, 64))}]";

        var faults = Files.Read(Files.Whole.Replace($"squads:{Files.Id}", key, StringComparison.Ordinal)).Faults;

        faults.ShouldHaveSingleItem().Message.ShouldNotContain("1,2,3");
    }

    [Fact]
    public void A_file_gives_an_action_the_inputs_that_are_absent()
    {
        var file = Files.Read(Files.Whole).Value;

        var common = ReleaseInputs.Of(file, file.Environment("production")!);
        var perps = ReleaseInputs.Of(file, file.Environment("beta")!, file.Programs[1]);
        var registry = ReleaseInputs.Of(file, file.Environment("staging")!, file.Programs[0]);

        common.ShouldBe(
            new Dictionary<string, string>
            {
                ["cluster"] = "mainnet-beta", ["environment"] = "production", ["from"] = "beta", ["upgrade-authority"] = $"squads:{Files.Id}", ["spec"] = "smoke/production.yml",
            },
            ignoreOrder: true);
        (perps["program"], perps["program-id"], perps["from-program-id"], perps["from"]).ShouldBe(("target/deploy/perps.so", Files.OtherId, Files.OtherId, "staging"));
        (registry["idl"], registry["program-id"], registry["from"]).ShouldBe(("target/idl/registry.json", Files.Id, "build"));
        registry.ContainsKey("from-program-id").ShouldBeFalse();
    }

    [Fact]
    public void An_explicit_input_wins_over_what_the_file_gives()
    {
        var file = Files.Read(Files.Whole).Value;
        using var world = new World().Input("cluster", "devnet");
        var inputs = world.Reader();
        inputs.Supplied = ReleaseInputs.Of(file, file.Environment("production")!);

        inputs.Cluster().ShouldBe(Cluster.Devnet);
        inputs.Text("environment").ShouldBe("production");
    }

    private static int LineOf(string right, int given)
    {
        var before = Files.Whole[..Files.Whole.IndexOf(right, StringComparison.Ordinal)];
        var line = before.Count(character => character == '\n') + 1 + right.TakeWhile(character => character == '\n').Count();
        return right.EndsWith('\n') ? given : line;
    }
}
