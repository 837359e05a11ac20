// One instruction as a transaction that LiteSVM takes, paid by nobody in particular and signed by nobody at all.

import { bytesOf, keyOf } from '../keys.mjs';
import { parseTransaction } from '../transaction.mjs';

/**
 * @typedef {{ key: string, signer: boolean, writable: boolean }} Meta
 * @typedef {{ program: string, accounts: Meta[], data: Uint8Array }} Call
 */

/** Pays for the calls of emulated programs; it exists only while one runs. */
export const PAYER = keyOf(Buffer.alloc(32, 'localnet-emulation'));

/** @param {Call} call @param {string} blockhash @returns {import('../transaction.mjs').Transaction} */
export function transactionOf({ program, accounts, data }, blockhash) {
  /** @type {Map<string, Meta>} */
  const metas = new Map([[PAYER, { key: PAYER, signer: true, writable: true }]]);
  for (const { key, signer, writable } of [...accounts, { key: program, signer: false, writable: false }]) {
    const known = metas.get(key);
    metas.set(key, { key, signer: signer || known?.signer === true, writable: writable || known?.writable === true });
  }
  const having = (/** @type {boolean} */ signer, /** @type {boolean} */ writable) =>
    [...metas.values()].filter((meta) => meta.signer === signer && meta.writable === writable).map(({ key }) => key);
  const [paying, signing, written, rest] = [having(true, true), having(true, false), having(false, true), having(false, false)];
  const keys = [...paying, ...signing, ...written, ...rest];
  const signers = paying.length + signing.length;
  return parseTransaction(Buffer.concat([
    compact(signers), Buffer.alloc(64 * signers),
    Buffer.of(signers, signing.length, rest.length), compact(keys.length), ...keys.map(bytesOf), bytesOf(blockhash),
    compact(1), Buffer.of(keys.indexOf(program)), compact(accounts.length), Buffer.from(accounts.map(({ key }) => keys.indexOf(key))),
    compact(data.length), data,
  ]));
}

const compact = (/** @type {number} */ n) => n < 0x80 ? Buffer.of(n) : Buffer.of((n & 0x7f) | 0x80, n >> 7);
