// Squads v4: what a vault is asked to sign (instructions/vault_transaction_*.rs, transaction_buffer_*.rs, transaction_accounts_close.rs).

import { createHash } from 'node:crypto';
import { deriveProgramAddress } from '../program-address.mjs';
import { grow, requireExecutable, settle, takeMultisig } from './squads-proposals.mjs';
import { VaultTransaction, callsOf, messageFrom } from './squads-message.mjs';
import { INITIATE, Multisig, Proposal, SQUADS, STATUS, TransactionBuffer, at, check, requireMember, requireSound } from './squads-state.mjs';
import { anchorError } from './anchor.mjs';

/**
 * @typedef {import('./anchor.mjs').Accounts} Accounts
 * @typedef {import('./borsh.mjs').Reader} Reader
 * @typedef {import('./frame.mjs').Frame} Frame
 */

/** A buffer's limit: what one inner instruction can allocate, less its own header. */
const MAX_BUFFER = 10_128;
const NO_MESSAGE = Buffer.alloc(6);
/** Reading a message. A guess: the units that are known are those of a short one. */
const UNITS_PER_BYTE = 10n;

const readCreate = (/** @type {Reader} */ args) =>
  ({ vaultIndex: args.u8(), ephemeral: args.u8(), message: Buffer.from(args.bytesList()), memo: args.option(args.text) });

/** The accounts of an instruction that takes the multisig's next index. @param {Accounts} accounts */
export function takeNext(accounts) {
  const multisig = takeMultisig(accounts, true);
  const key = accounts.any('transaction', true);
  const creator = accounts.signer('creator');
  const payer = accounts.signer('rent_payer', true);
  accounts.system();
  const index = multisig.value.transactionIndex + 1n;
  return { multisig, key, creator, payer, index, bump: accounts.searched('transaction', key, at.transaction(multisig.key, index)) };
}

/** @param {Frame} frame @param {ReturnType<typeof takeNext>} next */
export function advance(frame, { multisig, index }) {
  const advanced = { ...multisig.value, transactionIndex: index };
  requireSound(advanced);
  Multisig.save(frame, multisig.key, advanced);
  frame.log(`transaction index: ${index}`);
}

function vaultTransactionCreate(/** @type {Accounts} */ accounts, /** @type {Reader} */ args, /** @type {Frame} */ frame) {
  const given = readCreate(args);
  const next = takeNext(accounts);
  const encoded = encode(frame, next, given, given.message);
  frame.create(next.payer, next.key, encoded.length);
  requireMember(next.multisig.value, next.creator, INITIATE);
  frame.store(next.key, encoded);
  advance(frame, next);
}

/** @param {Frame} frame @param {ReturnType<typeof takeNext>} next @param {{ vaultIndex: number, ephemeral: number }} given @param {Buffer} message */
function encode(frame, { multisig, key, creator, index, bump }, { vaultIndex, ephemeral }, message) {
  frame.spend(UNITS_PER_BYTE * BigInt(message.length));
  return VaultTransaction.encode({
    multisig: multisig.key, creator, index, bump, vaultIndex, vaultBump: frame.find(at.vault(multisig.key, vaultIndex)).bump,
    ephemeralBumps: Buffer.from(Array.from({ length: ephemeral }, (_, i) => frame.find(at.ephemeral(key, i)).bump)),
    message: messageFrom(message),
  });
}

function vaultTransactionCreateFromBuffer(/** @type {Accounts} */ accounts, /** @type {Reader} */ args, /** @type {Frame} */ frame) {
  const given = readCreate(args);
  const next = takeNext(accounts);
  const buffer = accounts.typed('transaction_buffer', TransactionBuffer, true);
  if (accounts.signer('creator', true) !== next.creator) throw anchorError('ConstraintAddress', 'creator');
  check(buffer.value.creator === next.creator, 'Unauthorized');
  accounts.searched('transaction_buffer', buffer.key, at.buffer(next.multisig.key, next.creator, buffer.value.bufferIndex));
  frame.create(next.payer, next.key, encode(frame, next, given, NO_MESSAGE).length);

  check(given.message.equals(NO_MESSAGE), 'InvalidInstructionArgs');
  check(createHash('sha256').update(buffer.value.buffer).digest().equals(buffer.value.hash), 'FinalBufferHashMismatch');
  check(buffer.value.buffer.length === buffer.value.size, 'FinalBufferSizeMismatch');
  const encoded = encode(frame, next, given, buffer.value.buffer);
  grow(frame, next.key, encoded.length, next.payer);
  requireMember(next.multisig.value, next.creator, INITIATE);
  frame.store(next.key, encoded);
  advance(frame, next);
  frame.close(buffer.key, next.creator);
}

