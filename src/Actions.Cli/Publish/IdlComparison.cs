using System.Text;
using System.Text.Json;
using Actions.Core.Faults;
using Actions.Core.Idl;
using Actions.Core.Metadata;

namespace Actions.Cli.Publish;

/// <summary>How an IDL to publish differs from the one on chain. Pure.</summary>
/// <param name="Changes">Breaking ones first.</param>
/// <param name="WhyNot">Why they could not be compared; null when they were.</param>
public sealed record IdlComparison(IReadOnlyList<IdlChange> Changes, string? WhyNot)
{
    private const int MostListed = 100;
    private const int MostInFault = 5;

    /// <summary>Null where there is nothing to compare: no IDL, none on chain, or the same.</summary>
    public static IdlComparison? Of(DocumentSight sight)
    {
        var text = sight.Published is { } published ? MetadataContent.Text(published) : sight.Legacy;
        if (sight.Document.Seed != MetadataDocument.Idl || sight.IsSaid || (sight.Published is null && sight.Legacy is null))
        {
            return null;
        }

        if (text is null)
        {
            return new IdlComparison([], "what is on chain is no text that could be read");
        }

        return AnchorIdl.TryRead(text, out var problem) is not { } old ? new IdlComparison([], $"what is on chain is no Anchor IDL: {problem}")
            : sight.Asked.Idl is not { } now ? new IdlComparison([], "the new one is no Anchor IDL")
            : new IdlComparison(IdlDiff.Of(old, now), null);
    }

    private IReadOnlyList<IdlChange> Breaking => [.. Changes.Where(change => change.Kind == IdlChangeKind.Breaking)];

    /// <summary>What is to be said of it before anything is sent; null for nothing.</summary>
    /// <param name="input">Where the IDL comes from.</param>
    /// <param name="migration">The plan for what breaks; null for none.</param>
    public Fault? ToFault(string input, string? migration) =>
        WhyNot is not null ? new Fault(FaultCodes.IdlIncompatible, "an IDL that can be compared with the one on chain", WhyNot, "compare them yourself: nothing was checked", input).AsWarning()
        : Breaking.Count == 0 || migration is not null ? null
        : new Fault(
            FaultCodes.IdlIncompatible, "an IDL that fits the accounts and callers there are", $"{Breaking.Count} changes that do not: {string.Join("; ", Breaking.Take(MostInFault).Select(change => change.What))}{(Breaking.Count > MostInFault ? "; …" : "")}",
            "undo them, or write down how accounts and callers are migrated and name that file as migration", input);

    /// <summary>The output `idl-changes`.</summary>
    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartArray();
            foreach (var change in Changes.Take(MostListed))
            {
                writer.WriteStartObject();
                writer.WriteString("kind", NameOf(change.Kind));
                writer.WriteString("what", change.What);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    public static string NameOf(IdlChangeKind kind) => kind switch { IdlChangeKind.Breaking => "breaking", IdlChangeKind.Notable => "notable", _ => "compatible" };
}
