// The LiteSVM that holds the slot in progress and executes transactions on it.

import { decodeBase58 } from './base58.mjs';
import { bytesOf, keyOf, LOADER_V1, LOADER_V2, LOADER_V3, SLOT_HASHES } from './keys.mjs';
import { feeOf } from './fees.mjs';
import { resolveLookups, writableKeys } from './lookups.mjs';
import { advanced, nonceOf } from './nonce.mjs';
import { FEE_ONLY, explain, outcome } from './outcome.mjs';
import { errorJson } from './transaction-error.mjs';
import { isFailure, readAccount, setClock, toNative, writeAccount } from './svm.mjs';

/**
 * @typedef {import('./transaction.mjs').Transaction} Transaction
 * @typedef {import('./lookups.mjs').LoadedAddresses} LoadedAddresses
 * @typedef {{
 *   err: any, fee: bigint, price: bigint, units: bigint, logs: string[], inner: any[], returnData: any,
 *   keys: string[], loaded: LoadedAddresses, writable: string[], pre: bigint[], post: bigint[],
 * }} Executed
 */

const LOADERS = new Set([LOADER_V1, LOADER_V2, LOADER_V3]);
const DEPLOY = 2;
const PROGRAM_DATA = 3;

export class Bank {
  #slot = 0;
  /** Accounts that LiteSVM reloads as programs when they are written. @type {Set<string>} */
  #programs = new Set();
  /** Programs deployed or extended in this slot: not invocable before the next. @type {Set<string>} */
  #hidden = new Set();

  #time = 0;

  /**
   * @param {any} svm @param {Iterable<[string, import('./svm.mjs').Account]>} genesis its accounts
   * @param {import('./emulation/emulator.mjs').Emulator} emulator
   */
  constructor(svm, genesis, emulator) {
    this.svm = svm;
    this.emulator = emulator;
    for (const [key, account] of genesis) if (account.executable && LOADERS.has(account.owner)) this.#programs.add(key);
  }

  /** @param {string} key */
  read(key) {
    return readAccount(this.svm, key);
  }

