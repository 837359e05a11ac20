using Actions.Core.Faults;
using Actions.Core.Releases;
using Actions.Core.Store;
using FsCheck;
using FsCheck.Fluent;

namespace Actions.Core.Tests.Store;

public sealed class FileStoreTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("store-").FullName;

    private FileStore Store => new(Path.Combine(folder, "store"), TimeProvider.System) { Description = "file:store" };

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task What_is_put_is_found_and_fetched_and_lies_where_the_contract_says()
    {
        var (program, idl) = (new byte[] { 1, 2, 0, 0 }, new byte[] { 3 });
        var manifest = Build.Full(program, idl);

        await Store.PutAsync(manifest, [program, idl], default);

        var found = (await Store.FindAsync("perps", Version("v1.2.3-rc.1"), default))!;
        (await Store.FetchAsync(found.Manifest, StoredFile.Of(found.Manifest.Artifacts[0]), default)).ShouldBe(program, "trailing zeros included");
        (await Store.FetchAsync(found.Manifest, StoredFile.Of(found.Manifest.Artifacts[0].Idl!), default)).ShouldBe(idl);
        File.ReadAllBytes(At("objects", "sha256", Build.Sha256(program))).ShouldBe(program);
        File.ReadAllBytes(At("manifests", "perps", "1.2.3-rc.1+7.json")).ShouldBe(found.Json.ToArray());
        Directory.GetFiles(At("objects", "sha256")).Length.ShouldBe(2);
        (await Store.VersionsAsync("perps", default)).Select(version => version.Text).ShouldBe(["1.2.3-rc.1+7"]);
    }

    [Fact]
    public async Task An_empty_store_holds_nothing()
    {
        (await Store.VersionsAsync("perps", default)).ShouldBeEmpty();
        (await Store.FindAsync("perps", Version("1.0.0"), default)).ShouldBeNull();
    }

    [Fact]
    public async Task The_same_bytes_again_change_nothing()
    {
        byte[] program = [1, 2, 3];
        var first = Build.Of("1.0.0", ("p", "default", program));
        await Store.PutAsync(first, [program], default);

        var second = await Store.PutAsync(first with { Commit = "another", Version = "1.0.0+rebuilt" }, [program], default);

        second.Manifest.Commit.ShouldBeNull("a version never changes");
        second.Manifest.Version.ShouldBe("1.0.0");
        (await Store.VersionsAsync("perps", default)).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("1.0.0")]
    [InlineData("1.0.0+build")]
    public async Task An_equal_version_with_other_bytes_is_refused(string version)
    {
        await Store.PutAsync(Build.Of("1.0.0", ("p", "default", [1])), [new byte[] { 1 }], default);
        var before = File.ReadAllBytes(At("manifests", "perps", "1.0.0.json"));

        foreach (var other in new[] { Build.Of(version, ("p", "default", [2])), Build.Of(version, ("p", "beta", [1])), Build.Of(version, ("p", "default", [1]), ("q", "default", [2])) })
        {
            var thrown = await Should.ThrowAsync<FaultException>(() => Store.PutAsync(other, [new byte[] { 1 }, new byte[] { 2 }], default));
            thrown.Faults.ShouldHaveSingleItem().Code.ShouldBe(FaultCodes.VersionExists);
        }

        File.ReadAllBytes(At("manifests", "perps", "1.0.0.json")).ShouldBe(before);
    }

    [Fact]
    public async Task Any_flipped_bit_of_the_bytes_is_found()
    {
        byte[] program = [1, 2, 3, 4];
        var stored = await Store.PutAsync(Build.Of("1.0.0", ("p", "default", program)), [program], default);
        var path = At("objects", "sha256", Build.Sha256(program));
        for (var bit = 0; bit < program.Length * 8; bit++)
        {
            var flipped = program.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(path, flipped);

            (await FetchFault(stored)).ShouldBe(FaultCodes.Tampered);
        }
    }

    [Fact]
    public async Task Bytes_of_another_length_are_found_without_reading_them()
    {
        byte[] program = [1, 2, 3, 4];
        var stored = await Store.PutAsync(Build.Of("1.0.0", ("p", "default", program)), [program], default);
        using (var file = File.OpenHandle(At("objects", "sha256", Build.Sha256(program)), FileMode.Open, FileAccess.Write))
        {
            RandomAccess.SetLength(file, 1L << 30);
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread();
        (await FetchFault(stored)).ShouldBe(FaultCodes.Tampered);
        (GC.GetAllocatedBytesForCurrentThread() - allocated).ShouldBeLessThan(1_000_000);
    }

    [Fact]
    public async Task Bytes_that_are_gone_are_found()
    {
        byte[] program = [1, 2, 3, 4];
        var stored = await Store.PutAsync(Build.Of("1.0.0", ("p", "default", program)), [program], default);
        File.Delete(At("objects", "sha256", Build.Sha256(program)));

        (await FetchFault(stored)).ShouldBe(FaultCodes.Tampered);
    }

    [Fact]
    public async Task A_link_in_place_of_the_bytes_is_not_followed()
    {
        byte[] program = [1, 2, 3, 4];
        var stored = await Store.PutAsync(Build.Of("1.0.0", ("p", "default", program)), [program], default);
        var path = At("objects", "sha256", Build.Sha256(program));
        File.Move(path, Path.Combine(folder, "elsewhere"));
        File.CreateSymbolicLink(path, Path.Combine(folder, "elsewhere"));

        (await FetchFault(stored)).Exit.ShouldNotBe(ExitCode.Done);
    }

    [Fact]
    public async Task Any_flipped_bit_of_a_manifest_is_found()
    {
        await Store.PutAsync(Build.Full([1], [2]), [new byte[] { 1 }, new byte[] { 2 }], default);
        var path = At("manifests", "perps", "1.2.3-rc.1+7.json");
        var json = File.ReadAllBytes(path);
        for (var at = 0; at < json.Length; at++)
        {
            var flipped = json.ToArray();
            flipped[at] ^= 1;
            File.WriteAllBytes(path, flipped);

            var thrown = await Should.ThrowAsync<FaultException>(() => Store.FindAsync("perps", Version("1.2.3-rc.1"), default));
            thrown.Faults.ShouldHaveSingleItem().Code.ShouldBe(FaultCodes.Tampered, $"byte {at}");
        }
    }

    [Fact]
    public async Task A_manifest_that_somebody_wrote_by_hand_is_read_by_what_it_says()
    {
        byte[] program = [1, 2, 3];
        Directory.CreateDirectory(At("manifests", "perps"));
        Directory.CreateDirectory(At("objects", "sha256"));
        File.WriteAllBytes(At("manifests", "perps", "1.0.0.json"), Build.Of("1.0.0", ("p", "default", program)).ToJson());
        File.WriteAllBytes(At("objects", "sha256", Build.Sha256(program)), program);

        var found = await Store.FindAsync("perps", Version("1.0.0"), default);

        (await Store.FetchAsync(found!.Manifest, StoredFile.Of(found.Manifest.Artifacts[0]), default)).ShouldBe(program);
    }

    [Fact]
    public async Task A_manifest_under_another_version_or_name_is_tampered_with()
    {
        await Store.PutAsync(Build.Of("1.0.0", ("p", "default", [1])), [new byte[] { 1 }], default);
        File.Copy(At("manifests", "perps", "1.0.0.json"), At("manifests", "perps", "2.0.0.json"));

        (await Should.ThrowAsync<FaultException>(() => Store.FindAsync("perps", Version("2.0.0"), default))).Faults[0].Code.ShouldBe(FaultCodes.Tampered);
    }

    [Fact]
    public async Task Two_manifests_of_one_version_are_tampered_with()
    {
        await Store.PutAsync(Build.Of("1.0.0", ("p", "default", [1])), [new byte[] { 1 }], default);
        File.WriteAllBytes(At("manifests", "perps", "1.0.0+b.json"), Build.Of("1.0.0+b", ("p", "default", [2])).ToJson());

        (await Should.ThrowAsync<FaultException>(() => Store.FindAsync("perps", Version("1.0.0"), default))).Faults[0].Code.ShouldBe(FaultCodes.Tampered);
    }

    [Fact]
    public async Task Eight_writers_of_one_version_leave_one_of_them_whole()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            try
            {
                byte[] program = [(byte)(i % 2), 7];
                await Store.PutAsync(Build.Of("1.0.0", ("p", "default", program)), [program], default);
                return (int?)(i % 2);
            }
            catch (FaultException fault) when (fault.Faults[0].Code == FaultCodes.VersionExists)
            {
                return null;
            }
        })));

        var stored = await Store.FindAsync("perps", Version("1.0.0"), default);
        var bytes = await Store.FetchAsync(stored!.Manifest, StoredFile.Of(stored.Manifest.Artifacts[0]), default);
        outcomes.OfType<int>().Distinct().ShouldBe([bytes[0]]);
        outcomes.Count(outcome => outcome is null).ShouldBe(4);
    }

    [Fact]
    public async Task A_store_that_cannot_be_written_is_a_store_that_failed()
    {
        File.WriteAllText(Path.Combine(folder, "store"), "a file where the folder should be");

        (await Should.ThrowAsync<FaultException>(() => Store.PutAsync(Build.Of("1.0.0", ("p", "default", [1])), [new byte[] { 1 }], default))).Faults[0].Code.ShouldBe(FaultCodes.StoreFailed);
    }

    [Fact]
    public void Whatever_is_put_comes_back() => Prop.ForAll(
        Arb.From(Gen.Choose(1, 4).SelectMany(count => Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(count * 50 + 1).ArrayOf(count))), builds =>
        {
            var store = new FileStore(Path.Combine(folder, Guid.NewGuid().ToString("N")), TimeProvider.System);
            var manifest = Build.Of("3.0.0", builds.Select((bytes, i) => ($"p{i}", $"v{i}", bytes)));
            store.PutAsync(manifest, [.. builds.Select(bytes => (ReadOnlyMemory<byte>)bytes)], default).GetAwaiter().GetResult();
            var found = store.FindAsync("perps", Version("3.0.0"), default).GetAwaiter().GetResult()!;
            return found.Manifest.Artifacts.Select((artifact, i) => store.FetchAsync(found.Manifest, StoredFile.Of(artifact), default).GetAwaiter().GetResult().AsSpan().SequenceEqual(builds[i])).All(same => same);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    private async Task<FaultCode> FetchFault(StoredManifest stored) =>
        (await Should.ThrowAsync<FaultException>(() => Store.FetchAsync(stored.Manifest, StoredFile.Of(stored.Manifest.Artifacts[0]), default))).Faults.ShouldHaveSingleItem().Code;

    private string At(params string[] parts) => Path.Combine([folder, "store", .. parts]);

    private static SemVer Version(string text) => SemVer.TryParse(text)!;
}
