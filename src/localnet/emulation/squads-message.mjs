// A vault transaction's message: as an instruction carries it, as the program stores it, and how it is executed.

import { LOOKUP_TABLES, keyOf } from '../keys.mjs';
import { AccountType } from './anchor.mjs';
import * as borsh from './borsh.mjs';
import { check } from './squads-state.mjs';

/**
 * @typedef {{ program: number, accounts: Buffer, data: Buffer }} Inner
 * @typedef {{ table: string, writable: Buffer, readonly: Buffer }} Lookup
 * @typedef {{ signers: number, writableSigners: number, writableOthers: number, keys: string[], instructions: Inner[], lookups: Lookup[] }} VaultMessage
 * @typedef {import('./wire.mjs').Meta} Meta
 */

/** Both forms differ in the lengths of their lists only. @param {borsh.Reader} reader @param {() => number} short @param {() => number} long @returns {VaultMessage} */
function readMessage(reader, short, long) {
  const bytes = (/** @type {() => number} */ length) => Buffer.from(reader.take(length()));
  return {
    signers: reader.u8(), writableSigners: reader.u8(), writableOthers: reader.u8(),
    keys: reader.list(reader.key, short),
    instructions: reader.list(() => ({ program: reader.u8(), accounts: bytes(short), data: bytes(long) }), short),
    lookups: reader.list(() => ({ table: reader.key(), writable: bytes(short), readonly: bytes(short) }), short),
  };
}

const writeMessage = (/** @type {VaultMessage} */ message) => Buffer.concat([
  borsh.u8(message.signers), borsh.u8(message.writableSigners), borsh.u8(message.writableOthers), borsh.list(message.keys, borsh.key),
  borsh.list(message.instructions, ({ program, accounts, data }) => Buffer.concat([borsh.u8(program), borsh.bytesList(accounts), borsh.bytesList(data)])),
  borsh.list(message.lookups, ({ table, writable, readonly }) => Buffer.concat([borsh.key(table), borsh.bytesList(writable), borsh.bytesList(readonly)])),
]);

export const VaultTransaction = new AccountType('VaultTransaction',
  (reader) => ({
    multisig: reader.key(), creator: reader.key(), index: reader.u64(), bump: reader.u8(), vaultIndex: reader.u8(), vaultBump: reader.u8(),
    ephemeralBumps: Buffer.from(reader.bytesList()), message: readMessage(reader, reader.u32, reader.u32),
  }),
  (value) => Buffer.concat([
    borsh.key(value.multisig), borsh.key(value.creator), borsh.u64(value.index), borsh.u8(value.bump), borsh.u8(value.vaultIndex), borsh.u8(value.vaultBump),
    borsh.bytesList(value.ephemeralBumps), writeMessage(value.message),
  ]));

/** The message of an instruction, if it holds together. @param {Uint8Array} bytes @returns {VaultMessage} */
export function messageFrom(bytes) {
  const reader = new borsh.Reader(bytes, 'BorshIoError');
  const message = readMessage(reader, reader.u8, reader.u16);
  const { keys, signers, writableSigners, writableOthers, instructions, lookups } = message;
  const all = keys.length + lookups.reduce((sum, lookup) => sum + lookup.writable.length + lookup.readonly.length, 0);
  check(signers <= keys.length && writableSigners <= signers && writableOthers <= keys.length - signers, 'InvalidTransactionMessage');
  check(instructions.every(({ program, accounts }) => program < all && accounts.every((index) => index < all)), 'InvalidTransactionMessage');
  return message;
}

/**
 * The calls that a message asks for, once the accounts given are the ones it names, with the roles it needs.
 * @param {VaultMessage} message @param {Meta[]} given tables, then the message's accounts, then those of the tables
 * @param {Set<string>} derived the vault and the ephemeral signers, which sign by themselves
 * @param {(key: string) => import('../svm.mjs').Account | null} read
 */
export function callsOf(message, given, derived, read) {
  const { keys, lookups } = message;
  check(given.length >= lookups.length, 'InvalidNumberOfAccounts');
  const [tables, accounts] = [given.slice(0, lookups.length), given.slice(lookups.length)];
  const fromTables = lookups.map((lookup, i) => addressesOf(lookup, tables[i].key, read));
  check(accounts.length === keys.length + fromTables.reduce((sum, { writable, readonly }) => sum + writable.length + readonly.length, 0), 'InvalidNumberOfAccounts');

  const isSigner = (/** @type {number} */ i) => i < message.signers;
  const isWritable = (/** @type {number} */ i) => isSigner(i) ? i < message.writableSigners : i < message.signers + message.writableOthers;
  const named = keys.map((key, i) => {
    check(accounts[i].key === key, 'InvalidAccount');
    check(!isSigner(i) || derived.has(key) || accounts[i].signer, 'InvalidAccount');
    check(!isWritable(i) || accounts[i].writable, 'InvalidAccount');
    return { key, signer: isSigner(i), writable: isWritable(i) };
  });
  const loaded = loadedMetas(fromTables, accounts.slice(keys.length));
  const all = [...named, ...loaded];
  return message.instructions.map(({ program, accounts: indexes, data }) => ({
    program: all[program].key, accounts: [...indexes].map((index) => all[index]), data,
  }));
}

/** Table by table they are given, first all that may be written they are numbered. */
function loadedMetas(/** @type {{ writable: string[], readonly: string[] }[]} */ tables, /** @type {Meta[]} */ given) {
  /** @type {Meta[]} */
  const writable = [];
  /** @type {Meta[]} */
  const readonly = [];
  let next = 0;
  for (const table of tables) {
    for (const [keys, metas] of /** @type {const} */ ([[table.writable, writable], [table.readonly, readonly]]))
      for (const key of keys) {
        const meta = given[next++];
        check(meta.key === key && (metas === readonly || meta.writable), 'InvalidAccount');
        metas.push({ key, signer: false, writable: metas === writable });
      }
  }
  return [...writable, ...readonly];
}

/** @param {Lookup} lookup @param {string} given @param {(key: string) => import('../svm.mjs').Account | null} read */
function addressesOf({ table, writable, readonly }, given, read) {
  const account = read(given);
  check(given === table && account?.owner === LOOKUP_TABLES, 'InvalidAccount');
  const data = /** @type {import('../svm.mjs').Account} */ (account).data;
  const keysAt = (/** @type {Buffer} */ indexes) => [...indexes].map((index) => {
    const bytes = data.subarray(56 + 32 * index, 88 + 32 * index);
    check(bytes.length === 32, 'InvalidAccount');
    return keyOf(bytes);
  });
  return { writable: keysAt(writable), readonly: keysAt(readonly) };
}
