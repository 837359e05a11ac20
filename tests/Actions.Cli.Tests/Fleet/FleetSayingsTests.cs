using System.Text;
using Actions.Cli.Tests.Tools;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.Fleet;

/// <summary>`verified-build` and `published-idl` over a fleet: what is asked of the endpoint, and what is remembered.</summary>
public sealed class FleetSayingsTests : IDisposable
{
    private const string Source = "https://github.com/acme/perps";
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private static readonly Address Perps = TestKey.From("sayings perps").Address;
    private static readonly Address Registry = TestKey.From("sayings registry").Address;
    private static readonly Address Authority = TestKey.From("sayings authority").Address;

    private readonly FleetJob job = new();
    private readonly MemoryChain chain = new(MemoryChain.Local);

    public FleetSayingsTests()
    {
        job.Hosts.Add("localnet", chain);
        job.With("rpc-url", "http://localnet:8899");
        chain.Deploy(Perps, TestPrograms.Token, 500_000, Authority);
        chain.Deploy(Registry, TestPrograms.LookupTable, 500_001, Authority);
        Declare("");
    }

    public void Dispose() => job.Dispose();

    [Fact]
    public async Task Only_of_a_claim_for_an_earlier_slot_the_history_is_asked_and_only_once()
    {
        job.With("verified-build", "require");
        ClaimOfRegistry();
        chain.Claim(Perps, Authority, Source, Commit, 500_000);
        (await job.RunAsync()).Findings.ShouldBeEmpty();
        Asked().ShouldBe(0);

        chain.Extend(Perps, 10_240, 600_000);
        var extended = await job.RunAsync();
        (extended.Exit, string.Join(' ', extended.Findings)).ShouldBe((0, "verified-build-slot"), extended.ToString());
        extended.Message().ShouldContain("no upgrade came after it");
        Asked().ShouldBe(4, "claim and program: what happened, and what it was");

        var again = await job.RunAsync();
        again.Findings.ShouldBe(["verified-build-slot"]);
        again.Message().ShouldContain("no upgrade came after it");
        Asked().ShouldBe(0, "what was written after the last upgrade stays so");

        chain.Deploy(Perps, TestPrograms.Token, 700_000, Authority);
        (await job.RunAsync()).Findings.ShouldBe(["verified-build-stale"]);
    }

    [Fact]
    public async Task A_claim_written_with_an_upgrade_inside_a_vault_names_the_slot_before_and_is_no_error()
    {
        job.With("verified-build", "require");
        ClaimOfRegistry();
        chain.Deploy(Perps, TestPrograms.Token, 600_000, Authority);
        chain.Claim(Perps, Authority, Source, Commit, 600_000, deploySlot: 500_000);

        var run = await job.RunAsync();

        (run.Exit, string.Join(' ', run.Findings)).ShouldBe((0, "verified-build-slot"), run.ToString());
    }

    [Fact]
    public async Task A_stale_claim_stays_stale_when_the_node_forgets_until_it_is_written_anew()
    {
        job.With("verified-build", "warn");
        ClaimOfRegistry();
        chain.Claim(Perps, Authority, Source, Commit, 500_000);
        chain.Deploy(Perps, TestPrograms.Token, 600_000, Authority);
        var stale = await job.RunAsync();
        (stale.Exit, string.Join(' ', stale.Findings)).ShouldBe((4, "verified-build-stale"), stale.ToString());

        chain.History.Clear();
        (await job.RunAsync()).Findings.ShouldBe(["verified-build-stale"]);
        chain.Refused.Add("getSignaturesForAddress");
        (await job.RunAsync()).Findings.ShouldBe(["verified-build-stale"]);

        chain.Refused.Clear();
        chain.Claim(Perps, Authority, Source, Commit, 650_000, deploySlot: 600_000);
        var fresh = await job.RunAsync();
        (fresh.Exit, fresh.Findings.Count, fresh.Output("resolved-findings")).ShouldBe((0, 0, "1"), fresh.ToString());
    }

    [Fact]
    public async Task What_is_remembered_of_one_claim_says_nothing_of_another_authority_s()
    {
        job.With("verified-build", "require");
        ClaimOfRegistry();
        var next = TestKey.From("sayings next authority").Address;
        foreach (var uploader in (Address[])[Authority, next])
        {
            chain.Claim(Perps, uploader, Source, Commit, uploader == next ? 490_000ul : 500_000);
        }

        chain.Extend(Perps, 10_240, 600_000);
        (await job.RunAsync()).Findings.ShouldBe(["verified-build-slot"]);

        chain.SetAuthority(Perps, next);
        (await job.RunAsync()).Findings.ShouldBe(["verified-build-stale"], "the new authority's claim is older than the deploy");
    }

