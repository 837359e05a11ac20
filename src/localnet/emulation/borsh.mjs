// Borsh, as far as the emulated programs use it. Addresses are keys: 32 bytes as a latin1 string.

import { bytesOf, keyOf } from '../keys.mjs';
import { Failure } from './failure.mjs';

export class Reader {
  at = 0;

  /** @param {Uint8Array} bytes @param {import('./failure.mjs').InstructionError} error what a reader of too few bytes says */
  constructor(bytes, error) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.error = error;
  }

  /** @param {number} length */
  take(length) {
    if (this.at + length > this.bytes.length) throw new Failure(this.error);
    return this.bytes.subarray(this.at, (this.at += length));
  }

  u8 = () => this.take(1)[0];
  u16 = () => this.take(2).readUInt16LE();
  u32 = () => this.take(4).readUInt32LE();
  u64 = () => this.take(8).readBigUInt64LE();
  i64 = () => this.take(8).readBigInt64LE();
  key = () => keyOf(this.take(32));
  bytesList = () => this.take(this.u32());
  text = () => {
    const bytes = this.bytesList();
    const text = bytes.toString('utf8');
    if (!Buffer.from(text).equals(bytes)) throw new Failure(this.error);
    return text;
  };

  bool = () => {
    const value = this.u8();
    if (value > 1) throw new Failure(this.error);
    return value === 1;
  };

  /** @template T @param {() => T} item @returns {T | null} */
  option = (item) => this.bool() ? item() : null;

  /** @template T @param {() => T} item @param {() => number} [length] @returns {T[]} */
  list = (item, length = this.u32) => {
    /** @type {T[]} */
    const items = [];
    for (let left = length(); left > 0; left--) items.push(item());
    return items;
  };
}

export const u8 = (/** @type {number} */ value) => Buffer.of(value);
export const u16 = (/** @type {number} */ value) => { const bytes = Buffer.alloc(2); bytes.writeUInt16LE(value); return bytes; };
export const u32 = (/** @type {number} */ value) => { const bytes = Buffer.alloc(4); bytes.writeUInt32LE(value); return bytes; };
export const u64 = (/** @type {bigint} */ value) => { const bytes = Buffer.alloc(8); bytes.writeBigUInt64LE(value); return bytes; };
export const i64 = (/** @type {bigint} */ value) => { const bytes = Buffer.alloc(8); bytes.writeBigInt64LE(value); return bytes; };
export const key = (/** @type {string} */ value) => bytesOf(value);
export const bytesList = (/** @type {Uint8Array} */ value) => Buffer.concat([u32(value.length), value]);
export const text = (/** @type {string} */ value) => bytesList(Buffer.from(value));
/** @template T @param {T | null} value @param {(value: T) => Buffer} item */
export const option = (value, item) => value === null ? u8(0) : Buffer.concat([u8(1), item(value)]);
/** @template T @param {T[]} items @param {(value: T) => Buffer} item */
export const list = (items, item) => Buffer.concat([u32(items.length), ...items.map(item)]);