function transactionBufferCreate(/** @type {Accounts} */ accounts, /** @type {Reader} */ args, /** @type {Frame} */ frame) {
  const [bufferIndex, vaultIndex, hash, size, buffer] = [args.u8(), args.u8(), Buffer.from(args.take(32)), args.u16(), Buffer.from(args.bytesList())];
  const multisig = takeMultisig(accounts);
  const key = accounts.any('transaction_buffer', true);
  const creator = accounts.signer('creator');
  const payer = accounts.signer('rent_payer', true);
  accounts.system();
  check(size <= MAX_BUFFER, 'FinalBufferSizeExceeded');
  accounts.searched('transaction_buffer', key, at.buffer(multisig.key, creator, bufferIndex));
  frame.create(payer, key, 8 + 32 + 32 + 1 + 1 + 32 + 2 + 4 + size);
  requireMember(multisig.value, creator, INITIATE);
  check(buffer.length <= size, 'FinalBufferSizeMismatch');
  TransactionBuffer.save(frame, key, { multisig: multisig.key, creator, bufferIndex, vaultIndex, hash, size, buffer });
}

/** @param {Accounts} accounts @param {boolean} paid whether the creator gets lamports */
function takeBuffer(accounts, paid) {
  const multisig = takeMultisig(accounts);
  const buffer = accounts.typed('transaction_buffer', TransactionBuffer, true);
  const creator = accounts.signer('creator', paid);
  check(buffer.value.creator === creator, 'Unauthorized');
  accounts.searched('transaction_buffer', buffer.key, at.buffer(multisig.key, creator, buffer.value.bufferIndex));
  return { multisig: multisig.value, creator, ...buffer };
}

function transactionBufferExtend(/** @type {Accounts} */ accounts, /** @type {Reader} */ args, /** @type {Frame} */ frame) {
  const more = Buffer.from(args.bytesList());
  const { multisig, creator, key, value } = takeBuffer(accounts, false);
  requireMember(multisig, creator, INITIATE);
  check(value.buffer.length + more.length <= value.size, 'FinalBufferSizeExceeded');
  TransactionBuffer.save(frame, key, { ...value, buffer: Buffer.concat([value.buffer, more]) });
}

function transactionBufferClose(/** @type {Accounts} */ accounts, /** @type {Reader} */ _, /** @type {Frame} */ frame) {
  const { creator, key } = takeBuffer(accounts, true);
  frame.close(key, creator);
}

function vaultTransactionExecute(/** @type {Accounts} */ accounts, /** @type {Reader} */ _, /** @type {Frame} */ frame) {
  const multisig = takeMultisig(accounts);
  const proposal = accounts.typed('proposal', Proposal, true);
  const transaction = accounts.typed('transaction', VaultTransaction);
  const member = accounts.signer('member');
  const { index, vaultIndex, ephemeralBumps, message } = transaction.value;
  accounts.derived('proposal', proposal.key, at.proposal(multisig.key, index));
  accounts.derived('transaction', transaction.key, at.transaction(multisig.key, index));
  requireExecutable(multisig.value, proposal.value, member, frame.clock.time); // a stale one too, if it was approved before

  const ephemeral = [...ephemeralBumps].map((__, i) => deriveProgramAddress(at.ephemeral(transaction.key, i), SQUADS).key);
  const derived = new Set([deriveProgramAddress(at.vault(multisig.key, vaultIndex), SQUADS).key, ...ephemeral]);
  frame.spend(UNITS_PER_BYTE * BigInt(/** @type {import('../svm.mjs').Account} */ (frame.read(transaction.key)).data.length));
  for (const call of callsOf(message, accounts.rest(), derived, (key) => frame.read(key))) {
    check(!call.accounts.some(({ key, writable }) => writable && key === proposal.key), 'ProtectedAccount');
    frame.call(call, frame);
  }
  settle(frame, proposal.key, proposal.value, STATUS.Executed);
}

/** @param {import('./anchor.mjs').AccountType} type @param {boolean} approvedCounts whether an approved one can still be executed when it is stale */
export const accountsClose = (type, approvedCounts) =>
  (/** @type {Accounts} */ accounts, /** @type {Reader} */ _, /** @type {Frame} */ frame) => {
    const multisig = takeMultisig(accounts);
    check(multisig.value.rentCollector !== null, 'RentReclamationDisabled');
    const proposalKey = accounts.any('proposal', true);
    const transaction = accounts.typed('transaction', type, true);
    accounts.searched('proposal', proposalKey, at.proposal(multisig.key, transaction.value.index));
    check(transaction.value.multisig === multisig.key, 'TransactionForAnotherMultisig');
    const collector = accounts.any('rent_collector', true);
    check(collector === multisig.value.rentCollector, 'InvalidRentCollector');
    accounts.system();

    const stale = transaction.value.index <= multisig.value.staleIndex;
    const proposal = frame.read(proposalKey);
    const exists = proposal !== null && proposal.data.length > 0;
    const status = exists ? Proposal.decode(proposal.data, 'proposal').status : STATUS.Draft;
    const over = status === STATUS.Rejected || status === STATUS.Executed || status === STATUS.Cancelled;
    const given = stale && (status === STATUS.Draft || status === STATUS.Active || (status === STATUS.Approved && !approvedCounts));
    check(over || given, 'InvalidProposalStatus');
    if (exists) frame.close(proposalKey, collector);
    frame.close(transaction.key, collector);
  };

export const vaultInstructions = {
  vaultTransactionCreate, vaultTransactionCreateFromBuffer, vaultTransactionExecute, transactionBufferCreate, transactionBufferExtend,
  transactionBufferClose, vaultTransactionAccountsClose: accountsClose(VaultTransaction, true),
};
