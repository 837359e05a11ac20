// What a program sees while one instruction of it runs, with the runtime's own rules about what it may change.

import { SYSTEM_PROGRAM, addressOf } from '../keys.mjs';
import { NEVER, rentFor } from '../svm.mjs';
import { Failure, require } from './failure.mjs';

/**
 * @typedef {import('../svm.mjs').Account} Account
 * @typedef {import('./wire.mjs').Meta} Meta
 * @typedef {import('./wire.mjs').Call} Call
 */

/** How much an account may grow in one instruction. */
const MAX_GROWTH = 10_240;

export class Frame {
  /** @type {Map<string, number>} */
  #lengths = new Map();

  /**
   * @param {Call} call
   * @param {{ overlay: import('./overlay.mjs').Overlay, clock: { slot: number, time: number }, log: (line: string) => void,
   *   invoke: (call: Call, frame: Frame) => void }} runtime
   */
  constructor({ program, accounts, data }, { overlay, clock, log, invoke }) {
    this.program = program;
    this.accounts = accounts;
    this.data = Buffer.from(data);
    this.overlay = overlay;
    this.clock = clock;
    this.log = log;
    this.call = invoke;
  }

  /** @param {string} key @returns {Account | null} */
  read(key) {
    return this.overlay.read(key);
  }

  /** @param {string} key */
  lamports(key) {
    return this.read(key)?.lamports ?? 0n;
  }

  /** Writes data of an account that this program owns. @param {string} key @param {Uint8Array} data */
  store(key, data) {
    const account = this.read(key);
    if (account?.owner !== this.program) throw new Failure('ExternalAccountDataModified');
    require(this.#writable(key), 'ReadonlyDataModified');
    const before = this.#lengths.get(key) ?? account.data.length;
    this.#lengths.set(key, before);
    require(data.length <= before + MAX_GROWTH, 'InvalidRealloc');
    this.overlay.write(key, { ...account, data: Uint8Array.from(data) });
  }

  /** Moves lamports out of an account that this program owns. @param {string} from @param {string} to @param {bigint} lamports */
  take(from, to, lamports) {
    require(this.read(from)?.owner === this.program, 'ExternalAccountLamportSpend');
    require(this.#writable(from) && this.#writable(to), 'ReadonlyLamportChange');
    require(this.lamports(from) >= lamports, 'ArithmeticOverflow');
    this.#move(from, to, lamports);
  }

  /** Empties an account that this program owns and gives it back to the system. @param {string} key @param {string} to */
  close(key, to) {
    const account = /** @type {Account} */ (this.read(key));
    this.take(key, to, account.lamports);
    this.overlay.write(key, null);
  }

  /** The system program's transfer, by a call. @param {string} from @param {string} to @param {bigint} lamports */
  transfer(from, to, lamports) {
    require(this.#writable(from) && this.#writable(to), 'PrivilegeEscalation');
    require(this.#signs(from), 'PrivilegeEscalation');
    this.#withSystem();
    const payer = this.read(from);
    if (payer !== null && payer.data.length > 0) throw new Failure('InvalidArgument', 'Transfer: `from` must not carry data');
    if (this.lamports(from) < lamports)
      throw new Failure({ Custom: 1 }, `Transfer: insufficient lamports ${this.lamports(from)}, need ${lamports}`);
    this.#move(from, to, lamports);
  }

  /** Gives an account of the system, which may hold lamports already, its size and this program as owner. @param {string} key @param {number} space */
  allocate(key, space) {
    require(this.#writable(key), 'PrivilegeEscalation');
    this.#withSystem();
    require(space <= MAX_GROWTH, 'InvalidRealloc');
    const account = this.read(key);
    if (account !== null && (account.owner !== SYSTEM_PROGRAM || account.data.length > 0))
      throw new Failure({ Custom: 0 }, `Allocate: account Address { address: ${addressOf(key)}, base: None } already in use`);
    // Lamports may still be missing: the runtime looks at the end of the transaction.
    this.overlay.write(key, { lamports: account?.lamports ?? 0n, data: new Uint8Array(space), owner: this.program, executable: false, rentEpoch: NEVER });
    this.#lengths.set(key, space);
  }

  /** As Anchor's `init`. @param {string} payer @param {string} key @param {number} space */
  create(payer, key, space) {
    const missing = rentFor(space) - this.lamports(key);
    if (missing > 0n) this.transfer(payer, key, missing);
    this.allocate(key, space);
  }

  #move(/** @type {string} */ from, /** @type {string} */ to, /** @type {bigint} */ lamports) {
    if (lamports === 0n || from === to) return;
    const source = /** @type {Account} */ (this.read(from));
    const target = this.read(to) ?? { lamports: 0n, data: new Uint8Array(), owner: SYSTEM_PROGRAM, executable: false, rentEpoch: NEVER };
    this.overlay.write(to, { ...target, lamports: target.lamports + lamports });
    this.overlay.write(from, { ...source, lamports: source.lamports - lamports });
  }

  #withSystem() {
    require(this.accounts.some(({ key }) => key === SYSTEM_PROGRAM), 'MissingAccount');
  }

  #writable(/** @type {string} */ key) {
    return this.accounts.some((meta) => meta.key === key && meta.writable);
  }

  #signs(/** @type {string} */ key) {
    return this.accounts.some((meta) => meta.key === key && meta.signer);
  }
}
