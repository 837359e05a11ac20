// The accounts of Squads v4 and where they stand (github.com/Squads-Protocol/v4, programs/squads_multisig_program/src/state).

import { bytesOf, keyFromAddress } from '../keys.mjs';
import { AccountType } from './anchor.mjs';
import * as borsh from './borsh.mjs';
import { Failure } from './failure.mjs';

export const SQUADS = /** @type {string} */ (keyFromAddress('SQDS4ep65T869zMMBKyuUq6aD6EgTu8psMjkvj52pCf'));
export const NOBODY = '\0'.repeat(32);
export const MAX_TIME_LOCK = 90 * 24 * 60 * 60;
export const INITIATE = 1;
export const VOTE = 2;
export const EXECUTE = 4;

/** Its own errors, in the order of errors.rs. */
const ERRORS = [
  'DuplicateMember', 'EmptyMembers', 'TooManyMembers', 'InvalidThreshold', 'Unauthorized', 'NotAMember', 'InvalidTransactionMessage',
  'StaleProposal', 'InvalidProposalStatus', 'InvalidTransactionIndex', 'AlreadyApproved', 'AlreadyRejected', 'AlreadyCancelled',
  'InvalidNumberOfAccounts', 'InvalidAccount', 'RemoveLastMember', 'NoVoters', 'NoProposers', 'NoExecutors', 'InvalidStaleTransactionIndex',
  'NotSupportedForControlled', 'TimeLockNotReleased', 'NoActions', 'MissingAccount', 'InvalidMint', 'InvalidDestination', 'SpendingLimitExceeded',
  'DecimalsMismatch', 'UnknownPermission', 'ProtectedAccount', 'TimeLockExceedsMaxAllowed', 'IllegalAccountOwner', 'RentReclamationDisabled',
  'InvalidRentCollector', 'ProposalForAnotherMultisig', 'TransactionForAnotherMultisig', 'TransactionNotMatchingProposal',
  'TransactionNotLastInBatch', 'BatchNotEmpty', 'SpendingLimitInvalidAmount', 'InvalidInstructionArgs', 'FinalBufferHashMismatch',
  'FinalBufferSizeExceeded', 'FinalBufferSizeMismatch', 'MultisigCreateDeprecated',
];

/** @param {boolean} holds @param {string} error @returns {asserts holds} */
export function check(holds, error) {
  const number = 6000 + ERRORS.indexOf(error);
  if (!holds) throw new Failure({ Custom: number }, `AnchorError occurred. Error Code: ${error}. Error Number: ${number}.`);
}

/**
 * @typedef {{ key: string, mask: number }} Member
 * @typedef {{ createKey: string, configAuthority: string, threshold: number, timeLock: number, transactionIndex: bigint, staleIndex: bigint,
 *   rentCollector: string | null, bump: number, members: Member[] }} MultisigState
 * @typedef {{ multisig: string, index: bigint, status: number, time: bigint, bump: number, approved: string[], rejected: string[], cancelled: string[] }} ProposalState
 */

export const member = {
  read: (/** @type {borsh.Reader} */ reader) => ({ key: reader.key(), mask: reader.u8() }),
  write: (/** @type {Member} */ { key, mask }) => Buffer.concat([borsh.key(key), borsh.u8(mask)]),
};

export const ProgramConfig = new AccountType('ProgramConfig',
  (reader) => ({ authority: reader.key(), fee: reader.u64(), treasury: reader.key() }),
  ({ authority, fee, treasury }) => Buffer.concat([borsh.key(authority), borsh.u64(fee), borsh.key(treasury), Buffer.alloc(64)]));

export const Multisig = new AccountType('Multisig',
  (reader) => ({
    createKey: reader.key(), configAuthority: reader.key(), threshold: reader.u16(), timeLock: reader.u32(), transactionIndex: reader.u64(),
    staleIndex: reader.u64(), rentCollector: reader.option(reader.key), bump: reader.u8(), members: reader.list(() => member.read(reader)),
  }),
  (value) => Buffer.concat([
    borsh.key(value.createKey), borsh.key(value.configAuthority), borsh.u16(value.threshold), borsh.u32(value.timeLock),
    borsh.u64(value.transactionIndex), borsh.u64(value.staleIndex), borsh.option(value.rentCollector, borsh.key), borsh.u8(value.bump),
    borsh.list(value.members, member.write),
  ]));

export const STATUS = /** @type {const} */ ({ Draft: 0, Active: 1, Rejected: 2, Approved: 3, Executing: 4, Executed: 5, Cancelled: 6 });

