using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Actions.Core.Metadata;
using Actions.Core.Rpc;
using Actions.Core.Solana;

namespace Actions.Cli.VerifyProgram;

/// <summary>What a program's upgrade authority published about it.</summary>
/// <param name="IdlSha256">Of the text; null when there is none.</param>
/// <param name="IdlProblem">Why an account for it holds no text; null when it does, or there is none.</param>
/// <param name="Security">What is wrong with the published security.txt, empty for nothing; null when there is none.</param>
public sealed record MetadataSight(string? IdlSha256, string? IdlProblem, string? Security);

/// <summary>Looks at the canonical accounts of program-metadata and, for an IDL, at the one that Anchor kept before; reads only.</summary>
internal sealed class MetadataObserver(RpcClient rpc, Commitment commitment)
{
    internal const int Longest = 6 * 1024 * 1024;

    public async Task<MetadataSight> LookAsync(Address program, ulong minContextSlot, CancellationToken cancellation)
    {
        Address[] addresses = [MetadataProgram.Canonical(program, MetadataDocument.Idl), LegacyIdl.AddressOf(program), MetadataProgram.Canonical(program, MetadataDocument.Security)];
        var accounts = (await rpc.GetAccountsAsync(addresses, commitment, cancellation, minContextSlot, longest: Longest)).Value;
        var (sha256, problem) = Idl(program, accounts[0], accounts[1]);
        return new MetadataSight(sha256, problem, Security(accounts[2]));
    }

    /// <summary>What two accounts say together about a program's IDL: its text's sha256, or why there is none; neither where there is no account.</summary>
    /// <param name="legacy">Anchor's; it counts where nothing is published.</param>
    internal static (string? Sha256, string? Problem) Idl(Address program, AccountInfo? canonical, AccountInfo? legacy)
    {
        var (isThere, text) = canonical is { } account && account.Owner == MetadataProgram.Id && MetadataAccount.TryParse(account.Data, out var parsed) && parsed is MetadataAccount.Published published
            ? (true, MetadataContent.Text(published))
            : legacy is { } old && old.Owner == program && LegacyIdl.TryParse(old.Data, out var kept) ? (true, kept.Text) : (false, null);
        return (
            text is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))),
            isThere && text is null ? "an account without a text that could be read" : null);
    }

    private static string? Security(AccountInfo? account)
    {
        if (account is null || account.Owner != MetadataProgram.Id || !MetadataAccount.TryParse(account.Data, out var parsed) || parsed is not MetadataAccount.Published published)
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(MetadataContent.Text(published) ?? "");
            return SecurityMetadata.Complain(json.RootElement) ?? "";
        }
        catch (JsonException)
        {
            return "no JSON";
        }
    }
}
