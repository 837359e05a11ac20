// Squads v4: proposals and the vote on them (instructions/proposal_*.rs).

import { rentFor } from '../svm.mjs';
import { EXECUTE, INITIATE, Multisig, Proposal, STATUS, VOTE, at, byKey, check, may, proposalSize, requireMember, votersOf } from './squads-state.mjs';

/**
 * @typedef {import('./anchor.mjs').Accounts} Accounts
 * @typedef {import('./borsh.mjs').Reader} Reader
 * @typedef {import('./frame.mjs').Frame} Frame
 */

/** The multisig that an instruction is about. @param {Accounts} accounts @param {boolean} [writable] */
export function takeMultisig(accounts, writable = false) {
  const { key, value } = accounts.typed('multisig', Multisig, writable);
  accounts.derived('multisig', key, at.multisig(value.createKey));
  return { key, value };
}

/** @param {Accounts} accounts @param {string} multisig */
function takeProposal(accounts, multisig) {
  const proposal = accounts.typed('proposal', Proposal, true);
  accounts.derived('proposal', proposal.key, at.proposal(multisig, proposal.value.index));
  return proposal;
}

/** Of an approved proposal, by a member that may, when the lock has run out. @param {any} multisig @param {any} proposal @param {string} member @param {number} now */
export function requireExecutable(multisig, proposal, member, now) {
  requireMember(multisig, member, EXECUTE);
  check(proposal.status === STATUS.Approved, 'InvalidProposalStatus');
  check(BigInt(now) - proposal.time >= BigInt(multisig.timeLock), 'TimeLockNotReleased');
}

/** @param {Frame} frame @param {string} key @param {any} proposal @param {number} status */
export const settle = (frame, key, proposal, status) => Proposal.save(frame, key, { ...proposal, status, time: BigInt(frame.clock.time) });

function proposalCreate(/** @type {Accounts} */ accounts, /** @type {Reader} */ args, /** @type {Frame} */ frame) {
  const [index, draft] = [args.u64(), args.bool()];
  const multisig = takeMultisig(accounts);
  const key = accounts.any('proposal', true);
  const creator = accounts.signer('creator');
  const payer = accounts.signer('rent_payer', true);
  accounts.system();
  const bump = accounts.searched('proposal', key, at.proposal(multisig.key, index));
  frame.create(payer, key, proposalSize(multisig.value.members.length));

  check(index <= multisig.value.transactionIndex, 'InvalidTransactionIndex');
  check(index > multisig.value.staleIndex, 'StaleProposal');
  check(multisig.value.members.some((/** @type {any} */ one) => one.key === creator), 'NotAMember');
  check(may(multisig.value, creator, INITIATE) || may(multisig.value, creator, VOTE), 'Unauthorized');
  settle(frame, key, { multisig: multisig.key, index, bump, approved: [], rejected: [], cancelled: [] }, draft ? STATUS.Draft : STATUS.Active);
}

function proposalActivate(/** @type {Accounts} */ accounts, /** @type {Reader} */ _, /** @type {Frame} */ frame) {
  const multisig = takeMultisig(accounts);
  const member = accounts.signer('member', true);
  const proposal = takeProposal(accounts, multisig.key);
  requireMember(multisig.value, member, INITIATE);
  check(proposal.value.status === STATUS.Draft, 'InvalidProposalStatus');
  check(proposal.value.index > multisig.value.staleIndex, 'StaleProposal');
  settle(frame, proposal.key, proposal.value, STATUS.Active);
}

/** What all votes ask first. @param {Accounts} accounts @param {Reader} args @param {number} status */
function takeVote(accounts, args, status) {
  args.option(args.text);
  const multisig = takeMultisig(accounts);
  const member = accounts.signer('member', true);
  const proposal = takeProposal(accounts, multisig.key);
  requireMember(multisig.value, member, VOTE);
  check(proposal.value.status === status, 'InvalidProposalStatus');
  // An approved proposal can be cancelled also when it is stale.
  check(status === STATUS.Approved || proposal.value.index > multisig.value.staleIndex, 'StaleProposal');
  return { multisig: multisig.value, member, key: proposal.key, proposal: proposal.value };
}

/** @param {string[]} votes @param {string} member @param {string} again */
function cast(votes, member, again) {
  check(!votes.includes(member), again);
  return [...votes, member].sort(byKey);
}

const without = (/** @type {string[]} */ votes, /** @type {string} */ member) => votes.filter((key) => key !== member);

function proposalApprove(/** @type {Accounts} */ accounts, /** @type {Reader} */ args, /** @type {Frame} */ frame) {
  const { multisig, member, key, proposal } = takeVote(accounts, args, STATUS.Active);
  const voted = { ...proposal, rejected: without(proposal.rejected, member), approved: cast(proposal.approved, member, 'AlreadyApproved') };
  if (voted.approved.length >= multisig.threshold) settle(frame, key, voted, STATUS.Approved);
  else Proposal.save(frame, key, voted);
}

function proposalReject(/** @type {Accounts} */ accounts, /** @type {Reader} */ args, /** @type {Frame} */ frame) {
  const { multisig, member, key, proposal } = takeVote(accounts, args, STATUS.Active);
  const voted = { ...proposal, approved: without(proposal.approved, member), rejected: cast(proposal.rejected, member, 'AlreadyRejected') };
  // Enough that the others cannot reach the threshold any more.
  if (voted.rejected.length >= votersOf(multisig) - multisig.threshold + 1) settle(frame, key, voted, STATUS.Rejected);
  else Proposal.save(frame, key, voted);
}

function proposalCancel(/** @type {Accounts} */ accounts, /** @type {Reader} */ args, /** @type {Frame} */ frame) {
  const { multisig, member, key, proposal } = takeVote(accounts, args, STATUS.Approved);
  const still = proposal.cancelled.filter((/** @type {string} */ one) => multisig.members.some((/** @type {any} */ other) => other.key === one));
  const voted = { ...proposal, cancelled: cast(still, member, 'AlreadyCancelled') };
  if (voted.cancelled.length >= multisig.threshold) settle(frame, key, voted, STATUS.Cancelled);
  else Proposal.save(frame, key, voted);
  return { multisig, member, key };
}

/** The newer form makes room for members that joined since the proposal. */
function proposalCancelV2(/** @type {Accounts} */ accounts, /** @type {Reader} */ args, /** @type {Frame} */ frame) {
  const { multisig, member, key } = proposalCancel(accounts, args, frame);
  accounts.system();
  grow(frame, key, proposalSize(multisig.members.length), member);
}

/** Lets an account grow to a size, the payer giving what rent is missing. @param {Frame} frame @param {string} key @param {number} size @param {string | null} payer */
export function grow(frame, key, size, payer) {
  const account = /** @type {import('../svm.mjs').Account} */ (frame.read(key));
  if (account.data.length >= size) return;
  const data = Buffer.alloc(size);
  data.set(account.data);
  frame.store(key, data);
  const missing = rentFor(size) - account.lamports;
  if (missing <= 0n) return;
  check(payer !== null, 'MissingAccount');
  frame.transfer(payer, key, missing);
}

export const proposalInstructions = { proposalCreate, proposalActivate, proposalApprove, proposalReject, proposalCancel, proposalCancelV2 };