    [Fact]
    public async Task An_endpoint_without_history_does_not_know()
    {
        job.With("verified-build", "require");
        ClaimOfRegistry();
        chain.Claim(Perps, Authority, Source, Commit, 500_000);
        chain.Deploy(Perps, TestPrograms.Token, 600_000, Authority);
        chain.Refused.Add("getSignaturesForAddress");

        var run = await job.RunAsync();

        (run.Exit, string.Join(' ', run.Findings)).ShouldBe((0, "verified-build-slot"), run.ToString());
        run.Message().ShouldContain("the node does not know");
    }

    [Fact]
    public async Task A_claim_that_names_a_mirror_of_the_repository_need_not_name_the_build_s_commit()
    {
        using var world = new FleetWorld();
        var (program, environment) = FleetWorld.Released[0];
        world.ChainOf(environment).Claim(FleetWorld.IdOf(program, environment), FleetWorld.AuthorityOf(environment), "https://github.com/acme/mirror", new string('b', 40), 500_000);

        (await world.Job.RunAsync()).Faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("warn", "", 0, "published-idl-missing published-idl-missing verified-build-missing verified-build-missing")]
    [InlineData("require", "", 4, "published-idl-missing published-idl-missing verified-build-missing verified-build-missing")]
    [InlineData("require", ", verified-build: off, published-idl: off", 4, "published-idl-missing verified-build-missing")]
    [InlineData("off", ", verified-build: warn, published-idl: warn", 0, "published-idl-missing verified-build-missing")]
    [InlineData("off", "", 0, "")]
    public async Task The_fleet_file_says_of_one_program_what_the_input_says_of_all(string rule, string own, int exit, string findings)
    {
        Declare(own);

        var run = await job.With("verified-build", rule).With("published-idl", rule).RunAsync();

        run.Exit.ShouldBe(exit, run.ToString());
        string.Join(' ', run.Findings.Order(StringComparer.Ordinal)).ShouldBe(findings, run.ToString());
    }

    [Fact]
    public async Task Another_rule_is_refused_and_nothing_is_asked()
    {
        var run = await job.With("verified-build", "always").With("published-idl", "never").RunAsync();

        run.Exit.ShouldBe(2, run.ToString());
        run.Faults.ShouldBe(["input-unknown-value", "input-unknown-value"]);
        chain.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_IDL_longer_than_a_part_is_read_alone_and_whole()
    {
        var text = $$"""{ "docs": "{{new string('x', 200_000)}}" }""";
        chain.Publish(Perps, text);
        chain.PublishLegacy(Registry, "{}");
        Release(text);
        chain.Calls.Clear();

        var run = await job.With("published-idl", "require").RunAsync();

        run.Findings.ShouldBeEmpty(run.ToString());
        chain.Calls.Count(call => call == "getAccountInfo").ShouldBe(1);
    }

    [Theory]
    [InlineData("{ \"name\": \"perps\" }", "")]
    [InlineData("{ \"name\": \"perps\", \"version\": \"1\" }", "published-idl-mismatch")]
    [InlineData(null, "")]
    public async Task The_IDL_of_a_release_file_is_compared_where_it_is_there(string? file, string findings)
    {
        chain.Publish(Perps, "{ \"name\": \"perps\" }");
        chain.Publish(Registry, "{}");
        Release(file);

        var run = await job.With("published-idl", "warn").RunAsync();

        run.Findings.ShouldBe(findings.Length == 0 ? [] : [findings], run.ToString());
        run.Exit.ShouldBe(findings.Length == 0 ? 0 : 4);
    }

    private void Declare(string ofPerps) => job.Declares($"""
        version: 1
        programs:
          perps: {"{"} cluster: localnet, program-id: {Perps}{ofPerps} {"}"}
          registry: {"{"} cluster: localnet, program-id: {Registry} {"}"}
        """);

    /// <summary>A release file that names an IDL of one program, which the fleet file names, too.</summary>
    private void Release(string? idl)
    {
        job.Workspace.Put("solana-release.yml", Encoding.UTF8.GetBytes($$"""
            version: 1
            name: perps
            programs: { perps: { artifact: perps.so, idl: target/idl/perps.json } }
            environments: { staging: { cluster: localnet, program-ids: { perps: {{Perps}} } } }
            """));
        job.Declares($"""
            version: 1
            release-files: [solana-release.yml]
            programs:
              perps: {"{"} cluster: localnet, environment: staging, program-id: {Perps} {"}"}
              registry: {"{"} cluster: localnet, environment: staging, program-id: {Registry} {"}"}
            """);
        if (idl is not null)
        {
            job.Workspace.Put("target/idl/perps.json", Encoding.UTF8.GetBytes(idl));
        }
    }

    private void ClaimOfRegistry() => chain.Claim(Registry, Authority, Source, Commit, 500_001);

    /// <summary>How often the history was asked since the last question.</summary>
    private int Asked()
    {
        var count = chain.Calls.Count(call => call is "getSignaturesForAddress" or "getTransaction");
        chain.Calls.Clear();
        return count;
    }
}
