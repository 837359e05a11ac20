using Actions.Cli.SolanaDeploy;
using Actions.Cli.VerifyProgram;
using Actions.Core.Loader;
using Actions.Core.Metadata;
using Actions.Core.Rpc;
using Actions.Core.Solana;
using Actions.Core.VerifiedBuild;

namespace Actions.Cli.Publish;

/// <summary>Looks at what is published about a program; reads only.</summary>
internal sealed class PublishObserver(RpcClient rpc, DeployRequest request)
{
    private const int AccountsOfDocument = 3;

    /// <summary>A document, its buffer and an old IDL, each with room for what others may have made of it.</summary>
    private const int LongestOfDocument = 3 * 1024 * 1024;

    /// <summary>Of the programs themselves only that they are there is of interest.</summary>
    private const int LongestProgram = 64 * 1024;

    private readonly Dictionary<int, ulong> rents = [];

    /// <param name="minContextSlot">The newest slot one of ours landed in: an older view is not believed.</param>
    public async Task<PublishState> LookAsync(ulong? minContextSlot, CancellationToken cancellation)
    {
        var (program, documents) = (request.ProgramId!.Value, request.Publish!.Documents);
        List<Address> addresses = [MetadataProgram.Id, OtterProgram.Id];
        var buffers = documents.Select(asked => MetadataBuffer.Of(program, request.Payer.Address, request.UpgradeAuthority.Address, asked.Document)).ToList();
        foreach (var (asked, buffer) in documents.Zip(buffers))
        {
            addresses.AddRange([MetadataProgram.Canonical(program, asked.Document.Seed), buffer.Address, LegacyIdl.AddressOf(program)]);
        }

        var answer = await rpc.GetAccountsAsync(addresses, Commitment.Confirmed, cancellation, minContextSlot, longest: (documents.Count * LongestOfDocument) + LongestProgram);
        List<DocumentSight> sights = [];
        for (var i = 0; i < documents.Count; i++)
        {
            var at = 2 + (i * AccountsOfDocument);
            sights.Add(Of(documents[i], addresses[at], buffers[i], answer.Value[at], answer.Value[at + 1], answer.Value[at + 2]) with { Rent = await RentAsync(documents[i].Document.Size, cancellation) });
        }

        var claim = request.Publish.Claim is { } claimed ? await ClaimAsync(claimed, program, answer.Slot, cancellation) : null;
        return new PublishState(answer.Slot, answer.Value[0] is { IsExecutable: true }, sights, answer.Value[1] is { IsExecutable: true }, claim);
    }

    private async Task<ClaimSight> ClaimAsync(ClaimRequest asked, Address program, ulong slot, CancellationToken cancellation)
    {
        var uploader = request.UpgradeAuthority.Address;
        var address = OtterProgram.ClaimAddress(program, uploader);
        var accounts = (await rpc.GetAccountsAsync([LoaderProgram.ProgramDataAddress(program), address], Commitment.Confirmed, cancellation, slot, new DataSlice(0, LoaderProgram.ProgramDataHeader))).Value;
        var changed = accounts[0] is { } account && LoaderAccount.TryParse(account.Data, out var parsed) && parsed is LoaderAccount.ProgramData header ? header.Slot : 0;
        // What was written in a vault's transaction names an older slot than it was written in: only the history tells.
        var sight = await new BuildClaimObserver(rpc, Commitment.Confirmed).LookAsync(program, new ProgramOnChain.Running(changed, uploader, default), slot, cancellation);
        var claim = asked.Claim with { DeploySlot = changed };
        return new ClaimSight(
            claim, address, accounts[1]?.Lamports ?? 0, sight.Claim, sight is { Claim: { } known, UpgradedAfter: null } && (known.DeploySlot >= changed || sight.IsHistoryKnown), await RentAsync(claim.Size, cancellation));
    }

    private DocumentSight Of(AskedDocument asked, Address address, MetadataBuffer bufferAt, AccountInfo? account, AccountInfo? buffer, AccountInfo? legacy)
    {
        var content = account is { Data.Length: > 0 } && account.Owner == MetadataProgram.Id && MetadataAccount.TryParse(account.Data, out var parsed) ? parsed : null;
        var published = content as MetadataAccount.Published;
        return new DocumentSight(asked, address, bufferAt)
        {
            Lamports = account?.Lamports ?? 0,
            Space = account?.Data.Length ?? 0,
            Rent = 0,
            Published = published,
            Obstacle = published is not null || account is null or { Data.Length: 0 } ? null
                : content is MetadataAccount.Buffer ? "a buffer that another tool began and did not finish"
                : $"an account of {account.Owner} that is no metadata",
            Legacy = asked.Document.Seed == MetadataDocument.Idl && legacy is not null && legacy.Owner == request.ProgramId && LegacyIdl.TryParse(legacy.Data, out var old) ? old.Text : null,
            BufferLamports = buffer?.Lamports ?? 0,
            // Its address is derived from the payer's key: nobody else can have made it.
            Buffer = buffer is not null && buffer.Owner == MetadataProgram.Id && MetadataAccount.TryParse(buffer.Data, out var held) ? held as MetadataAccount.Buffer : null,
        };
    }

    private async Task<ulong> RentAsync(int size, CancellationToken cancellation)
    {
        if (!rents.TryGetValue(size, out var rent))
        {
            rents[size] = rent = await rpc.GetRentAsync(size, cancellation);
        }

        return rent;
    }
}
