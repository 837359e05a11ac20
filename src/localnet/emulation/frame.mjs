// What a program sees while one instruction of it runs, with the runtime's own rules about what it may change.

import { SYSTEM_PROGRAM, addressOf } from '../keys.mjs';
import { deriveProgramAddress } from '../program-address.mjs';
import { NEVER, rentFor } from '../svm.mjs';
import * as borsh from './borsh.mjs';
import { Failure, require } from './failure.mjs';

/**
 * @typedef {import('../svm.mjs').Account} Account
 * @typedef {import('./wire.mjs').Meta} Meta
 * @typedef {import('./wire.mjs').Call} Call
 */

/** How much an account may grow in one instruction, the calls it makes included. */
const MAX_GROWTH = 10_240;
/** What trying one more bump takes. */
const BUMP_UNITS = 1_500n;

export class Frame {
  /** How long each account was when the instruction began. @type {Map<string, number>} */
  #lengths;

  /**
   * @param {Call} call
   * @param {{ overlay: import('./overlay.mjs').Overlay, clock: { slot: number, time: number }, log: (line: string) => void, spend: (units: bigint) => void,
   *   invoke: (call: Call, frame: Frame) => void, trace: (call: Call) => void }} runtime trace: notes a call that is played here
   */
  constructor({ program, accounts, data }, { overlay, clock, log, spend, invoke, trace }) {
    this.program = program;
    this.accounts = accounts;
    this.data = Buffer.from(data);
    this.overlay = overlay;
    this.clock = clock;
    this.log = log;
    this.spend = spend;
    this.call = invoke;
    this.trace = trace;
    this.#lengths = new Map(accounts.map(({ key }) => [key, this.#length(key)]));
  }

  /** @param {string} key @returns {Account | null} */
  read(key) {
    return this.overlay.read(key);
  }

  /** @param {string} key */
  lamports(key) {
    return this.read(key)?.lamports ?? 0n;
  }

  /** An address of this program, found as programs find it: bump by bump. @param {Uint8Array[]} seeds */
  find(seeds) {
    const found = deriveProgramAddress(seeds, this.program);
    this.spend(BUMP_UNITS * BigInt(255 - found.bump));
    return found;
  }

  /** Writes data of an account that this program owns. @param {string} key @param {Uint8Array} data */
  store(key, data) {
    const account = this.read(key);
    if (account?.owner !== this.program) throw new Failure('ExternalAccountDataModified');
    require(this.#writable(key), 'ReadonlyDataModified');
    this.overlay.write(key, { ...account, data: Uint8Array.from(data) });
    this.requireGrowth([key]);
  }

  /** Whoever let them grow, this instruction or one that it called. @param {string[]} keys of its accounts */
  requireGrowth(keys) {
    for (const key of keys) require(this.#length(key) <= /** @type {number} */ (this.#lengths.get(key)) + MAX_GROWTH, 'InvalidRealloc');
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
    this.#system([from, to], borsh.u32(2), borsh.u64(lamports));
    this.#pay(from, to, lamports);
  }

  /** Gives an account of the system, which may hold lamports already, its size and this program as owner, by two calls. @param {string} key @param {number} space */
  allocate(key, space) {
    this.#system([key], borsh.u32(8), borsh.u64(BigInt(space)));
    this.#system([key], borsh.u32(1), borsh.key(this.program));
    this.#own(key, space);
  }

  /** Takes an empty account of the system that has its size already, by a call which the account signs. @param {string} key */
  assign(key) {
    const account = /** @type {Account} */ (this.read(key));
    require(this.#writable(key) && this.#signs(key), 'PrivilegeEscalation');
    this.#system([key], borsh.u32(1), borsh.key(this.program));
    require(account.owner === SYSTEM_PROGRAM && account.data.every((byte) => byte === 0), 'ModifiedProgramId');
    this.overlay.write(key, { ...account, owner: this.program });
  }

  /** As Anchor's `init`: one call, or three where somebody sent lamports before. @param {string} payer @param {string} key @param {number} space */
  create(payer, key, space) {
    const held = this.lamports(key);
    const missing = rentFor(space) - held;
    if (held > 0n) {
      if (missing > 0n) this.transfer(payer, key, missing);
      this.allocate(key, space);
      return;
    }
    this.#system([payer, key], borsh.u32(0), borsh.u64(missing), borsh.u64(BigInt(space)), borsh.key(this.program));
    this.#pay(payer, key, missing);
    this.#own(key, space);
  }

  #pay(/** @type {string} */ from, /** @type {string} */ to, /** @type {bigint} */ lamports) {
    require(this.#writable(from) && this.#writable(to), 'PrivilegeEscalation');
    require(this.#signs(from), 'PrivilegeEscalation');
    const payer = this.read(from);
    if (payer !== null && payer.data.length > 0) throw new Failure('InvalidArgument', 'Transfer: `from` must not carry data');
    if (this.lamports(from) < lamports)
      throw new Failure({ Custom: 1 }, `Transfer: insufficient lamports ${this.lamports(from)}, need ${lamports}`);
    this.#move(from, to, lamports);
  }

  #own(/** @type {string} */ key, /** @type {number} */ space) {
    require(this.#writable(key), 'PrivilegeEscalation');
    const account = this.read(key);
    if (account !== null && (account.owner !== SYSTEM_PROGRAM || account.data.length > 0))
      throw new Failure({ Custom: 0 }, `Allocate: account Address { address: ${addressOf(key)}, base: None } already in use`);
    require(space <= /** @type {number} */ (this.#lengths.get(key)) + MAX_GROWTH, 'InvalidRealloc');
    // Lamports may still be missing: the runtime looks at the end of the transaction.
    this.overlay.write(key, { lamports: account?.lamports ?? 0n, data: new Uint8Array(space), owner: this.program, executable: false, rentEpoch: NEVER });
  }

  #move(/** @type {string} */ from, /** @type {string} */ to, /** @type {bigint} */ lamports) {
    if (lamports === 0n || from === to) return;
    const source = /** @type {Account} */ (this.read(from));
    const target = this.read(to) ?? { lamports: 0n, data: new Uint8Array(), owner: SYSTEM_PROGRAM, executable: false, rentEpoch: NEVER };
    this.overlay.write(to, { ...target, lamports: target.lamports + lamports });
    this.overlay.write(from, { ...source, lamports: source.lamports - lamports });
  }

  /** Notes a call of the system program, which must be among the accounts. */
  #system(/** @type {string[]} */ keys, /** @type {Uint8Array[]} */ ...data) {
    require(this.accounts.some(({ key }) => key === SYSTEM_PROGRAM), 'MissingAccount');
    const metas = keys.map((key) => ({ key, signer: true, writable: true }));
    this.trace({ program: SYSTEM_PROGRAM, accounts: metas, data: Buffer.concat(data) });
  }

  #length(/** @type {string} */ key) {
    return this.read(key)?.data.length ?? 0;
  }

  #writable(/** @type {string} */ key) {
    return this.accounts.some((meta) => meta.key === key && meta.writable);
  }

  #signs(/** @type {string} */ key) {
    return this.accounts.some((meta) => meta.key === key && meta.signer);
  }
}
