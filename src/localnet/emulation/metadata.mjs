// program-metadata: what programs say about themselves (github.com/solana-program/program-metadata, program/src). Of the released
// 1.0.0 and 1.0.1 and the development after it (75ea1f1) this refuses what any of them refuses, by the errors of the newest that does.

import { LOADER_V3, RENT, bytesOf, keyFromAddress, keyOf } from '../keys.mjs';
import { rentFor } from '../svm.mjs';
import { Failure, require } from './failure.mjs';

/**
 * @typedef {import('./frame.mjs').Frame} Frame
 * @typedef {import('./wire.mjs').Meta} Meta
 * @typedef {{ authority: string | null, canonicalOf: string | null }} Owner canonicalOf: whose upgrade authority may write too
 */

export const METADATA = /** @type {string} */ (keyFromAddress('ProgM6JCCvbYkfKqJYHePx4xxSUSqJp7rh8Lyv7nk7S'));
const HEADER = 96;
const SEED = 16;
const BUFFER = 1;
const PUBLISHED = 2;
const EXTERNAL = 2;
const NOT_EXECUTABLE = { Custom: 0 };
const INVALID_PROGRAM_STATE = { Custom: 1 };
const INVALID_PROGRAM_DATA = { Custom: 2 };
const IMMUTABLE = { Custom: 3 };
const INVALID_LENGTH = { Custom: 4 };

/** Where each field of a published account stands; a buffer has the first three and, after its authority, canonical and seed. */
const at = { program: 1, authority: 33, mutable: 65, canonical: 66, seed: 67, form: 83, length: 87, bufferCanonical: 65, bufferSeed: 66 };

/** @param {Frame} frame @param {number} count @returns {Meta[]} */
function take(frame, count) {
  require(frame.accounts.length >= count, 'NotEnoughAccountKeys');
  return frame.accounts;
}

const dataOf = (/** @type {Frame} */ frame, /** @type {string} */ key) => Buffer.from(frame.read(key)?.data ?? []);

/** @param {Buffer} data @param {number} offset */
const optionalKey = (data, offset) => {
  const key = keyOf(data.subarray(offset, offset + 32));
  return key === '\0'.repeat(32) ? null : key;
};

/** Whether an authority may upgrade a program. @param {Frame} frame @param {string} program @param {string} programData @param {string} authority */
function isUpgradeAuthority(frame, program, programData, authority) {
  const account = frame.read(program);
  if (account?.owner !== LOADER_V3) return account?.executable === true && program === authority;
  if (programData === METADATA) return false;
  if (account.data[0] !== 2 || !account.executable) throw new Failure(INVALID_PROGRAM_STATE);
  if (keyOf(account.data.subarray(4, 36)) !== programData) throw new Failure(INVALID_PROGRAM_DATA);
  const data = dataOf(frame, programData);
  if (data[0] !== 3) throw new Failure(INVALID_PROGRAM_STATE);
  return data[12] === 1 && keyOf(data.subarray(13, 45)) === authority;
}

/** @param {Frame} frame @param {Buffer} data @param {Meta[]} accounts account, authority, … program, ProgramData @param {number} [program] where the program stands */
function requireAuthority(frame, data, accounts, program = 2) {
  const authority = accounts[1];
  require(authority.signer, 'MissingRequiredSignature');
  if (optionalKey(data, at.authority) === authority.key) return;
  const canonical = data[0] === BUFFER ? data[at.bufferCanonical] !== 0 : data[at.canonical] !== 0;
  const own = canonical && optionalKey(data, at.program) === accounts[program].key;
  require(own && isUpgradeAuthority(frame, accounts[program].key, accounts[program + 1].key, authority.key), 'IncorrectAuthority');
}

/** @param {Buffer} data */
function requirePublished(data) {
  require(data.length >= HEADER, 'InvalidArgument');
  require(data[0] === PUBLISHED, 'UninitializedAccount');
  if (data[at.mutable] === 0) throw new Failure(IMMUTABLE);
}

/** A buffer, or something published that may change, by someone who may. @param {Frame} frame @param {Meta[]} accounts @param {import('./failure.mjs').InstructionError} empty */
function takeOwned(frame, accounts, empty) {
  const data = dataOf(frame, accounts[0].key);
  require(data.length > 0, empty);
  if (data[0] === PUBLISHED) requirePublished(data);
  else require(data[0] === BUFFER && data.length >= HEADER, 'InvalidAccountData');
  requireAuthority(frame, data, accounts);
  return data;
}

/** The four bytes of a form. @param {Buffer} form @param {number} length of the content @param {import('./failure.mjs').InstructionError} error */
function requireForm(form, length, error) {
  const [encoding, compression, format, source] = form;
  require(encoding <= 3 && compression <= 2 && format <= 3 && (source === undefined || source <= 2), error);
  if (source !== undefined && (source === EXTERNAL ? length !== 40 : length === 0)) throw new Failure(INVALID_LENGTH);
}

