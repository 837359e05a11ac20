using System.Runtime.InteropServices;

namespace Actions.Core.Runner;

/// <summary>Keeps the memory of this process, which holds keys, out of files and away from debuggers, whatever the engine or the shell allows.</summary>
public static partial class CoreDumps
{
    private const int CoreSize = 4;
    private const int SetDumpable = 4;

    /// <summary>No core file; and none for a program that the kernel would hand it to, for which the limit does not count (core(5)).</summary>
    public static void Forbid()
    {
        var none = default(Limit);
        _ = SetLimit(CoreSize, in none);
        _ = Control(SetDumpable, 0, 0, 0, 0);
    }

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in Limit limit);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Control(int option, nuint value, nuint third, nuint fourth, nuint fifth);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Limit
    {
        public readonly nuint Current;
        public readonly nuint Most;
    }
}
