// A second LiteSVM that is brought to any recent slot's state, as far as one transaction can see it.

import { Emulator } from './emulation/emulator.mjs';
import { keyOf, LOADER_V3, SLOT_HASHES } from './keys.mjs';
import { resolveLookups } from './lookups.mjs';
import { explain, outcome } from './outcome.mjs';
import { errorJson } from './transaction-error.mjs';
import { fromNative, isFailure, setClock, writeAccount } from './svm.mjs';

/** @typedef {import('./svm.mjs').Account} Account */

export class Simulator {
  /** What this SVM holds now. @type {Map<string, Account | null>} */
  #held = new Map();
  /** The ProgramData each program was loaded from. @type {Map<string, Account | null>} */
  #loadedFrom = new Map();

  /**
   * @param {() => any} create makes an SVM with the genesis accounts
   * @param {import('./account-store.mjs').AccountStore} accounts
   * @param {(slot: number) => number} timeOf
   * @param {Map<string, import('./emulation/run.mjs').Program>} emulated
   */
  constructor(create, accounts, timeOf, emulated) {
    this.create = create;
    this.accounts = accounts;
    this.timeOf = timeOf;
    this.emulator = new Emulator(emulated, (...run) => this.#execute(...run));
    this.genesis = new Map(accounts.all(0));
    this.#reset();
  }

  #reset() {
    this.svm = this.create();
    this.#held = new Map(this.genesis);
    this.#loadedFrom.clear();
  }

  /**
   * @param {import('./transaction.mjs').Transaction} transaction
   * @param {number} slot the state to run on; the clock shows the slot after it
   * @param {boolean} verify check signatures
   */
  run(transaction, slot, verify) {
    const read = (/** @type {string} */ key) => this.accounts.at(key, slot);
    const clock = { slot: slot + 1, time: this.timeOf(slot + 1) };
    return this.emulator.handles(transaction.message)
      ? this.emulator.run(transaction, read, clock, verify)
      : this.#execute(transaction, read, clock, verify);
  }

  /**
   * @param {import('./transaction.mjs').Transaction} transaction
   * @param {(key: string) => Account | null} read @param {{ slot: number, time: number }} clock @param {boolean} verify
   */
  #execute(transaction, read, clock, verify) {
    const { message, bytes } = transaction;
    const loaded = resolveLookups(message, read);
    const keys = [...message.keys, ...loaded.writable, ...loaded.readonly];
    this.#bring([...keys, ...message.lookups.map(({ table }) => table), SLOT_HASHES], read);
    setClock(this.svm, clock.slot, clock.time);
    this.svm.setSigverify(verify);

    const result = this.svm.simulateVersionedTransaction(bytes);
    const failed = isFailure(result);
    const meta = result.meta();
    const { logs, inner, returnData } = outcome(meta);
    return {
      err: failed ? explain(errorJson(result), message, (key) => read(key) !== null) : null,
      logs, inner, returnData, keys, loaded,
      units: meta.computeUnitsConsumed(),
      /** @type {() => Map<string, Account>} */
      posts: () => new Map(failed ? [] : result.postAccounts().map((/** @type {any} */ entry) => [keyOf(entry.address), fromNative(entry.account())])),
    };
  }

  /** @param {string[]} keys @param {(key: string) => Account | null} read */
  #bring(keys, read) {
    // LiteSVM keeps a program it once loaded and ends the process when such an account is gone: start afresh.
    if (keys.some((key) => this.#loadedFrom.has(key) && read(key) === null)) this.#reset();
    const programs = [];
    for (const key of new Set(keys)) {
      const account = read(key);
      if (account?.executable && account.owner === LOADER_V3) programs.push(key);
      else this.#hold(key, account);
    }
    for (const key of programs) this.#bringProgram(key, read);
  }

  #bringProgram(/** @type {string} */ key, /** @type {(key: string) => Account | null} */ read) {
    const program = /** @type {Account} */ (read(key));
    const dataKey = keyOf(program.data.subarray(4, 36));
    const programData = read(dataKey);
    this.#hold(dataKey, programData);
    const known = this.#loadedFrom.has(key) || this.#held.get(key) === program;
    const from = this.#loadedFrom.has(key) ? this.#loadedFrom.get(key) : this.genesis.get(dataKey);
    if (known && this.#held.get(key) === program && from === programData) return;
    this.#held.delete(key);
    this.#loadedFrom.set(key, programData);
    try {
      this.#hold(key, program);
    } catch {
      this.#hold(dataKey, null); // not loadable: a cluster says "not deployed", as of a closed one
      this.#hold(key, program);
    }
  }

  #hold(/** @type {string} */ key, /** @type {Account | null} */ account) {
    if ((this.#held.get(key) ?? null) === account) return;
    // A program loaded at the clock's slot would be invisible to simulations of earlier slots.
    if (account?.executable) setClock(this.svm, 0, 0);
    writeAccount(this.svm, key, account);
    this.#held.set(key, account);
  }
}
