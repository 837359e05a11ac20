using System.Diagnostics;
using System.Text;
using Actions.Cli.Tests.Tools;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.Fleet;

/// <summary>A nightly run over a thousand programs: cheap enough to be run, and nothing that changed is overlooked.</summary>
public sealed class FleetCostTests : IDisposable
{
    private const int Programs = 1_000;
    private const int Changed = 20;

    private readonly FleetJob job = new();
    private readonly MemoryChain chain = new(MemoryChain.Local);
    private readonly List<Address> ids = [.. Enumerable.Range(0, Programs).Select(number => TestKey.From($"fleet {number}").Address)];
    private readonly List<Address> authorities = [.. Enumerable.Range(0, 4).Select(number => TestKey.From($"fleet authority {number}").Address)];

    public FleetCostTests()
    {
        job.Hosts.Add("localnet", chain);
        job.With("rpc-url", "http://localnet:8899");
        var yaml = new StringBuilder("version: 1\nprograms:\n");
        foreach (var (id, number) in ids.Select((id, number) => (id, number)))
        {
            Deploy(id, number, 1);
            yaml.Append(System.Globalization.CultureInfo.InvariantCulture, $"  p{number}: {{ cluster: localnet, program-id: {id}, expected-authority: {Authority(number)} }}\n");
        }

        job.Declares(yaml.ToString());
    }

    public void Dispose() => job.Dispose();

    [Fact]
    public async Task The_first_run_reads_all_and_the_next_one_only_what_changed_in_at_most_forty_calls_and_ten_seconds()
    {
        var first = await job.RunAsync();
        first.Exit.ShouldBe(0, first.ToString());
        first.Output("programs-read").ShouldBe("1000");
        first.Output("findings").ShouldBe("0");

        foreach (var number in Enumerable.Range(0, Changed).Select(number => number * 37))
        {
            Deploy(ids[number], number, 2);
        }

        chain.Calls.Clear();
        var before = chain.Served;
        var clock = Stopwatch.StartNew();
        var second = await job.RunAsync();

        second.Exit.ShouldBe(0, second.ToString());
        second.Output("programs-read").ShouldBe("20");
        chain.Calls.Count.ShouldBeLessThanOrEqualTo(40, string.Join(", ", chain.Calls.GroupBy(call => call).Select(call => $"{call.Count()} {call.Key}")));
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        (chain.Served - before).ShouldBeLessThan(Changed * (TestPrograms.Token.Length + 200) + (Programs * 100), "only changed programs are read");
    }

    [Fact]
    public async Task Build_claims_and_IDLs_cost_one_call_for_each_hundred_and_nothing_where_nobody_asks_for_them()
    {
        await job.RunAsync();
        chain.Calls.Clear();
        (await job.RunAsync()).Exit.ShouldBe(0);
        var without = chain.Calls.Count;
        without.ShouldBe(26, "a quiet night: genesis, headers, buffers");
        foreach (var (id, number) in ids.Select((id, number) => (id, number)))
        {
            chain.Claim(id, Authority(number), "https://github.com/acme/fleet", new string('a', 40), 500_001);
            chain.Publish(id, $"{{ \"name\": \"p{number}\" }}");
        }

        foreach (var (id, number) in ids.Take(Changed).Select((id, number) => (id, number)))
        {
            Deploy(id, number, 2);
            chain.Claim(id, Authority(number), "https://github.com/acme/fleet", new string('a', 40), 500_002);
        }

        chain.Calls.Clear();
        var run = await job.With("verified-build", "require").With("published-idl", "require").RunAsync();

        (run.Exit, run.Output("findings"), run.Output("programs-read")).ShouldBe((0, "0", "20"), run.ToString());
        chain.Calls.Count.ShouldBe(without + 1 + 10 + 10, "the bytes of what changed, claims, IDLs");
        chain.Calls.Distinct().ShouldBe(["getGenesisHash", "getMultipleAccounts", "getProgramAccounts"], ignoreOrder: true);
    }

    private Address Authority(int number) => authorities[number % authorities.Count];

    private void Deploy(Address id, int number, int version) =>
        chain.Deploy(id, [.. TestPrograms.Token, .. Encoding.ASCII.GetBytes($"{number} {version}")], (ulong)(500_000 + version), Authority(number));
}
