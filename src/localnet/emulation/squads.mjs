// Squads v4: multisigs and what changes them (instructions/multisig_*.rs, config_transaction_*.rs). Not emulated: batches and
// spending limits, which nothing here uses; the program answers as to an instruction it does not have.

import { AccountType, anchorProgram } from './anchor.mjs';
import * as borsh from './borsh.mjs';
import { Failure } from './failure.mjs';
import { grow, proposalInstructions, requireExecutable, settle, takeMultisig } from './squads-proposals.mjs';
import {
  INITIATE, MAX_TIME_LOCK, Multisig, NOBODY, ProgramConfig, Proposal, STATUS, at, byKey, check, member, multisigSize, requireMember, requireSound,
} from './squads-state.mjs';
import { accountsClose, advance, takeNext, vaultInstructions } from './squads-vault.mjs';

/**
 * @typedef {import('./anchor.mjs').Accounts} Accounts
 * @typedef {import('./frame.mjs').Frame} Frame
 * @typedef {import('./squads-state.mjs').MultisigState} MultisigState
 * @typedef {(multisig: MultisigState) => MultisigState} Change
 */

const sorted = (/** @type {import('./squads-state.mjs').Member[]} */ members) => [...members].sort((a, b) => byKey(a.key, b.key));

function multisigCreateV2(/** @type {Accounts} */ accounts, /** @type {borsh.Reader} */ args, /** @type {Frame} */ frame) {
  const [configAuthority, threshold, members] = [args.option(args.key), args.u16(), args.list(() => member.read(args))];
  const [timeLock, rentCollector] = [args.u32(), args.option(args.key)];
  args.option(args.text);
  const config = accounts.typed('program_config', ProgramConfig);
  accounts.searched('program_config', config.key, at.programConfig());
  const treasury = accounts.any('treasury', true);
  const key = accounts.any('multisig', true);
  const createKey = accounts.signer('create_key');
  const creator = accounts.signer('creator', true);
  accounts.system();
  const bump = accounts.searched('multisig', key, at.multisig(createKey));
  frame.create(creator, key, multisigSize(members.length));

  check(treasury === config.value.treasury, 'InvalidAccount');
  const multisig = {
    createKey, configAuthority: configAuthority ?? NOBODY, threshold, timeLock, transactionIndex: 0n, staleIndex: 0n, rentCollector, bump,
    members: sorted(members),
  };
  requireSound(multisig);
  Multisig.save(frame, key, multisig);
  if (config.value.fee > 0n) frame.transfer(creator, treasury, config.value.fee);
}

/** What makes every transaction so far stale. @param {Change} change @returns {Change} */
const consensus = (change) => (multisig) => ({ ...change(multisig), staleIndex: multisig.transactionIndex });

/** @param {import('./squads-state.mjs').Member} added @returns {Change} */
const addMember = (added) => consensus((multisig) => ({ ...multisig, members: sorted([...multisig.members, added]) }));

/** @param {string} removed @returns {Change} */
const removeMember = (removed) => consensus((multisig) => {
  check(multisig.members.some(({ key }) => key === removed), 'NotAMember');
  return { ...multisig, members: multisig.members.filter(({ key }) => key !== removed) };
});

/** @param {Partial<MultisigState>} fields @returns {Change} */
const set = (fields) => (multisig) => ({ ...multisig, ...fields });

/**
 * By the config authority of a multisig that has one.
 * @template T @param {(args: borsh.Reader) => T} read what stands before the memo @param {(given: T, multisig: MultisigState) => Change} change
 */
const configured = (read, change) => (/** @type {Accounts} */ accounts, /** @type {borsh.Reader} */ args, /** @type {Frame} */ frame) => {
  const given = read(args);
  args.option(args.text);
  const { key, value } = takeMultisig(accounts, true);
  const authority = accounts.signer('config_authority');
  const payer = accounts.optional(() => accounts.signer('rent_payer', true));
  accounts.optional(() => accounts.system());
  check(authority === value.configAuthority, 'Unauthorized');
  store(frame, key, change(given, value)(value), payer);
};

/** @param {Frame} frame @param {string} key @param {MultisigState} multisig @param {string | null} payer */
function store(frame, key, multisig, payer) {
  const needed = multisigSize(multisig.members.length);
  const present = /** @type {import('../svm.mjs').Account} */ (frame.read(key)).data.length;
  // Ten members more at once, so that not every new one costs.
  if (present < needed) grow(frame, key, Math.max(needed, present + 10 * 33), payer);
  requireSound(multisig);
  Multisig.save(frame, key, multisig);
}

