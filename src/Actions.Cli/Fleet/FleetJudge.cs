using System.Globalization;
using Actions.Cli.SolanaDeploy;
using Actions.Cli.VerifyProgram;
using Actions.Core.Faults;
using Actions.Core.Fleet;
using Actions.Core.Loader;
using Actions.Core.Solana;

namespace Actions.Cli.Fleet;

/// <summary>Everything that is wrong with a fleet, in the order of the places it is declared at. Pure.</summary>
internal sealed class FleetJudge(FleetInputs inputs, FleetEvidence evidence)
{
    /// <summary>What a Write carries, and every other transaction of an upgrade.</summary>
    private const ulong Chunk = 960;

    private const ulong OtherTransactions = 4;

    private readonly IReadOnlyList<FleetProgram> programs = inputs.Programs;

    public IReadOnlyList<FleetFinding> Judge() =>
    [
        .. ((IEnumerable<FleetFinding>)[
            .. programs.SelectMany(OfProgram),
            .. programs.SelectMany(program => new ConfigJudge(program, inputs.Idls, evidence).Judge()),
            .. SharedIds(), .. SharedKeys(), .. Buffers(), .. Payers(), .. Keys(),
            .. inputs.Fleet.Environments.SelectMany(environment => new EnvironmentJudge(environment, evidence).Judge()),
        ]).OrderBy(finding => finding.Place.File, StringComparer.Ordinal).ThenBy(finding => finding.Place.Line).ThenBy(finding => finding.Id, StringComparer.Ordinal),
    ];

    private IEnumerable<FleetFinding> OfProgram(FleetProgram program)
    {
        List<FleetFinding> own = [.. new ProgramJudge(program, evidence).Judge()];
        return [.. own, .. new PublishedJudge(program, evidence, inputs.ReleasedIdls).Judge(own)];
    }

    /// <summary>Of loader buffers to the slot they were last known to be touched in, or first seen.</summary>
    public IReadOnlyDictionary<string, ulong> BufferSlots() => evidence.Clusters.Values
        .SelectMany(cluster => (cluster.Buffers ?? []).Select(buffer => (Key: buffer.Address.ToString(), Slot: SlotOf(buffer, cluster))))
        .OrderBy(pair => pair.Key, StringComparer.Ordinal).DistinctBy(pair => pair.Key).ToDictionary(pair => pair.Key, pair => pair.Slot);

    private IEnumerable<FleetFinding> SharedIds() =>
        from same in programs.GroupBy(program => (program.Cluster, program.Id))
        let environments = same.Select(program => program.Environment).Distinct().ToList()
        where environments.Count > 1
        select new FleetFinding(
            FindingKinds.IdShared, Severity.Warning, same.Key.Id.ToString(), same.Last().Place, $"Expected a program id of its own on {same.Key.Cluster} for each environment",
            $"found {same.Key.Id} in {string.Join(", ", environments)}: what is released to one runs in all", "give each environment its own id");

    /// <summary>Vaults may be shared: they are no keys.</summary>
    private IEnumerable<FleetFinding> SharedKeys() =>
        from program in programs.DistinctBy(program => (program.Cluster, program.Id))
        where evidence.SightOf(program).Authority is { } authority && ProgramAddress.IsOnCurve(authority)
        group program by evidence.SightOf(program).Authority!.Value into same
        let uses = (List<string>)[.. same.Select(program => program.Environment).Distinct(), .. inputs.Fleet.Payers
            .Where(payer => payer.Address == same.Key && same.All(program => program.Cluster != payer.Cluster)).Select(payer => $"{payer.Cluster} (as payer)")]
        where uses.Count > 1
        select new FleetFinding(
            FindingKinds.KeyShared, Severity.Warning, same.Key.ToString(), same.Last().Place, "Expected keys of its own for each environment",
            $"found the upgrade authority {same.Key} in {string.Join(", ", uses)}: who gets it in one has it in all", "make a key for each environment, and hand the programs over");

    /// <summary>Lamports in buffers that nothing touched for a while and no pending record names.</summary>
    public ulong StaleLamports() => Forgotten().Aggregate(0ul, (sum, found) => sum + found.Buffer.Lamports);