  /** @param {number} slot @param {number} unixTimestamp @param {import('./svm.mjs').Account} slotHashes */
  beginSlot(slot, unixTimestamp, slotHashes) {
    this.#slot = slot;
    this.#time = unixTimestamp;
    this.svm.expireBlockhash(); // the value of a nonce comes of it
    setClock(this.svm, slot, unixTimestamp);
    writeAccount(this.svm, SLOT_HASHES, slotHashes);
    for (const key of this.#hidden) this.#load(key);
    this.#hidden.clear();
  }

  /** @param {Transaction} transaction @returns {Executed | { dropped: string }} */
  execute(transaction) {
    if (this.emulator.handles(transaction.message)) return this.#emulate(transaction);
    const { message, bytes } = transaction;
    const loaded = resolveLookups(message, (key) => this.read(key));
    const keys = loaded.writable.length + loaded.readonly.length === 0
      ? message.keys
      : [...message.keys, ...loaded.writable, ...loaded.readonly];
    const writable = writableKeys(message, loaded);
    const pre = this.#balances(keys);
    const nonce = nonceOf(message, (key) => this.read(key));

    // LiteSVM ends the process when a written program cannot be loaded again (say, its ProgramData was closed
    // and funded anew), so where a program is writable the result is applied here, account by account.
    const careful = writable.some((key) => this.#programs.has(key));
    const result = careful ? this.svm.simulateVersionedTransaction(bytes) : this.svm.sendVersionedTransaction(bytes);
    const { fee, price } = feeOf(message);
    let err = null;
    if (isFailure(result)) {
      err = explain(errorJson(result), message, (key) => this.svm.getBalance(bytesOf(key)) !== null);
      const paid = this.svm.getBalance(bytesOf(keys[0])) !== (pre[0] === 0n ? null : pre[0]);
      const owes = FEE_ONLY.has(err) || (careful && result.meta().logs().length > 0);
      if (!paid && !(owes && this.#charge(keys[0], fee))) return { dropped: typeof err === 'string' ? err : JSON.stringify(err) };
      if (nonce !== null) this.#use(nonce);
    } else if (careful) {
      this.#apply(result.postAccounts().map((/** @type {any} */ entry) => ({ address: entry.address, account: entry.account() })));
    } else {
      this.#hideDeployed(message, keys);
    }

    const meta = typeof result.meta === 'function' ? result.meta() : result;
    return {
      err, fee, price, keys, loaded, writable, pre, post: this.#balances(keys), units: meta.computeUnitsConsumed(),
      ...outcome(meta),
    };
  }

  /** @param {Transaction} transaction @returns {Executed | { dropped: string }} */
  #emulate(transaction) {
    const { message } = transaction;
    const read = (/** @type {string} */ key) => this.read(key);
    const result = this.emulator.run(transaction, read, { slot: this.#slot, time: this.#time }, true);
    const { err, keys, loaded, units, logs, inner, returnData } = result;
    const { fee, price } = feeOf(message);
    const pre = this.#balances(keys);
    if (result.unpaid) return { dropped: typeof err === 'string' ? err : JSON.stringify(err) };
    const nonce = nonceOf(message, read);
    if (err === null) this.#apply([...result.posts()].map(([key, account]) => ({ address: bytesOf(key), account: toNative(account) })));
    else this.#charge(keys[0], fee);
    if (nonce !== null) this.#use(nonce);
    return { err, fee, price, keys, loaded, writable: writableKeys(message, loaded), pre, post: this.#balances(keys), units, logs, inner, returnData };
  }

  #balances(/** @type {string[]} */ keys) {
    return keys.map((key) => this.svm.getBalance(bytesOf(key)) ?? 0n);
  }

  #charge(/** @type {string} */ key, /** @type {bigint} */ fee) {
    const payer = this.read(key);
    if (payer === null || payer.lamports < fee) return false;
    writeAccount(this.svm, key, { ...payer, lamports: payer.lamports - fee });
    return true;
  }

  /** @param {string} nonce */
  #use(nonce) {
    const account = this.read(nonce);
    if (account !== null) writeAccount(this.svm, nonce, advanced(account, /** @type {Uint8Array} */ (decodeBase58(this.svm.latestBlockhash()))));
  }

  #apply(/** @type {{ address: Uint8Array, account: any }[]} */ posts) {
    const programs = posts.filter(({ account }) => account.executable() && LOADERS.has(keyOf(account.owner())));
    for (const post of posts) if (!programs.includes(post)) this.svm.setAccount(post.address, post.account);
    for (const { address, account } of programs) {
      const key = keyOf(address);
      this.#programs.add(key);
      if (!this.#hideIfFresh(key, account)) this.#load(key, account);
    }
  }

  #hideDeployed(/** @type {Transaction['message']} */ message, /** @type {string[]} */ keys) {
    for (const { program, accounts, data } of message.instructions) {
      if (keys[program] !== LOADER_V3 || data[0] !== DEPLOY) continue;
      const key = keys[accounts[2]];
      this.#programs.add(key);
      this.#hideIfFresh(key, this.svm.getAccount(bytesOf(key)));
    }
  }

  /**
   * A program cannot be invoked in the slot that changed it; LiteSVM would allow it.
   * @param {string} key @param {any} account
   */
  #hideIfFresh(key, account) {
    if (keyOf(account.owner()) !== LOADER_V3) return false;
    const programData = this.svm.getAccount(account.data().subarray(4, 36));
    const header = programData && Buffer.from(programData.data().subarray(0, 12));
    if (!header || header.length < 12 || header[0] !== PROGRAM_DATA || Number(header.readBigUInt64LE(4)) !== this.#slot) return false;
    this.#loadUndeployed(key, account);
    this.#hidden.add(key);
    return true;
  }

  /** @param {string} key @param {any} account */
  #load(key, account = this.svm.getAccount(bytesOf(key))) {
    try {
      this.svm.setAccount(bytesOf(key), account);
    } catch {
      this.#loadUndeployed(key, account); // its ProgramData was closed and then funded anew
    }
  }

  /**
   * A program loaded while its ProgramData is away answers "Program is not deployed",
   * which is what a cluster answers for fresh and for closed programs.
   * @param {string} key @param {any} account
   */
  #loadUndeployed(key, account) {
    const dataKey = account.data().subarray(4, 36);
    const programData = this.svm.getAccount(dataKey);
    writeAccount(this.svm, keyOf(dataKey), null);
    this.svm.setAccount(bytesOf(key), account);
    if (programData) this.svm.setAccount(dataKey, programData);
  }
}
