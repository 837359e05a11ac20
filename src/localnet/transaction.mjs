// Solana's transaction wire format. Everything is checked here because LiteSVM's own
// decoder ends the process on bytes it does not understand.

import { encodeBase58 } from './base58.mjs';
import { keyOf } from './keys.mjs';

export const MAX_TRANSACTION_SIZE = 1232;

/**
 * @typedef {{ program: number, accounts: Uint8Array, data: Uint8Array }} Instruction
 * @typedef {{ table: string, writable: Uint8Array, readonly: Uint8Array }} Lookup
 * @typedef {{
 *   version: 'legacy' | 0, required: number, readonlySigned: number, readonlyUnsigned: number,
 *   keys: string[], blockhash: string, instructions: Instruction[], lookups: Lookup[],
 * }} Message
 * @typedef {{ bytes: Uint8Array, signature: string, signatures: Uint8Array[], message: Message }} Transaction
 */

export class MalformedTransaction extends Error {
  /** @param {string} what @param {boolean} [insane] decodes, but does not hold together */
  constructor(what, insane = false) {
    super(what);
    this.insane = insane;
  }
}

class Cursor {
  at = 0;
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
  }
  byte() {
    if (this.at >= this.bytes.length) throw new MalformedTransaction('io error: failed to fill whole buffer');
    return this.bytes[this.at++];
  }
  /** @param {number} length */
  take(length) {
    if (this.at + length > this.bytes.length) throw new MalformedTransaction('io error: failed to fill whole buffer');
    return this.bytes.subarray(this.at, (this.at += length));
  }
  /** Solana's compact-u16; aliases (a longer form of a short number) are refused as on chain. */
  length() {
    const first = this.byte();
    if (first < 0x80) return first;
    const second = this.byte();
    if (second === 0) throw new MalformedTransaction('invalid short vec: alias encoding');
    if (second < 0x80) return (first & 0x7f) | (second << 7);
    const third = this.byte();
    if (third === 0 || third > 3) throw new MalformedTransaction('invalid short vec: byte three continues');
    return (first & 0x7f) | ((second & 0x7f) << 7) | (third << 14);
  }
}

/**
 * @param {Uint8Array} wire may carry bytes after the transaction, as on chain; they are cut off
 * @returns {Transaction}
 */
export function parseTransaction(wire) {
  const cursor = new Cursor(wire);
  const signatures = Array.from({ length: countWithin(cursor, 64) }, () => cursor.take(64));
  const message = readMessage(cursor);
  check(message, signatures.length);
  return {
    bytes: cursor.at === wire.length ? wire : wire.subarray(0, cursor.at),
    signature: encodeBase58(signatures[0]),
    signatures,
    message,
  };
}

/** @param {Uint8Array} wire */
export function parseMessage(wire) {
  const message = readMessage(new Cursor(wire));
  check(message, message.required);
  return message;
}

/** A length that the remaining bytes can hold, so that a lie about it costs nothing. */
function countWithin(/** @type {Cursor} */ cursor, /** @type {number} */ size) {
  const count = cursor.length();
  if (count * size > cursor.bytes.length - cursor.at) throw new MalformedTransaction('io error: failed to fill whole buffer');
  return count;
}

/** @param {Cursor} cursor @returns {Message} */
function readMessage(cursor) {
  let required = cursor.byte();
  /** @type {'legacy' | 0} */
  let version = 'legacy';
  if (required & 0x80) {
    if (required !== 0x80) throw new MalformedTransaction(`unsupported message version ${required & 0x7f}`);
    version = 0;
    required = cursor.byte();
  }
  const readonlySigned = cursor.byte();
  const readonlyUnsigned = cursor.byte();
  const keys = Array.from({ length: countWithin(cursor, 32) }, () => keyOf(cursor.take(32)));
  const blockhash = keyOf(cursor.take(32));
  const instructions = Array.from({ length: countWithin(cursor, 3) }, () => ({
    program: cursor.byte(),
    accounts: cursor.take(cursor.length()),
    data: cursor.take(cursor.length()),
  }));
  const lookups = version === 'legacy' ? [] : Array.from({ length: countWithin(cursor, 34) }, () => ({
    table: keyOf(cursor.take(32)),
    writable: cursor.take(cursor.length()),
    readonly: cursor.take(cursor.length()),
  }));
  return { version, required, readonlySigned, readonlyUnsigned, keys, blockhash, instructions, lookups };
}

/** What Agave calls sanitizing. @param {Message} message @param {number} signatures */
function check(message, signatures) {
  const { required, readonlySigned, readonlyUnsigned, keys, instructions, lookups } = message;
  const loaded = lookups.reduce((sum, lookup) => sum + lookup.writable.length + lookup.readonly.length, 0);
  const total = keys.length + loaded;
  const sane =
    signatures === required && signatures > 0 &&
    required + readonlyUnsigned <= keys.length && readonlySigned < required &&
    total <= 256 && instructions.length <= 64 &&
    lookups.every((lookup) => lookup.writable.length + lookup.readonly.length > 0) &&
    instructions.every(({ program, accounts }) =>
      program > 0 && program < keys.length && accounts.every((index) => index < total));
  if (!sane) throw new MalformedTransaction('invalid transaction: Transaction failed to sanitize accounts offsets correctly', true);
}

/** Whether the message asks to write its n-th own key. @param {Message} message @param {number} index */
export const isWritable = (message, index) =>
  index < message.required
    ? index < message.required - message.readonlySigned
    : index < message.keys.length - message.readonlyUnsigned;
