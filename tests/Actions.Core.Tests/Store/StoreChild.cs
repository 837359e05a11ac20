using System.Globalization;
using Actions.Core.Store;
using Actions.Core.Tests.Tools;

namespace Actions.Core.Tests.Store;

/// <summary>What the other process does that some tests of the store start.</summary>
internal static class StoreChild
{
    public const int Length = 5_000;

    public static byte[] Program { get; } = Some.Bytes(5, Length);

    public static Manifest Manifest => Build.Of("1.0.0", ("p", "default", Program));

    public static async Task<int> PutAsync(string folder, string limit, Action<ulong> limitFileSize)
    {
        limitFileSize(ulong.Parse(limit, CultureInfo.InvariantCulture));
        await new FileStore(folder, TimeProvider.System).PutAsync(Manifest, [Program], CancellationToken.None);
        return 0;
    }
}
