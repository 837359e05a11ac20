namespace Actions.Cli.Tests.Secrets;

/// <summary>Providers behind a private CA.</summary>
public sealed class PrivateAuthorityTests(KeyHomes homes) : IClassFixture<KeyHomes>
{
    [Fact]
    public Task A_ca_in_SSL_CERT_FILE_is_trusted() => EachAsync(async home =>
    {
        using var job = new Job(homes, Trusting(home, ("SSL_CERT_FILE", homes.Authority.CaFile)));

        var run = await job.RunAsync();

        run.Exit.ShouldBe(0, $"{home.Name}: {run}");
        (await homes.Net.ProgramAsync(job.Program.Address))!.Authority.ShouldBe(home.Payer);
    });

    [Fact]
    public async Task It_is_added_to_those_that_are_trusted_already()
    {
        using var other = new TestAuthority();
        var folder = Directory.CreateTempSubdirectory("certs-").FullName;
        File.Copy(homes.Authority.CaFile, Path.Combine(folder, "ca.pem"));
        using var job = new Job(homes, Trusting(homes.All[0], ("SSL_CERT_DIR", folder), ("SSL_CERT_FILE", other.CaFile)));

        var run = await job.RunAsync();

        Directory.Delete(folder, recursive: true);
        run.Exit.ShouldBe(0, run.ToString());
    }

    [Fact]
    public Task A_ca_that_nobody_named_is_not_trusted_and_the_message_says_how_to_name_it() => EachAsync(async home =>
    {
        using var job = new Job(homes, Trusting(home));

        var run = await job.RunAsync();

        run.Exit.ShouldBe(6, $"{home.Name}: {run}");
        run.Errors.ShouldBe(["secret-unreachable"], $"{home.Name}: {run}");
        run.Stdout.ShouldContain("certificate");
        run.Stdout.ShouldContain("SSL_CERT_FILE");
        run.Took.ShouldBeLessThan(TimeSpan.FromSeconds(20), $"{home.Name}: no second attempt makes it valid");
        await job.IsCleanAsync(run, home.Name);
        (await homes.StandIns.NotesAsync()).ShouldBeEmpty();
    });

    private KeyHome Trusting(KeyHome home, params (string Name, string Value)[] variables)
    {
        var moved = homes.OverTls(home);
        return moved with { Variables = moved.Variables.Concat(variables.Select(variable => KeyValuePair.Create(variable.Name, variable.Value))).ToDictionary() };
    }

    private Task EachAsync(Func<KeyHome, Task> test) => Task.WhenAll(homes.All.Select(test));
}
