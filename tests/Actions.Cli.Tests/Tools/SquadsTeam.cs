using System.Buffers.Binary;
using System.Text;
using Actions.Core.Solana;
using Actions.Core.Squads;

namespace Actions.Cli.Tests.Tools;

/// <summary>A multisig on a localnet that plays Squads, or runs it, and its members' side of a proposal.</summary>
internal sealed class SquadsTeam
{
    private readonly Localnet net;
    private readonly TestKey payer;
    private readonly TestKey config = TestKey.New();

    private SquadsTeam(Localnet net, TestKey payer, Address multisig) => (this.net, this.payer, Multisig) = (net, payer, multisig);

    public Address Multisig { get; }

    public Address Vault => SquadsAddress.Vault(Multisig, 0);

    public static async Task<SquadsTeam> CreateAsync(Localnet net, ushort threshold, uint timeLock, params (TestKey Key, SquadsPermissions May)[] members)
    {
        var (payer, key) = (await net.PayerAsync(), TestKey.New());
        var team = new SquadsTeam(net, payer, SquadsAddress.Multisig(key.Address));
        var config = ProgramAddress.Find([Encoding.UTF8.GetBytes("multisig"), Encoding.UTF8.GetBytes("program_config")], SquadsProgram.Id).Address;
        var treasury = new Address((await net.AccountAsync(config))!.Data.AsSpan(48, 32));
        await net.SendAsync(
        [
            new Instruction(
                SquadsProgram.Id,
                [
                    AccountMeta.ReadOnly(config), AccountMeta.Writable(treasury), AccountMeta.Writable(team.Multisig), AccountMeta.Signer(key.Address),
                    AccountMeta.WritableSigner(payer.Address), AccountMeta.ReadOnly(SystemProgram.Id),
                ],
                (byte[])
                [
                    .. AnchorDiscriminator.OfInstruction("multisig_create_v2"), 1, .. team.config.Address.ToArray(), .. Number(threshold, 2), .. Number((uint)members.Length, 4),
                    .. members.SelectMany(member => member.Key.Address.ToArray().Append((byte)member.May)), .. Number(timeLock, 4), 0, 0,
                ]),
        ], payer, key);
        return team;
    }

    /// <summary>A change by the config authority, which makes everything open stale.</summary>
    public Task SetTimeLockAsync(uint timeLock) => net.SendAsync(
    [
        new Instruction(
            SquadsProgram.Id,
            [AccountMeta.Writable(Multisig), AccountMeta.Signer(config.Address), AccountMeta.ReadOnly(SquadsProgram.Id), AccountMeta.ReadOnly(SquadsProgram.Id)],
            (byte[])[.. AnchorDiscriminator.OfInstruction("multisig_set_time_lock"), .. Number(timeLock, 4), 0]),
    ], payer, config);

    /// <summary>From now on what is over can be closed, and its rent goes there.</summary>
    public Task SetRentCollectorAsync(Address collector) => net.SendAsync(
    [
        new Instruction(
            SquadsProgram.Id,
            [AccountMeta.Writable(Multisig), AccountMeta.Signer(config.Address), AccountMeta.ReadOnly(SquadsProgram.Id), AccountMeta.ReadOnly(SquadsProgram.Id)],
            (byte[])[.. AnchorDiscriminator.OfInstruction("multisig_set_rent_collector"), 1, .. collector.ToArray(), 0]),
    ], payer, config);

    /// <summary>Anybody may close what is over.</summary>
    public Task CloseAsync(ulong index, Address collector) => net.SendAsync([SquadsProgram.VaultTransactionAccountsClose(Multisig, index, collector)], payer);

    public async Task<SquadsProposal> ProposalAsync(ulong index) =>
        SquadsProposal.TryParse((await net.AccountAsync(SquadsAddress.Proposal(Multisig, index)))!.Data, out var proposal) ? proposal : throw new FormatException($"{index}");

    public Task ApproveAsync(ulong index, TestKey member) => net.SendAsync([SquadsProgram.ProposalApprove(Multisig, index, member.Address)], payer, member);

    public Task RejectAsync(ulong index, TestKey member) => net.SendAsync([SquadsProgram.ProposalReject(Multisig, index, member.Address)], payer, member);

    public Task CancelAsync(ulong index, TestKey member) => net.SendAsync([SquadsProgram.ProposalCancel(Multisig, index, member.Address)], payer, member);

    /// <summary>Somebody else than the job executes what was proposed.</summary>
    public async Task ExecuteAsync(ulong index, TestKey member)
    {
        VaultTransaction.TryParse((await net.AccountAsync(SquadsAddress.Transaction(Multisig, index)))!.Data, out var asked).ShouldBeTrue();
        await net.SendAsync([SquadsProgram.VaultTransactionExecute(Multisig, index, member.Address, asked!.VaultIndex, asked.Message)], payer, member);
    }

    /// <summary>Waits until a lock that began with an approval is over by the cluster's clock.</summary>
    public async Task LockIsOverAsync(ulong index, uint timeLock)
    {
        var end = (await ProposalAsync(index)).Since!.Value.AddSeconds(timeLock);
        await Until.TrueAsync(async () => DateTimeOffset.FromUnixTimeSeconds(BitConverter.ToInt64((await net.AccountAsync(Sysvars.Clock))!.Data, 32)) > end);
    }

    /// <summary>Has the vault sign something else, by a member that may do everything.</summary>
    public async Task SignAsync(ulong index, TestKey member, params Instruction[] instructions)
    {
        var message = VaultMessage.Compile(Vault, instructions);
        await net.SendAsync(
        [
            SquadsProgram.VaultTransactionCreate(Multisig, index, member.Address, payer.Address, 0, message),
            SquadsProgram.ProposalCreate(Multisig, index, member.Address, payer.Address),
            SquadsProgram.ProposalApprove(Multisig, index, member.Address),
            SquadsProgram.VaultTransactionExecute(Multisig, index, member.Address, 0, message),
        ], payer, member);
    }

    private static byte[] Number(uint value, int size)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes[..size];
    }
}