/** The actions of a config transaction, by their number. @type {Record<number, (reader: borsh.Reader) => Change>} */
const ACTIONS = {
  0: (reader) => addMember(member.read(reader)),
  1: (reader) => removeMember(reader.key()),
  2: (reader) => consensus(set({ threshold: reader.u16() })),
  3: (reader) => consensus(set({ timeLock: timeLock(reader.u32()) })),
  6: (reader) => set({ rentCollector: reader.option(reader.key) }),
};

function timeLock(/** @type {number} */ seconds) {
  check(seconds <= MAX_TIME_LOCK, 'TimeLockExceedsMaxAllowed');
  return seconds;
}

/** @param {borsh.Reader} reader @returns {Change[]} */
const readActions = (reader) => reader.list(() => {
  const action = ACTIONS[reader.u8()];
  if (action === undefined) throw new Failure(reader.error, 'spending limits are not emulated');
  return action(reader);
});

/** Actions are kept as they came: only executing them reads them again. */
const ConfigTransaction = new AccountType('ConfigTransaction',
  (reader) => ({ multisig: reader.key(), creator: reader.key(), index: reader.u64(), bump: reader.u8(), actions: Buffer.from(reader.bytes.subarray(reader.at)) }),
  (value) => Buffer.concat([borsh.key(value.multisig), borsh.key(value.creator), borsh.u64(value.index), borsh.u8(value.bump), value.actions]));

function configTransactionCreate(/** @type {Accounts} */ accounts, /** @type {borsh.Reader} */ args, /** @type {Frame} */ frame) {
  const changes = readActions(args);
  const actions = Buffer.from(args.bytes.subarray(0, args.at));
  args.option(args.text);
  const next = takeNext(accounts);
  const encoded = ConfigTransaction.encode({ multisig: next.multisig.key, creator: next.creator, index: next.index, bump: next.bump, actions });
  frame.create(next.payer, next.key, encoded.length);
  check(next.multisig.value.configAuthority === NOBODY, 'NotSupportedForControlled');
  requireMember(next.multisig.value, next.creator, INITIATE);
  check(changes.length > 0, 'NoActions');
  frame.store(next.key, encoded);
  advance(frame, next);
}

function configTransactionExecute(/** @type {Accounts} */ accounts, /** @type {borsh.Reader} */ _, /** @type {Frame} */ frame) {
  const multisig = takeMultisig(accounts, true);
  const by = accounts.signer('member');
  const proposal = accounts.typed('proposal', Proposal, true);
  const transaction = accounts.typed('transaction', ConfigTransaction);
  const payer = accounts.optional(() => accounts.signer('rent_payer', true));
  accounts.optional(() => accounts.system());
  accounts.derived('proposal', proposal.key, at.proposal(multisig.key, transaction.value.index));
  accounts.derived('transaction', transaction.key, at.transaction(multisig.key, transaction.value.index));
  requireExecutable(multisig.value, proposal.value, by, frame.clock.time);
  check(proposal.value.index > multisig.value.staleIndex, 'StaleProposal');

  const changes = readActions(new borsh.Reader(transaction.value.actions, 'BorshIoError'));
  store(frame, multisig.key, changes.reduce((value, change) => change(value), multisig.value), payer);
  settle(frame, proposal.key, proposal.value, STATUS.Executed);
}

/** As the program logged them on a validator, rounded up; from a buffer, and of all that are not named, it is a guess with room. @type {Record<string, bigint>} */
const UNITS = {
  vaultTransactionCreate: 24_500n, proposalCreate: 14_500n, proposalApprove: 10_500n, proposalReject: 10_500n, proposalCancel: 10_500n,
  vaultTransactionExecute: 22_000n, multisigAddMember: 12_500n, multisigChangeThreshold: 8_500n, vaultTransactionCreateFromBuffer: 35_000n,
};

export const squads = anchorProgram({
  multisigCreate: () => check(false, 'MultisigCreateDeprecated'),
  multisigCreateV2,
  multisigAddMember: configured((args) => member.read(args), (added, { members }) => {
    check(!members.some(({ key }) => key === added.key), 'DuplicateMember');
    return addMember(added);
  }),
  multisigRemoveMember: configured((args) => args.key(), (removed, { members }) => {
    check(members.length > 1, 'RemoveLastMember');
    return removeMember(removed);
  }),
  multisigChangeThreshold: configured((args) => args.u16(), (threshold) => consensus(set({ threshold }))),
  multisigSetTimeLock: configured((args) => args.u32(), (timeLock) => consensus(set({ timeLock }))),
  multisigSetConfigAuthority: configured((args) => args.key(), (configAuthority) => consensus(set({ configAuthority }))),
  multisigSetRentCollector: configured((args) => args.option(args.key), (rentCollector) => set({ rentCollector })),
  configTransactionCreate,
  configTransactionExecute,
  configTransactionAccountsClose: accountsClose(ConfigTransaction, false),
  ...proposalInstructions,
  ...vaultInstructions,
}, (name) => UNITS[name] ?? 25_000n);
