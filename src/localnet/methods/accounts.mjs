// getAccountInfo, getMultipleAccounts, getProgramAccounts, getBalance.

import { decodeBase58 } from '../base58.mjs';
import { accountEncoder } from '../account-encoding.mjs';
import { addressOf } from '../keys.mjs';
import { address, context, flag, list, oneOf, optional, options, requireParams, text, wholeNumber } from '../params.mjs';
import { RpcError } from '../rpc-error.mjs';
import { contextOf } from './context.mjs';

/** @typedef {import('../methods.mjs').Call} Call */

const MOST_ACCOUNTS = 100;
const MOST_FILTERS = 4;
const MOST_MEMCMP_BYTES = 128;

/** @param {any[]} params @param {Call} call */
export async function getAccountInfo(params, { node, view, note }) {
  requireParams(params, 1);
  const key = address(params[0]);
  const config = options(params[1]);
  const encode = await accountEncoder(config);
  const at = context(config);
  const slot = view.contextSlot(at);
  const value = encode(node.accounts.at(key, slot));
  note({ address: params[0], commitment: at.commitment, length: dataLength(value) });
  return { context: contextOf(slot), value };
}

/** @param {any[]} params @param {Call} call */
export async function getMultipleAccounts(params, { node, view, note }) {
  requireParams(params, 1);
  const addresses = list(params[0]);
  if (addresses.length > MOST_ACCOUNTS) throw RpcError.invalidParams(`Too many inputs provided; max ${MOST_ACCOUNTS}`);
  const keys = addresses.map(address);
  const config = options(params[1]);
  const encode = await accountEncoder(config, 'base64');
  const at = context(config);
  const slot = view.contextSlot(at);
  const value = keys.map((key) => encode(node.accounts.at(key, slot)));
  note({ address: addresses.join(','), commitment: at.commitment, length: value.reduce((sum, each) => sum + dataLength(each), 0) });
  return { context: contextOf(slot), value };
}

/** @param {any[]} params @param {Call} call */
export async function getProgramAccounts(params, { node, view, note }) {
  requireParams(params, 1);
  const owner = address(params[0]);
  const config = options(params[1]);
  const filters = (optional(config.filters, list) ?? []).map(filter);
  if (filters.length > MOST_FILTERS) throw RpcError.invalidParams(`Too many filters provided; max ${MOST_FILTERS}`);
  const withContext = flag(config.withContext);
  const encode = await accountEncoder(config);
  const at = context(config);
  const slot = view.contextSlot(at);
  const value = [];
  for (const [key, account] of node.accounts.ownedBy(owner, slot))
    if (filters.every((matches) => matches(account.data))) value.push({ pubkey: addressOf(key), account: encode(account) });
  note({ address: params[0], commitment: at.commitment, length: value.reduce((sum, each) => sum + dataLength(each.account), 0) });
  return withContext ? { context: contextOf(slot), value } : value;
}

/** @param {any[]} params @param {Call} call */
export function getBalance(params, { node, view, note }) {
  requireParams(params, 1);
  const key = address(params[0]);
  const at = context(options(params[1]));
  const slot = view.contextSlot(at);
  note({ address: params[0], commitment: at.commitment });
  return { context: contextOf(slot), value: node.accounts.at(key, slot)?.lamports ?? 0n };
}

/** @param {any} value @returns {(data: Uint8Array) => boolean} */
function filter(value) {
  const { dataSize, memcmp } = options(value, 'a filter');
  if (dataSize !== undefined) {
    const size = wholeNumber(dataSize);
    return (data) => data.length === size;
  }
  if (memcmp === undefined) throw RpcError.invalidParams('Invalid params: unknown filter, expected dataSize or memcmp.');
  const { offset, bytes, encoding } = options(memcmp, 'struct Memcmp');
  const start = wholeNumber(offset ?? 0, 'usize');
  const expected = memcmpBytes(bytes, encoding);
  if (expected.length > MOST_MEMCMP_BYTES) throw RpcError.invalidParams('Invalid param: Memcmp bytes exceed 128');
  return (data) => start + expected.length <= data.length && expected.equals(data.subarray(start, start + expected.length));
}

function memcmpBytes(/** @type {any} */ bytes, /** @type {any} */ encoding) {
  if (Array.isArray(bytes)) return Buffer.from(bytes.map((byte) => wholeNumber(byte, 'u8')));
  const encoded = text(bytes);
  if (encoded.length > 4 * MOST_MEMCMP_BYTES) throw RpcError.invalidParams('Invalid param: Memcmp bytes exceed 128');
  if (oneOf(encoding, /** @type {const} */ (['base58', 'base64']), 'base58') === 'base64') return Buffer.from(encoded, 'base64');
  const decoded = decodeBase58(encoded);
  if (decoded === null) throw RpcError.invalidParams('Invalid param: Memcmp bytes are not base58');
  return decoded;
}

const dataLength = (/** @type {any} */ value) => (value === null ? 0 : (Array.isArray(value.data) ? value.data[0] : value.data).length);
