using System.Text;
using Actions.Core.Faults;
using Actions.Core.Fleet;
using Actions.Core.Store;
using Actions.Core.Tests.Store;

namespace Actions.Core.Tests.GitHub;

/// <summary>Fleets' snapshots in drafts, against the stand-in.</summary>
public sealed class GitHubSnapshotsTests : IAsyncLifetime
{
    private GitHubStandIn gitHub = null!;

    private GitHubSnapshots Snapshots => new(gitHub.Client());

    public async Task InitializeAsync()
    {
        gitHub = await GitHubStandIn.StartAsync();
        await gitHub.SeedRepositoryAsync("""{"immutable_releases":true}""");
    }

    public async Task DisposeAsync() => await gitHub.DisposeAsync();

    [Fact]
    public async Task What_was_written_last_is_read_and_of_each_fleet_its_own()
    {
        (await Snapshots.ReadAsync("fleet", default)).ShouldBeNull();

        await Snapshots.WriteAsync("fleet", Bytes("one"), default);
        await Snapshots.WriteAsync("other", Bytes("another"), default);
        await Snapshots.WriteAsync("fleet", Bytes("two"), default);

        Text(await Snapshots.ReadAsync("fleet", default)).ShouldBe("two");
        Text(await Snapshots.ReadAsync("other", default)).ShouldBe("another");
        (await DraftsAsync()).ShouldBe(["solana-fleet/fleet", "solana-fleet/other"], ignoreOrder: true);
    }

    [Fact]
    public async Task Nothing_is_published()
    {
        await Snapshots.WriteAsync("fleet", Bytes("one"), default);

        (await gitHub.RequestsAsync()).ShouldNotContain(call => call.GetProperty("method").GetString() == "PATCH");
        (await gitHub.CallsAsync("POST", "/releases")).ShouldHaveSingleItem().GetProperty("body").GetProperty("draft").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Two_runs_at_once_leave_one_that_can_be_read_and_the_next_run_leaves_one_draft()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(number => Snapshots.WriteAsync("fleet", Bytes($"run {number}"), default)));

        Text(await Snapshots.ReadAsync("fleet", default)).ShouldStartWith("run ");
        await Snapshots.WriteAsync("fleet", Bytes("next"), default);
        Text(await Snapshots.ReadAsync("fleet", default)).ShouldBe("next");
        (await DraftsAsync()).ShouldBe(["solana-fleet/fleet"]);
    }

    [Fact]
    public async Task A_run_that_was_cut_off_before_its_upload_hides_nothing()
    {
        await Snapshots.WriteAsync("fleet", Bytes("one"), default);
        await gitHub.Client().CreateReleaseAsync(new Core.GitHub.NewRelease("solana-fleet/fleet", "Fleet fleet", "cut off"), default);

        Text(await Snapshots.ReadAsync("fleet", default)).ShouldBe("one");
    }

    [Fact]
    public async Task A_store_beside_it_sees_no_release_in_it()
    {
        await Snapshots.WriteAsync("fleet", Bytes("one"), default);

        var store = new GitHubStore(gitHub.Client(), TimeProvider.System, gitHub.Doubts.Add);
        (await store.VersionsAsync("fleet", default)).ShouldBeEmpty();
        (await store.PutAsync(Build.Of("1.0.0", ("perps", "default", [1])), [new byte[] { 1 }], default)).Manifest.Version.ShouldBe("1.0.0");
        Text(await Snapshots.ReadAsync("fleet", default)).ShouldBe("one");
    }

    [Fact]
    public async Task A_token_that_may_not_write_is_told_what_it_needs()
    {
        await gitHub.GrantAsync("""{"contents":"read"}""");

        var fault = (await Should.ThrowAsync<FaultException>(() => Snapshots.WriteAsync("fleet", Bytes("one"), default))).Faults.ShouldHaveSingleItem();

        fault.Code.ShouldBe(FaultCodes.StoreFailed);
        fault.Message.ShouldContain("contents: write");
    }

    private async Task<IReadOnlyList<string>> DraftsAsync()
    {
        List<string> tags = [];
        await foreach (var release in gitHub.Client().ListReleasesAsync(default))
        {
            release.Draft.ShouldBeTrue();
            tags.Add(release.TagName);
        }

        return tags;
    }

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string? Text(ReadOnlyMemory<byte>? bytes) => bytes is { } known ? Encoding.UTF8.GetString(known.Span) : null;
}
