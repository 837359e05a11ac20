// Reading JSON-RPC parameters: what is wrong is −32602 with a sentence, as serde says it in a validator.

import { decodeBase58 } from './base58.mjs';
import { keyFromAddress } from './keys.mjs';
import { RpcError } from './rpc-error.mjs';

/** @typedef {import('./view.mjs').Commitment} Commitment */

/** @type {Record<string, Commitment>} */
const COMMITMENTS = {
  processed: 'processed', confirmed: 'confirmed', finalized: 'finalized',
  recent: 'processed', single: 'confirmed', singleGossip: 'confirmed', root: 'finalized', max: 'finalized',
};

const invalid = (/** @type {string} */ message) => RpcError.invalidParams(message);

/** @param {any} value @returns {string} */
function kindOf(value) {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'sequence';
  if (typeof value === 'object') return 'map';
  if (typeof value === 'string') return `string ${JSON.stringify(value.slice(0, 64))}`;
  return typeof value === 'number' ? `number \`${value}\`` : `boolean \`${value}\``;
}

/** @param {any[]} params @param {number} least */
export function requireParams(params, least) {
  if (params.length < least) throw invalid(`\`params\` should have at least ${least} argument(s)`);
}

/** @param {any} value @returns {string} */
export function text(value) {
  if (typeof value !== 'string') throw invalid(`Invalid params: invalid type: ${kindOf(value)}, expected a string.`);
  return value;
}

/** @param {any} value @param {string} [expected] @returns {number} */
export function wholeNumber(value, expected = 'u64') {
  if (!Number.isInteger(value) || value < 0) throw invalid(`Invalid params: invalid type: ${kindOf(value)}, expected ${expected}.`);
  return value;
}

/** @param {any} value @returns {any[]} */
export function list(value) {
  if (!Array.isArray(value)) throw invalid(`Invalid params: invalid type: ${kindOf(value)}, expected a sequence.`);
  return value;
}

/** @param {any} value @param {string} [name] @returns {Record<string, any>} */
export function options(value, name = 'a configuration object') {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw invalid(`Invalid params: invalid type: ${kindOf(value)}, expected ${name}.`);
  return value;
}

/** @param {any} value @returns {boolean} */
export function flag(value) {
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') throw invalid(`Invalid params: invalid type: ${kindOf(value)}, expected a boolean.`);
  return value;
}

/** @param {any} value @returns {string} an account's key */
export function address(value) {
  const key = keyFromAddress(text(value));
  if (key !== null) return key;
  throw invalid(`Invalid param: ${value.length <= 100 && decodeBase58(value) ? 'WrongSize' : 'Invalid'}`);
}

/** @param {any} value @returns {string} */
export function signature(value) {
  const bytes = text(value).length <= 90 ? decodeBase58(value) : null;
  if (bytes?.length === 64) return value;
  throw invalid(`Invalid param: ${bytes ? 'WrongSize' : 'Invalid'}`);
}

/** @param {any} value @param {Commitment} [fallback] @returns {Commitment} */
export function commitment(value, fallback = 'finalized') {
  if (value === undefined || value === null) return fallback;
  const known = typeof value === 'string' && Object.hasOwn(COMMITMENTS, value) ? COMMITMENTS[value] : undefined;
  if (known === undefined) throw invalid(`Invalid params: unknown variant ${kindOf(value)}, expected one of processed, confirmed, finalized.`);
  return known;
}

/** Transaction history starts at `confirmed`. @param {any} value @returns {Commitment} */
export function historyCommitment(value) {
  const known = commitment(value);
  if (known === 'processed') throw invalid('Method does not support commitment below `confirmed`');
  return known;
}

/** @param {Record<string, any>} config @returns {{ commitment: Commitment, minContextSlot?: number }} */
export const context = (config) => ({
  commitment: commitment(config.commitment),
  minContextSlot: optional(config.minContextSlot, wholeNumber),
});

/** @template T @param {any} value @param {(value: any) => T} read @returns {T | undefined} */
export const optional = (value, read) => (value === undefined || value === null ? undefined : read(value));

/** @template {string} T @param {any} value @param {readonly T[]} variants @param {T} fallback @returns {T} */
export function oneOf(value, variants, fallback) {
  if (value === undefined || value === null) return fallback;
  if (!variants.includes(value)) throw invalid(`Invalid params: unknown variant ${kindOf(value)}, expected one of ${variants.join(', ')}.`);
  return value;
}
