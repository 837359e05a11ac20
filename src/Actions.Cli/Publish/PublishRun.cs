using Actions.Cli.Hosting;
using Actions.Cli.SolanaDeploy;
using Actions.Core.Faults;
using Actions.Core.Metadata;
using Actions.Core.Rpc;
using Actions.Core.Runner;
using Actions.Core.Sending;
using Actions.Core.Solana;

namespace Actions.Cli.Publish;

/// <summary>Publishes what is not published yet; the program itself runs by now.</summary>
/// <remarks>As for the program: whenever a transaction does not end as planned the run looks again and plans anew from what it sees.</remarks>
internal sealed class PublishRun(RpcClient rpc, DeployRequest request, TransactionPump pump, DeployProgress progress, ActionContext context)
{
    private const int MostRounds = 8;

    private readonly PublishObserver observer = new(rpc, request);
    private readonly DeployTransactions transactions = new(rpc, request, pump, context.Time);
    private string? lastError;

    private JobLog Log => context.Log;

    private Address Program => request.ProgramId!.Value;

    /// <summary>The same, and says what became of it.</summary>
    public async Task FinishAsync(ulong price, ulong slot, CancellationToken cancellation)
    {
        var (plan, done) = await RunAsync(price, slot, cancellation);
        progress.Published =
        [
            .. plan.Documents.Select(document => PublishedDocument.Of(request, document, progress.Squads?.Asked, done.Contains(document.Sight.Document.Seed), context)),
            .. plan.Claim is { } claim ? (PublishedDocument[])[PublishedDocument.Of(request, claim, done.Contains(PublishedDocument.Claim), context)] : [],
        ];
        progress.LeftBuffers = plan.Documents.Count == 0 ? [] : await LeftBuffers.OfAsync(rpc, Program, request.Payer.Address, cancellation);
    }

    /// <summary>Until everything is said, or is ready for somebody else to sign.</summary>
    /// <param name="price">µlamports per compute unit.</param>
    /// <param name="slot">What is looked at is not older than this.</param>
    public async Task<(PublishPlan Plan, IReadOnlySet<string> Done)> RunAsync(ulong price, ulong slot, CancellationToken cancellation)
    {
        (transactions.Price, transactions.LookedAt) = (price, slot);
        HashSet<string> done = [];
        for (var round = 1; ; round++)
        {
            var state = await observer.LookAsync(Math.Max(slot, pump.HighestLandedSlot), cancellation);
            var plan = PublishPlan.Of(request, state, price, changes: false);
            if (await RoundAsync(plan, done, cancellation))
            {
                return (plan, done);
            }

            if (round == MostRounds)
            {
                throw new FaultException(new Fault(FaultCodes.TransactionRejected, "to publish what the program says about itself", $"after {MostRounds} attempts the cluster still answers otherwise than planned ({lastError ?? "transactions expired"})", "run again: the program is deployed, and nothing already written is lost"));
            }
        }
    }

    /// <returns>Whether nothing is left to do, as the cluster shows it.</returns>
    private async Task<bool> RoundAsync(PublishPlan plan, HashSet<string> done, CancellationToken cancellation)
    {
        var isFinished = true;
        foreach (var document in plan.Documents.Where(document => !document.IsSaid))
        {
            if (document.IsExported && !document.CreatesBuffer && document.Chunks.Count == 0 && !document.HandsOver && document.Missing == 0)
            {
                continue;
            }

            isFinished = false;
            if (await UploadAsync(document, cancellation) && await (document.IsExported ? PrepareAsync(document, cancellation) : PublishAsync(document, cancellation)))
            {
                done.Add(document.Sight.Document.Seed);
            }
        }

        if (plan.Claim is { IsSaid: false } claim && !(claim.IsExported && claim.Missing == 0))
        {
            isFinished = false;
            if (await ClaimAsync(claim, cancellation))
            {
                done.Add(PublishedDocument.Claim);
            }
        }

        return isFinished;
    }

    /// <summary>The claim, or only its rent where somebody else signs.</summary>
    private async Task<bool> ClaimAsync(ClaimPlan claim, CancellationToken cancellation)
    {
        Log.Line(claim.IsExported ? $"Paying the rent of the build claim at {claim.Sight.Account}" : $"Claiming at {claim.Sight.Account} what the program was built from");
        List<Instruction> instructions = [.. Fund(claim.Sight.Account, claim.Missing), .. claim.IsExported ? (Instruction[])[] : [claim.Instruction]];
        var signer = claim.IsExported ? claim.Payer : claim.Uploader;
        if (!claim.IsExported && await transactions.SimulateAsync(instructions, cancellation) is { Error: { } error } simulation)
        {
            if (lastError == error)
            {
                throw new FaultException(new Fault(FaultCodes.TransactionRejected, $"a cluster that lets {claim.Uploader} claim what the program was built from", $"it refuses ({error}): {PlainText.Bound(PlainText.CleanLine(string.Join(" | ", simulation.Logs.TakeLast(2))), 500)}", $"look at {claim.Sight.Account} in an explorer; the program itself is deployed", "verified-build"));
            }

            lastError = error;
            await Task.Delay(2 * DeployTransactions.ShortWait, context.Time, cancellation);
            return false;
        }

        var outcome = await transactions.SendAsync(instructions, transactions.SignersOf(signer), cancellation, ClaimPlan.Units);
        lastError = outcome.Error ?? lastError;
        if (outcome.Fate != Fate.Succeeded)
        {
            return false;
        }

        progress.PublishRent += claim.Missing;
        return true;
    }

