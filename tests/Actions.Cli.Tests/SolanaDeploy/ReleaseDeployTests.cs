using System.Text;
using System.Text.Json;
using Actions.Cli.Tests.Tools;
using Actions.Cli.Tests.VerifyProgram;
using Actions.Core.Solana;

namespace Actions.Cli.Tests.SolanaDeploy;

/// <summary>A release file with several programs: in its order, stopping at the first that fails, under one release-id.</summary>
public sealed class ReleaseDeployTests(LocalnetFixture fixture) : IClassFixture<LocalnetFixture>
{
    private static readonly string[] Names = ["registry", "vault", "book", "perps"];

    private Localnet Net => fixture.Net;

    [Fact]
    public async Task Four_programs_of_which_the_third_fails_continue_there_under_one_release_id()
    {
        var (payer, keys) = (await Net.PayerAsync(), NewKeys());
        using var job = Job(payer, keys);
        job.Workspace.Put("book.so", CorruptProgram.Make(TestPrograms.LookupTable));
        Describe(job, [.. Names.Select(name => (name, File.ReadAllBytes(job.Workspace.At($"{name}.so"))))]);

        var failed = await job.RunAsync();

        failed.Exit.ShouldBe(3, failed.ToString());
        failed.Errors.ShouldBe(["verifier-rejected"], failed.ToString());
        failed.Outputs.ContainsKey("signature").ShouldBeFalse("the plain outputs are those of a single program");
        Results(failed).Select(program => (program.Name, program.Value.GetProperty("changed").GetString())).ShouldBe(
            [("registry", "true"), ("vault", "true"), ("book", "false"), ("perps", "false")]);
        (await Net.ProgramAsync(keys["book"].Address)).ShouldBeNull();
        (await Net.ProgramAsync(keys["perps"].Address)).ShouldBeNull();
        failed.Summary.ShouldContain("verifier-rejected");

        job.Workspace.Put("book.so", TestPrograms.LookupTable);
        Describe(job, [.. Names.Select(name => (name, File.ReadAllBytes(job.Workspace.At($"{name}.so"))))]);
        var before = await Books.OpenAsync(Net, payer.Address);
        var done = await job.RunAsync();

        done.Exit.ShouldBe(0, done.ToString());
        Results(done).Select(program => (program.Name, program.Value.GetProperty("changed").GetString())).ShouldBe(
            [("registry", "false"), ("vault", "false"), ("book", "true"), ("perps", "true")]);
        var after = await Books.OpenAsync(Net, payer.Address);
        (after.Transactions - before.Transactions).ShouldBe(Deploy.Chunks(TestPrograms.LookupTable) + Deploy.Chunks(TestPrograms.Stake) + 4, "what is done already costs nothing");
        foreach (var name in Names)
        {
            (await Net.ProgramAsync(keys[name].Address)).ShouldNotBeNull(name);
        }

        Records(job).Where(line => line.GetProperty("state").GetString() == "started").Select(line => line.GetProperty("release-id").GetString()).Distinct()
            .ShouldHaveSingleItem("all records of one release, also those of the run that continued it");
    }

    [Fact]
    public async Task A_refusal_of_any_program_is_said_before_the_first_costs_anything()
    {
        var (payer, keys) = (await Net.PayerAsync(), NewKeys());
        using var job = Job(payer, keys);
        job.With(("program-keypair", Keys(keys.Where(key => key.Key is "registry" or "vault"))));

        var run = await job.RunAsync();

        run.Exit.ShouldBe(3, run.ToString());
        run.Errors.ShouldBe(["program-missing", "program-missing"], run.ToString());
        run.Stdout.ShouldContain("book: ");
        run.Stdout.ShouldContain("perps: ");
        (await Net.LandedByNowAsync(payer.Address)).ShouldBe(0);
    }

    [Fact]
    public async Task The_payers_peak_is_that_of_all_programs_together()
    {
        var (payer, keys) = (await Net.PayerAsync(), NewKeys());
        using var job = Job(payer, keys);
        var plan = await job.With(("dry-run", "true")).RunAsync();
        plan.Exit.ShouldBe(0, plan.ToString());
        var peak = plan.Planned("peak-lamports");
        peak.ShouldBeGreaterThan(plan.Planned("rent-lamports"));

        var refused = await job.With(("dry-run", ""), ("max-spend", Sol(peak - 1))).RunAsync();

        refused.Exit.ShouldBe(3, refused.ToString());
        refused.Errors.ShouldBe(["spend-cap"], refused.ToString());
        (await Net.LandedByNowAsync(payer.Address)).ShouldBe(0);

        var run = await job.With(("max-spend", Sol(peak))).RunAsync();
        run.Exit.ShouldBe(0, run.ToString());
    }

    [Fact]
    public async Task Only_the_chosen_programs_are_released_and_one_of_them_has_plain_outputs()
    {
        var (payer, keys) = (await Net.PayerAsync(), NewKeys());
        using var job = Job(payer, keys);
        job.With(("only", "vault"), ("program-keypair", keys["vault"].Json));

        var run = await job.RunAsync();

        run.Exit.ShouldBe(0, run.ToString());
        run["program-id"].ShouldBe(keys["vault"].Address.ToString());
        Results(run).Select(program => program.Name).ShouldBe(["vault"]);
        (await Net.ProgramAsync(keys["registry"].Address)).ShouldBeNull();
    }

