// What Anchor does around a program's own code: finding the instruction, reading accounts, checking what is declared of them.
// Numbers: github.com/coral-xyz/anchor, lang/src/error.rs.

import { createHash } from 'node:crypto';
import { SYSTEM_PROGRAM } from '../keys.mjs';
import { deriveProgramAddress } from '../program-address.mjs';
import { Reader } from './borsh.mjs';
import { Failure } from './failure.mjs';

/** @typedef {import('./frame.mjs').Frame} Frame */

const ERRORS = /** @type {const} */ ({
  InstructionMissing: 100, InstructionFallbackNotFound: 101, InstructionDidNotDeserialize: 102, ConstraintMut: 2000, ConstraintHasOne: 2001, ConstraintSeeds: 2006,
  ConstraintExecutable: 2007, ConstraintAddress: 2012, AccountDiscriminatorNotFound: 3001, AccountDiscriminatorMismatch: 3002,
  AccountDidNotDeserialize: 3003, AccountDidNotSerialize: 3004, AccountNotEnoughKeys: 3005, AccountOwnedByWrongProgram: 3007, InvalidProgramId: 3008,
  AccountNotSigner: 3010, AccountNotInitialized: 3012,
});

/** @param {keyof typeof ERRORS} name @param {string} [about] the account's name */
export const anchorError = (name, about) =>
  new Failure({ Custom: ERRORS[name] }, `AnchorError${about ? ` caused by account: ${about}` : ' occurred'}. Error Code: ${name}. Error Number: ${ERRORS[name]}.`);

/** Finding the instruction. A guess. */
const DISPATCH = 500n;

const named = (/** @type {string} */ name) => createHash('sha256').update(name).digest().subarray(0, 8);
export const accountDiscriminator = (/** @type {string} */ name) => named(`account:${name}`);
const snake = (/** @type {string} */ name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * A program out of its instructions by name.
 * @param {Record<string, (accounts: Accounts, args: Reader, frame: Frame) => void>} instructions
 * @param {(name: string) => bigint} unitsOf what each takes, besides its calls and the bumps it tries
 * @returns {import('./run.mjs').Program}
 */
export function anchorProgram(instructions, unitsOf) {
  const known = new Map(Object.entries(instructions).map(([name, run]) => [named(`global:${snake(name)}`).toString('hex'), { name, run }]));
  return (frame) => {
    frame.spend(DISPATCH);
    if (frame.data.length < 8) throw anchorError('InstructionMissing'); // 101 since Anchor 0.31; what is deployed is older
    const found = known.get(frame.data.subarray(0, 8).toString('hex'));
    if (found === undefined) throw anchorError('InstructionFallbackNotFound');
    frame.log(`Instruction: ${found.name[0].toUpperCase()}${found.name.slice(1)}`);
    frame.spend(unitsOf(found.name) - DISPATCH);
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

  /** Absent is the program's own address, or at the end nothing at all (`allow-missing-optionals`). @template T @param {() => T} take @returns {T | null} */
  optional(take) {
    const meta = this.frame.accounts[this.#next];
    if (meta === undefined) return null;
    if (meta.key !== this.frame.program) return take();
    this.#next++;
    return null;
  }

  /** An account of this program. @param {string} about @param {AccountType} type @param {boolean} [writable] @returns {{ key: string, value: any }} */
  typed(about, type, writable = false) {
    const key = this.any(about);
    const account = this.frame.read(key);
    if (account === null) throw anchorError('AccountNotInitialized', about);
    if (account.owner !== this.frame.program) throw anchorError('AccountOwnedByWrongProgram', about);
    const value = type.decode(account.data, about);
    if (writable && !this.frame.accounts[this.#next - 1].writable) throw anchorError('ConstraintMut', about);
    return { key, value };
  }

  /** The account must stand where these seeds and a bump that the program keeps put it. @param {string} about @param {string} found @param {Uint8Array[]} seeds */
  derived(about, found, seeds) {
    if (found !== deriveProgramAddress(seeds, this.frame.program).key) throw anchorError('ConstraintSeeds', about);
  }

  /** The same where the program looks for the bump. @param {string} about @param {string} found @param {Uint8Array[]} seeds @returns {number} the bump */
  searched(about, found, seeds) {
    const { key, bump } = this.frame.find(seeds);
    if (found !== key) throw anchorError('ConstraintSeeds', about);
    return bump;
  }

  /** What is left: the accounts that the instruction does not name. */
  rest() {
    return this.frame.accounts.slice(this.#next);
  }
}
