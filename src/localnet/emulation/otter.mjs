// otter-verify: one claim for each program and uploader (github.com/otter-sec/otter-verify, programs/otter-verify/src/lib.rs).

import { bytesOf, keyFromAddress } from '../keys.mjs';
import { AccountType, anchorError, anchorProgram } from './anchor.mjs';
import * as borsh from './borsh.mjs';
import { rentFor } from '../svm.mjs';

/**
 * @typedef {import('./anchor.mjs').Accounts} Accounts
 * @typedef {import('./frame.mjs').Frame} Frame
 * @typedef {{ version: string, gitUrl: string, commit: string, args: string[], deploySlot: bigint }} Claim
 */

export const OTTER = /** @type {string} */ (keyFromAddress('verifycLy8mB96wd9wqq3WDXQwM4oU6r42Th37Db9fC'));

const readClaim = (/** @type {borsh.Reader} */ reader) =>
  ({ version: reader.text(), gitUrl: reader.text(), commit: reader.text(), args: reader.list(reader.text), deploySlot: reader.u64() });

const writeClaim = (/** @type {Claim} */ { version, gitUrl, commit, args, deploySlot }) =>
  Buffer.concat([borsh.text(version), borsh.text(gitUrl), borsh.text(commit), borsh.list(args, borsh.text), borsh.u64(deploySlot)]);

const BuildParams = new AccountType('BuildParams',
  (reader) => ({ address: reader.key(), signer: reader.key(), ...readClaim(reader), bump: reader.u8() }),
  (value) => Buffer.concat([borsh.key(value.address), borsh.key(value.signer), writeClaim(value), borsh.u8(value.bump)]));

/** @param {Accounts} accounts @param {Frame} frame @param {string} claimKey */
function takeOwners(accounts, frame, claimKey) {
  const authority = accounts.signer('authority', true);
  const program = accounts.any('program_address');
  const bump = accounts.searched('build_params', claimKey, [Buffer.from('otter_verify'), bytesOf(authority), bytesOf(program)]);
  if (frame.read(program)?.executable !== true) throw anchorError('ConstraintExecutable', 'program_address');
  return { authority, program, bump };
}

function initialize(/** @type {Accounts} */ accounts, /** @type {borsh.Reader} */ args, /** @type {Frame} */ frame) {
  const claim = readClaim(args);
  const key = accounts.any('build_params', true);
  const { authority, program, bump } = takeOwners(accounts, frame, key);
  accounts.system();
  const encoded = BuildParams.encode({ address: program, signer: authority, ...claim, bump });
  frame.create(authority, key, encoded.length);
  frame.store(key, encoded);
}

function update(/** @type {Accounts} */ accounts, /** @type {borsh.Reader} */ args, /** @type {Frame} */ frame) {
  const claim = readClaim(args);
  const { key, value } = accounts.typed('build_params', BuildParams, true);
  const { authority } = takeOwners(accounts, frame, key);
  accounts.system();
  const encoded = BuildParams.encode({ ...value, ...claim });
  const before = /** @type {import('../svm.mjs').Account} */ (frame.read(key));
  const difference = rentFor(encoded.length) - before.lamports;
  if (encoded.length > before.data.length && difference > 0n) frame.transfer(authority, key, difference);
  if (encoded.length < before.data.length) frame.take(key, authority, -difference);
  frame.store(key, encoded);
}

function close(/** @type {Accounts} */ accounts, /** @type {borsh.Reader} */ _, /** @type {Frame} */ frame) {
  const { key } = accounts.typed('data_account', BuildParams, true);
  const { authority } = takeOwners(accounts, frame, key);
  frame.close(key, authority);
}

/** Units: a guess, with room. */
export const otter = anchorProgram({ initialize, update, close }, () => 25_000n);
