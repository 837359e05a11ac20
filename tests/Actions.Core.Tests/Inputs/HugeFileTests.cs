using System.Text;
using Actions.Core.Faults;
using Actions.Core.Releases;
using Actions.Core.Smoke;
using Actions.Core.Store;
using Actions.Core.Tests.Ledger;
using Actions.Core.Tests.Runner;
using Actions.Core.Tests.Smoke;

namespace Actions.Core.Tests.Inputs;

/// <summary>Files of a gigabyte where a small one belongs: refused, and never held in memory.</summary>
public sealed class HugeFileTests : IDisposable
{
    private const long Gigabyte = 1L << 30;
    private const long MostAllocated = 8_000_000;

    private readonly World world = new();

    public void Dispose() => world.Dispose();

    [Theory]
    [InlineData("release-file", YamlText.LongestFile)]
    [InlineData("spec", SmokeSpec.LongestFile)]
    [InlineData("manifest", Manifest.LongestFile)]
    public void An_input_file_is_one_fault(string input, long most)
    {
        Grow(world.Write("huge", "version: 1\n"u8.ToArray()));
        var reader = world.Input(input, "huge").Reader();

        var faults = Bounded(() =>
        {
            _ = input switch { "release-file" => ReleaseFile.Read(reader), "manifest" => ManifestInput.Read(reader), _ => (object?)reader.File(input, most) };
            return reader.Finish(() => true).Faults;
        });

        var fault = faults.ShouldHaveSingleItem();
        ((int)fault.Code.Exit, fault.Code, fault.Input).ShouldBe((2, FaultCodes.FileUnreadable, input));
        fault.Message.ShouldContain("1073741824 bytes, more than the");
    }

    [Fact]
    public void An_IDL_is_one_fault()
    {
        Grow(world.Write("idl.json", "{}"u8.ToArray()));

        var faults = Bounded(() => Spec.Read(world, "version: 1\nchecks:\n  - name: a\n    account:\n      address: 11111111111111111111111111111111\n      fields: { f: { idl: idl.json, field: x } }\n").Faults);

        faults.ShouldHaveSingleItem().Message.ShouldContain("1073741824 bytes, more than the");
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    public async Task A_ledger_whose_last_line_never_ends_is_tampering(string end)
    {
        using var folder = new TempFolder();
        await folder.AppendAsync("A");
        var lines = File.ReadAllBytes(folder.File);
        Grow(folder.File);
        File.AppendAllText(folder.File, end);

        var fault = await BoundedAsync(async () => (await Should.ThrowAsync<FaultException>(folder.ReadIdsAsync())).Faults.ShouldHaveSingleItem());

        (fault.Code, fault.Code.Exit).ShouldBe((FaultCodes.Tampered, ExitCode.Verdict));
        fault.Message.ShouldContain($"line 2: expected one event as a line of JSON; found something else: {Gigabyte - lines.Length:N0} bytes");
    }

    [Fact]
    public async Task A_ledger_of_noise_without_end_is_a_bounded_number_of_faults()
    {
        using var folder = new TempFolder();
        await folder.AppendAsync("A");
        using (var file = new FileStream(folder.File, FileMode.Append))
        {
            var noise = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"schema\":1}\n", 80_000)));
            for (var i = 0; i < 10; i++)
            {
                file.Write(noise);
            }
        }

        var faults = (await Should.ThrowAsync<FaultException>(folder.ReadIdsAsync())).Faults;

        faults.Count.ShouldBe(20);
        faults.ShouldAllBe(fault => fault.Code == FaultCodes.Tampered);
    }

    [Fact]
    public async Task A_manifest_in_a_store_is_tampering()
    {
        var store = new FileStore(Path.Combine(world.Workspace, "store"), TimeProvider.System);
        await store.PutAsync(Tests.Store.Build.Of("1.0.0", ("p", "default", [1])), [new byte[] { 1 }], default);
        Grow(Path.Combine(world.Workspace, "store", "manifests", "perps", "1.0.0.json"));

        var fault = await BoundedAsync(async () => (await Should.ThrowAsync<FaultException>(store.FindAsync("perps", SemVer.TryParse("1.0.0")!, default))).Faults.ShouldHaveSingleItem());

        fault.Code.ShouldBe(FaultCodes.Tampered);
        fault.Message.ShouldContain("1,073,741,824 bytes");
    }

    /// <summary>Takes no room on the disk.</summary>
    private static void Grow(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write);
        RandomAccess.SetLength(file, Gigabyte);
    }

    private static T Bounded<T>(Func<T> work)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = work();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(MostAllocated);
        return result;
    }

    /// <summary>Over all threads, so others' tests count too; they do not come near a gigabyte.</summary>
    private static async Task<T> BoundedAsync<T>(Func<Task<T>> work)
    {
        var before = GC.GetTotalAllocatedBytes();
        var result = await work();
        (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(Gigabyte / 4 * 3);
        return result;
    }
}
