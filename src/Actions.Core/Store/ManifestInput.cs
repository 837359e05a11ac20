using Actions.Core.Faults;
using Actions.Core.Inputs;

namespace Actions.Core.Store;

/// <summary>A manifest that an input named.</summary>
public static class ManifestInput
{
    /// <summary>Null when it is absent or at fault.</summary>
    public static (InputFile File, Manifest Manifest)? Read(InputReader inputs)
    {
        if (inputs.File("manifest", Manifest.LongestFile) is not { } file)
        {
            return null;
        }

        if (Manifest.TryRead(file.Bytes, out var problem) is { } manifest)
        {
            return (file, manifest);
        }

        inputs.Add(
            FaultCodes.FileUnreadable, "manifest", $"Expected a manifest of schema {Manifest.CurrentSchema} (docs/schema/manifest.schema.json)", $"found in {file.Path.Relative}: {problem}",
            "give the manifest.json that promote-artifact wrote");
        return null;
    }
}