    /// <summary>Gets the document into its buffer, and reads it back.</summary>
    private async Task<bool> UploadAsync(DocumentPlan document, CancellationToken cancellation)
    {
        if (document.Publication.Buffer is null)
        {
            return true;
        }

        var (sight, payer) = (document.Sight, request.Payer.Address);
        if (document.CreatesBuffer)
        {
            Log.Line($"Creating a buffer for the {sight.Asked.Name} at {sight.BufferAt.Address}");
            List<Instruction> create = [.. Fund(sight.BufferAt.Address, document.BufferMissing), .. sight.BufferAt.Create(Program, payer, sight.Document)];
            if (!await LandAsync(create, payer, cancellation))
            {
                return false;
            }

            progress.PublishRent += document.BufferMissing;
        }

        var signers = document.Chunks.Count == 0 ? [] : transactions.SignersOf(document.Writer);
        List<Outgoing> writes =
        [
            .. document.Chunks.Select(chunk => transactions.ComposeWrite(
                MetadataProgram.Write(sight.BufferAt.Address, document.Writer, (uint)chunk.Offset, sight.Document.Packed.Slice(chunk.Offset, chunk.Length)), signers, DocumentPlan.WriteUnits)),
        ];
        pump.Enqueue(writes);
        var landed = await Task.WhenAll(writes.Select(write => write.Settled)).WaitAsync(cancellation);
        return landed.All(outcome => outcome.Fate == Fate.Succeeded) && await IsCompleteAsync(document, document.Writer, cancellation);
    }

    private async Task<bool> PublishAsync(DocumentPlan document, CancellationToken cancellation)
    {
        var sight = document.Sight;
        List<Instruction> publish = [.. Fund(sight.Account, document.Missing), .. document.Publication.Instructions];
        if (await transactions.SimulateAsync(publish, cancellation) is { Error: { } error } simulation)
        {
            return await RefusedAsync(document, error, simulation.Logs, cancellation);
        }

        Log.Line($"{(sight.Space == 0 ? "Publishing" : "Updating")} the {sight.Asked.Name} at {sight.Account}");
        if (!await LandAsync(publish, document.Publication.Authority, cancellation))
        {
            return false;
        }

        progress.PublishRent += document.Missing;
        progress.Refunded += document.Refund;
        return true;
    }

    /// <summary>All that comes before the signature of somebody else.</summary>
    private async Task<bool> PrepareAsync(DocumentPlan document, CancellationToken cancellation)
    {
        var (sight, authority) = (document.Sight, document.Publication.Authority);
        if (document.Missing > 0)
        {
            if (!await LandAsync(Fund(sight.Account, document.Missing), request.Payer.Address, cancellation))
            {
                return false;
            }

            progress.PublishRent += document.Missing;
        }

        if (!document.HandsOver)
        {
            return true;
        }

        Log.Line($"Handing the buffer of the {sight.Asked.Name} over to {authority}");
        return await LandAsync([MetadataProgram.SetAuthority(sight.BufferAt.Address, document.Writer, null, null, authority)], document.Writer, cancellation)
            && await IsCompleteAsync(document, authority, cancellation);
    }

    /// <summary>Whether the buffer holds the document, byte for byte.</summary>
    private async Task<bool> IsCompleteAsync(DocumentPlan document, Address owner, CancellationToken cancellation)
    {
        var now = (await observer.LookAsync(pump.HighestLandedSlot, cancellation)).Documents.First(sight => sight.Document.Seed == document.Sight.Document.Seed);
        return now.Buffer is { } buffer && buffer.Authority == owner && buffer.Content.Span.SequenceEqual(now.Document.Packed.Span);
    }

    /// <summary>Seen twice with nothing else changed it is final, and the buffer's rent comes back.</summary>
    private async Task<bool> RefusedAsync(DocumentPlan document, string error, IReadOnlyList<string> logs, CancellationToken cancellation)
    {
        if (lastError != error)
        {
            lastError = error;
            await Task.Delay(2 * DeployTransactions.ShortWait, context.Time, cancellation);
            return false;
        }

        var payer = request.Payer.Address;
        var isClosed = document.Publication.Buffer is { } buffer && buffer.Authority == payer && await LandAsync([MetadataProgram.Close(buffer.Address, payer, null, null, payer)], payer, cancellation);
        if (isClosed)
        {
            progress.Refunded += document.Sight.BufferLamports + document.BufferMissing;
        }

        throw new FaultException(new Fault(
            FaultCodes.TransactionRejected, $"a cluster that lets {document.Publication.Authority} publish the {document.Sight.Asked.Name}", $"it refuses ({error}): {PlainText.Bound(PlainText.CleanLine(string.Join(" | ", logs.TakeLast(2))), 500)}",
            $"look at {document.Sight.Account} in an explorer; the program itself is deployed{(isClosed ? ", and the buffer's rent is back" : "")}", document.Sight.Asked.Input));
    }

    private async Task<bool> LandAsync(IReadOnlyList<Instruction> instructions, Address signer, CancellationToken cancellation)
    {
        var outcome = await transactions.SendAsync(instructions, transactions.SignersOf(signer), cancellation, DocumentPlan.Units(instructions.Count));
        lastError = outcome.Error ?? lastError;
        return outcome.Fate == Fate.Succeeded;
    }

    private IReadOnlyList<Instruction> Fund(Address account, ulong missing) => missing == 0 ? [] : [SystemProgram.Transfer(request.Payer.Address, account, missing)];
}
