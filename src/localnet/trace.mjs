// --trace: what happened, one JSON object per line.

import { createWriteStream } from 'node:fs';
import { addressOf } from './keys.mjs';
import { toJson } from './json.mjs';

export class Trace {
  /** @type {import('node:fs').WriteStream | null} */
  #out;

  /** @param {string | null} file */
  constructor(file) {
    this.#out = file === null ? null : createWriteStream(file);
  }

  get on() {
    return this.#out !== null;
  }

  /** @param {object} line */
  write(line) {
    this.#out?.write(`${toJson({ t: Math.round(performance.now() * 1000) / 1000, ...line })}\n`);
  }

  /** @param {import('./history.mjs').TransactionRecord} record */
  executed(record) {
    if (!this.on) return;
    const { slot, signature, err, fee, keys, transaction } = record;
    this.write({ kind: 'tx', slot, signature, err, fee, feePayer: addressOf(keys[0]), signers: transaction.message.required });
  }

  /** @param {number} slot @param {string} signature @param {string} reason */
  dropped(slot, signature, reason) {
    if (this.on) this.write({ kind: 'drop', slot, signature, reason });
  }

  close() {
    return new Promise((resolve) => (this.#out ? this.#out.end(resolve) : resolve(undefined)));
  }
}