    private IEnumerable<FleetFinding> Buffers() =>
        from found in Forgotten()
        group found.Buffer by (found.Cluster, found.Buffer.Authority) into owned
        let cluster = owned.Key.Cluster.Cluster
        let authority = owned.Key.Authority
        select new FleetFinding(
            FindingKinds.BufferStale, Severity.Warning, $"{cluster}/{authority}", PlaceOf(cluster, authority), $"Expected no forgotten buffers of {authority} on {cluster}",
            $"found {owned.Count()} with {Money.Sol(owned.Aggregate(0ul, (sum, buffer) => sum + buffer.Lamports))} in them, the largest {owned.First().Address}",
            $"get the SOL back with reclaim: idle of solana-deploy, or solana program close {owned.First().Address}");

    private IEnumerable<(ClusterSight Cluster, BufferSight Buffer)> Forgotten()
    {
        var pending = (evidence.Records ?? Enumerable.Empty<IGrouping<(string, Address), Core.Ledger.LedgerRecord>>()).SelectMany(records => Core.Ledger.LedgerRules.PendingBuffers(records)).ToHashSet();
        return from cluster in evidence.Clusters.Values
               from buffer in cluster.Buffers ?? []
               where !pending.Contains(buffer.Address) && SlotOf(buffer, cluster) + StaleBuffers.IdleSlots <= cluster.Slot
               select (cluster, buffer);
    }

    private IEnumerable<FleetFinding> Payers()
    {
        foreach (var payer in inputs.Fleet.Payers)
        {
            var cluster = evidence.Clusters[payer.Cluster];
            var largest = cluster.Programs.Values.Where(program => program.Ended is null).Select(program => program.Size).DefaultIfEmpty(0ul).Max();
            if (DeploysLeft(cluster.Payers[payer.Address], largest, cluster.Rent!) is var left && left < (ulong)payer.MinDeploys)
            {
                yield return new FleetFinding(
                    FindingKinds.PayerRunway, Severity.Warning, $"{payer.Cluster}/{payer.Address}", payer.Place,
                    $"Expected {payer.Address} to be able to pay for {payer.MinDeploys} deploys of the largest program on {payer.Cluster}",
                    $"found {Money.Sol(cluster.Payers[payer.Address])}, enough for {left}", "send it SOL before the next release");
            }
        }
    }

    /// <summary>Of an upgrade only the fees are gone in the end, but its buffer's rent must be there meanwhile.</summary>
    internal static ulong DeploysLeft(ulong balance, ulong largest, RentRate rent)
    {
        var size = largest > LoaderProgram.ProgramDataHeader ? largest - LoaderProgram.ProgramDataHeader : 0;
        var fees = Money.LamportsPerSignature * (((size + Chunk - 1) / Chunk) + OtherTransactions);
        var needed = rent.Of(LoaderProgram.BufferHeader + size) + rent.Empty + fees;
        return balance < needed ? 0 : 1 + ((balance - needed) / fees);
    }

    private IEnumerable<FleetFinding> Keys() =>
        from key in evidence.Keys
        let age = evidence.Now - key.Source.CreatedAt
        where age is null || age > inputs.Fleet.MaxKeyAge
        select new FleetFinding(
            FindingKinds.KeyAge, Severity.Warning, key.Declared.Reference.Describe(), key.Declared.Place, $"Expected the key {key.Declared.Reference.Describe()} to be at most {Days(inputs.Fleet.MaxKeyAge)} days old",
            // A day, not an age: the finding stays the same from night to night.
            key.Source.CreatedAt is { } made ? $"found one made on {made.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}" : "found that its provider does not say how old it is", "make a new version of the key, and hand over to it what the old one holds");

    /// <summary>Where a payer or an authority is declared.</summary>
    private FleetPlace PlaceOf(Cluster cluster, Address authority) =>
        inputs.Fleet.Payers.FirstOrDefault(payer => payer.Cluster == cluster && payer.Address == authority)?.Place
        ?? programs.First(program => program.Cluster == cluster && evidence.SightOf(program).Authority == authority).Place;

    private ulong SlotOf(BufferSight buffer, ClusterSight cluster) =>
        evidence.Known?.Buffers.TryGetValue(buffer.Address.ToString(), out var seen) == true ? seen : buffer.LastSlot ?? cluster.Slot;

    private static string Days(TimeSpan time) => Math.Floor(time.TotalDays).ToString(CultureInfo.InvariantCulture);
}