/** Whether a canonical address is meant, and that the account stands there. @param {Frame} frame @param {Meta[]} accounts @param {Buffer} seed */
function requireDerived(frame, [account, authority, program, programData], seed) {
  const canonical = isUpgradeAuthority(frame, program.key, programData.key, authority.key);
  const seeds = canonical ? [bytesOf(program.key), seed] : [bytesOf(program.key), bytesOf(authority.key), seed];
  require(account.key === frame.find(seeds).key, 'InvalidSeeds');
  return canonical;
}

/** In 1.0.1 the rent is there before the bytes are. @param {Frame} frame @param {string} key @param {number} length */
const requireRent = (frame, key, length) => require(frame.lamports(key) >= rentFor(length), 'AccountNotRentExempt');

function write(/** @type {Frame} */ frame, /** @type {Buffer} */ args) {
  require(args.length >= 4, 'InvalidInstructionData');
  const offset = args.readUInt32LE() + HEADER;
  const [target, authority, source] = take(frame, 3);
  require(authority.signer, 'MissingRequiredSignature');
  const before = dataOf(frame, target.key);
  require(before[0] === BUFFER, 'InvalidAccountData');
  require(optionalKey(before, at.authority) === authority.key, 'IncorrectAuthority');
  const content = args.length > 4 ? withoutSource(source, args.subarray(4)) : contentOf(frame, source, target.key);
  const after = Buffer.alloc(Math.max(before.length, offset + content.length));
  requireRent(frame, target.key, after.length);
  before.copy(after);
  content.copy(after, offset);
  frame.store(target.key, after);
}

function withoutSource(/** @type {Meta} */ source, /** @type {Buffer} */ content) {
  require(source.key === METADATA, 'InvalidInstructionData');
  return content;
}

/** What another buffer holds. @param {Frame} frame @param {Meta} source @param {string | null} target */
function contentOf(frame, source, target) {
  require(source.key !== METADATA, 'InvalidInstructionData');
  require(frame.read(source.key)?.owner === METADATA, 'InvalidAccountOwner');
  const data = dataOf(frame, source.key);
  require(data[0] === BUFFER && source.key !== target, 'InvalidAccountData');
  return data.subarray(HEADER);
}

function initialize(/** @type {Frame} */ frame, /** @type {Buffer} */ args) {
  require(args.length >= SEED + 4, 'InvalidInstructionData');
  const [seed, form, content] = [args.subarray(0, SEED), args.subarray(SEED, SEED + 4), args.subarray(SEED + 4)];
  const accounts = take(frame, 5);
  const [metadata, authority, program] = accounts;
  require(authority.signer, 'MissingRequiredSignature');
  const canonical = requireDerived(frame, accounts, seed);
  const existing = dataOf(frame, metadata.key);
  require(existing.length === 0 || existing[0] !== PUBLISHED, 'AccountAlreadyInitialized');
  require(existing.length === 0 || (existing[0] === BUFFER && existing.length >= HEADER), 'InvalidAccountData');
  require((existing.length === 0) === (content.length > 0), 'InvalidInstructionData');
  if (existing.length === 0) {
    frame.allocate(metadata.key, HEADER + content.length);
    requireRent(frame, metadata.key, HEADER + content.length);
  }

  const length = existing.length === 0 ? content.length : existing.length - HEADER;
  requireForm(form, length, 'InvalidAccountData');
  const header = Buffer.alloc(HEADER);
  header[0] = PUBLISHED;
  bytesOf(program.key).copy(header, at.program);
  if (!canonical) bytesOf(authority.key).copy(header, at.authority);
  header[at.mutable] = 1;
  header[at.canonical] = Number(canonical);
  seed.copy(header, at.seed);
  form.copy(header, at.form);
  header.writeUInt32LE(length, at.length);
  frame.store(metadata.key, Buffer.concat([header, existing.length === 0 ? content : existing.subarray(HEADER)]));
}

function setAuthority(/** @type {Frame} */ frame, /** @type {Buffer} */ args) {
  require(args.length >= 1, 'InvalidInstructionData');
  require(frame.accounts.length === 4, 'NotEnoughAccountKeys');
  const accounts = frame.accounts;
  require(accounts[1].signer, 'MissingRequiredSignature');
  const data = dataOf(frame, accounts[0].key);
  require(data[0] === BUFFER || data[0] === PUBLISHED, 'InvalidAccountData');
  require(data[0] === BUFFER || data[at.canonical] !== 0, 'InvalidAccountData');
  if (data[0] === PUBLISHED && data[at.mutable] === 0) throw new Failure(IMMUTABLE);
  requireAuthority(frame, data, accounts);
  require(args[0] !== 0 || data[0] === PUBLISHED, 'InvalidArgument');
  const next = args[0] === 0 ? Buffer.alloc(32) : args.subarray(1);
  require(next.length === 32, 'InvalidInstructionData');
  require(args[0] === 0 || next.some((byte) => byte !== 0), 'InvalidArgument');
  next.copy(data, at.authority);
  frame.store(accounts[0].key, data);
}

