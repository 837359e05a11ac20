// What a transaction has changed so far, over the state it runs on.

/** @typedef {import('../svm.mjs').Account} Account */

export class Overlay {
  /** @type {Map<string, Account | null>} */
  #changed = new Map();

  /** @param {(key: string) => Account | null} read */
  constructor(read) {
    this.below = read;
  }

  /** @param {string} key @returns {Account | null} */
  read = (key) => {
    const changed = this.#changed.get(key);
    return changed === undefined ? this.below(key) : changed;
  };

  /** An account without lamports is gone. @param {string} key @param {Account | null} account */
  write(key, account) {
    this.#changed.set(key, account !== null && account.lamports > 0n ? account : null);
  }

  /** @returns {Map<string, Account | null>} */
  changes() {
    return new Map(this.#changed);
  }
}
