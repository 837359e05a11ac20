using Actions.Core.Faults;
using Actions.Core.Releases;
using Actions.Core.Store;

namespace Actions.Core.Tests.Store;

public sealed class PruningTests : IDisposable
{
    private static readonly byte[] Shared = [1, 2, 3];
    private static readonly byte[] Own = [4, 5, 6, 7];

    private readonly string folder = Directory.CreateTempSubdirectory("store-").FullName;

    private FileStore Store => new(folder, TimeProvider.System) { Description = "file:store" };

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_pruned_version_is_gone_and_what_it_was_stays_known()
    {
        await PutAsync("1.0.0", Own);
        await PutAsync("2.0.0", Shared);

        (await Store.PruneAsync("perps", [Version("v1.0.0")], default)).ShouldBe(Own.Length);

        (await Store.VersionsAsync("perps", default)).Select(version => version.Text).ShouldBe(["2.0.0"]);
        (await Store.FindAsync("perps", Version("1.0.0"), default)).ShouldBeNull();
        (await Store.FindPrunedAsync("perps", Version("1.0.0"), default))!.Manifest.Artifacts[0].Sha256.ShouldBe(Build.Sha256(Own));
        (await Store.FindPrunedAsync("perps", Version("2.0.0"), default)).ShouldBeNull();
        File.Exists(ObjectOf(Own)).ShouldBeFalse();
        File.Exists(ObjectOf(Shared)).ShouldBeTrue();
    }

    [Fact]
    public async Task Its_number_stays_refused_for_the_same_bytes_and_for_others()
    {
        await PutAsync("1.0.0", Own);
        await Store.PruneAsync("perps", [Version("1.0.0")], default);

        foreach (var (version, bytes) in new[] { ("1.0.0", Own), ("1.0.0", Shared), ("1.0.0+again", Own) })
        {
            (await Should.ThrowAsync<FaultException>(() => PutAsync(version, bytes))).Faults.ShouldHaveSingleItem().Code.ShouldBe(FaultCodes.VersionExists);
        }

        await PutAsync("1.0.1", Own);
        (await Store.VersionsAsync("perps", default)).ShouldHaveSingleItem().Text.ShouldBe("1.0.1");
    }

    [Fact]
    public async Task Bytes_that_another_version_or_another_release_needs_stay()
    {
        await PutAsync("1.0.0", Shared);
        await PutAsync("2.0.0", Shared);
        await Store.PutAsync(Build.Of("1.0.0", ("p", "default", Own)) with { Name = "other" }, [Own], default);
        await PutAsync("3.0.0", Own);

        (await Store.PruneAsync("perps", [Version("1.0.0"), Version("3.0.0")], default)).ShouldBe(0);
        (File.Exists(ObjectOf(Shared)), File.Exists(ObjectOf(Own))).ShouldBe((true, true));

        (await Store.PruneAsync("perps", [Version("2.0.0")], default)).ShouldBe(Shared.Length);
        (await Store.PruneAsync("other", [Version("1.0.0")], default)).ShouldBe(Own.Length);
        Directory.GetFiles(Path.Combine(folder, "objects", "sha256")).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_killed_run_left_is_swept_by_the_next()
    {
        await PutAsync("1.0.0", Own);
        var (manifest, kept) = (Path.Combine(folder, "manifests", "perps", "1.0.0.json"), File.ReadAllBytes(ObjectOf(Own)));
        var json = File.ReadAllBytes(manifest);
        await Store.PruneAsync("perps", [Version("1.0.0")], default);

        // Killed after the manifest had moved, before its bytes were deleted.
        File.WriteAllBytes(ObjectOf(Own), kept);
        (await Store.PruneAsync("perps", [], default)).ShouldBe(Own.Length);

        // Killed before the manifest was deleted: the version is still there, and stays until it is pruned again.
        File.WriteAllBytes(manifest, json);
        File.WriteAllBytes(ObjectOf(Own), kept);
        (await Store.PruneAsync("perps", [], default)).ShouldBe(0);
        (await Store.FindAsync("perps", Version("1.0.0"), default)).ShouldNotBeNull();
        (await Store.PruneAsync("perps", [Version("1.0.0")], default)).ShouldBe(Own.Length);
    }

    [Fact]
    public async Task A_manifest_that_cannot_be_read_ends_the_pruning_before_any_bytes_go()
    {
        await PutAsync("1.0.0", Own);
        await PutAsync("2.0.0", Shared);
        File.WriteAllText(Path.Combine(folder, "manifests", "perps", "2.0.0.json"), "{");

        (await Should.ThrowAsync<FaultException>(() => Store.PruneAsync("perps", [Version("1.0.0")], default))).Faults.ShouldHaveSingleItem().Code.ShouldBe(FaultCodes.Tampered);

        File.Exists(ObjectOf(Own)).ShouldBeTrue();
    }

    [Fact]
    public async Task Writers_beside_a_pruning_never_lose_their_bytes()
    {
        for (var round = 0; round < 20; round++)
        {
            await PutAsync($"1.{round}.0", Own);
            var (old, fresh) = (Version($"1.{round}.0"), $"2.{round}.0");
            await Task.WhenAll(Task.Run(() => Store.PruneAsync("perps", [old], default)), Task.Run(() => PutAsync(fresh, Own)));

            var found = await Store.FindAsync("perps", Version(fresh), default);
            (await Store.FetchAsync(found!.Manifest, StoredFile.Of(found.Manifest.Artifacts[0]), default)).ShouldBe(Own, $"round {round}");
            await Store.PruneAsync("perps", [Version(fresh)], default);
        }
    }

    private async Task PutAsync(string version, byte[] bytes) => await Store.PutAsync(Build.Of(version, ("p", "default", bytes)), [bytes], default);

    private string ObjectOf(byte[] bytes) => Path.Combine(folder, "objects", "sha256", Build.Sha256(bytes));

    private static SemVer Version(string text) => SemVer.TryParse(text)!;
}
