// Runs transactions that call a program which is emulated: instruction by instruction, the real programs in LiteSVM, the
// others here, over one overlay, so that all of it counts or nothing does.

import { createPublicKey, verify } from 'node:crypto';
import { LOADER_V3, SYSTEM_PROGRAM, addressOf, bytesOf } from '../keys.mjs';
import { encodeBase58 } from '../base58.mjs';
import { feeOf } from '../fees.mjs';
import { wallet } from '../genesis.mjs';
import { resolveLookups, writableKeys } from '../lookups.mjs';
import { rentFor } from '../svm.mjs';
import { instructionSentence } from '../transaction-error.mjs';
import { Failure, require } from './failure.mjs';
import { Frame } from './frame.mjs';
import { Overlay } from './overlay.mjs';
import { PAYER, transactionOf } from './wire.mjs';

/**
 * @typedef {import('../svm.mjs').Account} Account
 * @typedef {import('./wire.mjs').Call} Call
 * @typedef {(frame: Frame) => void} Program
 * @typedef {{ slot: number, time: number }} Clock
 * @typedef {(transaction: import('../transaction.mjs').Transaction, read: (key: string) => Account | null, clock: Clock, verify: boolean) => any} Execute
 */

/** A guess that leaves room: nothing here counts what an emulated program would use. */
const UNITS = 30_000n;
const MAX_STACK_HEIGHT = 5;
/** Of the loader's instructions, all that may be called by a program: Upgrade, SetAuthority, Close, SetAuthorityChecked. */
const LOADER_CALLS = new Set([3, 4, 5, 7]);
const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex');

export class Emulator {
  /** @param {Map<string, Program>} programs @param {Execute} execute runs a transaction in LiteSVM on any state */
  constructor(programs, execute) {
    this.programs = programs;
    this.execute = execute;
  }

  /** @param {import('../transaction.mjs').Message} message */
  handles(message) {
    return message.instructions.some(({ program }) => this.programs.has(message.keys[program]));
  }

  /**
   * @param {import('../transaction.mjs').Transaction} transaction
   * @param {(key: string) => Account | null} read @param {Clock} clock @param {boolean} verified whether signatures count
   * @returns what LiteSVM would report, with the accounts as they are afterwards; `unpaid` when not even the fee is due
   */
  run(transaction, read, clock, verified) {
    const { message } = transaction;
    const loaded = resolveLookups(message, read);
    const keys = [...message.keys, ...loaded.writable, ...loaded.readonly];
    const run = new Run(this, transaction, { keys, writable: new Set(writableKeys(message, loaded)) }, new Overlay(read), clock);
    const refused = (verified && !isSigned(transaction) ? 'SignatureFailure' : null) ?? run.charge();
    const err = refused ?? run.all() ?? run.rent();
    return {
      err, unpaid: refused !== null, logs: run.logs, inner: run.inner, returnData: null, keys, loaded, units: run.units,
      /** @type {() => Map<string, Account | null>} */
      posts: () => new Map(err === null ? run.overlay.changes() : []),
    };
  }
}

class Run {
  /** @type {string[]} */
  logs = [];
  /** @type {{ index: number, instructions: any[] }[]} */
  inner = [];
  units = 0n;

  /**
   * @param {Emulator} emulator @param {import('../transaction.mjs').Transaction} transaction
   * @param {{ keys: string[], writable: Set<string> }} accounts @param {Overlay} overlay @param {Clock} clock
   */
  constructor(emulator, transaction, { keys, writable }, overlay, clock) {
    this.emulator = emulator;
    this.transaction = transaction;
    this.keys = keys;
    this.writable = writable;
    this.overlay = overlay;
    this.clock = clock;
  }

  /** Takes the fee. @returns {any} why it cannot */
  charge() {
    const payer = this.overlay.read(this.keys[0]);
    const { fee } = feeOf(this.transaction.message);
    if (payer === null) return 'AccountNotFound';
    if (payer.owner !== SYSTEM_PROGRAM || payer.data.length > 0) return 'InvalidAccountForFee';
    const left = payer.lamports - fee;
    if (left < 0n) return 'InsufficientFundsForFee';
    if (left > 0n && left < rentFor(0)) return { InsufficientFundsForRent: { account_index: 0 } };
    this.overlay.write(this.keys[0], { ...payer, lamports: left });
    return null;
  }

