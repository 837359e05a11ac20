// The chain: slots that follow each other on an absolute schedule, the transactions of the slot
// in progress, and what each finished slot left behind.

import { CLOCK, SLOT_HASHES } from './keys.mjs';
import { MAX_AGE } from './blockhashes.mjs';
import { History } from './history.mjs';
import { isTimely } from './nonce.mjs';
import { SlotHashes } from './slot-hashes.mjs';

/**
 * @typedef {import('./transaction.mjs').Transaction} Transaction
 * @typedef {import('./history.mjs').TransactionRecord} TransactionRecord
 * @typedef {{
 *   slot: number, time: number, records: TransactionRecord[], changed: Set<string>,
 *   lowestPrice: bigint | null, lowestPriceOf: Map<string, bigint>,
 * }} Slot
 */

const FIRST_SLOT = 2; // so that slots 0 and 1 are there to be read
const FINALITY = 32;
const SLICE_MS = 2;
const MOST_MISSED_SLOTS = 25;

export class Chain {
  slot = FIRST_SLOT;
  transactionCount = 0;
  /** Transactions received but not yet executed, in arrival order. @type {Transaction[]} */
  #queue = [];
  #draining = false;
  /** @type {Map<number, Slot>} */
  #slots = new Map();
  /** @type {number[]} */
  #times = [];
  /** @type {((slot: number) => void)[]} */
  #slotListeners = [];
  /** @type {((transaction: Transaction) => void)[]} */
  #receiptListeners = [];
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  #nextSlotAt = 0;

  /**
   * @param {{
   *   bank: import('./bank.mjs').Bank, accounts: import('./account-store.mjs').AccountStore,
   *   blockhashes: import('./blockhashes.mjs').Blockhashes, slotMs: number, timeOffset: number, lag: number,
   *   trace: import('./trace.mjs').Trace, counters: import('./counters.mjs').Counters,
   * }} parts timeOffset in seconds; lag = slots that the laggiest reader is behind
   */
  constructor(parts) {
    this.bank = parts.bank;
    this.accounts = parts.accounts;
    this.blockhashes = parts.blockhashes;
    this.slotMs = parts.slotMs;
    this.timeOffset = parts.timeOffset;
    this.lag = parts.lag;
    this.trace = parts.trace;
    this.counters = parts.counters;
    this.history = new History();
    this.slotHashes = new SlotHashes(/** @type {import('./svm.mjs').Account} */ (this.bank.read(SLOT_HASHES)));
    for (let slot = 0; slot < FIRST_SLOT; slot++) {
      this.#beginSlot(slot);
      this.#finishSlot(slot);
    }
    this.#beginSlot(FIRST_SLOT);
  }

