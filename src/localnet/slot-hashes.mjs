// The SlotHashes sysvar: the last 512 slots, newest first, each with its hash.

const ENTRIES = 512;
const ENTRY = 40;

export class SlotHashes {
  #data = Buffer.alloc(8 + ENTRIES * ENTRY);
  #count = 0;

  /** @param {import('./svm.mjs').Account} account LiteSVM's, for everything but the data */
  constructor(account) {
    this.template = account;
  }

  /** @param {number} slot @param {string} hash 32 bytes, latin1 */
  push(slot, hash) {
    this.#data.copyWithin(8 + ENTRY, 8, this.#data.length - ENTRY);
    this.#data.writeBigUInt64LE(BigInt(slot), 8);
    this.#data.write(hash, 16, 'latin1');
    this.#count = Math.min(this.#count + 1, ENTRIES);
    this.#data.writeBigUInt64LE(BigInt(this.#count), 0);
  }

  account() {
    return { ...this.template, data: Uint8Array.from(this.#data) };
  }
}
