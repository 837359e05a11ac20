// Which blockhashes are known and how long they live. A hash belongs to the slot that produced it.

import { createHash } from 'node:crypto';

export const MAX_AGE = 150;

export class Blockhashes {
  /** @type {Map<string, number>} hash → slot */
  #slots = new Map();
  /** @type {Map<number, string>} */
  #hashes = new Map();

  /** @param {Uint8Array} genesis */
  constructor(genesis) {
    this.genesis = genesis;
  }

  /** Registers the hash of a finished slot. @param {number} slot @param {number} oldest slots before it are forgotten */
  register(slot, oldest) {
    const number = Buffer.alloc(8);
    number.writeBigUInt64LE(BigInt(slot));
    const hash = createHash('sha256').update('blockhash').update(this.genesis).update(number).digest().toString('latin1');
    this.#slots.set(hash, slot);
    this.#hashes.set(slot, hash);
    const gone = this.#hashes.get(oldest - 1);
    if (gone !== undefined) {
      this.#slots.delete(gone);
      this.#hashes.delete(oldest - 1);
    }
    return hash;
  }

  /** @param {number} slot @returns {string} */
  of(slot) {
    return /** @type {string} */ (this.#hashes.get(slot));
  }

  /** May a transaction with this hash run on top of the state of `slot`? @param {string} hash @param {number} slot */
  isValidOn(hash, slot) {
    const born = this.#slots.get(hash);
    return born !== undefined && born <= slot && slot - born <= MAX_AGE;
  }

  /** @param {string} hash @returns {number | undefined} */
  lastValidHeight(hash) {
    const born = this.#slots.get(hash);
    return born === undefined ? undefined : born + MAX_AGE;
  }
}
