// What the cluster is and where it stands: slots, heights, blockhashes, rent.

import { encodeBase58 } from '../base58.mjs';
import { MAX_AGE } from '../blockhashes.mjs';
import { addressOf, keyFromAddress } from '../keys.mjs';
import { context, options, requireParams, text, wholeNumber } from '../params.mjs';
import { RpcError } from '../rpc-error.mjs';
import { rentFor } from '../svm.mjs';
import { contextOf } from './context.mjs';

/** @typedef {import('../methods.mjs').Call} Call */

const SLOTS_PER_EPOCH = 432_000;
const LONGEST_ACCOUNT = 10 * 1024 * 1024;

const slotOf = (/** @type {any[]} */ params, /** @type {Call} */ { view }) => view.contextSlot(context(options(params[0])));

export const getSlot = slotOf;
// Every slot has a block, so heights are slots.
export const getBlockHeight = slotOf;

export const getTransactionCount = (/** @type {any[]} */ params, /** @type {Call} */ call) => {
  slotOf(params, call);
  return call.node.chain.transactionCount;
};

/** @param {any[]} params @param {Call} call */
export function getLatestBlockhash(params, call) {
  const slot = slotOf(params, call);
  const blockhash = addressOf(call.node.blockhashes.of(slot));
  return { context: contextOf(slot), value: { blockhash, lastValidBlockHeight: slot + MAX_AGE } };
}

/** @param {any[]} params @param {Call} call */
export function isBlockhashValid(params, { node, view }) {
  requireParams(params, 1);
  const hash = keyFromAddress(text(params[0]));
  if (hash === null) throw RpcError.invalidParams('Invalid param: WrongSize');
  const slot = view.contextSlot(context(options(params[1])));
  return { context: contextOf(slot), value: node.blockhashes.isValidOn(hash, slot) };
}

/** @param {any[]} params @param {Call} call */
export function getBlockTime(params, { node, view }) {
  requireParams(params, 1);
  const slot = wholeNumber(params[0]);
  if (slot > view.slotAt('processed')) throw RpcError.blockNotAvailable(slot);
  return node.chain.timeOf(slot);
}

/** @param {any[]} params @param {Call} call */
export function getEpochInfo(params, call) {
  const slot = slotOf(params, call);
  return {
    absoluteSlot: slot,
    blockHeight: slot,
    epoch: Math.floor(slot / SLOTS_PER_EPOCH),
    slotIndex: slot % SLOTS_PER_EPOCH,
    slotsInEpoch: SLOTS_PER_EPOCH,
    transactionCount: call.node.chain.transactionCount,
  };
}

export const getGenesisHash = (/** @type {any[]} */ _, /** @type {Call} */ { node }) => node.genesisHash;
export const getHealth = () => 'ok';
export const getVersion = () => ({ 'feature-set': 3640012085, 'solana-core': '4.1.0' });

// Clients that look for leaders (to send to them over QUIC) find none and use RPC.
export const getIdentity = (/** @type {any[]} */ _, /** @type {Call} */ { node }) => ({ identity: encodeBase58(node.identity) });
export const getClusterNodes = () => [];
export const getFirstAvailableBlock = () => 0;
export const minimumLedgerSlot = () => 0;

/** @param {any[]} params */
export function getMinimumBalanceForRentExemption(params) {
  requireParams(params, 1);
  const length = wholeNumber(params[0], 'usize');
  if (length > LONGEST_ACCOUNT) throw RpcError.invalidParams(`Invalid params: no account holds ${length} bytes.`);
  return rentFor(length);
}

