// What became of transactions: getSignatureStatuses, getTransaction, getSignaturesForAddress.

import { address, flag, historyCommitment, list, oneOf, optional, options, requireParams, signature, wholeNumber } from '../params.mjs';
import { RpcError } from '../rpc-error.mjs';
import { contextOf } from './context.mjs';
import { TRANSACTION_ENCODINGS, loadedAddressesJson, transactionJson } from './transaction-json.mjs';

/** @typedef {import('../methods.mjs').Call} Call */

const MOST_STATUSES = 256;
const MOST_SIGNATURES = 1000;
const STATUS_CACHE_SLOTS = 300;

/** @param {any[]} params @param {Call} call */
export function getSignatureStatuses(params, { node, view }) {
  requireParams(params, 1);
  const signatures = list(params[0]);
  if (signatures.length > MOST_STATUSES) throw RpcError.invalidParams(`Too many inputs provided; max ${MOST_STATUSES}`);
  const old = flag(options(params[1]).searchTransactionHistory);
  const now = view.slotAt('processed');
  const value = signatures.map((each) => {
    const record = node.chain.history.get(each) ?? (signature(each), undefined);
    if (record === undefined || (!old && now - record.slot > STATUS_CACHE_SLOTS)) return null;
    const confirmationStatus = view.commitmentOf(record.slot);
    if (confirmationStatus === null) return null;
    return {
      confirmationStatus,
      confirmations: confirmationStatus === 'finalized' ? null : now - record.slot,
      err: record.err,
      slot: record.slot,
      status: statusOf(record.err),
    };
  });
  return { context: contextOf(now), value };
}

/** @param {any[]} params @param {Call} call */
export function getTransaction(params, { node, view, note }) {
  requireParams(params, 1);
  const wanted = signature(params[0]);
  const config = typeof params[1] === 'string' ? { encoding: params[1] } : options(params[1]);
  const encoding = oneOf(config.encoding, TRANSACTION_ENCODINGS, 'json');
  const newest = optional(config.maxSupportedTransactionVersion, (value) => wholeNumber(value, 'u8'));
  const at = historyCommitment(config.commitment);
  note({ signature: wanted });
  const record = node.chain.history.get(wanted);
  if (record === undefined || record.slot > view.slotAt(at)) return null;
  const { version } = record.transaction.message;
  if (version !== 'legacy' && newest === undefined) throw RpcError.unsupportedVersion(version);
  return {
    blockTime: node.chain.timeOf(record.slot),
    meta: metaOf(record),
    slot: record.slot,
    transaction: transactionJson(record, encoding),
    version: newest === undefined ? undefined : version,
  };
}

/** @param {any[]} params @param {Call} call */
export function getSignaturesForAddress(params, { node, view }) {
  requireParams(params, 1);
  const key = address(params[0]);
  const config = options(params[1]);
  const limit = optional(config.limit, (value) => wholeNumber(value, 'usize')) ?? MOST_SIGNATURES;
  if (limit < 1 || limit > MOST_SIGNATURES) throw RpcError.invalidParams(`Invalid limit; max ${MOST_SIGNATURES}`);
  const before = optional(config.before, signature);
  const until = optional(config.until, signature);
  const newest = view.contextSlot({ commitment: historyCommitment(config.commitment), minContextSlot: optional(config.minContextSlot, wholeNumber) });

  const records = node.chain.history.of(key);
  let from = records.length - 1;
  if (before !== undefined) {
    const known = node.chain.history.get(before);
    if (known === undefined) return [];
    const index = records.indexOf(known);
    from = index >= 0 ? index - 1 : records.findLastIndex((record) => record.slot < known.slot);
  }
  const found = [];
  for (let i = from; i >= 0 && found.length < limit; i--) {
    const record = records[i];
    if (record.signature === until) break;
    if (record.slot > newest) continue;
    found.push({
      blockTime: node.chain.timeOf(record.slot),
      confirmationStatus: view.commitmentOf(record.slot),
      err: record.err,
      memo: null,
      signature: record.signature,
      slot: record.slot,
    });
  }
  return found;
}

const statusOf = (/** @type {any} */ err) => (err === null ? { Ok: null } : { Err: err });

/** @param {import('../history.mjs').TransactionRecord} record */
function metaOf(record) {
  return {
    computeUnitsConsumed: record.units,
    err: record.err,
    fee: record.fee,
    innerInstructions: record.inner,
    loadedAddresses: loadedAddressesJson(record),
    logMessages: record.logs,
    postBalances: record.post,
    postTokenBalances: [],
    preBalances: record.pre,
    preTokenBalances: [],
    returnData: record.returnData ?? undefined,
    rewards: [],
    status: statusOf(record.err),
  };
}