function setData(/** @type {Frame} */ frame, /** @type {Buffer} */ args) {
  require(args.length >= 3, 'InvalidInstructionData');
  const accounts = take(frame, 5);
  const [metadata, , buffer] = accounts;
  const data = dataOf(frame, metadata.key);
  requirePublished(data);
  requireAuthority(frame, data, accounts, 3);
  const content = args.length > 4 ? withoutSource(buffer, args.subarray(4)) : args.length === 4 ? contentOf(frame, buffer, null) : null;
  require(content !== null || buffer.key === METADATA, 'InvalidInstructionData');
  const form = args.subarray(0, Math.min(4, args.length));
  requireForm(form, content?.length ?? 0, 'InvalidInstructionData');
  form.copy(data, at.form);
  if (content !== null) data.writeUInt32LE(content.length, at.length);
  frame.store(metadata.key, content === null ? data : Buffer.concat([data.subarray(0, HEADER), content]));
}

function setImmutable(/** @type {Frame} */ frame) {
  require(frame.accounts.length === 4, 'NotEnoughAccountKeys');
  const data = dataOf(frame, frame.accounts[0].key);
  requirePublished(data);
  requireAuthority(frame, data, frame.accounts);
  data[at.mutable] = 0;
  frame.store(frame.accounts[0].key, data);
}

function trim(/** @type {Frame} */ frame) {
  require(frame.accounts.length === 6, 'NotEnoughAccountKeys');
  const [account, , , , destination, rent] = frame.accounts;
  const data = takeOwned(frame, frame.accounts, 'UninitializedAccount');
  require(rent.key === RENT, 'InvalidArgument');
  const length = data[0] === BUFFER ? data.length : HEADER + data.readUInt32LE(at.length);
  frame.store(account.key, data.subarray(0, length));
  const excess = frame.lamports(account.key) - rentFor(length);
  require(excess >= 0n, 'AccountNotRentExempt');
  frame.take(account.key, destination.key, excess);
}

function close(/** @type {Frame} */ frame) {
  require(frame.accounts.length === 5, 'NotEnoughAccountKeys');
  const [account, , , , destination] = frame.accounts;
  takeOwned(frame, frame.accounts, 'UninitializedAccount');
  frame.close(account.key, destination.key);
}

function allocate(/** @type {Frame} */ frame, /** @type {Buffer} */ args) {
  const accounts = take(frame, 5);
  const [buffer, authority, program] = accounts;
  require(authority.signer, 'MissingRequiredSignature');
  const own = buffer.key === authority.key; // a buffer with a key of its own has no seed
  require(args.length === (own ? 0 : SEED), 'InvalidInstructionData');
  if (!own && frame.read(program.key)?.executable !== true) throw new Failure(NOT_EXECUTABLE);
  const canonical = !own && requireDerived(frame, accounts, args);
  const existing = dataOf(frame, buffer.key);
  require(existing.length === 0 || existing.length >= HEADER, 'InvalidAccountData');
  if (existing.length === 0) frame.allocate(buffer.key, HEADER);
  else if (frame.read(buffer.key)?.owner !== METADATA) frame.assign(buffer.key);
  else require(existing[0] === 0, 'AccountAlreadyInitialized');
  requireRent(frame, buffer.key, Math.max(existing.length, HEADER));

  const data = dataOf(frame, buffer.key);
  data[0] = BUFFER;
  bytesOf(authority.key).copy(data, at.authority);
  if (!own) {
    bytesOf(program.key).copy(data, at.program);
    data[at.bufferCanonical] = Number(canonical);
    args.copy(data, at.bufferSeed);
  }
  frame.store(buffer.key, data);
}

function extend(/** @type {Frame} */ frame, /** @type {Buffer} */ args) {
  require(args.length === 2, 'InvalidInstructionData');
  const [account] = take(frame, 4);
  const data = takeOwned(frame, frame.accounts, 'InvalidAccountData');
  const longer = Buffer.concat([data, Buffer.alloc(args.readUInt16LE())]);
  requireRent(frame, account.key, longer.length);
  frame.store(account.key, longer);
}

/** In the order of their numbers. */
const INSTRUCTIONS = [write, initialize, setAuthority, setData, setImmutable, trim, close, allocate, extend];

/** A guess, with room: what looks for an address and calls the system program takes more than what does not. */
const unitsOf = (/** @type {unknown} */ run) => run === initialize || run === allocate ? 10_000n : 3_000n;

/** @type {import('./run.mjs').Program} */
export function metadata(frame) {
  const run = INSTRUCTIONS[frame.data[0]];
  frame.spend(unitsOf(run));
  if (run === undefined) throw new Failure('InvalidInstructionData');
  frame.log(`Instruction: ${run.name[0].toUpperCase()}${run.name.slice(1)}`);
  run(frame, frame.data.subarray(1));
}
