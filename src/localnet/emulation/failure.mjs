// How an emulated program refuses: with an error of the runtime, by its name, or with a number of its own.

/** @typedef {string | { Custom: number }} InstructionError */

export class Failure extends Error {
  /** @param {InstructionError} error @param {string} [line] what the program logs about it @param {any} [transaction] the error, where it is the transaction's */
  constructor(error, line, transaction) {
    super(typeof error === 'string' ? error : `custom program error: 0x${error.Custom.toString(16)}`);
    this.error = error;
    this.line = line;
    this.transaction = transaction;
  }
}

/** @param {boolean} holds @param {InstructionError} error @returns {asserts holds} */
export function require(holds, error) {
  if (!holds) throw new Failure(error);
}
