// How an emulated program refuses: with an error of the runtime, by its name, or with a number of its own.

import { instructionSentence } from '../transaction-error.mjs';

/** @typedef {string | { Custom: number }} InstructionError */

export class Failure extends Error {
  /** @param {InstructionError} error @param {string} [line] what the program logs about it @param {any} [transaction] the error, where it is the transaction's */
  constructor(error, line, transaction) {
    super(typeof error === 'string' ? error : `custom program error: 0x${error.Custom.toString(16)}`);
    this.error = error;
    this.line = line;
    this.transaction = transaction;
  }

  /** How the log tells it. */
  get sentence() {
    return instructionSentence(this.error);
  }
}

/** A program that runs out of compute units in the middle of its own code. */
export class UnitsExceeded extends Failure {
  constructor() {
    super('ProgramFailedToComplete');
  }

  get sentence() {
    return 'exceeded CUs meter at BPF instruction';
  }
}

/** A fault of the emulation is a fault of the program, not the end of the node. @param {unknown} error @returns {Failure} */
export function failureOf(error) {
  if (error instanceof Failure) return error;
  process.stderr.write(`localnet: ${/** @type {Error} */ (error).stack}\n`);
  return new Failure('ProgramFailedToComplete');
}

/** @param {boolean} holds @param {InstructionError} error @returns {asserts holds} */
export function require(holds, error) {
  if (!holds) throw new Failure(error);
}
