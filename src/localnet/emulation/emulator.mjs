// Runs transactions that call a program which is emulated: instruction by instruction, the real programs in LiteSVM, the
// others here, over one overlay, so that all of it counts or nothing does.

import { COMPUTE_BUDGET } from '../keys.mjs';
import { resolveLookups, writableKeys } from '../lookups.mjs';
import { FEE_ONLY } from '../outcome.mjs';
import { Overlay } from './overlay.mjs';
import { Run } from './run.mjs';

/**
 * @typedef {import('../svm.mjs').Account} Account
 * @typedef {import('../transaction.mjs').Transaction} Transaction
 * @typedef {(key: string) => Account | null} Read
 * @typedef {import('./run.mjs').Clock} Clock
 * @typedef {(transaction: Transaction, read: Read, clock: Clock, verify: boolean) => any} Execute
 */

export class Emulator {
  /** @param {Map<string, import('./run.mjs').Program>} programs @param {Execute} execute runs a transaction in LiteSVM on any state */
  constructor(programs, execute) {
    this.programs = programs;
    this.execute = execute;
  }

  /** @param {import('../transaction.mjs').Message} message */
  handles(message) {
    return message.instructions.some(({ program }) => this.programs.has(message.keys[program]));
  }

  /**
   * @param {Transaction} transaction @param {Read} read @param {Clock} clock @param {boolean} verified whether signatures count
   * @returns what LiteSVM would report, with the accounts as they are afterwards; `unpaid` when not even the fee is due
   */
  run(transaction, read, clock, verified) {
    const { message } = transaction;
    const loaded = resolveLookups(message, read);
    const keys = [...message.keys, ...loaded.writable, ...loaded.readonly];
    const run = new Run(this, transaction, { keys, writable: new Set(writableKeys(message, loaded)) }, new Overlay(read), clock);
    const refused = this.#refusal(transaction, read, clock, verified);
    const err = refused ?? run.all() ?? run.rent();
    return {
      err, unpaid: refused !== null && !FEE_ONLY.has(refused), logs: run.logs, inner: run.inner, returnData: null, keys, loaded, units: run.units,
      /** @type {() => Map<string, Account | null>} */
      posts: () => new Map(err === null ? run.overlay.changes() : []),
    };
  }

  /**
   * What the runtime objects to before anything runs: signatures, accounts named twice, lookup tables, the compute budget, the payer.
   * It is shown the whole transaction, which there ends at the first call of an emulated program at the latest.
   * @param {Transaction} transaction @param {Read} read @param {Clock} clock @param {boolean} verified @returns {any}
   */
  #refusal(transaction, read, clock, verified) {
    const { err, logs } = this.execute(transaction, read, clock, verified);
    if (err === null || err.InstructionError === undefined) return err;
    const { instructions, keys } = transaction.message;
    const isBudget = keys[instructions[err.InstructionError[0]].program] === COMPUTE_BUDGET;
    return isBudget && logs.length === 0 ? err : null;
  }
}
