using System.Runtime.InteropServices;

namespace Actions.Core.Runner;

/// <summary>What .NET does not say about a file: its owner, and whether opening it could block for ever.</summary>
internal static partial class UnixFile
{
    private const int CurrentDirectory = -100;
    private const int DoNotFollow = 0x100;
    private const uint TypeOwnerGroup = 0x1 | 0x8 | 0x10;
    private const int TypeMask = 0xF000;
    private const int RegularFile = 0x8000;

    public static bool IsRoot => EffectiveUser() == 0;

    /// <summary>A file with bytes in it, as opposed to a directory, a device or a pipe without a writer.</summary>
    public static bool IsRegular(string path) => Read(path) is { } status && (status.Mode & TypeMask) == RegularFile;

    public static (uint User, uint Group)? OwnerOf(string path) => Read(path) is { } status ? (status.User, status.Group) : null;

    /// <summary>Gives a path away without following it when it is a link.</summary>
    public static bool TryGive(string path, uint user, uint group) => ChangeOwner(path, user, group) == 0;

    private static Status? Read(string path) =>
        ReadStatus(CurrentDirectory, path, DoNotFollow, TypeOwnerGroup, out var status) == 0 ? status : null;

    // statx and not stat: its layout is the same on every architecture.
    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ReadStatus(int directory, string path, int flags, uint mask, out Status status);

    [LibraryImport("libc", EntryPoint = "lchown", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Status
    {
        [FieldOffset(20)]
        public uint User;

        [FieldOffset(24)]
        public uint Group;

        [FieldOffset(28)]
        public ushort Mode;
    }
}
