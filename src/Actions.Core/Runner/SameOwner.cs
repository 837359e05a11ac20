namespace Actions.Core.Runner;

/// <summary>What root makes in somebody's folder belongs to whoever owns that folder, so that its owner can change and remove it.</summary>
internal static class SameOwner
{
    /// <summary>Makes a folder and those on the way to it.</summary>
    public static void MakeDirectory(string path)
    {
        if (Directory.Exists(path) || Path.GetDirectoryName(path) is not { } parent)
        {
            return;
        }

        MakeDirectory(parent);
        Directory.CreateDirectory(path);
        AsParent(path);
    }

    /// <summary>Gives a new file or folder to the owner of the folder that it lies in.</summary>
    public static void AsParent(string path)
    {
        if (UnixFile.IsRoot && Path.GetDirectoryName(path) is { } parent && UnixFile.OwnerOf(parent) is { } owner)
        {
            UnixFile.TryGive(path, owner.User, owner.Group);
        }
    }
}
