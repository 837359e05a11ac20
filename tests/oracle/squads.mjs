import { multisig as squads, web3 } from './clients.mjs';

const { PublicKey, TransactionInstruction, TransactionMessage } = web3;
const key = (address) => new PublicKey(address);
const hex = (bytes) => Buffer.from(bytes).toString('hex');
/** As far as the client takes it: one of its calls makes a number of it. */
const index = (random) => 1n + random.u64() % BigInt(Number.MAX_SAFE_INTEGER);
const memo = (random) => random.chance(2) ? null : random.text(40);
const text = (value) => value ?? undefined;
const i64 = (random) => random.u64() & 0x7fffffffffffffffn;

/** Instructions for a vault to sign, over few accounts, so that roles have to be merged. The client lists the vault first, signing and writable. */
function innerInstructions(random, address, vault) {
  const accounts = [vault, ...Array.from({ length: 1 + random.below(6) }, address)];
  const programs = Array.from({ length: 1 + random.below(3) }, address);
  return Array.from({ length: 1 + random.below(3) }, () => ({
    program: random.pick(programs),
    accounts: Array.from({ length: random.below(9) }, () => ({
      address: random.chance(12) ? random.pick(programs) : random.pick(accounts),
      role: random.pick([0, 0, 1, 1, 2, 3]),
    })),
    data: hex(random.bytes(random.pick([0, 1, 4, 255, 256, random.below(400)]))),
  }));
}

const toWeb3 = ({ program, accounts, data }) => new TransactionInstruction({
  programId: key(program),
  keys: accounts.map(({ address, role }) => ({ pubkey: key(address), isSigner: (role & 2) !== 0, isWritable: (role & 1) !== 0 })),
  data: Buffer.from(data, 'hex'),
});

function vaultMessage(random, address) {
  const multisig = address();
  const vaultIndex = random.pick([0, 1, 255, random.below(256)]);
  const [vault] = squads.getVaultPda({ multisigPda: key(multisig), index: vaultIndex });
  const instructions = innerInstructions(random, address, vault.toBase58());
  const message = new TransactionMessage({ payerKey: vault, recentBlockhash: address(), instructions: instructions.map(toWeb3) });
  return { multisig, vaultIndex, vault, message, given: { multisig, vaultIndex, instructions } };
}

const bytesOf = ({ message, vault }) => squads.utils.transactionMessageToMultisigTransactionMessageBytes({ message, vaultPda: vault });

/** What the program stores of a message: the same, with lengths of 32 bits. */
const stored = (one) => {
  const message = squads.types.transactionMessageBeet.deserialize(Buffer.from(bytesOf(one)))[0];
  return {
    ...message,
    instructions: message.instructions.map((item) => ({ ...item, accountIndexes: Uint8Array.from(item.accountIndexes), data: Uint8Array.from(item.data) })),
    addressTableLookups: [],
  };
};

const vaultTransaction = (random, address, one, transactionIndex) => squads.accounts.VaultTransaction.fromArgs({
  multisig: key(one.multisig), creator: key(address()), index: transactionIndex.toString(), bump: random.below(256),
  vaultIndex: one.vaultIndex, vaultBump: random.below(256), ephemeralSignerBumps: random.bytes(random.below(3)), message: stored(one),
});

const vote = (call) => async (random, address) => {
  const given = { multisig: address(), index: index(random), member: address(), memo: memo(random) };
  return [given, call({ multisigPda: key(given.multisig), transactionIndex: given.index, member: key(given.member), memo: text(given.memo) })];
};

