// Making a LiteSVM that looks like today's mainnet, and reading and writing its accounts.

import { createRequire } from 'node:module';
import { bytesOf, keyOf, FEATURE_OWNER } from './keys.mjs';

// The package's own door (`litesvm`) wraps every call in @solana/kit types; the native binding
// beside it takes bytes, which is what arrives over RPC.
const native = createRequire(import.meta.url)('litesvm/dist/internal.js');

/** @typedef {{ lamports: bigint, data: Uint8Array, owner: string, executable: boolean, rentEpoch: bigint }} Account */

export const LAMPORTS_PER_BYTE = 5080n;
export const ACCOUNT_OVERHEAD = 128;
export const NEVER = 18446744073709551615n;

/** @param {number} length */
export const rentFor = (length) => LAMPORTS_PER_BYTE * BigInt(ACCOUNT_OVERHEAD + length);

/** The features that LiteSVM knows to be active on mainnet-beta. @returns {Set<string>} */
export function mainnetFeatures() {
  const features = new native.LiteSvm().getProgramAccounts(bytesOf(FEATURE_OWNER));
  return new Set(features.map((/** @type {any} */ entry) => keyOf(entry.address)));
}

/**
 * A bank at slot 0. LiteSVM's own constructor starts at mainnet's slot, and programs it loads there
 * would be invisible to a chain that starts at 0.
 * @param {Set<string>} features
 */
export function createSvm(features) {
  const featureSet = new native.FeatureSet();
  for (const key of features) featureSet.activate(bytesOf(key), 0n);
  const svm = native.LiteSvm.default();
  svm.setFeatureSet(featureSet);
  svm.setBuiltins();
  svm.setSysvars();
  svm.setRent(new native.Rent(LAMPORTS_PER_BYTE, 1, 50));
  svm.setEpochSchedule(new native.EpochSchedule(432_000n, 432_000n, false, 0n, 0n));
  setClock(svm, 0, 0);
  svm.setDefaultPrograms();
  svm.setPrecompiles();
  svm.setSigverify(true);
  svm.setBlockhashCheck(false); // blockhashes and duplicates are the node's business: they depend on the slot
  svm.setTransactionHistory(0n);
  return svm;
}

/** @param {any} svm @param {number} slot @param {number} unixTimestamp */
export function setClock(svm, slot, unixTimestamp) {
  const epoch = BigInt(Math.floor(slot / 432_000));
  svm.setClock(new native.Clock(BigInt(slot), 0n, epoch, epoch + 1n, BigInt(unixTimestamp)));
}

/** @param {any} svm @param {string} key @returns {Account | null} */
export function readAccount(svm, key) {
  const account = svm.getAccount(bytesOf(key));
  return account === null ? null : fromNative(account);
}

/** @param {any} account @returns {Account} */
export const fromNative = (account) => ({
  lamports: account.lamports(),
  data: account.data(),
  owner: keyOf(account.owner()),
  executable: account.executable(),
  rentEpoch: account.rentEpoch(),
});

/** @param {any} svm @param {string} key @param {Account | null} account null removes it */
export function writeAccount(svm, key, account) {
  svm.setAccount(bytesOf(key), toNative(account));
}

/** @param {Account | null} account */
export function toNative(account) {
  const { lamports, data, owner, executable, rentEpoch } = account ?? NO_ACCOUNT;
  return new native.Account(lamports, data, bytesOf(owner), executable, rentEpoch);
}

const NO_ACCOUNT = { lamports: 0n, data: new Uint8Array(), owner: '\0'.repeat(32), executable: false, rentEpoch: 0n };

/** @param {any} svm @param {string} owner @returns {[string, Account][]} */
export const accountsOwnedBy = (svm, owner) =>
  svm.getProgramAccounts(bytesOf(owner)).map((/** @type {any} */ entry) => [keyOf(entry.address), fromNative(entry.account())]);

export const isFailure = (/** @type {any} */ result) => result instanceof native.FailedTransactionMetadata;
