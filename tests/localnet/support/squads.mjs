// A team with a multisig, acting through the ecosystem's own client.

import { multisig as sqds, web3 } from '../../oracle/clients.mjs';
import { base58 } from './wire.mjs';

export { sqds, web3 };
const { Keypair, PublicKey, TransactionMessage, VersionedTransaction } = web3;

export const ALL = 7;
export const [INITIATE, VOTE, EXECUTE] = [1, 2, 4];
export const keyOf = (bytes) => new PublicKey(bytes);

/** Signed and ready for the node. */
export async function transaction(net, payer, signers, instructions) {
  const message = new TransactionMessage({ payerKey: payer.publicKey, recentBlockhash: await net.blockhash(), instructions }).compileToLegacyMessage();
  const tx = new VersionedTransaction(message);
  tx.sign([...new Set([payer, ...signers])]);
  return { wire: Buffer.from(tx.serialize()), signature: base58(tx.signatures[0]) };
}

export class Team {
  /** @param permissions one mask per member */
  static async create(net, payer, permissions, { threshold = 1, timeLock = 0, rentCollector = null, configAuthority = null, members = permissions.map(() => Keypair.generate()) } = {}) {
    const team = new Team(net, payer, members);
    const { treasury } = await team.account(sqds.accounts.ProgramConfig, sqds.getProgramConfigPda({})[0]);
    const createKey = Keypair.generate();
    team.multisig = sqds.getMultisigPda({ createKey: createKey.publicKey })[0];
    team.vault = sqds.getVaultPda({ multisigPda: team.multisig, index: 0 })[0];
    await team.pass([payer, createKey], sqds.instructions.multisigCreateV2({
      treasury, creator: payer.publicKey, multisigPda: team.multisig, configAuthority, threshold, timeLock, createKey: createKey.publicKey, rentCollector,
      members: team.members.map(({ publicKey }, i) => ({ key: publicKey, permissions: { mask: permissions[i] } })),
    }));
    return team;
  }

  constructor(net, payer, members) {
    this.net = net;
    this.payer = payer;
    this.members = members;
  }

  async land(signers, ...instructions) {
    const tx = await transaction(this.net, this.payer, signers, instructions);
    return { ...(await this.net.land(tx)), signature: tx.signature };
  }

  /** What must succeed. */
  async pass(signers, ...instructions) {
    const { err, signature, slot } = await this.land(signers, ...instructions);
    if (err) throw new Error(`${JSON.stringify(err)}: ${(await this.transactionOf(signature)).meta.logMessages.join('\n')}`);
    return { signature, slot };
  }

  /** The error of what must fail. */
  async fail(signers, ...instructions) {
    return (await this.land(signers, ...instructions)).err;
  }

  async transactionOf(signature) {
    await this.net.settle(signature);
    return this.net.ask('getTransaction', signature, { commitment: 'confirmed', encoding: 'json' });
  }

  async raw(key) {
    const { value } = await this.net.ask('getAccountInfo', key.toBase58(), { encoding: 'base64', commitment: 'processed' });
    return value && { ...value, data: Buffer.from(value.data[0], 'base64') };
  }

  async account(type, key) {
    return type.fromAccountInfo(await this.raw(key))[0];
  }

  state = () => this.account(sqds.accounts.Multisig, this.multisig);
  index = async () => BigInt((await this.state()).transactionIndex.toString());
  proposal = (index) => this.account(sqds.accounts.Proposal, this.proposalAt(index));
  status = async (index) => (await this.proposal(index)).status.__kind;
  proposalAt = (transactionIndex) => sqds.getProposalPda({ multisigPda: this.multisig, transactionIndex })[0];
  transactionAt = (index) => sqds.getTransactionPda({ multisigPda: this.multisig, index })[0];
  balance = async (key) => (await this.net.ask('getBalance', key.toBase58(), { commitment: 'processed' })).value;

  creation(creator, transactionIndex, instructions, { vaultIndex = 0, vault = this.vault } = {}) {
    const transactionMessage = new TransactionMessage({ payerKey: vault, recentBlockhash: PublicKey.default.toBase58(), instructions });
    return sqds.instructions.vaultTransactionCreate({
      multisigPda: this.multisig, transactionIndex, creator: creator.publicKey, rentPayer: this.payer.publicKey, vaultIndex, ephemeralSigners: 0, transactionMessage,
    });
  }

  opening = (creator, transactionIndex, isDraft = false) => sqds.instructions.proposalCreate({
    multisigPda: this.multisig, transactionIndex, creator: creator.publicKey, rentPayer: this.payer.publicKey, isDraft,
  });

  vote = (kind, member, transactionIndex) =>
    sqds.instructions[`proposal${kind}`]({ multisigPda: this.multisig, transactionIndex, member: member.publicKey });

  /** Creates transaction and proposal in one transaction. */
  async propose(creator, ...instructions) {
    const index = await this.index() + 1n;
    await this.pass([creator], this.creation(creator, index, instructions), this.opening(creator, index));
    return index;
  }

  approve = (member, index) => this.pass([member], this.vote('Approve', member, index));

  async execution(member, transactionIndex) {
    const connection = { getAccountInfo: (key) => this.raw(key) };
    const { instruction } = await sqds.instructions.vaultTransactionExecute({ connection, multisigPda: this.multisig, transactionIndex, member: member.publicKey });
    return instruction;
  }

  execute = async (member, index) => this.pass([member], await this.execution(member, index));

  /** By vote of all that may. */
  async configure(...actions) {
    const index = await this.index() + 1n;
    const [member] = this.members;
    await this.pass([member], sqds.instructions.configTransactionCreate({
      multisigPda: this.multisig, transactionIndex: index, creator: member.publicKey, rentPayer: this.payer.publicKey, actions,
    }), this.opening(member, index));
    for (const voter of this.members.slice(0, (await this.state()).threshold)) await this.approve(voter, index);
    await this.pass([member], sqds.instructions.configTransactionExecute({
      multisigPda: this.multisig, transactionIndex: index, member: member.publicKey, rentPayer: this.payer.publicKey,
    }));
    return index;
  }
}

export async function funded(net, sol = 1000) {
  const payer = Keypair.generate();
  const signature = await net.ask('requestAirdrop', payer.publicKey.toBase58(), sol * 1e9);
  await net.settle(signature, 'processed');
  return payer;
}
