// Executed transactions, by signature and by address.

/**
 * @typedef {import('./bank.mjs').Executed & {
 *   signature: string, slot: number, transaction: import('./transaction.mjs').Transaction,
 * }} TransactionRecord
 */

const MOST_RECORDS = 50_000;

export class History {
  /** @type {Map<string, TransactionRecord>} */
  #bySignature = new Map();
  /** Oldest first. @type {Map<string, TransactionRecord[]>} */
  #byAddress = new Map();

  /** @param {TransactionRecord} record */
  add(record) {
    this.#bySignature.set(record.signature, record);
    for (const key of record.keys) {
      const records = this.#byAddress.get(key);
      if (records) records.push(record);
      else this.#byAddress.set(key, [record]);
    }
    if (this.#bySignature.size > MOST_RECORDS) this.#forgetOldest();
  }

  /** @param {string} signature */
  get(signature) {
    return this.#bySignature.get(signature);
  }

  /** @param {string} key @returns {TransactionRecord[]} oldest first */
  of(key) {
    return this.#byAddress.get(key) ?? [];
  }

  #forgetOldest() {
    const oldest = /** @type {TransactionRecord} */ (this.#bySignature.values().next().value);
    this.#bySignature.delete(oldest.signature);
    for (const key of oldest.keys) {
      const records = /** @type {TransactionRecord[]} */ (this.#byAddress.get(key));
      records.shift();
      if (records.length === 0) this.#byAddress.delete(key);
    }
  }
}
