// Which accounts a message names through address lookup tables, and which it asks to write.

import { LOOKUP_TABLES, keyOf } from './keys.mjs';
import { isWritable } from './transaction.mjs';

/**
 * @typedef {import('./transaction.mjs').Message} Message
 * @typedef {{ writable: string[], readonly: string[] }} LoadedAddresses
 */

/** @param {Message} message @param {LoadedAddresses} loaded */
export const writableKeys = (message, loaded) =>
  [...message.keys.filter((_, index) => isWritable(message, index)), ...loaded.writable];

/**
 * @param {Message} message
 * @param {(key: string) => import('./svm.mjs').Account | null} read
 * @returns {LoadedAddresses} empty where a table does not hold what is asked: LiteSVM then refuses the transaction
 */
export function resolveLookups(message, read) {
  /** @type {LoadedAddresses} */
  const loaded = { writable: [], readonly: [] };
  for (const { table, writable, readonly } of message.lookups) {
    const account = read(table);
    if (account?.owner !== LOOKUP_TABLES) return { writable: [], readonly: [] };
    const at = (/** @type {number} */ index) => account.data.subarray(56 + 32 * index, 88 + 32 * index);
    for (const [indexes, keys] of /** @type {const} */ ([[writable, loaded.writable], [readonly, loaded.readonly]]))
      for (const index of indexes) {
        if (at(index).length !== 32) return { writable: [], readonly: [] };
        keys.push(keyOf(at(index)));
      }
  }
  return loaded;
}