  /** Every instruction in turn. @returns {any} */
  all() {
    const { instructions, required } = this.transaction.message;
    for (const [index, { program, accounts, data }] of instructions.entries()) {
      /** @type {any[]} */
      const inner = [];
      const metas = [...accounts].map((at) => ({ key: this.keys[at], signer: at < required, writable: this.writable.has(this.keys[at]) }));
      try {
        this.#call({ program: this.keys[program], accounts: metas, data }, 1, inner);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        return error.transaction ?? { InstructionError: [index, error.error] };
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

  #call(/** @type {Call} */ call, /** @type {number} */ height, /** @type {any[]} */ inner) {
    require(height <= MAX_STACK_HEIGHT, 'CallDepth');
    const program = this.emulator.programs.get(call.program);
    if (program === undefined) return this.#real(call, height, inner);
    const name = addressOf(call.program);
    this.units += UNITS;
    this.logs.push(`Program ${name} invoke [${height}]`);
    const log = (/** @type {string} */ line) => this.logs.push(`Program log: ${line}`);
    const invoke = (/** @type {Call} */ next, /** @type {Frame} */ frame) => {
      for (const { key, writable } of next.accounts) {
        const outer = frame.accounts.filter((meta) => meta.key === key);
        require(outer.length > 0, 'MissingAccount');
        require(!writable || outer.some((meta) => meta.writable), 'PrivilegeEscalation');
      }
      inner.push(this.#note(next, height + 1));
      this.#call(next, height + 1, inner);
    };
    try {
      program(new Frame(call, { overlay: this.overlay, clock: this.clock, log, invoke }));
    } catch (error) {
      // A fault of the emulation is a fault of this program, not the end of the node.
      if (!(error instanceof Failure)) process.stderr.write(`localnet: ${/** @type {Error} */ (error).stack}\n`);
      const failure = error instanceof Failure ? error : new Failure('ProgramFailedToComplete');
      if (failure.line !== undefined) log(failure.line);
      this.logs.push(`Program ${name} failed: ${instructionSentence(failure.error)}`);
      throw failure;
    }
    this.logs.push(`Program ${name} success`);
  }

  /** A program that LiteSVM runs; of its logs, the depth is set right. */
  #real(/** @type {Call} */ call, /** @type {number} */ height, /** @type {any[]} */ inner) {
    if (height > 1 && call.program === LOADER_V3 && !LOADER_CALLS.has(call.data[0])) {
      this.logs.push(`Program ${addressOf(LOADER_V3)} not supported by inner instructions`);
      throw new Failure('ProgramFailedToComplete');
    }
    const transaction = transactionOf(call, this.transaction.message.blockhash);
    const payer = wallet(1_000_000_000n);
    const read = (/** @type {string} */ key) => key === PAYER ? payer : this.overlay.read(key);
    const result = this.emulator.execute(transaction, read, this.clock, false);
    this.units += result.units;
    this.logs.push(...result.logs.map((/** @type {string} */ line) => line.replace(/ invoke \[(\d+)\]$/, (_, depth) => ` invoke [${Number(depth) + height - 1}]`)));
    for (const { programIdIndex, accounts, data, stackHeight } of result.inner.flatMap((/** @type {any} */ one) => one.instructions)) {
      const at = (/** @type {number} */ index) => this.keys.indexOf(result.keys[index]);
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

  #note(/** @type {Call} */ { program, accounts, data }, /** @type {number} */ stackHeight) {
    return {
      programIdIndex: this.keys.indexOf(program), accounts: accounts.map(({ key }) => this.keys.indexOf(key)),
      data: encodeBase58(data), stackHeight,
    };
  }
}

/** @param {import('../transaction.mjs').Transaction} transaction */
function isSigned({ bytes, signatures, message }) {
  const signed = bytes.subarray(1 + 64 * signatures.length); // fewer than 128 signatures fit, so their number takes one byte
  return signatures.every((signature, index) => {
    const key = createPublicKey({ key: Buffer.concat([ED25519_SPKI, bytesOf(message.keys[index])]), format: 'der', type: 'spki' });
    return verify(null, signed, key, signature);
  });
}