export const Proposal = new AccountType('Proposal',
  (reader) => {
    const [multisig, index, status] = [reader.key(), reader.u64(), reader.u8()];
    const keys = () => reader.list(reader.key);
    return { multisig, index, status, time: status === STATUS.Executing ? 0n : reader.i64(), bump: reader.u8(), approved: keys(), rejected: keys(), cancelled: keys() };
  },
  (value) => Buffer.concat([
    borsh.key(value.multisig), borsh.u64(value.index), borsh.u8(value.status), value.status === STATUS.Executing ? Buffer.alloc(0) : borsh.i64(value.time),
    borsh.u8(value.bump), ...[value.approved, value.rejected, value.cancelled].map((keys) => borsh.list(keys, borsh.key)),
  ]));

export const TransactionBuffer = new AccountType('TransactionBuffer',
  (reader) => ({
    multisig: reader.key(), creator: reader.key(), bufferIndex: reader.u8(), vaultIndex: reader.u8(), hash: Buffer.from(reader.take(32)), size: reader.u16(),
    buffer: Buffer.from(reader.bytesList()),
  }),
  (value) => Buffer.concat([
    borsh.key(value.multisig), borsh.key(value.creator), borsh.u8(value.bufferIndex), borsh.u8(value.vaultIndex), value.hash, borsh.u16(value.size),
    borsh.bytesList(value.buffer),
  ]));

const PREFIX = Buffer.from('multisig');
/** Seeds of each address. */
export const at = {
  programConfig: () => [PREFIX, Buffer.from('program_config')],
  multisig: (/** @type {string} */ createKey) => [PREFIX, PREFIX, bytesOf(createKey)],
  vault: (/** @type {string} */ multisig, /** @type {number} */ index) => [PREFIX, bytesOf(multisig), Buffer.from('vault'), borsh.u8(index)],
  transaction: (/** @type {string} */ multisig, /** @type {bigint} */ index) => [PREFIX, bytesOf(multisig), Buffer.from('transaction'), borsh.u64(index)],
  proposal: (/** @type {string} */ multisig, /** @type {bigint} */ index) => [...at.transaction(multisig, index), Buffer.from('proposal')],
  ephemeral: (/** @type {string} */ transaction, /** @type {number} */ index) => [PREFIX, bytesOf(transaction), Buffer.from('ephemeral_signer'), borsh.u8(index)],
  buffer: (/** @type {string} */ multisig, /** @type {string} */ creator, /** @type {number} */ index) =>
    [PREFIX, bytesOf(multisig), Buffer.from('transaction_buffer'), bytesOf(creator), borsh.u8(index)],
};

export const multisigSize = (/** @type {number} */ members) => 8 + 32 + 32 + 2 + 4 + 8 + 8 + 33 + 1 + 4 + 33 * members;
export const proposalSize = (/** @type {number} */ members) => 8 + 32 + 8 + 9 + 1 + 3 * (4 + 32 * members);
/** Keys are compared as bytes, and the program keeps its lists sorted by them. */
export const byKey = (/** @type {string} */ a, /** @type {string} */ b) => Buffer.compare(bytesOf(a), bytesOf(b));

/** @param {MultisigState} multisig @param {string} key @param {number} permission */
export const may = ({ members }, key, permission) => members.some((one) => one.key === key && (one.mask & permission) !== 0);
export const votersOf = (/** @type {MultisigState} */ { members }) => members.filter(({ mask }) => mask & VOTE).length;

/** @param {MultisigState} multisig @param {string} key @param {number} permission */
export function requireMember(multisig, key, permission) {
  check(multisig.members.some((one) => one.key === key), 'NotAMember');
  check(may(multisig, key, permission), 'Unauthorized');
}

/** What must hold of a multisig whenever it was changed. @param {MultisigState} multisig */
export function requireSound(multisig) {
  const { members, threshold } = multisig;
  check(!members.some((one, i) => members[i + 1]?.key === one.key), 'DuplicateMember');
  check(members.every(({ mask }) => mask < 8), 'UnknownPermission');
  check(members.some(({ mask }) => mask & INITIATE), 'NoProposers');
  check(members.some(({ mask }) => mask & EXECUTE), 'NoExecutors');
  check(votersOf(multisig) > 0, 'NoVoters');
  check(threshold > 0 && threshold <= votersOf(multisig), 'InvalidThreshold');
  check(multisig.staleIndex <= multisig.transactionIndex, 'InvalidStaleTransactionIndex');
  check(multisig.timeLock <= MAX_TIME_LOCK, 'TimeLockExceedsMaxAllowed');
}
