// Every account as of every slot that someone may still read.

/** @typedef {import('./svm.mjs').Account} Account */

export class AccountStore {
  /** Oldest first; null means that the account does not exist from that slot on. @type {Map<string, { slot: number, account: Account | null }[]>} */
  #versions = new Map();

  /** @param {string} key @param {number} slot @param {Account | null} account */
  put(key, slot, account) {
    const versions = this.#versions.get(key);
    if (versions === undefined) this.#versions.set(key, [{ slot, account }]);
    else if (versions[versions.length - 1].slot === slot) versions[versions.length - 1].account = account;
    else versions.push({ slot, account });
  }

  /** @param {string} key @param {number} slot @returns {Account | null} */
  at(key, slot) {
    const versions = this.#versions.get(key);
    if (versions === undefined) return null;
    for (let i = versions.length - 1; i >= 0; i--) if (versions[i].slot <= slot) return versions[i].account;
    return null;
  }

  /** @param {string} owner @param {number} slot @returns {Generator<[string, Account]>} */
  *ownedBy(owner, slot) {
    for (const key of this.#versions.keys()) {
      const account = this.at(key, slot);
      if (account?.owner === owner) yield [key, account];
    }
  }

  /** @param {number} slot @returns {Generator<[string, Account | null]>} */
  *all(slot) {
    for (const key of this.#versions.keys()) yield [key, this.at(key, slot)];
  }

  /** Nobody reads states before `slot` any more. @param {Iterable<string>} keys @param {number} slot */
  prune(keys, slot) {
    for (const key of keys) {
      const versions = this.#versions.get(key);
      if (versions === undefined) continue;
      let first = versions.length - 1;
      while (first > 0 && versions[first].slot > slot) first--;
      if (first > 0) versions.splice(0, first);
      if (versions.length === 1 && versions[0].account === null && versions[0].slot <= slot) this.#versions.delete(key);
    }
  }
}
