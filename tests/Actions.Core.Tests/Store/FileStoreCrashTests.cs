using Actions.Core.Releases;
using Actions.Core.Store;
using Actions.Core.Tests.Ledger;

namespace Actions.Core.Tests.Store;

public sealed class FileStoreCrashTests : IDisposable
{
    private static readonly SemVer Version = SemVer.TryParse("1.0.0")!;

    private readonly string folder = Directory.CreateTempSubdirectory("store-").FullName;

    private FileStore Store => new(folder, TimeProvider.System);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>What a process leaves that dies while it writes: a file of another name with the first bytes of one.</summary>
    [Fact]
    public async Task A_crash_at_any_byte_of_a_write_leaves_nothing_that_counts_and_the_next_write_completes_it()
    {
        byte[] program = [.. Enumerable.Range(0, 40).Select(value => (byte)value)];
        var manifest = Build.Of("1.0.0", ("p", "default", program));
        var json = manifest.ToJson();
        for (var length = 0; length <= Math.Max(program.Length, json.Length); length += 7)
        {
            Directory.Delete(folder, recursive: true);
            Leave("objects/sha256", program, length);
            Leave("manifests/perps", json, length);

            (await Store.VersionsAsync("perps", default)).ShouldBeEmpty();
            (await Store.FindAsync("perps", Version, default)).ShouldBeNull();
            await Store.PutAsync(manifest, [program], default);

            var found = await Store.FindAsync("perps", Version, default);
            (await Store.FetchAsync(found!.Manifest, StoredFile.Of(found.Manifest.Artifacts[0]), default)).ShouldBe(program);
        }
    }

    /// <summary>The kernel ends the process in the middle of a write, at ever later bytes.</summary>
    [Fact]
    public async Task A_writer_that_the_kernel_ended_leaves_a_whole_version_or_none()
    {
        var whole = 0;
        foreach (var limit in new[] { 0, 1, 100, 2_000, StoreChild.Length - 1, StoreChild.Length, 1_000_000 })
        {
            var place = Path.Combine(folder, $"limit-{limit}");
            using (var child = LedgerChild.Start("store-die-full", place, $"{limit}"))
            {
                child.ReadToEnd();
            }

            var store = new FileStore(place, TimeProvider.System);
            if (await store.FindAsync("perps", Version, default) is { } found)
            {
                whole++;
                (await store.FetchAsync(found.Manifest, StoredFile.Of(found.Manifest.Artifacts[0]), default)).ShouldBe(StoreChild.Program);
            }

            await store.PutAsync(StoreChild.Manifest, [StoreChild.Program], default);
            (await store.FindAsync("perps", Version, default)).ShouldNotBeNull();
        }

        whole.ShouldBe(2);
    }

    private void Leave(string path, byte[] bytes, int length)
    {
        var place = Directory.CreateDirectory(Path.Combine(folder, path)).FullName;
        File.WriteAllBytes(Path.Combine(place, $".{Guid.NewGuid():N}.tmp"), bytes[..Math.Min(length, bytes.Length)]);
    }
}
