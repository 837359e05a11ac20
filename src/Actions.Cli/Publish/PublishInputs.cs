using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Actions.Cli.Clusters;
using Actions.Cli.SolanaDeploy;
using Actions.Core.Faults;
using Actions.Core.Idl;
using Actions.Core.Inputs;
using Actions.Core.Metadata;
using Actions.Core.Runner;
using Actions.Core.Store;

namespace Actions.Cli.Publish;

/// <summary>Reads `idl` and `security-txt`: what is published about each program.</summary>
internal static class PublishInputs
{
    private const int MostDepth = 64;
    private const int LongestPlan = 16 * 1024 * 1024;

    private static readonly string[] Published = ["idl", "security-txt"];

    /// <summary>For each program what it publishes; null for one that publishes nothing.</summary>
    public static IReadOnlyList<PublishRequest?> Read(InputReader inputs, ReleaseScope? scope, IReadOnlyList<DeployProgram> programs, DeployMode mode, ClaimInputs claims)
    {
        foreach (var name in Published.Where(inputs.Has).Where(_ => mode == DeployMode.Buffer).ToList())
        {
            inputs.Add(FaultCodes.InputConflict, name, $"Expected no '{name}' with mode: buffer", "found one", "publish it with the run that deploys the program");
        }

        if (inputs.Has("idl") && programs.Count > 1 && !IsNone(inputs))
        {
            inputs.Add(FaultCodes.InputConflict, "idl", $"Expected no 'idl' for {programs.Count} programs", "found one", "choose one program with 'only', or name the IDLs in the release file");
        }

        var security = inputs.File("security-txt", MetadataContent.MaxLength) is { } file ? Document(inputs, "security-txt", MetadataDocument.Security, file, isExplicit: true) : null;
        var migration = inputs.File("migration", LongestPlan)?.Path.Relative;
        return mode == DeployMode.Buffer ? [.. programs.Select(_ => (PublishRequest?)null)]
            : [.. programs.Select(program => Request([Idl(inputs, scope, program), security], migration, claims.Of(program)))];
    }

    private static PublishRequest? Request(IEnumerable<AskedDocument?> documents, string? migration, ClaimRequest? claim)
    {
        List<AskedDocument> asked = [.. documents.OfType<AskedDocument>()];
        return asked.Count > 0 || claim is not null ? new PublishRequest(asked, migration, claim) : null;
    }

    private static bool IsNone(InputReader inputs) => inputs.Text("idl") == "none";

    /// <summary>The file given; else what the manifest or the release file has for this program.</summary>
    private static AskedDocument? Idl(InputReader inputs, ReleaseScope? scope, DeployProgram program)
    {
        if (inputs.Has("idl"))
        {
            return !IsNone(inputs) && inputs.File("idl", MetadataContent.MaxLength) is { } given ? Document(inputs, "idl", MetadataDocument.Idl, given, isExplicit: true) : null;
        }

        if (program.Manifest is { } facts)
        {
            return facts.Idl is { } kept && ManifestInput.Read(inputs) is { } manifest ? Kept(inputs, manifest.File, kept) : null;
        }

        return scope?.Programs.FirstOrDefault(known => known.Name == program.Name)?.Idl is { } built && inputs.OptionalFileAt("release-file", built, MetadataContent.MaxLength) is { } file
            ? Document(inputs, "release-file", MetadataDocument.Idl, file, isExplicit: false)
            : null;
    }

    /// <summary>The one beside the manifest, if it is the one that the manifest means.</summary>
    private static AskedDocument? Kept(InputReader inputs, InputFile manifest, ManifestIdl kept)
    {
        if (inputs.OptionalFileAt("manifest", Path.Combine(Path.GetDirectoryName(manifest.Path.Relative) ?? "", kept.File), MetadataContent.MaxLength) is not { } file)
        {
            return null;
        }

        var sha256 = Convert.ToHexStringLower(SHA256.HashData(file.Bytes));
        if (sha256 == kept.Sha256)
        {
            return Document(inputs, "manifest", MetadataDocument.Idl, file, isExplicit: false);
        }

        inputs.Add(FaultCodes.ManifestMismatch, "manifest", $"Expected the IDL that the manifest describes in {file.Path.Relative} (sha256 {kept.Sha256})", $"found sha256 {sha256}", "give the file that was built with this manifest");
        return null;
    }

    /// <summary>What nobody asked for by an input is only left out where it cannot be published: the program runs without it.</summary>
    private static AskedDocument? Document(InputReader inputs, string input, string seed, InputFile file, bool isExplicit)
    {
        void Complain(string expected, string found, string remedy)
        {
            var fault = new Fault(FaultCodes.FileUnreadable, expected, found, remedy, input);
            inputs.Add(isExplicit ? fault : fault.AsWarning());
        }

        if (Problem(file.Bytes, seed, out var idl) is { } problem)
        {
            Complain($"Expected {(seed == MetadataDocument.Idl ? "an IDL" : "a security.txt as JSON")} in {file.Path.Relative}", $"found {problem}", seed == MetadataDocument.Idl ? "give what the build wrote to target/idl" : "see docs/idl.md for its fields");
            return null;
        }

        var document = new MetadataDocument(seed, Encoding.UTF8.GetString(file.Bytes));
        if (document.Packed.Length <= MetadataDocument.MaxPacked)
        {
            return new AskedDocument(document, input, isExplicit) { Idl = idl };
        }

        Complain($"Expected at most {MetadataDocument.MaxPacked:N0} bytes when compressed", $"found {document.Packed.Length:N0} in {file.Path.Relative}", "leave out what clients do not need");
        return null;
    }

    /// <summary>What is wrong with a file; null for one that can be published.</summary>
    private static string? Problem(byte[] bytes, string seed, out AnchorIdl? idl)
    {
        idl = null;
        if (!Utf8.IsValid(bytes))
        {
            return "bytes that are no text in UTF-8";
        }

        try
        {
            using var json = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = MostDepth });
            return json.RootElement.ValueKind != JsonValueKind.Object ? "JSON that is no object"
                : seed == MetadataDocument.Security ? SecurityMetadata.Complain(json.RootElement)
                : AnchorIdl.IsCodama(json.RootElement) || (idl = AnchorIdl.TryRead(Encoding.UTF8.GetString(bytes), out var complaint)) is not null ? null
                : complaint;
        }
        catch (JsonException problem)
        {
            return $"no JSON: {PlainText.Bound(PlainText.CleanLine(problem.Message), 200)}";
        }
    }
}
