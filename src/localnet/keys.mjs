// Inside the node an account is named by a *key*: its 32 bytes as a latin1 string,
// which is much cheaper to make than base58. Base58 appears only at the RPC's door.

import { decodeBase58, encodeBase58 } from './base58.mjs';

/** @param {Uint8Array} bytes */
export const keyOf = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');

/** @param {string} key */
export const bytesOf = (key) => Buffer.from(key, 'latin1');

const addresses = new Map();

/** @param {string} key */
export function addressOf(key) {
  let address = addresses.get(key);
  if (address === undefined) {
    if (addresses.size > 100_000) addresses.clear();
    addresses.set(key, (address = encodeBase58(bytesOf(key))));
  }
  return address;
}

/**
 * @param {string} address
 * @returns {string | null} null when it is not base58 of 32 bytes
 */
export function keyFromAddress(address) {
  if (address.length < 32 || address.length > 44) return null;
  const bytes = decodeBase58(address);
  return bytes?.length === 32 ? bytes.toString('latin1') : null;
}

const known = (/** @type {string} */ address) => /** @type {string} */ (keyFromAddress(address));

export const SYSTEM_PROGRAM = known('11111111111111111111111111111111');
export const COMPUTE_BUDGET = known('ComputeBudget111111111111111111111111111111');
export const LOADER_V3 = known('BPFLoaderUpgradeab1e11111111111111111111111');
export const LOADER_V2 = known('BPFLoader2111111111111111111111111111111111');
export const LOADER_V1 = known('BPFLoader1111111111111111111111111111111111');
export const NATIVE_LOADER = known('NativeLoader1111111111111111111111111111111');
export const RENT = known('SysvarRent111111111111111111111111111111111');
export const SYSVAR_OWNER = known('Sysvar1111111111111111111111111111111111111');
export const CONFIG_PROGRAM = known('Config1111111111111111111111111111111111111');
export const FEATURE_OWNER = known('Feature111111111111111111111111111111111111');
export const CLOCK = known('SysvarC1ock11111111111111111111111111111111');
export const SLOT_HASHES = known('SysvarS1otHashes111111111111111111111111111');
export const LOOKUP_TABLES = known('AddressLookupTab1e1111111111111111111111111');
export const BUILTINS = new Set([
  SYSTEM_PROGRAM, COMPUTE_BUDGET, LOADER_V3, LOADER_V2, LOADER_V1,
  known('Vote111111111111111111111111111111111111111'),
  known('KeccakSecp256k11111111111111111111111111111'),
  known('Ed25519SigVerify111111111111111111111111111'),
]);
export const SIGNATURE_PRECOMPILES = new Set([
  known('KeccakSecp256k11111111111111111111111111111'),
  known('Ed25519SigVerify111111111111111111111111111'),
  known('Secp256r1SigVerify1111111111111111111111111'),
]);
