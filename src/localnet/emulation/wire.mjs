// One instruction as a transaction that LiteSVM takes, paid by nobody in particular and signed by nobody at all.

import { COMPUTE_BUDGET, bytesOf, keyOf } from '../keys.mjs';
import { parseTransaction } from '../transaction.mjs';

/**
 * @typedef {{ key: string, signer: boolean, writable: boolean }} Meta
 * @typedef {{ program: string, accounts: Meta[], data: Uint8Array }} Call
 */

/** Pays for the calls of emulated programs; it exists only while one runs. */
export const PAYER = keyOf(Buffer.alloc(32, 'localnet-emulation'));

/** @param {Call} call @param {string} blockhash @param {Uint8Array[]} budgets instructions of the compute budget, which come first @returns {import('../transaction.mjs').Transaction} */
export function transactionOf({ program, accounts, data }, blockhash, budgets) {
  /** @type {Map<string, Meta>} */
  const metas = new Map([[PAYER, { key: PAYER, signer: true, writable: true }]]);
  for (const { key, signer, writable } of [...accounts, ...[program, COMPUTE_BUDGET].map((key) => ({ key, signer: false, writable: false }))]) {
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
    compact(budgets.length + 1), ...budgets.flatMap((budget) => [Buffer.of(keys.indexOf(COMPUTE_BUDGET), 0), compact(budget.length), budget]),
    Buffer.of(keys.indexOf(program)), compact(accounts.length), Buffer.from(accounts.map(({ key }) => keys.indexOf(key))),
    compact(data.length), data,
  ]));
}

const compact = (/** @type {number} */ n) => n < 0x80 ? Buffer.of(n) : Buffer.of((n & 0x7f) | 0x80, n >> 7);
