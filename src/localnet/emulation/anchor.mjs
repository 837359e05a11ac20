// What Anchor does around a program's own code: finding the instruction, reading accounts, checking what is declared of them.
// Numbers: github.com/coral-xyz/anchor, lang/src/error.rs.

import { createHash } from 'node:crypto';
import { SYSTEM_PROGRAM } from '../keys.mjs';
import { deriveProgramAddress } from '../program-address.mjs';
import { Reader } from './borsh.mjs';
import { Failure } from './failure.mjs';

/** @typedef {import('./frame.mjs').Frame} Frame */

const ERRORS = /** @type {const} */ ({
  InstructionFallbackNotFound: 101, InstructionDidNotDeserialize: 102, ConstraintMut: 2000, ConstraintHasOne: 2001, ConstraintSeeds: 2006,
  ConstraintExecutable: 2007, ConstraintAddress: 2012, AccountDiscriminatorNotFound: 3001, AccountDiscriminatorMismatch: 3002,
  AccountDidNotDeserialize: 3003, AccountDidNotSerialize: 3004, AccountNotEnoughKeys: 3005, AccountOwnedByWrongProgram: 3007, InvalidProgramId: 3008,
  AccountNotSigner: 3010, AccountNotInitialized: 3012,
});

/** @param {keyof typeof ERRORS} name @param {string} [about] the account's name */
export const anchorError = (name, about) =>
  new Failure({ Custom: ERRORS[name] }, `AnchorError${about ? ` caused by account: ${about}` : ' occurred'}. Error Code: ${name}. Error Number: ${ERRORS[name]}.`);

const named = (/** @type {string} */ name) => createHash('sha256').update(name).digest().subarray(0, 8);
export const accountDiscriminator = (/** @type {string} */ name) => named(`account:${name}`);
const snake = (/** @type {string} */ name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * A program out of its instructions by name.
 * @param {Record<string, (accounts: Accounts, args: Reader, frame: Frame) => void>} instructions
 * @returns {import('./emulator.mjs').Program}
 */
export function anchorProgram(instructions) {
  const known = new Map(Object.entries(instructions).map(([name, run]) => [named(`global:${snake(name)}`).toString('hex'), { name, run }]));
  return (frame) => {
    const found = known.get(frame.data.subarray(0, 8).toString('hex'));
    if (found === undefined) throw anchorError('InstructionFallbackNotFound');
    frame.log(`Instruction: ${found.name[0].toUpperCase()}${found.name.slice(1)}`);
    found.run(new Accounts(frame), new Reader(frame.data.subarray(8), { Custom: ERRORS.InstructionDidNotDeserialize }), frame);
  };
}

/** An account type: what stands before it, and how it is read and written. */
export class AccountType {
  /** @param {string} name @param {(reader: Reader) => any} read @param {(value: any) => Buffer} write */
  constructor(name, read, write) {
    this.discriminator = accountDiscriminator(name);
    this.read = read;
    this.write = write;
  }

  /** @param {any} value */
  encode = (value) => Buffer.concat([this.discriminator, this.write(value)]);

  /** What stood behind a longer value stays. @param {Frame} frame @param {string} key @param {any} value */
  save(frame, key, value) {
    const data = Buffer.from(/** @type {import('../svm.mjs').Account} */ (frame.read(key)).data);
    const encoded = this.encode(value);
    if (encoded.length > data.length) throw anchorError('AccountDidNotSerialize');
    encoded.copy(data);
    frame.store(key, data);
  }

  /** @param {Uint8Array} data @param {string} [about] */
  decode(data, about) {
    if (data.length < 8) throw anchorError('AccountDiscriminatorNotFound', about);
    if (!this.discriminator.equals(data.subarray(0, 8))) throw anchorError('AccountDiscriminatorMismatch', about);
    return this.read(new Reader(data.subarray(8), { Custom: ERRORS.AccountDidNotDeserialize }));
  }
}

/** The accounts of an instruction, taken in the order in which it declares them. */
export class Accounts {
  #next = 0;

  /** @param {Frame} frame */
  constructor(frame) {
    this.frame = frame;
  }

  /** Any account. @param {string} about @param {boolean} [writable] */
  any(about, writable = false) {
    if (this.#next >= this.frame.accounts.length) throw anchorError('AccountNotEnoughKeys');
    const meta = this.frame.accounts[this.#next++];
    if (writable && !meta.writable) throw anchorError('ConstraintMut', about);
    return meta.key;
  }

  /** @param {string} about @param {boolean} [writable] */
  signer(about, writable = false) {
    const meta = this.frame.accounts[this.#next];
    const key = this.any(about);
    if (!meta.signer) throw anchorError('AccountNotSigner', about);
    if (writable && !meta.writable) throw anchorError('ConstraintMut', about);
    return key;
  }

  system() {
    if (this.any('system_program') !== SYSTEM_PROGRAM) throw anchorError('InvalidProgramId', 'system_program');
  }

  /** Absent is the program's own address. @template T @param {() => T} take @returns {T | null} */
  optional(take) {
    const meta = this.frame.accounts[this.#next];
    if (meta !== undefined && meta.key !== this.frame.program) return take();
    this.any('optional');
    return null;
  }

  /** An account of this program. @param {string} about @param {AccountType} type @param {boolean} [writable] @returns {{ key: string, value: any }} */
  typed(about, type, writable = false) {
    const key = this.any(about);
    const account = this.frame.read(key);
    if (account === null || account.owner === SYSTEM_PROGRAM) throw anchorError('AccountNotInitialized', about);
    if (account.owner !== this.frame.program) throw anchorError('AccountOwnedByWrongProgram', about);
    const value = type.decode(account.data, about);
    if (writable && !this.frame.accounts[this.#next - 1].writable) throw anchorError('ConstraintMut', about);
    return { key, value };
  }

  /** The account must stand where these seeds put it. @param {string} about @param {string} found @param {Uint8Array[]} seeds @returns {number} the bump */
  derived(about, found, seeds) {
    const { key, bump } = deriveProgramAddress(seeds, this.frame.program);
    if (found !== key) throw anchorError('ConstraintSeeds', about);
    return bump;
  }

  /** What is left: the accounts that the instruction does not name. */
  rest() {
    return this.frame.accounts.slice(this.#next);
  }
}
