using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Actions.Cli.Hosting;
using Actions.Cli.SolanaDeploy;
using Actions.Core.Runner;
using Actions.Core.Solana;
using Actions.Core.Squads;

namespace Actions.Cli.Publish;

/// <summary>What became of a document.</summary>
/// <param name="State">`published`, `unchanged`, `proposed` with the upgrade, or `exported`.</param>
/// <param name="Sha256">Of the text, as 64 hex digits; null for what is no text.</param>
/// <param name="Export">The file of the unsigned transactions, one in each line, in their order; null when nobody else signs.</param>
public sealed record PublishedDocument(string Name, string What, Address Account, string State, string? Sha256, WorkspacePath? Export)
{
    /// <summary>What a build claim is called among them.</summary>
    public const string Claim = "verified-build";

    /// <summary>The same of a claim.</summary>
    internal static PublishedDocument Of(DeployRequest request, ClaimPlan claim, bool isDone, ActionContext context)
    {
        var export = claim is { IsExported: true, IsSaid: false }
            ? ExportFile.Write(context, $"{request.ProgramId}-{Claim}-{claim.Sight.Asked.Commit[..16]}", [Transaction.Unsigned(Message.Compile(claim.Uploader, [claim.Instruction], default))])
            : null;
        return new PublishedDocument("build claim", Claim, claim.Sight.Account, export is not null ? "exported" : isDone ? "published" : "unchanged", null, export);
    }

    /// <summary>Writes the export, where somebody else signs and is not asked to together with the upgrade.</summary>
    /// <param name="asked">What the proposal of the upgrade asks for, or asked for when this run executed it; null without one.</param>
    internal static PublishedDocument Of(DeployRequest request, DocumentPlan document, VaultAsk? asked, bool isDone, ActionContext context)
    {
        var sight = document.Sight;
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sight.Document.Text)));
        var isProposed = asked is not null && document.IsIn(asked.Publications);
        var wasProposed = document.IsSaid && asked?.Publications.Any(instruction => instruction.Accounts[0].Address == sight.Account) == true;
        var export = document is { IsExported: true, IsSaid: false } && !isProposed
            ? ExportFile.Write(context, $"{request.ProgramId}-{sight.Document.Seed}-{sha256[..16]}", [.. document.Publication.Portions.Select(part => Transaction.Unsigned(Message.Compile(document.Publication.Authority, part, default)))])
            : null;
        var state = isProposed ? "proposed" : export is not null ? "exported" : isDone || wasProposed ? "published" : "unchanged";
        return new PublishedDocument(sight.Asked.Name, sight.Document.Seed, sight.Account, state, sha256, export);
    }

    /// <summary>The output `published`.</summary>
    public static string ToJson(IReadOnlyList<PublishedDocument> documents)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartArray();
            foreach (var document in documents)
            {
                writer.WriteStartObject();
                writer.WriteString("what", document.What);
                writer.WriteString("account", document.Account.ToString());
                writer.WriteString("state", document.State);
                if (document.Sha256 is { } sha256)
                {
                    writer.WriteString("sha256", sha256);
                }

                if (document.Export is { } export)
                {
                    writer.WriteString("export", export.Relative);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
