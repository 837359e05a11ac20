// One transaction's run: its calls and theirs, what they may not do, and the units they use.

import { COMPUTE_BUDGET, LOADER_V1, LOADER_V2, LOADER_V3, NATIVE_LOADER, SIGNATURE_PRECOMPILES, addressOf } from '../keys.mjs';
import { encodeBase58 } from '../base58.mjs';
import { feeOf } from '../fees.mjs';
import { wallet } from '../genesis.mjs';
import { rentFor } from '../svm.mjs';
import { u32, u8 } from './borsh.mjs';
import { Failure, UnitsExceeded, failureOf, require } from './failure.mjs';
import { Frame } from './frame.mjs';
import { PAYER, transactionOf } from './wire.mjs';

/**
 * @typedef {import('../svm.mjs').Account} Account
 * @typedef {import('./wire.mjs').Call} Call
 * @typedef {(frame: Frame) => void} Program
 * @typedef {{ slot: number, time: number }} Clock
 */

const MAX_STACK_HEIGHT = 5;
/** Instructions of a transaction together with all that they call. */
const MAX_TRACE = 64;
const BUDGET_UNITS = 150n;
const CALL_UNITS = 1_000n;
const CALL_BYTES_PER_UNIT = 250;
/** Instructions of the compute budget, by their first byte. */
const [HEAP, UNIT_LIMIT] = [1, 2];
/** Of the loader's instructions, all that may be called by a program: Upgrade, SetAuthority, Close, SetAuthorityChecked. */
const LOADER_CALLS = new Set([3, 4, 5, 7]);
const NEVER_CALLED = new Set([NATIVE_LOADER, LOADER_V1, LOADER_V2, ...SIGNATURE_PRECOMPILES]);

export class Run {
  /** @type {string[]} */
  logs = [];
  /** @type {{ index: number, instructions: any[] }[]} */
  inner = [];
  units = 0n;

  /**
   * @param {import('./emulator.mjs').Emulator} emulator @param {import('../transaction.mjs').Transaction} transaction
   * @param {{ keys: string[], writable: Set<string> }} accounts @param {import('./overlay.mjs').Overlay} overlay @param {Clock} clock
   */
  constructor(emulator, transaction, { keys, writable }, overlay, clock) {
    const { message } = transaction;
    this.emulator = emulator;
    this.transaction = transaction;
    this.keys = keys;
    this.writable = writable;
    this.overlay = overlay;
    this.clock = clock;
    this.cost = feeOf(message);
    this.traced = message.instructions.length;
    this.heap = message.instructions.filter(({ program, data }) => keys[program] === COMPUTE_BUDGET && data[0] === HEAP).map(({ data }) => data);
  }

  /** Takes the fee, which the payer has, and runs every instruction in turn. @returns {any} */
  all() {
    const { instructions, required } = this.transaction.message;
    const payer = /** @type {Account} */ (this.overlay.read(this.keys[0]));
    this.overlay.write(this.keys[0], { ...payer, lamports: payer.lamports - this.cost.fee });
    for (const [index, { program, accounts, data }] of instructions.entries()) {
      /** @type {any[]} */
      const inner = [];
      const metas = [...accounts].map((at) => ({ key: this.keys[at], signer: at < required, writable: this.writable.has(this.keys[at]) }));
      try {
        this.#call({ program: this.keys[program], accounts: metas, data }, [], inner);
      } catch (error) {
        const failure = failureOf(error);
        return failure.transaction ?? { InstructionError: [index, failure.error] };
      } finally {
        if (inner.length > 0) this.inner.push({ index, instructions: inner });
      }
    }
    return null;
  }

  /** No account may be left with less than its rent, unless it was so before and nothing changed. @returns {any} */
  rent() {
    for (const [key, account] of this.overlay.changes()) {
      if (account === null || account.lamports >= rentFor(account.data.length)) continue;
      const before = this.overlay.below(key);
      if (before?.lamports === account.lamports && before.data.length === account.data.length) continue;
      return { InsufficientFundsForRent: { account_index: this.keys.indexOf(key) } };
    }
    return null;
  }

