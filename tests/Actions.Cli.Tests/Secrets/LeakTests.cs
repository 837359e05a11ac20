using System.Runtime.InteropServices;
using Actions.Cli.Tests.Tools;

namespace Actions.Cli.Tests.Secrets;

/// <summary>Every way to a key, with everything that can go wrong on it: no secret is found anywhere afterwards, and nothing is sent that should not be.</summary>
public sealed class LeakTests(KeyHomes homes) : IClassFixture<KeyHomes>
{
    private const string AtLogin = "/login |/token |POST / $";
    private const string AtKey = "/data/|/keys/|secretsmanager|TrentService|/secrets/";

    private static readonly Dictionary<string, Trouble> Troubles = new()
    {
        ["not allowed"] = new("""{"mode":"forbidden"}""", 6, "secret-denied"),
        ["sealed or down"] = new("""{"mode":"sealed"}""", 6, "secret-unreachable"),
        ["a broken log-in that holds the token"] = new($$"""{"mode":"echo-broken","path":"{{AtLogin}}"}""", 6, "secret-invalid", LogsIn),
        ["a broken answer that holds the key"] = new($$"""{"mode":"echo-broken","path":"{{AtKey}}"}""", 6, "secret-invalid"),
        ["a refused log-in that repeats everything"] = new($$"""{"mode":"echo-error","path":"{{AtLogin}}"}""", 6, "secret-denied", LogsIn),
        ["a refusal that repeats everything"] = new($$"""{"mode":"echo-error","path":"{{AtKey}}"}""", 6, "secret-invalid"),
        ["another host"] = new("""{"mode":"redirect","to":"TRAP"}""", 6, "secret-unreachable"),
        ["no end"] = new("""{"mode":"huge"}""", 6, "secret-invalid"),
    };

    public static TheoryData<string> Named => [.. Troubles.Keys];

    [Theory]
    [MemberData(nameof(Named))]
    public async Task A_provider_in_trouble_gives_nothing_away(string name)
    {
        var trouble = Troubles[name];
        var fault = trouble.Fault.Replace("TRAP", homes.StandIns["trap"], StringComparison.Ordinal);
        await WithFaultAsync(fault, () => EachAsync(trouble.Concerns, async home =>
        {
            using var job = new Job(homes, home);

            var run = await job.RunAsync();

            await job.IsCleanAsync(run, $"{name}, {home.Name}");
            run.Exit.ShouldBe(trouble.Exit, $"{name}, {home.Name}: {run}");
            run.Errors.ShouldBe([trouble.Code], $"{name}, {home.Name}: {run}");
            (await homes.Net.LandedAsync(home.Payer)).ShouldBeEmpty($"{name}, {home.Name}");
        }));
        (await homes.StandIns.NotesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public Task A_key_of_another_kind_is_not_shown() => EachAsync(_ => true, async home =>
    {
        using var job = new Job(homes, home, ("payer", home.WrongKey));

        var run = await job.RunAsync();

        await job.IsCleanAsync(run, home.Name);
        run.Exit.ShouldBe(home.Signs ? 6 : 2, $"{home.Name}: {run}");
        run.Errors.ShouldBe([home.Signs ? "secret-invalid" : "key-length"], $"{home.Name}: {run}");
    });

    [Fact]
    public Task A_run_that_is_cancelled_while_its_provider_hangs_gives_nothing_away() => WithFaultAsync("""{"mode":"slow-loris"}""", async () =>
    {
        List<Job> jobs = [.. homes.All.Select(home => new Job(homes, home))];
        var running = jobs.ConvertAll(job => job.Start());
        foreach (var service in homes.All.GroupBy(home => home.Service))
        {
            await Until.TrueAsync(async () => await homes.StandIns.SeenAsync(service.Key) >= service.Count());
        }

        running.ForEach(process => process.Signal(PosixSignal.SIGTERM));

        foreach (var (job, process) in jobs.Zip(running))
        {
            var run = await process.EndAsync();
            await job.IsCleanAsync(run, job.Home.Name);
            run.Exit.ShouldBe(130, $"{job.Home.Name}: {run}");
            run.Errors.ShouldBe(["cancelled"], $"{job.Home.Name}: {run}");
            (await homes.Net.LandedAsync(job.Home.Payer)).ShouldBeEmpty(job.Home.Name);
            process.Dispose();
            job.Dispose();
        }
    });

    private static bool LogsIn(KeyHome home) => !home.IsGivenToken;

    private async Task WithFaultAsync(string fault, Func<Task> test)
    {
        await homes.FaultAsync(fault, fault, fault);
        try
        {
            await test();
        }
        finally
        {
            await homes.FaultAsync(null, null, null);
        }
    }

    private Task EachAsync(Func<KeyHome, bool> which, Func<KeyHome, Task> test) => Task.WhenAll(homes.All.Where(which).Select(test));

    /// <param name="Only">Which homes can meet it at all; null for all.</param>
    private sealed record Trouble(string Fault, int Exit, string Code, Func<KeyHome, bool>? Only = null)
    {
        public bool Concerns(KeyHome home) => Only?.Invoke(home) != false;
    }
}
