// Durable nonces: a transaction that begins by advancing a nonce account may carry the account's value in place of a blockhash.

import { createHash } from 'node:crypto';
import { SYSTEM_PROGRAM } from './keys.mjs';

const ADVANCE = Buffer.from([4, 0, 0, 0]);
const INITIALIZED = Buffer.from([1, 0, 0, 0, 1, 0, 0, 0]);
const SIZE = 80;
const AUTHORITY_AT = 8;
const VALUE_AT = 40;

/** @typedef {import('./svm.mjs').Account} Account */

/**
 * May a transaction run on top of the state of `slot`?
 * @param {import('./blockhashes.mjs').Blockhashes} blockhashes @param {import('./transaction.mjs').Message} message @param {number} slot
 * @param {(key: string) => Account | null} read that state
 */
export const isTimely = (blockhashes, message, slot, read) => blockhashes.isValidOn(message.blockhash, slot) || nonceOf(message, read) !== null;

/** The nonce account whose value this message carries and advances. @param {import('./transaction.mjs').Message} message @param {(key: string) => Account | null} read */
export function nonceOf(message, read) {
  const [first] = message.instructions;
  if (first === undefined || message.keys[first.program] !== SYSTEM_PROGRAM || !ADVANCE.equals(first.data) || first.accounts.length < 3) return null;
  const key = message.keys[first.accounts[0]];
  const signers = message.keys.slice(0, message.required);
  const account = key === undefined ? null : read(key);
  if (account === null || account.owner !== SYSTEM_PROGRAM || account.data.length !== SIZE) return null;
  const data = Buffer.from(account.data);
  const isOurs = data.subarray(0, AUTHORITY_AT).equals(INITIALIZED) && signers.includes(data.toString('latin1', AUTHORITY_AT, VALUE_AT));
  return isOurs && data.toString('latin1', VALUE_AT, VALUE_AT + 32) === message.blockhash ? key : null;
}

/** The account after a transaction that failed: its nonce is used all the same. @param {Account} account @param {Uint8Array} blockhash the bank's newest */
export function advanced(account, blockhash) {
  const data = Buffer.from(account.data);
  createHash('sha256').update('DURABLE_NONCE').update(blockhash).digest().copy(data, VALUE_AT);
  return { ...account, data };
}