  start() {
    this.#nextSlotAt = performance.now() + this.slotMs;
    this.#schedule();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Ends slots that are due: a flood of requests must not hold back the timer and so stretch a slot. */
  keepTime() {
    if (this.#timer !== undefined && performance.now() >= this.#nextSlotAt) this.#tick();
  }

  /** @param {(slot: number) => void} listener called when a slot begins */
  onSlot(listener) {
    this.#slotListeners.push(listener);
  }

  /** @param {(transaction: Transaction) => void} listener called when a transaction arrives */
  onReceive(listener) {
    this.#receiptListeners.push(listener);
  }

  /** @param {Transaction} transaction */
  receive(transaction) {
    this.#queue.push(transaction);
    for (const listener of this.#receiptListeners) listener(transaction);
    if (this.#draining) return;
    this.#draining = true;
    setImmediate(() => this.#drainSlice());
  }

  /** @param {number} slot @returns {Slot | undefined} a finished slot, if it is recent */
  finished(slot) {
    return this.#slots.get(slot);
  }

  /** @param {number} slot @returns {number} Unix seconds; for a slot to come, a guess */
  timeOf(slot) {
    return this.#times[slot] ?? this.#now();
  }

  #now() {
    return Math.floor(Date.now() / 1000 + this.timeOffset);
  }

  #schedule() {
    // Absolute: a slow slot shortens the next wait, so that slots do not drift.
    this.#timer = setTimeout(() => this.#tick(), Math.max(1, Math.ceil(this.#nextSlotAt - performance.now())));
  }

  #tick() {
    clearTimeout(this.#timer);
    const missed = Math.floor((performance.now() - this.#nextSlotAt) / this.slotMs);
    if (missed > MOST_MISSED_SLOTS) this.#nextSlotAt += (missed - MOST_MISSED_SLOTS) * this.slotMs;
    while (performance.now() >= this.#nextSlotAt) {
      this.#nextSlotAt += this.slotMs;
      this.#drain(Infinity);
      this.#finishSlot(this.slot);
      this.slot++;
      this.#beginSlot(this.slot);
      this.#announceSlot();
    }
    this.#schedule();
  }

  /** A listener's fault must not stop the slots. */
  #announceSlot() {
    for (const listener of this.#slotListeners) {
      try {
        listener(this.slot);
      } catch (error) {
        process.stderr.write(`localnet: ${/** @type {Error} */ (error).stack}\n`);
      }
    }
  }

  // Nobody can see a slot before it ends, so transactions run as they arrive, in slices between requests:
  // answers do not wait for a whole slot's work, and slots keep their length.
  #drainSlice() {
    this.keepTime();
    this.#draining = this.#drain(SLICE_MS);
    if (this.#draining) setImmediate(() => this.#drainSlice());
  }

  /** @returns {boolean} whether something is left */
  #drain(/** @type {number} */ budgetMs) {
    const end = performance.now() + budgetMs;
    let done = 0;
    while (done < this.#queue.length) {
      this.#execute(this.#queue[done++]);
      if (performance.now() > end) break;
    }
    this.#queue.splice(0, done);
    return this.#queue.length > 0;
  }

  #execute(/** @type {Transaction} */ transaction) {
    const { signature, message } = transaction;
    if (this.history.get(signature)) return this.#drop(signature, 'AlreadyProcessed');
    if (!isTimely(this.blockhashes, message, this.slot - 1, (key) => this.bank.read(key))) return this.#drop(signature, 'BlockhashNotFound');
    const executed = this.bank.execute(transaction);
    if ('dropped' in executed) return this.#drop(signature, executed.dropped);

    const current = /** @type {Slot} */ (this.#slots.get(this.slot));
    const record = { ...executed, transaction, signature, slot: this.slot };
    this.history.add(record);
    current.records.push(record);
    for (const key of executed.writable) current.changed.add(key);
    notePrice(current, executed.price, executed.writable);
    this.transactionCount++;
    this.counters.executed(record);
    this.trace.executed(record);
  }

  #drop(/** @type {string} */ signature, /** @type {string} */ reason) {
    this.counters.dropped(reason);
    this.trace.dropped(this.slot, signature, reason);
  }

  #beginSlot(/** @type {number} */ slot) {
    const time = Math.max(this.#now(), this.#times[slot - 1] ?? 0);
    this.#times[slot] = time;
    this.#slots.set(slot, { slot, time, records: [], changed: new Set(), lowestPrice: null, lowestPriceOf: new Map() });
    this.bank.beginSlot(slot, time, this.slotHashes.account());
  }

  #finishSlot(/** @type {number} */ slot) {
    const { changed } = /** @type {Slot} */ (this.#slots.get(slot));
    changed.add(CLOCK).add(SLOT_HASHES);
    for (const key of changed) this.accounts.put(key, slot, this.bank.read(key));
    this.slotHashes.push(slot, this.blockhashes.register(slot, slot - MAX_AGE - FINALITY - this.lag - 2));

    const oldestRead = Math.max(0, slot + 1 - FINALITY - this.lag);
    const oldest = this.#slots.get(oldestRead);
    if (oldest && oldestRead > 0) this.accounts.prune(oldest.changed, oldestRead);
    this.#slots.delete(slot - MAX_AGE - FINALITY - this.lag - 2);
  }
}

function notePrice(/** @type {Slot} */ slot, /** @type {bigint} */ price, /** @type {string[]} */ locked) {
  if (slot.lowestPrice === null || price < slot.lowestPrice) slot.lowestPrice = price;
  for (const key of locked) {
    const known = slot.lowestPriceOf.get(key);
    if (known === undefined || price < known) slot.lowestPriceOf.set(key, price);
  }
}
