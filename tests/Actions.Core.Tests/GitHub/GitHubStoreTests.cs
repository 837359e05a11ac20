using System.Text.Json;
using Actions.Core.Faults;
using Actions.Core.Releases;
using Actions.Core.Store;
using Actions.Core.Tests.Store;

namespace Actions.Core.Tests.GitHub;

/// <summary>The store in releases, against the stand-in.</summary>
public sealed class GitHubStoreTests : IAsyncLifetime
{
    private static readonly byte[] Program = [1, 2, 0, 0];
    private static readonly byte[] Idl = [3];
    private static readonly Manifest Full = Build.Full(Program, Idl);

    private GitHubStandIn gitHub = null!;

    private GitHubStore Store => new(gitHub.Client(), TimeProvider.System, gitHub.Doubts.Add);

    public async Task InitializeAsync()
    {
        gitHub = await GitHubStandIn.StartAsync();
        await gitHub.SeedRepositoryAsync("""{"immutable_releases":true}""");
    }

    public async Task DisposeAsync() => await gitHub.DisposeAsync();

    [Fact]
    public async Task What_is_put_is_found_and_fetched()
    {
        (await Store.VersionsAsync("perps", default)).ShouldBeEmpty();
        (await Store.FindAsync("perps", Version("1.2.3-rc.1"), default)).ShouldBeNull();

        var put = await Store.PutAsync(Full, [Program, Idl], default);

        var found = (await Store.FindAsync("perps", Version("v1.2.3-rc.1"), default))!;
        found.Json.ToArray().ShouldBe(put.Json.ToArray());
        (await Store.FetchAsync(found.Manifest, StoredFile.Of(found.Manifest.Artifacts[0]), default)).ShouldBe(Program, "trailing zeros included");
        (await Store.FetchAsync(found.Manifest, StoredFile.Of(found.Manifest.Artifacts[0].Idl!), default)).ShouldBe(Idl);
        (await Store.VersionsAsync("perps", default)).Select(version => version.Text).ShouldBe(["1.2.3-rc.1+7"]);
        gitHub.Doubts.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_release_is_a_draft_first_and_published_once_and_never_the_latest()
    {
        await Store.PutAsync(Full, [Program, Idl], default);

        var created = (await gitHub.CallsAsync("POST", "/releases")).ShouldHaveSingleItem().GetProperty("body");
        (Text(created, "tag_name"), Text(created, "make_latest"), created.GetProperty("draft").GetBoolean()).ShouldBe(("solana/perps/1.2.3-rc.1+7", "false", true));
        created.TryGetProperty("target_commitish", out _).ShouldBeFalse();
        var published = (await gitHub.RequestsAsync()).Where(call => Text(call, "method") == "PATCH").ToList().ShouldHaveSingleItem().GetProperty("body");
        (published.GetProperty("draft").GetBoolean(), Text(published, "make_latest")).ShouldBe((false, "false"));
        (await Release()).Names.ShouldBe(["manifest.json", "perps.default.idl.json", "perps.default.so"]);
    }

    [Fact]
    public async Task The_bytes_come_from_another_host_that_sees_no_token()
    {
        await Store.PutAsync(Full, [Program, Idl], default);
        await gitHub.ForgetRequestsAsync();

        await Store.FetchAsync(Full, StoredFile.Of(Full.Artifacts[0]), default);

        var storage = (await gitHub.RequestsAsync()).Where(call => Text(call, "host") == "storage").ToList().ShouldHaveSingleItem();
        storage.GetProperty("authorized").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task The_same_bytes_again_change_nothing_and_other_bytes_of_an_equal_version_are_refused()
    {
        var first = Build.Of("1.0.0", ("p", "default", Program));
        await Store.PutAsync(first, [Program], default);
        await gitHub.ForgetRequestsAsync();

        var second = await Store.PutAsync(first with { Commit = "another", Version = "1.0.0+rebuilt" }, [Program], default);
        var refused = await Should.ThrowAsync<FaultException>(() => Store.PutAsync(Build.Of("1.0.0", ("p", "default", Idl)), [Idl], default));

        (second.Manifest.Commit, second.Manifest.Version).ShouldBe((null, "1.0.0"));
        refused.Faults.ShouldHaveSingleItem().Code.ShouldBe(FaultCodes.VersionExists);
        (await gitHub.RequestsAsync()).ShouldAllBe(call => Text(call, "method") == "GET");
    }

    [Fact]
    public async Task A_half_uploaded_draft_is_found_again_and_finished()
    {
        await gitHub.FailAsync("""{"host":"uploads","method":"POST","path":"idl","status":422,"times":99,"body":{"message":"no"}}""");
        await Should.ThrowAsync<FaultException>(() => Store.PutAsync(Full, [Program, Idl], new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token));
        (await Store.FindAsync("perps", Version("1.2.3-rc.1"), default)).ShouldBeNull("a draft is not stored yet");
        await gitHub.DoorAsync(HttpMethod.Delete, "faults");
        await gitHub.ForgetRequestsAsync();

        await Store.PutAsync(Full, [Program, Idl], default);

        (await gitHub.CallsAsync("POST", "/releases")).ShouldBeEmpty("the draft is resumed");
        (await gitHub.RequestsAsync()).Count(call => Text(call, "host") == "uploads").ShouldBe(2, "the program is there already");
        (await Release()).Names.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("""{"method":"POST","path":"/releases$","after":true,"kind":"reset"}""")]
    [InlineData("""{"host":"uploads","method":"POST","after":true,"kind":"reset"}""")]
    [InlineData("""{"host":"uploads","method":"POST","status":502}""")]
    [InlineData("""{"method":"PATCH","after":true,"status":502}""")]
    [InlineData("""{"method":"GET","path":"/releases","kind":"cut","times":2}""")]
    [InlineData("""{"host":"storage","status":500,"times":2}""")]
    public async Task Whatever_is_lost_on_the_way_the_release_is_whole_and_there_is_one(string failure)
    {
        await gitHub.FailAsync(failure);

        await Store.PutAsync(Full, [Program, Idl], default);

        (await Release()).Names.ShouldBe(["manifest.json", "perps.default.idl.json", "perps.default.so"]);
        (await gitHub.Client().ListReleasesAsync(default).ToListAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Two_runs_with_the_same_bytes_store_them_once()
    {
        var stored = await Task.WhenAll(Enumerable.Range(0, 4).Select(run => Store.PutAsync(Full with { BuiltAt = DateTimeOffset.UnixEpoch.AddDays(run) }, [Program, Idl], default)));

        stored.Select(each => Convert.ToHexString(each.Json.Span)).Distinct().ShouldHaveSingleItem("all see the one that was published");
        await Store.PutAsync(Full, [Program, Idl], default); // cleans what is left of the others
        (await gitHub.Client().ListReleasesAsync(default).ToListAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Of_two_runs_with_other_bytes_one_is_refused_and_the_other_is_whole()
    {
        byte[][] programs = [[1], [2], [3]];
        var runs = await Task.WhenAll(programs.Select(async program =>
        {
            try
            {
                return (await Store.PutAsync(Build.Of("1.0.0", ("p", "default", program)), [program], default)).Manifest.Artifacts[0].Sha256;
            }
            catch (FaultException refused)
            {
                return refused.Faults[0].Code.Name;
            }
        }));

        runs.Count(run => run == "version-exists").ShouldBe(2, string.Join(", ", runs));
        var found = (await Store.FindAsync("perps", Version("1.0.0"), default))!.Manifest;
        var bytes = await Store.FetchAsync(found, StoredFile.Of(found.Artifacts[0]), default);
        runs.ShouldContain(Build.Sha256(bytes));
    }

    [Theory]
    [InlineData("perps.default.so", "")]
    [InlineData("perps.default.so", "&digest=new")]
    [InlineData("manifest.json", "")]
    public async Task Exchanged_bytes_are_named(string name, string digest)
    {
        await Store.PutAsync(Full, [Program, Idl], default);
        var asset = await gitHub.Client().ListAssetsAsync((await gitHub.Client().FindReleaseAsync("solana/perps/1.2.3-rc.1+7", default))!.Id, default).SingleAsync(asset => asset.Name == name);
        await gitHub.DoorAsync(HttpMethod.Put, $"asset?id={asset.Id}{digest}", bytes: [9, 2, 0, 0]);

        var fault = (await Should.ThrowAsync<FaultException>(async () =>
        {
            await Store.FindAsync("perps", Version("1.2.3-rc.1"), default);
            await Store.FetchAsync(Full, StoredFile.Of(Full.Artifacts[0]), default);
        })).Faults.ShouldHaveSingleItem();

        (fault.Code, fault.Input).ShouldBe((FaultCodes.Tampered, "store"));
    }

    [Theory]
    [InlineData("perps", "solana/perps/1.0.0")]
    [InlineData("other", "solana/other/1.0.0")]
    public async Task A_manifest_of_something_else_is_named(string name, string tag)
    {
        await SeedRelease(tag, ("manifest.json", Build.Of("2.0.0", ("p", "default", Program)).ToJson()));

        (await Should.ThrowAsync<FaultException>(() => Store.FindAsync(name, Version("1.0.0"), default))).Faults.ShouldHaveSingleItem().Code.ShouldBe(FaultCodes.Tampered);
    }

    [Fact]
    public async Task A_release_without_its_files_is_named()
    {
        await SeedRelease("solana/perps/1.0.0", ("other.txt", Idl));

        (await Should.ThrowAsync<FaultException>(() => Store.FindAsync("perps", Version("1.0.0"), default))).Faults.ShouldHaveSingleItem().Found.ShouldContain("no such asset");
    }

    [Theory]
    [InlineData("../manifest.json")]
    [InlineData("a/b.so")]
    [InlineData(".hidden")]
    [InlineData("a\\u0000b")]
    public async Task An_asset_whose_name_is_a_path_is_named_and_nothing_is_fetched(string name)
    {
        using var server = Loopback.Start(context => Loopback.WriteAsync(context, 200, context.Request.RawUrl!.Contains("/assets", StringComparison.Ordinal)
            ? $$"""[{"id":1,"name":"{{name}}","state":"uploaded","size":1}]"""
            : """[{"id":1,"tag_name":"solana/perps/1.0.0","draft":false,"upload_url":"x"}]"""));

        (await Should.ThrowAsync<FaultException>(() => new GitHubStore(server.Client(), TimeProvider.System, _ => { }).FindAsync("perps", Version("1.0.0"), default)))
            .Faults.ShouldHaveSingleItem().Code.ShouldBe(FaultCodes.Tampered);
        server.Seen.ShouldAllBe(call => !call.Path.Contains("/releases/assets/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_release_that_can_be_changed_is_a_warning()
    {
        await gitHub.SeedRepositoryAsync("""{"immutable_releases":false}""");

        await Store.PutAsync(Full, [Program, Idl], default);

        gitHub.Doubts.ShouldHaveSingleItem().Severity.ShouldBe(Severity.Warning);
        gitHub.Doubts[0].Found.ShouldContain("exchanged");
    }

    [Theory]
    [InlineData("""{"method":"PATCH","status":404,"times":9,"body":{"message":"Not Found"}}""")]
    [InlineData("""{"method":"PATCH","status":403,"times":9,"body":{"message":"Resource not accessible by integration"}}""")]
    [InlineData("""{"method":"POST","path":"/releases$","status":404,"times":9,"body":{"message":"Not Found"}}""")]
    public async Task The_refusal_that_workflow_files_cause_is_told_from_others(string failure)
    {
        await gitHub.FailAsync(failure);

        (await Should.ThrowAsync<FaultException>(() => Store.PutAsync(Full, [Program, Idl], default))).Faults.ShouldHaveSingleItem().Code.ShouldBe(FaultCodes.ReleaseNeedsWorkflowsPermission);
    }

    [Fact]
    public async Task Without_the_permission_the_fault_names_it()
    {
        await gitHub.GrantAsync("""{"contents":"read"}""");

        var fault = (await Should.ThrowAsync<FaultException>(() => Store.PutAsync(Full, [Program, Idl], default))).Faults.ShouldHaveSingleItem();

        (fault.Code, fault.Input).ShouldBe((FaultCodes.StoreFailed, "store"));
        fault.Remedy.ShouldContain("contents: write");
    }

    [Fact]
    public async Task Releases_of_others_do_not_matter_however_many_there_are()
    {
        var others = Enumerable.Range(0, 130).Select(number => $$"""{"tag":"v{{number}}.0.0","draft":false}""");
        await gitHub.SeedRepositoryAsync($$"""{"releases":[{{string.Join(',', others)}},{"tag":"solana/perps/latest","draft":false},{"tag":"solana/perps/v1.0.0","draft":false}]}""");

        (await Store.VersionsAsync("perps", default)).ShouldBeEmpty();
        await Store.PutAsync(Build.Of("1.0.0", ("p", "default", Program)), [Program], default);
        (await Store.VersionsAsync("perps", default)).Select(version => version.Text).ShouldBe(["1.0.0"]);
    }

    private static SemVer Version(string text) => SemVer.TryParse(text)!;

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    [Fact]
    public async Task A_pruned_version_is_gone_what_it_was_stays_known_and_its_number_refused()
    {
        await Store.PutAsync(Full, [Program, Idl], default);
        await Store.PutAsync(Build.Of("2.0.0", ("p", "default", Program)), [Program], default);

        (await Store.PruneAsync("perps", [Version("1.2.3-rc.1")], default)).ShouldBe(Program.Length + Idl.Length);

        (await Store.VersionsAsync("perps", default)).ShouldHaveSingleItem().Text.ShouldBe("2.0.0");
        (await Store.FindAsync("perps", Version("1.2.3-rc.1"), default)).ShouldBeNull();
        (await Store.FindPrunedAsync("perps", Version("1.2.3-rc.1"), default))!.Manifest.Artifacts[0].Sha256.ShouldBe(Build.Sha256(Program));
        (await Store.FindPrunedAsync("perps", Version("2.0.0"), default)).ShouldBeNull();
        var refused = await Should.ThrowAsync<FaultException>(() => Store.PutAsync(Full, [Program, Idl], default));
        refused.Faults.ShouldHaveSingleItem().Code.ShouldBe(FaultCodes.VersionExists);
    }

    [Theory]
    [InlineData("""{"host":"uploads","method":"POST","status":422,"times":99,"body":{"message":"no"}}""")]
    [InlineData("""{"method":"DELETE","status":422,"times":99,"body":{"message":"no"}}""")]
    public async Task A_pruning_that_is_cut_off_loses_nothing_and_is_finished_by_the_next(string failure)
    {
        await Store.PutAsync(Full, [Program, Idl], default);
        await gitHub.FailAsync(failure);
        await Should.ThrowAsync<FaultException>(() => Store.PruneAsync("perps", [Version("1.2.3-rc.1")], default));
        await gitHub.DoorAsync(HttpMethod.Delete, "faults");
        (await Store.FetchAsync(Full, StoredFile.Of(Full.Artifacts[0]), default)).ShouldBe(Program);

        (await Store.PruneAsync("perps", [Version("1.2.3-rc.1")], default)).ShouldBe(Program.Length + Idl.Length);

        (await Store.VersionsAsync("perps", default)).ShouldBeEmpty();
        (await Store.FindPrunedAsync("perps", Version("1.2.3-rc.1"), default)).ShouldNotBeNull();
    }

    private async Task<(long Id, IReadOnlyList<string> Names)> Release()
    {
        var release = (await gitHub.Client().FindReleaseAsync("solana/perps/1.2.3-rc.1+7", default))!;
        return (release.Id, await gitHub.Client().ListAssetsAsync(release.Id, default).Select(asset => asset.Name).Order().ToListAsync());
    }

    private Task<JsonElement> SeedRelease(string tag, params (string Name, byte[] Bytes)[] assets) => gitHub.SeedRepositoryAsync(
        $$$"""{"releases":[{"tag":"{{{tag}}}","draft":false,"assets":{ {{{string.Join(',', assets.Select(asset => $"\"{asset.Name}\":\"{Convert.ToBase64String(asset.Bytes)}\""))}}} }}]}""");
}
