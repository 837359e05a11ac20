using Actions.Core.Faults;
using Actions.Core.Gates;
using Actions.Core.Ledger;
using Actions.Core.Rpc;

namespace Actions.Cli.PromoteArtifact;

/// <summary>Reads how long programs have run by the cluster's own clock.</summary>
internal sealed class SoakClock(RpcClient rpc, Commitment commitment)
{
    /// <summary>The newest slots may have no block.</summary>
    private const ulong LookBack = 8;

    public async Task<SourceEvidence> LookAsync(string environment, IReadOnlyList<SeenProgram> programs, CancellationToken cancellation) =>
        new(environment, await LiveSinceAsync(programs, cancellation), await NewestAsync(cancellation));

    /// <summary>When the newest of them went live: a rollback and an extension count too.</summary>
    private async Task<Knowable<DateTimeOffset>> LiveSinceAsync(IReadOnlyList<SeenProgram> programs, CancellationToken cancellation)
    {
        if (programs.Any(program => program.Source?.Slot is null))
        {
            return new Knowable<DateTimeOffset>.Unknown("a program that does not run there", "deploy the release there first");
        }

        var newest = programs.MaxBy(program => program.Source!.Slot!.Value)!;
        var slot = newest.Source!.Slot!.Value;
        var time = await TimeAsync(slot, cancellation)
            ?? LedgerRules.Standing(newest.SourceRecords, newest.Source.ExecutableHash) switch
            {
                { Facts: { BlockTime: { } recorded, Slot: { } at } } when at == slot => recorded,
                _ => null,
            };
        return time is { } seconds
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : new Knowable<DateTimeOffset>.Unknown($"that nobody knows the time of slot {slot}", "use an endpoint with history in from-rpc-url, or the ledger that the deploy wrote to");
    }

    private async Task<Knowable<DateTimeOffset>> NewestAsync(CancellationToken cancellation)
    {
        var slot = await rpc.GetSlotAsync(commitment, cancellation);
        for (ulong back = 0; back <= Math.Min(LookBack, slot); back++)
        {
            if (await TimeAsync(slot - back, cancellation) is { } seconds)
            {
                return DateTimeOffset.FromUnixTimeSeconds(seconds);
            }
        }

        return new Knowable<DateTimeOffset>.Unknown("that the endpoint knows no block time", "use another endpoint in from-rpc-url");
    }

    /// <summary>A node refuses to say it of slots it has forgotten, and of those without a block.</summary>
    private async Task<long?> TimeAsync(ulong slot, CancellationToken cancellation)
    {
        try
        {
            return await rpc.GetBlockTimeAsync(slot, cancellation) is { } seconds and >= 0 and <= 253_402_300_799 ? seconds : null;
        }
        catch (RpcRefusedException)
        {
            return null;
        }
        catch (FaultException problem) when (problem.Faults.All(fault => fault.Code == FaultCodes.RpcInvalidAnswer))
        {
            return null;
        }
    }
}
