// A transaction as getTransaction shows it.

import { encodeBase58 } from '../base58.mjs';
import { addressOf } from '../keys.mjs';
import { isWritable } from '../transaction.mjs';

/** @typedef {import('../history.mjs').TransactionRecord} TransactionRecord */

export const TRANSACTION_ENCODINGS = /** @type {const} */ (['json', 'base64', 'base58', 'jsonParsed', 'binary']);

/** @param {TransactionRecord} record @param {typeof TRANSACTION_ENCODINGS[number]} encoding */
export function transactionJson(record, encoding) {
  const { bytes, signatures } = record.transaction;
  switch (encoding) {
    case 'base64': return [Buffer.from(bytes).toString('base64'), 'base64'];
    case 'base58': return [encodeBase58(bytes), 'base58'];
    case 'binary': return encodeBase58(bytes);
    default: return {
      message: encoding === 'json' ? messageJson(record) : parsedMessageJson(record),
      signatures: signatures.map(encodeBase58),
    };
  }
}

/** @param {TransactionRecord} record */
export const loadedAddressesJson = ({ loaded }) => ({
  readonly: loaded.readonly.map(addressOf),
  writable: loaded.writable.map(addressOf),
});

/** @param {TransactionRecord} record */
function messageJson({ transaction: { message } }) {
  return {
    accountKeys: message.keys.map(addressOf),
    addressTableLookups: lookupsJson(message),
    header: {
      numReadonlySignedAccounts: message.readonlySigned,
      numReadonlyUnsignedAccounts: message.readonlyUnsigned,
      numRequiredSignatures: message.required,
    },
    instructions: message.instructions.map(({ program, accounts, data }) => ({
      accounts: [...accounts], data: encodeBase58(data), programIdIndex: program, stackHeight: 1,
    })),
    recentBlockhash: addressOf(message.blockhash),
  };
}

/** No program's instructions are parsed: all are "partially decoded". @param {TransactionRecord} record */
function parsedMessageJson({ transaction: { message }, keys, loaded }) {
  return {
    accountKeys: keys.map((key, index) => ({
      pubkey: addressOf(key),
      signer: index < message.required,
      source: index < message.keys.length ? 'transaction' : 'lookupTable',
      writable: index < message.keys.length ? isWritable(message, index) : index < message.keys.length + loaded.writable.length,
    })),
    addressTableLookups: lookupsJson(message),
    instructions: message.instructions.map(({ program, accounts, data }) => ({
      accounts: [...accounts].map((index) => addressOf(keys[index])),
      data: encodeBase58(data),
      programId: addressOf(keys[program]),
      stackHeight: 1,
    })),
    recentBlockhash: addressOf(message.blockhash),
  };
}

const lookupsJson = (/** @type {import('../transaction.mjs').Message} */ { version, lookups }) =>
  version === 'legacy' ? undefined : lookups.map(({ table, writable, readonly }) => ({
    accountKey: addressOf(table), readonlyIndexes: [...readonly], writableIndexes: [...writable],
  }));
