using Actions.Core.Ledger;

namespace Actions.Core.Tests.Ledger;

/// <summary>What happened to one program, told in the order it happened, with the events the actions would write.</summary>
internal sealed class Story
{
    private readonly List<LedgerEvent> events = [];

    public char OnChain { get; private set; }

    public string Hash => Make.Hash(OnChain);

    public IReadOnlyList<LedgerRecord> Records => Make.Records(events);

    public string? Current => LedgerRules.Current(Records, Hash)?.Id;

    public string? Previous => LedgerRules.Previous(Records, Hash)?.Id;

    public LedgerRecord this[string id] => Records.Single(record => record.Id == id);

    public Story Write(params IEnumerable<LedgerEvent> more)
    {
        events.AddRange(more);
        return this;
    }

    /// <summary>A release by solana-deploy that succeeds; its bytes are the last letter of its id.</summary>
    public Story Deploy(string id) => Start(id).Land(id).Write(Make.Event(id, RecordState.Succeeded));

    public Story Start(string id) =>
        Write(Make.Event(id) with { ExecutableHash = Make.Hash(id[^1]), From = OnChain == default ? null : Current });

    /// <summary>The final transaction lands; nobody writes it down.</summary>
    public Story Land(string id) => ByHand(id[^1]);

    /// <summary>Somebody deploys these bytes with another tool.</summary>
    public Story ByHand(char bytes)
    {
        OnChain = bytes;
        return this;
    }

    /// <summary>A deploy of a version whose bytes already run.</summary>
    public Story Unchanged(string id) =>
        Write(new UnchangedRun(Make.Event(id) with { ExecutableHash = Hash }, new ChainState(Hash), _ => true, NamesVersions: true)
            .Decide(Records).Append);

    public Story Rollback(string id) => StartRollback(id).FinishRollback(id);

    public Story StartRollback(string id)
    {
        var target = LedgerRules.Previous(Records, Hash)!;
        return Write(Make.Event(id, RecordState.Started, RecordKind.Rollback) with
        {
            ExecutableHash = target.ExecutableHash,
            From = Current,
            Restores = target.Id,
        });
    }

    public Story LandRollback(string id) => ByHand(LedgerRules.Previous(Records, Hash)!.Id[^1]).Expect(id);

    public Story FinishRollback(string id)
    {
        var rollback = this[id];
        return LandRollback(id)
            .Write(LedgerRules.Next(rollback, RecordState.Succeeded, Make.Noon))
            .Write(LedgerRules.Undo(Records, rollback, Make.Noon));
    }

    private Story Expect(string id)
    {
        this[id].ExecutableHash.ShouldBe(Hash);
        return this;
    }
}