/** Per instruction: the arguments given, and what the client made of them. */
export const squadsMakers = {
  'squads.VaultTransactionCreate': async (random, address) => {
    const one = vaultMessage(random, address);
    const given = { ...one.given, index: index(random), creator: address(), rentPayer: address(), memo: memo(random) };
    return [given, squads.instructions.vaultTransactionCreate({
      multisigPda: key(given.multisig), transactionIndex: given.index, creator: key(given.creator), rentPayer: key(given.rentPayer),
      vaultIndex: given.vaultIndex, ephemeralSigners: 0, transactionMessage: one.message, memo: text(given.memo),
    })];
  },
  'squads.ProposalCreate': async (random, address) => {
    const given = { multisig: address(), index: index(random), creator: address(), rentPayer: address() };
    return [given, squads.instructions.proposalCreate({
      multisigPda: key(given.multisig), transactionIndex: given.index, creator: key(given.creator), rentPayer: key(given.rentPayer),
    })];
  },
  'squads.ProposalApprove': vote(squads.instructions.proposalApprove),
  'squads.ProposalReject': vote(squads.instructions.proposalReject),
  'squads.ProposalCancel': vote(squads.instructions.proposalCancelV2),
  'squads.VaultTransactionExecute': async (random, address) => {
    const one = vaultMessage(random, address);
    const given = { multisig: one.multisig, index: index(random), member: address() };
    const account = vaultTransaction(random, address, one, given.index);
    account.ephemeralSignerBumps = new Uint8Array();
    const [data] = account.serialize();
    const connection = { getAccountInfo: async () => ({ data, owner: squads.PROGRAM_ID, lamports: 1, executable: false }) };
    const { instruction } = await squads.instructions.vaultTransactionExecute({
      connection, multisigPda: key(given.multisig), transactionIndex: given.index, member: key(given.member),
    });
    return [{ ...given, transaction: hex(data) }, instruction];
  },
  'squads.VaultTransactionAccountsClose': async (random, address) => {
    const given = { multisig: address(), index: index(random), rentCollector: address() };
    return [given, squads.instructions.vaultTransactionAccountsClose({
      multisigPda: key(given.multisig), transactionIndex: given.index, rentCollector: key(given.rentCollector),
    })];
  },
};

export const web3Accounts = (instruction) =>
  instruction.keys.map(({ pubkey, isSigner, isWritable }) => [pubkey.toBase58(), (isSigner ? 2 : 0) + (isWritable ? 1 : 0)]);

const STATUSES = ['Draft', 'Active', 'Rejected', 'Approved', 'Executing', 'Executed', 'Cancelled'];

/** Accounts as the client writes them, with some of the zeroes that the program leaves behind them. */
export const squadsAccounts = {
  multisig: (random, address) => {
    const members = Array.from({ length: 1 + random.below(6) }, () => ({ key: address(), mask: 1 + random.below(7) }));
    const fields = {
      createKey: address(), configAuthority: random.chance(2) ? address() : '11111111111111111111111111111111', threshold: 1 + random.below(0xffff),
      timeLock: random.u32(), transactionIndex: random.u64(), staleTransactionIndex: random.u64(), rentCollector: random.chance(2) ? address() : null,
    };
    const [data] = squads.accounts.Multisig.fromArgs({
      ...fields,
      createKey: key(fields.createKey), configAuthority: key(fields.configAuthority), rentCollector: fields.rentCollector && key(fields.rentCollector),
      transactionIndex: fields.transactionIndex.toString(), staleTransactionIndex: fields.staleTransactionIndex.toString(),
      bump: random.below(256), members: members.map((member) => ({ key: key(member.key), permissions: { mask: member.mask } })),
    }).serialize();
    return [{ ...fields, members }, data];
  },
  proposal: (random, address) => {
    const status = random.pick(STATUSES);
    const votes = () => Array.from({ length: random.below(5) }, address);
    const fields = {
      multisig: address(), index: random.u64(), status, timestamp: status === 'Executing' ? null : i64(random),
      approved: votes(), rejected: votes(), cancelled: votes(),
    };
    const [data] = squads.accounts.Proposal.fromArgs({
      multisig: key(fields.multisig), transactionIndex: fields.index.toString(), bump: random.below(256),
      status: status === 'Executing' ? { __kind: status } : { __kind: status, timestamp: fields.timestamp.toString() },
      approved: fields.approved.map(key), rejected: fields.rejected.map(key), cancelled: fields.cancelled.map(key),
    }).serialize();
    return [fields, data];
  },
  vaultTransaction: (random, address) => {
    const one = vaultMessage(random, address);
    const account = vaultTransaction(random, address, one, random.u64());
    const [data] = account.serialize();
    return [{ ...one.given, index: account.index, creator: account.creator.toBase58(), wire: hex(bytesOf(one)) }, data];
  },
};

/** Every address that the program derives. */
export function squadsAddresses(random, address) {
  const given = { createKey: address(), multisig: address(), vaultIndex: random.below(256), index: random.u64() };
  const at = ([found, bump]) => [found.toBase58(), bump];
  const multisigPda = key(given.multisig);
  return {
    given,
    multisig: at(squads.getMultisigPda({ createKey: key(given.createKey) })),
    vault: at(squads.getVaultPda({ multisigPda, index: given.vaultIndex })),
    transaction: at(squads.getTransactionPda({ multisigPda, index: given.index })),
    proposal: at(squads.getProposalPda({ multisigPda, transactionIndex: given.index })),
  };
}
