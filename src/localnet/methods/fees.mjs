// getFeeForMessage, getRecentPrioritizationFees.

import { feeOf } from '../fees.mjs';
import { address, context, list, optional, options, requireParams, text } from '../params.mjs';
import { RpcError } from '../rpc-error.mjs';
import { MAX_TRANSACTION_SIZE, MalformedTransaction, parseMessage } from '../transaction.mjs';
import { contextOf } from './context.mjs';
import { decodeBase64 } from './wire.mjs';

/** @typedef {import('../methods.mjs').Call} Call */

const RECENT_SLOTS = 150;
const MOST_LOCKED_ACCOUNTS = 128;

/** @param {any[]} params @param {Call} call */
export function getFeeForMessage(params, { node, view }) {
  requireParams(params, 1);
  const bytes = decodeBase64(text(params[0]), 'solana_message::versions::VersionedMessage', MAX_TRANSACTION_SIZE);
  const message = orInvalid(() => parseMessage(bytes));
  const slot = view.contextSlot(context(options(params[1])));
  return { context: contextOf(slot), value: node.blockhashes.isValidOn(message.blockhash, slot) ? feeOf(message).fee : null };
}

/** @template T @param {() => T} parse @returns {T} */
function orInvalid(parse) {
  try {
    return parse();
  } catch (error) {
    if (error instanceof MalformedTransaction) throw RpcError.invalidParams(`failed to deserialize message: ${error.message}`);
    throw error;
  }
}

/**
 * Per slot the lowest price anyone paid, raised to the lowest price paid for the accounts asked about.
 * @param {any[]} params @param {Call} call
 */
export function getRecentPrioritizationFees(params, { node, view }) {
  const keys = (optional(params[0], list) ?? []).map(address);
  if (keys.length > MOST_LOCKED_ACCOUNTS) throw RpcError.invalidParams(`Too many inputs provided; max ${MOST_LOCKED_ACCOUNTS}`);
  const newest = view.slotAt('processed');
  const fees = [];
  for (let slot = Math.max(0, newest - RECENT_SLOTS + 1); slot <= newest; slot++) {
    const finished = node.chain.finished(slot);
    if (finished === undefined) continue;
    let fee = finished.lowestPrice ?? 0n;
    for (const key of keys) {
      const price = finished.lowestPriceOf.get(key);
      if (price !== undefined && price > fee) fee = price;
    }
    fees.push({ prioritizationFee: fee, slot });
  }
  return fees;
}
