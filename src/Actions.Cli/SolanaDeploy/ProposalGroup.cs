using Actions.Cli.Publish;
using Actions.Core.Keys;
using Actions.Core.Loader;
using Actions.Core.Solana;
using Actions.Core.Squads;

namespace Actions.Cli.SolanaDeploy;

/// <summary>What one program brings into a proposal.</summary>
/// <param name="Bytes">Of buffer and program, which the vault's transaction loads.</param>
/// <param name="Documents">What is said about it, where one transaction of the vault can say it.</param>
internal sealed record ProposalPart(AskedUpgrade Upgrade, long Bytes, IReadOnlyList<DocumentPlan> Documents);

/// <summary>The programs of one proposal, and what is said about them in it: members vote once, and what belongs together goes live together.</summary>
public sealed record ProposalGroup(IReadOnlyList<Address> Programs, IReadOnlyList<Instruction> Instructions)
{
    /// <summary>A member's own client may add a payer of its own, with its signature.</summary>
    private const int Spare = Address.Size + Signature.Size;

    /// <summary>
    /// A call from inside costs a compute unit for every 250 bytes of the accounts that it is given, and whoever executes the proposal may have asked for no more than
    /// the usual 200,000: this is less than half of them. It is also less than the 64 MiB that one transaction may load.
    /// </summary>
    private const long MostBytes = 20 * 1024 * 1024;

    /// <summary>The program that the others go with.</summary>
    public Address First => Programs[0];

    /// <summary>As few proposals as can carry all programs; then into each what is said about its programs, as far as there is room.</summary>
    internal static IReadOnlyList<ProposalGroup> Of(KeyInput.Vault vault, Address member, IReadOnlyList<ProposalPart> parts)
    {
        List<List<ProposalPart>> groups = [];
        foreach (var part in parts)
        {
            if (groups is [.., var last] && last.Sum(one => one.Bytes) + part.Bytes <= MostBytes && Fits(vault, member, [.. last.Append(part).Select(one => Upgrade(vault, one))]))
            {
                last.Add(part);
            }
            else
            {
                groups.Add([part]);
            }
        }

        return [.. groups.Select(group => Fill(vault, member, group))];
    }

    private static ProposalGroup Fill(KeyInput.Vault vault, Address member, List<ProposalPart> parts)
    {
        List<Instruction> instructions = [.. parts.Select(part => Upgrade(vault, part))];
        foreach (var said in parts.SelectMany(part => part.Documents).Select(document => document.Proposable).OfType<IReadOnlyList<Instruction>>())
        {
            if (Fits(vault, member, [.. instructions, .. said]))
            {
                instructions.AddRange(said);
            }
        }

        return new ProposalGroup([.. parts.Select(part => part.Upgrade.Program)], instructions);
    }

    /// <summary>Both of the transactions that carry the message have to take it: the one that proposes it, and the one that executes it.</summary>
    private static bool Fits(KeyInput.Vault vault, Address member, IReadOnlyList<Instruction> instructions)
    {
        var message = VaultMessage.Compile(vault.Address, instructions);
        return Size(member, Propose(vault, member, 1, message, votes: true)) <= Transaction.MaxSize
            && Size(member, [SquadsProgram.VaultTransactionExecute(vault.Multisig, 1, member, vault.Index, message)]) + Spare <= Transaction.MaxSize;
    }

    /// <summary>Transaction and proposal at once: one without the other could not be voted on, or would be voted on blindly.</summary>
    /// <param name="votes">Whether the member approves what it proposes.</param>
    internal static IReadOnlyList<Instruction> Propose(KeyInput.Vault vault, Address member, ulong index, VaultMessage message, bool votes) =>
    [
        SquadsProgram.VaultTransactionCreate(vault.Multisig, index, member, member, vault.Index, message),
        SquadsProgram.ProposalCreate(vault.Multisig, index, member, member),
        .. votes ? (Instruction[])[SquadsProgram.ProposalApprove(vault.Multisig, index, member)] : [],
    ];

    private static Instruction Upgrade(KeyInput.Vault vault, ProposalPart part) =>
        LoaderProgram.Upgrade(part.Upgrade.Program, part.Upgrade.Buffer, vault.Address, part.Upgrade.Recipient);

    private static int Size(Address payer, IReadOnlyList<Instruction> instructions) =>
        Transaction.Unsigned(Message.Compile(payer, [ComputeBudgetProgram.SetComputeUnitLimit(0), ComputeBudgetProgram.SetComputeUnitPrice(0), .. instructions], default)).Size;
}