    [Fact]
    public async Task Two_environments_on_one_cluster_get_their_own_variants_and_never_each_others()
    {
        var (payer, beta, production) = (await Net.PayerAsync(), TestKey.New(), TestKey.New());
        using var job = new Deploy(Net, payer, TestPrograms.Token, ("program", ""), ("cluster", ""), ("release-file", "release.yml"), ("manifest", "manifest.json"));
        job.Workspace.Put("release.yml", Encoding.UTF8.GetBytes($$"""
            version: 1
            name: perps
            programs:
              perps: { artifact: perps.so }
            environments:
              beta: { cluster: localnet, program-ids: { perps: "{{beta}}" }, variant: beta }
              production: { cluster: localnet, after: beta, program-ids: { perps: "{{production}}" } }
            """));
        byte[] forBeta = Declaring(TestPrograms.Token, beta.Address), forProduction = Declaring(TestPrograms.Token, production.Address);
        job.Workspace.Put("beta.so", forBeta);
        job.Workspace.Put("production.so", forProduction);
        Manifest(job, Artifact("perps", "beta", "beta.so", forBeta), Artifact("perps", "default", "production.so", forProduction));

        foreach (var (environment, key, bytes) in new[] { ("beta", beta, forBeta), ("production", production, forProduction) })
        {
            var run = await job.With(("environment", environment), ("program-keypair", key.Json)).RunAsync();
            run.Exit.ShouldBe(0, run.ToString());
            (await Net.ProgramAsync(key.Address))!.Data.Span[..bytes.Length].ToArray().ShouldBe(bytes);
        }

        // The build for beta, handed to production under production's name.
        Manifest(job, Artifact("perps", "default", "beta.so", forBeta));
        var wrong = await job.With(("environment", "production"), ("program-keypair", "")).RunAsync();
        wrong.Exit.ShouldBe(3, wrong.ToString());
        wrong.Errors.ShouldBe(["declared-id-mismatch"], wrong.ToString());
        (await Net.ProgramAsync(production.Address))!.Data.Span[..forProduction.Length].ToArray().ShouldBe(forProduction);

        var missing = await job.With(("environment", "beta")).RunAsync();
        missing.Exit.ShouldBe(4, missing.ToString());
        missing.Errors.ShouldBe(["variant-missing"], missing.ToString());
    }

    [Theory]
    [InlineData("environment", "nowhere", "input-unknown-value")]
    [InlineData("environment", "", "input-missing")]
    [InlineData("only", "nobody", "input-unknown-value")]
    [InlineData("program-id", "11111111111111111111111111111112", "input-conflict")]
    [InlineData("confirm-final", "11111111111111111111111111111112", "input-conflict")]
    [InlineData("program-keypair", "nobody=env:NOTHING", "input-missing")]
    public async Task What_does_not_fit_the_file_is_refused(string input, string value, string code)
    {
        using var job = Job(TestKey.New(), NewKeys());

        var run = await job.With((input, value)).RunAsync();

        run.Exit.ShouldBe(2, run.ToString());
        run.Errors.ShouldContain(code, run.ToString());
    }

    private Deploy Job(TestKey payer, Dictionary<string, TestKey> keys)
    {
        var job = new Deploy(
            Net, payer, TestPrograms.Token, ("program", ""), ("cluster", ""), ("environment", "staging"), ("release-file", "release.yml"), ("manifest", "manifest.json"),
            ("program-keypair", Keys(keys)));
        job.Workspace.Put("release.yml", Encoding.UTF8.GetBytes($$"""
            version: 1
            name: perps
            programs:
            {{string.Join('\n', Names.Select(name => $"  {name}: {{ artifact: {name}.so }}"))}}
            environments:
              staging:
                cluster: localnet
                program-ids: { {{string.Join(", ", Names.Select(name => $"{name}: \"{keys[name]}\""))}} }
            """));
        Describe(job, ("registry", TestPrograms.Token), ("vault", TestPrograms.LookupTable), ("book", TestPrograms.LookupTable), ("perps", TestPrograms.Stake));
        return job;
    }

    private static void Describe(Deploy job, params (string Name, byte[] Bytes)[] programs)
    {
        foreach (var (name, bytes) in programs)
        {
            job.Workspace.Put($"{name}.so", bytes);
        }

        Manifest(job, [.. programs.Select(program => Artifact(program.Name, "default", $"{program.Name}.so", program.Bytes))]);
    }

    private static void Manifest(Deploy job, params string[] artifacts) =>
        job.Workspace.Put("manifest.json", Encoding.UTF8.GetBytes($$"""{"schema":1,"name":"perps","version":"1.2.3","source":"build","artifacts":[{{string.Join(',', artifacts)}}]}"""));

    private static string Artifact(string program, string variant, string file, byte[] bytes) =>
        Manifests.Artifact(bytes, name: program).Replace("\"default\"", $"\"{variant}\"", StringComparison.Ordinal).Replace($"\"{program}.so\"", $"\"{file}\"", StringComparison.Ordinal);

    /// <summary>The same program with an id in its last zeros' place: enough for what looks for it, and no code changes.</summary>
    private static byte[] Declaring(byte[] program, Address id) => [.. program, .. id.ToArray()];

    private static Dictionary<string, TestKey> NewKeys() => Names.ToDictionary(name => name, _ => TestKey.New());

    private static string Keys(IEnumerable<KeyValuePair<string, TestKey>> keys) => string.Join('\n', keys.Select(key => $"{key.Key}={key.Value.Json}"));

    private static string Sol(long lamports) => $"{lamports / 1_000_000_000}.{lamports % 1_000_000_000:D9}";

    private static List<(string Name, JsonElement Value)> Results(ActionRun run) =>
        [.. JsonDocument.Parse(run["results"]).RootElement.EnumerateObject().Select(property => (property.Name, property.Value))];

    private static List<JsonElement> Records(Deploy job) =>
        [.. Directory.GetFiles(job.Workspace.At(".solana-actions/ledger/staging")).SelectMany(File.ReadAllLines).Select(line => JsonDocument.Parse(line).RootElement)];
}
