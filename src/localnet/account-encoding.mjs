// An account as the RPC shows it.

import { encodeBase58 } from './base58.mjs';
import { addressOf } from './keys.mjs';
import { oneOf, optional, options, wholeNumber } from './params.mjs';
import { RpcError } from './rpc-error.mjs';
import { zstd } from './zstd.mjs';

/** @typedef {import('./svm.mjs').Account} Account */

const ENCODINGS = /** @type {const} */ (['binary', 'base58', 'base64', 'base64+zstd', 'jsonParsed']);
const MOST_BASE58_BYTES = 128;

/**
 * @param {Record<string, any>} config
 * @param {typeof ENCODINGS[number]} [fallback]
 * @returns {Promise<(account: Account | null) => object | null>}
 */
export async function accountEncoder(config, fallback = 'binary') {
  const encoding = oneOf(config.encoding, ENCODINGS, fallback);
  const slice = optional(config.dataSlice, (value) => {
    const { offset, length } = options(value, 'struct UiDataSliceConfig');
    return { offset: wholeNumber(offset, 'usize'), length: wholeNumber(length, 'usize') };
  });
  const compress = encoding === 'base64+zstd' ? await zstd() : null;

  return (account) => account && {
    data: encode(slice ? account.data.subarray(slice.offset, slice.offset + slice.length) : account.data),
    executable: account.executable,
    lamports: account.lamports,
    owner: addressOf(account.owner),
    rentEpoch: account.rentEpoch,
    space: account.data.length,
  };

  function encode(/** @type {Uint8Array} */ data) {
    if (compress) return [base64(data.length === 0 ? data : compress(data)), 'base64+zstd'];
    // No program's accounts are parsed; a validator falls back to base64 where it cannot parse, too.
    if (encoding === 'base64' || encoding === 'jsonParsed') return [base64(data), 'base64'];
    if (data.length > MOST_BASE58_BYTES)
      throw RpcError.invalidRequest('Encoded binary (base 58) data should be less than 128 bytes, please use Base64 encoding.');
    return encoding === 'base58' ? [encodeBase58(data), 'base58'] : encodeBase58(data);
  }
}

const base64 = (/** @type {Uint8Array} */ data) => Buffer.from(data.buffer, data.byteOffset, data.length).toString('base64');