  get #left() {
    return this.cost.limit - this.units;
  }

  /** @param {bigint} units @param {() => Failure} failure a program that runs out of them, or what works for it */
  #spend(units, failure) {
    const enough = units <= this.#left;
    this.units = enough ? this.units + units : this.cost.limit;
    if (!enough) throw failure();
  }

  #call(/** @type {Call} */ call, /** @type {string[]} */ callers, /** @type {any[]} */ inner) {
    const stack = [...callers, call.program];
    require(stack.length <= MAX_STACK_HEIGHT, 'CallDepth');
    const program = this.emulator.programs.get(call.program);
    if (program !== undefined) this.#emulated(program, call, stack, inner);
    else if (call.program === COMPUTE_BUDGET) this.#budget(stack.length);
    else this.#real(call, stack.length, inner);
  }

  #emulated(/** @type {Program} */ program, /** @type {Call} */ call, /** @type {string[]} */ stack, /** @type {any[]} */ inner) {
    const name = addressOf(call.program);
    const left = this.#left;
    const log = (/** @type {string} */ line) => void this.logs.push(`Program log: ${line}`);
    const tellUnits = () => this.logs.push(`Program ${name} consumed ${left - this.#left} of ${left} compute units`);
    this.logs.push(`Program ${name} invoke [${stack.length}]`);
    try {
      program(new Frame(call, {
        overlay: this.overlay, clock: this.clock, log,
        spend: (units) => this.#spend(units, () => new UnitsExceeded()),
        invoke: (next, frame) => this.#invoke(next, frame, stack, inner),
        trace: (next) => this.#trace(next, stack.length + 1, inner),
      }));
    } catch (error) {
      const failure = failureOf(error);
      if (failure.line !== undefined) log(failure.line);
      tellUnits();
      this.logs.push(`Program ${name} failed: ${failure.sentence}`);
      throw failure;
    }
    tellUnits();
    this.logs.push(`Program ${name} success`);
  }

  /** The compute budget's instructions were obeyed before anything ran. */
  #budget(/** @type {number} */ height) {
    const name = addressOf(COMPUTE_BUDGET);
    this.logs.push(`Program ${name} invoke [${height}]`);
    this.#spend(BUDGET_UNITS, () => {
      const failure = new Failure('ComputationalBudgetExceeded');
      this.logs.push(`Program ${name} failed: ${failure.sentence}`);
      return failure;
    });
    this.logs.push(`Program ${name} success`);
  }

  /** What an emulated program calls: with no more rights than it has, and within the runtime's limits. */
  #invoke(/** @type {Call} */ next, /** @type {Frame} */ frame, /** @type {string[]} */ stack, /** @type {any[]} */ inner) {
    const bytes = [...new Set(next.accounts.map(({ key }) => key))].map((key) => this.overlay.read(key)?.data.length ?? 0);
    const copied = [...bytes, next.data.length].reduce((sum, length) => sum + Math.floor(length / CALL_BYTES_PER_UNIT), 0);
    this.#spend(CALL_UNITS + BigInt(copied), () => new Failure('ComputationalBudgetExceeded'));
    if (NEVER_CALLED.has(next.program) || (next.program === LOADER_V3 && !LOADER_CALLS.has(next.data[0]))) {
      this.logs.push(`Program ${addressOf(next.program)} not supported by inner instructions`);
      throw new Failure('ProgramFailedToComplete');
    }
    for (const { key, writable } of next.accounts) {
      const outer = frame.accounts.filter((meta) => meta.key === key);
      require(outer.length > 0, 'MissingAccount');
      require(!writable || outer.some((meta) => meta.writable), 'PrivilegeEscalation');
    }
    require(!stack.includes(next.program) || stack.at(-1) === next.program, 'ReentrancyNotAllowed');
    this.#trace(next, stack.length + 1, inner);
    this.#call(next, stack, inner);
    frame.requireGrowth(next.accounts.map(({ key }) => key));
  }

  /** A program that LiteSVM runs with the units that are left; of its logs, the depth is set right. */
  #real(/** @type {Call} */ call, /** @type {number} */ height, /** @type {any[]} */ inner) {
    const own = BUDGET_UNITS * BigInt(this.heap.length + 1);
    const budgets = [...this.heap, Buffer.concat([u8(UNIT_LIMIT), u32(Number(this.#left + own))])];
    const payer = wallet(1_000_000_000n);
    const read = (/** @type {string} */ key) => key === PAYER ? payer : this.overlay.read(key);
    const result = this.emulator.execute(transactionOf(call, this.transaction.message.blockhash, budgets), read, this.clock, false);
    this.units += result.units > own ? result.units - own : 0n;
    const logs = result.logs.slice(2 * budgets.length);
    this.logs.push(...logs.map((/** @type {string} */ line) => line.replace(/ invoke \[(\d+)\]$/, (_, depth) => ` invoke [${Number(depth) + height - 1}]`)));
    for (const { programIdIndex, accounts, data, stackHeight } of result.inner.flatMap((/** @type {any} */ one) => one.instructions)) {
      const at = (/** @type {number} */ index) => this.keys.indexOf(result.keys[index]);
      this.#count(stackHeight + height - 1);
      inner.push({ programIdIndex: at(programIdIndex), accounts: accounts.map(at), data, stackHeight: stackHeight + height - 1 });
    }
    if (result.err !== null) throw this.#failure(result, height);
    for (const [key, account] of result.posts()) if (key !== PAYER) this.overlay.write(key, account);
  }

  /** Why LiteSVM did not run a call; some reasons are the whole transaction's. */
  #failure(/** @type {any} */ { err, keys }, /** @type {number} */ height) {
    if (err.InstructionError) return new Failure(err.InstructionError[1]);
    const rent = err.InsufficientFundsForRent;
    if (rent) return new Failure('GenericError', undefined, { InsufficientFundsForRent: { account_index: this.keys.indexOf(keys[rent.account_index]) } });
    return new Failure('UnsupportedProgramId', undefined, height === 1 ? err : undefined);
  }

  #trace(/** @type {Call} */ { program, accounts, data }, /** @type {number} */ stackHeight, /** @type {any[]} */ inner) {
    this.#count(stackHeight);
    inner.push({
      programIdIndex: this.keys.indexOf(program), accounts: accounts.map(({ key }) => this.keys.indexOf(key)), data: encodeBase58(data), stackHeight,
    });
  }

  #count(/** @type {number} */ stackHeight) {
    require(stackHeight <= MAX_STACK_HEIGHT, 'CallDepth');
    require(++this.traced <= MAX_TRACE, 'MaxInstructionTraceLengthExceeded');
  }
}
