using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Actions.Core.Loader;
using Actions.Core.Releases;
using Actions.Core.Solana;

namespace Actions.Core.Fleet;

/// <summary>What the last run over a fleet saw: `fleet/&lt;name&gt;` in the store. It holds no time, so that a run that sees the same leaves the same bytes.</summary>
/// <param name="Programs">By the name the fleet gives them.</param>
/// <param name="Findings">What is not about one program.</param>
/// <param name="Buffers">Address of every loader buffer of the fleet's authorities to the slot it was first seen in.</param>
public sealed record FleetSnapshot(
    IReadOnlyDictionary<string, FleetSnapshotProgram> Programs, IReadOnlyList<FleetSnapshotFinding> Findings, IReadOnlyDictionary<string, ulong> Buffers)
{
    public const int CurrentSchema = 1;
    public const int LongestFile = 8 * 1024 * 1024;

    private static readonly FleetJson Readable = new(new JsonSerializerOptions(FleetJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    [JsonRequired]
    public int Schema { get; init; } = CurrentSchema;

    /// <summary>The name of the snapshot of a fleet file: its own without its extension; null where it cannot be one.</summary>
    public static string? NameOf(string file) => Path.GetFileNameWithoutExtension(file) is var name && ReleaseName.IsUsable(name) ? name : null;

    /// <summary>Null for bytes that are none of ours: what cannot be read is not known, and is looked at again.</summary>
    public static FleetSnapshot? TryRead(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, FleetJson.Default.FleetSnapshot) is { Schema: CurrentSchema } snapshot
                && snapshot.Programs.Values.All(program => program is not null && HexHash.Is(program.ExecutableHash ?? new string('0', HexHash.Length)) && Address.TryParse(program.ProgramId, out _))
                    ? snapshot
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>By program id, for the fleet may call a program otherwise by now; empty for a first run.</summary>
    public static ILookup<string, FleetSnapshotProgram> ById(FleetSnapshot? known) => (known?.Programs.Values ?? []).ToLookup(program => program.ProgramId, StringComparer.Ordinal);

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Readable.FleetSnapshot);

    /// <summary>Every finding as subject and id.</summary>
    [JsonIgnore]
    public IEnumerable<FleetSnapshotFinding> All => Programs.SelectMany(program => program.Value.Findings.Select(id => new FleetSnapshotFinding(id, program.Key))).Concat(Findings);
}

/// <summary>A program as it was seen. Without a hash its bytes are read again by the next run.</summary>
/// <param name="GenesisHash">What the cluster really was.</param>
public sealed record FleetSnapshotProgram(string GenesisHash, string ProgramId, IReadOnlyList<string> Findings)
{
    /// <summary>Of its last deploy, upgrade or extension.</summary>
    public ulong? Slot { get; init; }

    public string? ExecutableHash { get; init; }

    public int? SbpfVersion { get; init; }

    /// <summary>What is wrong with its security.txt; null when it has none.</summary>
    public IReadOnlyList<string>? SecurityTxt { get; init; }

    /// <summary>What the history of a build claim said that is older than the program; null where nobody asked it, or it did not know.</summary>
    public FleetSnapshotClaim? Claim { get; init; }
}

/// <summary>Whether a build claim was written after the last upgrade. While the program's slot stays the same, one that was stays so, whatever is written later.</summary>
/// <param name="Uploader">Whose claim it is.</param>
/// <param name="UpgradedAfter">The slot of an upgrade that came after it; null when none did.</param>
public sealed record FleetSnapshotClaim(string Uploader, ulong? UpgradedAfter = null);

/// <param name="Finding">The finding's id.</param>
/// <param name="Subject">What it is about.</param>
public sealed record FleetSnapshotFinding(string Finding, string Subject);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    MaxDepth = 8,
    WriteIndented = true,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(FleetSnapshot))]
internal sealed partial class FleetJson : JsonSerializerContext;
