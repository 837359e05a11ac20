using Actions.Core.Loader;
using Actions.Core.Releases;
using Actions.Core.Runner;

namespace Actions.Core.Store;

/// <summary>What a manifest must hold so that its names may become paths and its hashes may be compared as they are.</summary>
internal static class ManifestCheck
{
    private const int MostArtifacts = 1_000;
    private const int MostEntries = 1_000;
    private const int LongestText = 2_048;
    private const int LongestFileName = 255;

    /// <summary>Null when there is nothing to complain about.</summary>
    public static string? Complain(Manifest manifest) =>
        manifest.Schema != Manifest.CurrentSchema ? $"schema {manifest.Schema}"
        : !ReleaseName.IsUsable(manifest.Name) ? $"the name {PlainText.Quote(manifest.Name)}, which is not of {ReleaseName.Form}"
        : SemVer.TryParse(manifest.Version)?.Text != manifest.Version ? $"the version {PlainText.Quote(manifest.Version)}, which is not SemVer 2 without a leading v"
        : manifest.Artifacts.Count is 0 or > MostArtifacts ? $"{manifest.Artifacts.Count} artifacts"
        : manifest.Artifacts.Select(Complain).FirstOrDefault(complaint => complaint is not null) is { } artifact ? artifact
        : Twice(manifest.Artifacts.Select(artifact => $"{artifact.Program}@{artifact.Variant}")) is { } program ? $"two artifacts {program}"
        : Twice(Files(manifest)) is { } file ? $"two files {file}"
        : manifest.Attachments?.Count > MostEntries || manifest.Toolchain?.Count > MostEntries ? "more attachments or tools than are read"
        : manifest.Attachments?.FirstOrDefault(attachment => !HexHash.Is(attachment.Sha256)) is { } attachment ? $"the sha256 of the attachment {PlainText.Quote(attachment.Name)}"
        : !Texts(manifest).All(IsText) ? "a text of several lines, or longer than any can be"
        : null;

    private static string? Complain(ManifestArtifact artifact) =>
        !ReleaseName.IsUsable(artifact.Program) ? $"the program {PlainText.Quote(artifact.Program)}"
        : !ReleaseName.IsUsable(artifact.Variant) ? $"the variant {PlainText.Quote(artifact.Variant)}"
        : !IsFile(artifact.File) ? $"the file {PlainText.Quote(artifact.File)}, which is not the name of a file beside it"
        : artifact.Size is < 1 or > LoaderProgram.MaxProgramLength ? $"the size {artifact.Size} of {artifact.File}"
        : !HexHash.Is(artifact.Sha256) ? $"the sha256 of {artifact.File}"
        : !HexHash.Is(artifact.ExecutableHash) ? $"the executable-hash of {artifact.File}"
        : artifact.SbpfVersion is < 0 ? $"the sbpf-version of {artifact.File}"
        : artifact.Idl is { } idl && !IsFile(idl.File) ? $"the file {PlainText.Quote(idl.File)}, which is not the name of a file beside it"
        : artifact.Idl is { } hashed && !HexHash.Is(hashed.Sha256) ? $"the sha256 of {hashed.File}"
        : null;

    /// <summary>A name that can be no path.</summary>
    private static bool IsFile(string name) => name != Manifest.FileName && ReleaseName.IsUsable(name, LongestFileName);

    private static IEnumerable<string> Files(Manifest manifest) =>
        manifest.Artifacts.SelectMany(artifact => (IEnumerable<string>)(artifact.Idl is { } idl ? [artifact.File, idl.File] : [artifact.File]));

    private static IEnumerable<string?> Texts(Manifest manifest) =>
    [
        manifest.Repository, manifest.Commit, manifest.Ref, manifest.Builder?.WorkflowRef, manifest.Builder?.RunUrl, manifest.Rollback?.Why,
        .. (manifest.Toolchain ?? new Dictionary<string, string>()).SelectMany(tool => (string[])[tool.Key, tool.Value]),
        .. (manifest.Attachments ?? []).SelectMany(attachment => (string[])[attachment.Kind, attachment.Name]),
    ];

    private static bool IsText(string? text) => text is null || (text.Length <= LongestText && !text.Any(char.IsControl));

    private static string? Twice(IEnumerable<string> names) =>
        names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1)?.Key;
}
