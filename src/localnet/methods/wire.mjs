// Transactions as they come in: a string in base58 or base64.

import { decodeBase58 } from '../base58.mjs';
import { oneOf, text } from '../params.mjs';
import { RpcError } from '../rpc-error.mjs';
import { MAX_TRANSACTION_SIZE, MalformedTransaction, parseTransaction } from '../transaction.mjs';

const TYPE = 'solana_transaction::versioned::VersionedTransaction';
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const longest = (/** @type {number} */ size) => ({ base58: Math.ceil(size * 1.3658) , base64: Math.ceil(size / 3) * 4 });

/** @param {any} value @param {any} encoding */
export function readTransaction(value, encoding) {
  const encoded = text(value);
  const bytes = oneOf(encoding, /** @type {const} */ (['base58', 'base64']), 'base58') === 'base58'
    ? decodeText58(encoded)
    : decodeBase64(encoded, TYPE, MAX_TRANSACTION_SIZE);
  try {
    return parseTransaction(bytes);
  } catch (error) {
    if (!(error instanceof MalformedTransaction)) throw error;
    throw RpcError.invalidParams(error.insane ? error.message : `failed to deserialize ${TYPE}: ${error.message}`);
  }
}

function decodeText58(/** @type {string} */ encoded) {
  const most = longest(MAX_TRANSACTION_SIZE).base58;
  if (encoded.length > most) throw tooLarge('base58', TYPE, `${encoded.length} bytes (max: encoded/raw ${most}/${MAX_TRANSACTION_SIZE})`);
  const bytes = decodeBase58(encoded);
  if (bytes === null) throw RpcError.invalidParams('invalid base58 encoding: InvalidChar');
  if (bytes.length > MAX_TRANSACTION_SIZE) throw tooLarge('decoded', TYPE, `${bytes.length} bytes (max: ${MAX_TRANSACTION_SIZE} bytes)`);
  return bytes;
}

/** @param {string} encoded @param {string} type @param {number} size */
export function decodeBase64(encoded, type, size) {
  const most = longest(size).base64;
  if (encoded.length > most) throw tooLarge('base64', type, `${encoded.length} bytes (max: encoded/raw ${most}/${size})`);
  if (!BASE64.test(encoded) || encoded.length % 4 === 1) throw RpcError.invalidParams('invalid base64 encoding: InvalidByte');
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length > size) throw tooLarge('decoded', type, `${bytes.length} bytes (max: ${size} bytes)`);
  return bytes;
}

const tooLarge = (/** @type {string} */ what, /** @type {string} */ type, /** @type {string} */ rest) =>
  RpcError.invalidParams(what === 'decoded' ? `decoded ${type} too large: ${rest}` : `${what} encoded ${type} too large: ${rest}`);
