// sendTransaction, simulateTransaction, requestAirdrop.

import { createHash } from 'node:crypto';
import { accountEncoder } from '../account-encoding.mjs';
import { MAX_AGE } from '../blockhashes.mjs';
import { feeOf } from '../fees.mjs';
import { addressOf } from '../keys.mjs';
import { isTimely } from '../nonce.mjs';
import { address, commitment, context, flag, list, optional, options, requireParams, wholeNumber } from '../params.mjs';
import { RpcError } from '../rpc-error.mjs';
import { errorSentence } from '../transaction-error.mjs';
import { contextOf } from './context.mjs';
import { readTransaction } from './wire.mjs';

/** @typedef {import('../methods.mjs').Call} Call */

/** @param {any[]} params @param {Call} call */
export function sendTransaction(params, { node, view, note }) {
  requireParams(params, 1);
  const config = options(params[1]);
  const skipPreflight = flag(config.skipPreflight);
  optional(config.maxRetries, (value) => wholeNumber(value, 'usize')); // the node never re-sends
  const transaction = readTransaction(params[0], config.encoding);
  const { signature } = transaction;
  note({ signature, ...(node.trace.on && { content: contentOf(transaction) }) });
  const slot = view.contextSlot({
    commitment: commitment(config.preflightCommitment),
    minContextSlot: optional(config.minContextSlot, wholeNumber),
  });
  if (!skipPreflight) preflight(node, transaction, slot);

  if (node.losesSubmission()) {
    node.counters.sent('lost');
    node.trace.dropped(node.chain.slot, signature, 'lost');
  } else {
    node.counters.sent('accepted');
    node.chain.receive(transaction);
  }
  return signature;
}

/** Equal for two transactions that end in the same instruction: tells a chunk that was signed twice from one that was sent twice. @param {import('../transaction.mjs').Transaction} transaction */
function contentOf({ message: { keys, instructions } }) {
  const last = instructions[instructions.length - 1];
  if (last === undefined) return null;
  const accounts = [last.program, ...last.accounts].map((index) => keys[index] ?? `table ${index}`).join('');
  return createHash('sha256').update(accounts, 'latin1').update(last.data).digest('hex').slice(0, 16);
}

/** @param {Call['node']} node @param {import('../transaction.mjs').Transaction} transaction @param {number} slot */
function preflight(node, transaction, slot) {
  const known = node.chain.history.get(transaction.signature);
  if (known && known.slot <= slot) return; // sent again: it ran already and runs no second time
  const simulated = isTimely(node.blockhashes, transaction.message, slot, (key) => node.accounts.at(key, slot))
    ? node.simulator.run(transaction, slot, true)
    : { ...NOT_RUN, err: 'BlockhashNotFound' };
  if (simulated.err === null) return;
  node.counters.sent('preflight');
  if (simulated.err === 'SignatureFailure') throw RpcError.signature();
  throw RpcError.preflight(errorSentence(simulated.err), { ...simulationJson(simulated), accounts: null });
}

/** @param {any[]} params @param {Call} call */
export async function simulateTransaction(params, { node, view }) {
  requireParams(params, 1);
  const config = options(params[1]);
  const sigVerify = flag(config.sigVerify);
  const replace = flag(config.replaceRecentBlockhash);
  const wantsInner = flag(config.innerInstructions);
  if (sigVerify && replace) throw RpcError.invalidParams('sigVerify may not be used with replaceRecentBlockhash');
  const transaction = readTransaction(params[0], config.encoding);
  const wanted = optional(config.accounts, (value) => options(value));
  const addresses = (optional(wanted?.addresses, list) ?? []).map(address);
  const encode = await accountEncoder(wanted ?? {}, 'base64');
  if (wanted?.encoding === 'base58' || wanted?.encoding === 'binary') throw RpcError.invalidParams('base58 encoding not supported');

  const slot = view.contextSlot(context(config));
  const known = node.chain.history.get(transaction.signature);
  let simulated;
  if (!replace && !isTimely(node.blockhashes, transaction.message, slot, (key) => node.accounts.at(key, slot))) simulated = { ...NOT_RUN, err: 'BlockhashNotFound' };
  else if (!replace && known && known.slot <= slot) simulated = { ...NOT_RUN, err: 'AlreadyProcessed' };
  else simulated = node.simulator.run(transaction, slot, sigVerify);
  if (simulated.err === 'SignatureFailure') throw RpcError.signature();
  if (addresses.length > simulated.keys.length && simulated.keys.length > 0)
    throw RpcError.invalidParams(`Too many accounts provided; max ${simulated.keys.length}`);

  const posts = wanted && simulated.err === null ? simulated.posts() : null;
  return {
    context: contextOf(slot),
    value: {
      ...simulationJson(simulated),
      accounts: wanted ? addresses.map((key) => posts && encode(posts.get(key) ?? node.accounts.at(key, slot))) : null,
      fee: feeOf(transaction.message).fee,
      innerInstructions: wantsInner ? simulated.inner : null,
      replacementBlockhash: replace
        ? { blockhash: addressOf(node.blockhashes.of(slot)), lastValidBlockHeight: slot + MAX_AGE }
        : null,
    },
  };
}

const NOT_RUN = {
  logs: /** @type {string[]} */ ([]), inner: /** @type {any[]} */ ([]), returnData: /** @type {any} */ (null), units: 0n,
  keys: /** @type {string[]} */ ([]), posts: () => new Map(),
};

const simulationJson = (/** @type {any} */ { err, logs, returnData, units }) => ({
  err, innerInstructions: null, logs, replacementBlockhash: null, returnData, unitsConsumed: units,
});

/** @param {any[]} params @param {Call} call */
export function requestAirdrop(params, { node, view, note }) {
  requireParams(params, 2);
  const key = address(params[0]);
  const lamports = wholeNumber(params[1]);
  const config = options(params[2]);
  const slot = view.slotAt(commitment(config.commitment, 'processed'));
  const transaction = node.faucet.transfer(key, BigInt(lamports), node.blockhashes.of(slot));
  note({ signature: transaction.signature });
  node.chain.receive(transaction);
  return transaction.signature;
}
