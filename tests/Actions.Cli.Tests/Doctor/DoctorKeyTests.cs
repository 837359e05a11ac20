using Actions.Cli.Tests.Secrets;
using Actions.Cli.Tests.Tools;

namespace Actions.Cli.Tests.Doctor;

/// <summary>A payer at every provider: it is read or signs, its age is known where the provider says it, and one that refuses hides no other check.</summary>
public sealed class DoctorKeyTests(KeyHomes homes) : IClassFixture<KeyHomes>
{
    [Fact]
    public Task A_key_is_read_where_it_lives_or_signs_there_and_is_shown_nowhere() => EachAsync(async (home, job) =>
    {
        var run = await job.RunAsync();

        run.Exit.ShouldBe(0, $"{home.Name}: {run}");
        run.Found("Key payer").ShouldStartWith($"{home.Payer} from {home.Key}", Case.Sensitive, home.Name);
        run.Found("Key payer").ShouldEndWith("signs", Case.Sensitive, home.Name);
        run.Of("failed").ShouldBeEmpty(home.Name);
    });

    [Fact]
    public async Task A_provider_that_refuses_fails_its_key_and_no_other_check()
    {
        await homes.FaultAsync("""{"mode":"forbidden"}""", """{"mode":"forbidden"}""", """{"mode":"forbidden"}""");
        try
        {
            await EachAsync(async (home, job) =>
            {
                var run = await job.RunAsync();

                run.Exit.ShouldBe(6, $"{home.Name}: {run}");
                run.Of("failed").ShouldBe(["Key payer: secret-denied"], $"{home.Name}: {run}");
                run.Of("ok").ShouldBe([$"RPC {homes.Net.Url}", "Payer balance", "Stale buffers", "Ledger", "Store"], ignoreOrder: true, $"{home.Name}: {run}");
            });
        }
        finally
        {
            await homes.FaultAsync(null, null, null);
        }
    }

    [Fact]
    public Task A_key_that_is_too_old_is_a_warning_for_all_of_them_know_their_age() => EachAsync(async (home, job) =>
    {
        var run = await job.With(("max-key-age", "1ms")).RunAsync();

        run.Exit.ShouldBe(0, $"{home.Name}: {run}");
        run.Of("warning").ShouldBe(["Key payer: findings-open"], $"{home.Name}: {run}");
    });

    [Fact]
    public Task In_a_dry_run_nobody_is_asked_to_sign() => EachAsync(async (home, job) =>
    {
        var run = await job.With(("dry-run", "true")).RunAsync();

        run.Exit.ShouldBe(0, $"{home.Name}: {run}");
        run.Found("Key payer").ShouldEndWith(home.Signs ? "not asked to sign in a dry run" : "signs", Case.Sensitive, home.Name);
    });

    private async Task EachAsync(Func<KeyHome, KeyJob, Task> test)
    {
        foreach (var home in homes.All)
        {
            using var job = new KeyJob(homes, home);
            await test(home, job);
        }
    }

    /// <summary>No program, no repository: only a key at its provider, a node and two folders.</summary>
    private sealed class KeyJob(KeyHomes homes, KeyHome home) : IDisposable
    {
        private readonly Dictionary<string, string> inputs = new()
        {
            ["cluster"] = "localnet", ["rpc-url"] = homes.Net.Url, ["payer"] = home.Key, ["payer-address"] = home.Payer.ToString(), ["ledger"] = "file:ledger", ["store"] = "file:store", ["environment"] = "production",
        };

        private readonly Workspace workspace = new();

        public KeyJob With(params (string Name, string Value)[] more)
        {
            foreach (var (name, value) in more)
            {
                inputs[name] = value;
            }

            return this;
        }

        public async Task<ActionRun> RunAsync()
        {
            foreach (var (name, value) in home.Inputs)
            {
                inputs.TryAdd(name, value);
            }

            var run = await ActionProcess.RunAsync("doctor", inputs, workspace, variables: home.Variables);
            LeakScan.ShouldBeClean(run, workspace, await homes.LeaksAsync(home));
            return run;
        }

        public void Dispose() => workspace.Dispose();
    }
}
