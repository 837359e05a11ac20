using System.Security.Cryptography;
using System.Text;
using Actions.Core.Faults;

namespace Actions.Core.Store;

/// <summary>Whether two manifests of an equal version are about the same bytes.</summary>
public static class SameRelease
{
    /// <summary>What storing the one where the other is would end with; null when nothing is in the way.</summary>
    public static Fault? Refuse(Manifest stored, Manifest given) =>
        Difference(stored, given) is { } difference ? StoreFaults.Exists(stored, difference) : null;

    /// <summary>Null when they are; where and by whom they were built may differ.</summary>
    internal static string? Difference(Manifest stored, Manifest given)
    {
        var (before, now) = (Digests(stored), Digests(given));
        return before.Keys.Except(now.Keys).FirstOrDefault() is { } missing ? $"none for {missing}"
            : now.Keys.Except(before.Keys).FirstOrDefault() is { } added ? $"{added}, which that version does not have"
            : before.Keys.FirstOrDefault(key => before[key] != now[key]) is { } other ? $"other bytes for {other}, sha256 {now[other]} instead of {before[other]}"
            : null;
    }

    /// <summary>The same for manifests about the same bytes, and for no others.</summary>
    internal static string KeyOf(Manifest manifest) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', Digests(manifest).Select(pair => $"{pair.Key}={pair.Value}").Order(StringComparer.Ordinal)))));

    private static Dictionary<string, string> Digests(Manifest manifest)
    {
        Dictionary<string, string> digests = new(StringComparer.Ordinal);
        foreach (var artifact in manifest.Artifacts)
        {
            digests[$"{artifact.Program}@{artifact.Variant}"] = artifact.Sha256;
            if (artifact.Idl is { } idl)
            {
                digests[$"the IDL of {artifact.Program}@{artifact.Variant}"] = idl.Sha256;
            }
        }

        foreach (var attachment in manifest.Attachments ?? [])
        {
            digests[$"the {attachment.Kind} {attachment.Name}"] = attachment.Sha256;
        }

        return digests;
    }
}
