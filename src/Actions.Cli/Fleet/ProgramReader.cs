using Actions.Cli.VerifyProgram;
using Actions.Core.Fleet;
using Actions.Core.Loader;
using Actions.Core.Rpc;
using Actions.Core.Solana;

namespace Actions.Cli.Fleet;

/// <summary>Reads the bytes of programs, several in one call, and keeps only what a judgement needs of them.</summary>
internal sealed class ProgramReader(RpcClient rpc, Commitment commitment)
{
    /// <summary>What one answer may hold: few calls, and still no more memory than one of the largest programs takes.</summary>
    private const ulong MostBytes = 2 * 1024 * 1024;

    private const int MostAccounts = 100;

    /// <summary>Somebody may extend a program between two calls.</summary>
    private const int Growth = 2 * LoaderProgram.MinExtend;

    /// <param name="programs">Each with its ProgramData account and how large that was.</param>
    /// <param name="slot">The state they were seen in; no older one is believed.</param>
    public async Task<IReadOnlyDictionary<Address, ProgramSight>> ReadAsync(IReadOnlyList<(Address Id, Address Data, ulong Size)> programs, ulong slot, CancellationToken cancellation)
    {
        Dictionary<Address, ProgramSight> read = [];
        foreach (var group in Groups(programs))
        {
            foreach (var (program, account) in group.Zip(await AccountsAsync(group, slot, cancellation)))
            {
                read[program.Id] = Of(account);
            }
        }

        return read;
    }

    /// <summary>As many as fit, in their order; one whose size the node does not tell stands alone.</summary>
    internal static IEnumerable<IReadOnlyList<(Address Id, Address Data, ulong Size)>> Groups(IReadOnlyList<(Address Id, Address Data, ulong Size)> programs)
    {
        List<(Address Id, Address Data, ulong Size)> group = [];
        foreach (var program in programs)
        {
            if (group.Count > 0 && (group.Count == MostAccounts || !HasSize(program.Size) || !HasSize(group[^1].Size) || Sum(group) + program.Size > MostBytes))
            {
                yield return group;
                group = [];
            }

            group.Add(program);
        }

        if (group.Count > 0)
        {
            yield return group;
        }
    }

    private async Task<IReadOnlyList<AccountInfo?>> AccountsAsync(IReadOnlyList<(Address Id, Address Data, ulong Size)> group, ulong slot, CancellationToken cancellation)
    {
        if (group is [var (_, data, _)])
        {
            return [(await rpc.GetAccountAsync(data, commitment, cancellation, slot, longest: LoaderProgram.MaxAccountLength)).Value];
        }

        var longest = (int)Sum(group) + (Growth * group.Count);
        return (await rpc.GetAccountsAsync([.. group.Select(program => program.Data)], commitment, cancellation, slot, longest: longest)).Value;
    }

    private static ProgramSight Of(AccountInfo? account) => ProgramOnChain.WithBytes(account) is ProgramOnChain.Running running
        ? new ProgramSight((ProgramOnChain?)null)
        {
            Slot = running.Slot,
            Authority = running.Authority,
            Size = (ulong)account!.Data.Length,
            Facts = ProgramFacts.Of(running.Data),
        }
        : new ProgramSight(ProgramOnChain.WithBytes(account));

    /// <summary>Some nodes tell the length of the part they were asked for.</summary>
    private static bool HasSize(ulong size) => size is > LoaderProgram.ProgramDataHeader and <= LoaderProgram.MaxAccountLength;

    private static ulong Sum(IEnumerable<(Address Id, Address Data, ulong Size)> group) => group.Aggregate(0ul, (sum, program) => sum + program.Size);
}
