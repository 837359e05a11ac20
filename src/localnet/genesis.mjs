// The accounts that exist at slot 0: LiteSVM's own, the features', the faucet's, and what the flags ask for.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CONFIG_PROGRAM, FEATURE_OWNER, LOADER_V1, LOADER_V2, LOADER_V3, NATIVE_LOADER, SYSTEM_PROGRAM, SYSVAR_OWNER,
  addressOf, bytesOf, keyFromAddress,
} from './keys.mjs';
import { squadsConfig, stub } from './emulation/programs.mjs';
import { UsageError } from './flags.mjs';
import { NEVER, accountsOwnedBy, createSvm, mainnetFeatures, rentFor, writeAccount } from './svm.mjs';
import { findProgramAddress } from './program-address.mjs';

/** @typedef {import('./svm.mjs').Account} Account */

const OWNERS_AT_GENESIS = [NATIVE_LOADER, LOADER_V1, LOADER_V2, LOADER_V3, SYSVAR_OWNER, CONFIG_PROGRAM];
const LOADERS = new Set([NATIVE_LOADER, LOADER_V1, LOADER_V2, LOADER_V3]);

/**
 * @param {import('./flags.mjs').Options} options
 * @param {[string, Account]} faucet
 * @param {{ key: string }[]} emulated programs that the node plays @param {{ variable: string, key: string, file: string }[]} loaded their real ones
 * @returns {{ create: () => any, accounts: [string, Account][] }} create makes an SVM that holds these accounts
 */
export function genesis(options, faucet, emulated, loaded) {
  const features = mainnetFeatures();
  for (const [key, on] of options.features) on ? features.add(key) : features.delete(key);

  /** @type {Map<string, Account>} */
  const extra = new Map([faucet]);
  for (const key of features) extra.set(key, featureAccount());
  for (const { key } of emulated) extra.set(key, stub());
  if (options.emulate.includes('squads')) extra.set(...squadsConfig());
  const programs = [
    ...loaded.map(({ variable, key, file }) => ({ key, elf: read(file, variable), authority: null })),
    ...options.programs.map(({ key, file, authority }) => ({ key, elf: read(file, '--program'), authority })),
  ];
  for (const program of programs) for (const [key, account] of programAccounts(program)) extra.set(key, account);
  for (const file of accountFiles(options)) extra.set(...accountFile(file));
  for (const [key, lamports] of options.airdrops) {
    const known = extra.get(key);
    extra.set(key, known ? { ...known, lamports: known.lamports + lamports } : wallet(lamports));
  }

  const create = () => {
    const svm = createSvm(features);
    // ProgramData before the programs that are loaded from it.
    const ordered = [...extra].sort(([, a], [, b]) => Number(a.executable) - Number(b.executable));
    for (const [key, account] of ordered) {
      try {
        writeAccount(svm, key, account);
      } catch (error) {
        throw new UsageError(`${addressOf(key)}: the SVM refuses this account: ${/** @type {Error} */ (error).message}`);
      }
    }
    return svm;
  };
  const first = create();
  const own = OWNERS_AT_GENESIS.flatMap((owner) => accountsOwnedBy(first, owner));
  return { create, accounts: [...new Map([...own, ...extra])] };
}

/** @param {bigint} lamports @returns {Account} */
export const wallet = (lamports) =>
  ({ lamports, data: new Uint8Array(), owner: SYSTEM_PROGRAM, executable: false, rentEpoch: NEVER });

/** Active since slot 0. @returns {Account} */
function featureAccount() {
  const data = new Uint8Array(9);
  data[0] = 1;
  return { lamports: rentFor(data.length), data, owner: FEATURE_OWNER, executable: false, rentEpoch: NEVER };
}

/** Deployed in slot 0 by the upgradeable loader. @param {{ key: string, elf: Buffer, authority: string | null }} program @returns {[string, Account][]} */
function programAccounts({ key, elf, authority }) {
  const dataKey = findProgramAddress([bytesOf(key)], LOADER_V3);
  const header = Buffer.alloc(45);
  header.writeUInt32LE(3, 0);
  if (authority !== null) {
    header[12] = 1;
    header.write(authority, 13, 'latin1');
  }
  const pointer = Buffer.alloc(36);
  pointer.writeUInt32LE(2, 0);
  pointer.write(dataKey, 4, 'latin1');
  const data = Uint8Array.from(Buffer.concat([header, elf]));
  return [
    [dataKey, { lamports: rentFor(data.length), data, owner: LOADER_V3, executable: false, rentEpoch: NEVER }],
    [key, { lamports: rentFor(pointer.length), data: Uint8Array.from(pointer), owner: LOADER_V3, executable: true, rentEpoch: NEVER }],
  ];
}

/** @param {import('./flags.mjs').Options} options */
function accountFiles({ accountFiles, accountDirs }) {
  const inDirs = accountDirs.flatMap((dir) => {
    try {
      return readdirSync(dir).filter((name) => name.endsWith('.json')).sort().map((name) => join(dir, name));
    } catch {
      throw new UsageError(`--accounts ${dir}: not a readable directory`);
    }
  });
  return [...inDirs, ...accountFiles];
}

/** What `solana account <address> --output json` writes. @param {string} file @returns {[string, Account]} */
function accountFile(file) {
  const wrong = (/** @type {string} */ what) => new UsageError(`${file}: ${what}; expected what \`solana account --output json\` writes`);
  let json;
  try {
    // rentEpoch is mostly 2^64−1, which JSON.parse would round.
    json = JSON.parse(read(file, '--account').toString('utf8').replace(/"(lamports|rentEpoch)"\s*:\s*(\d+)/g, '"$1":"$2"'));
  } catch (error) {
    throw error instanceof UsageError ? error : wrong('not JSON');
  }
  const { pubkey, account } = Object(json);
  const { lamports, data, owner, executable, rentEpoch } = Object(account);
  const key = typeof pubkey === 'string' ? keyFromAddress(pubkey) : null;
  const ownerKey = typeof owner === 'string' ? keyFromAddress(owner) : null;
  if (key === null) throw wrong('no `pubkey`');
  if (ownerKey === null) throw wrong('no `account.owner`');
  if (!/^\d{1,20}$/.test(String(lamports)) || BigInt(lamports) > NEVER || BigInt(lamports) === 0n) throw wrong('`account.lamports` is not a positive u64');
  if (!Array.isArray(data) || typeof data[0] !== 'string' || data[1] !== 'base64') throw wrong('`account.data` is not [text, "base64"]');
  if (ownerKey === SYSVAR_OWNER || ownerKey === NATIVE_LOADER) throw wrong('sysvars and native programs cannot be replaced');
  if (executable === true && !LOADERS.has(ownerKey)) throw wrong('an executable account must be owned by a loader');
  const epoch = /^\d{1,20}$/.test(String(rentEpoch)) && BigInt(rentEpoch) <= NEVER ? BigInt(rentEpoch) : NEVER;
  return [key, {
    lamports: BigInt(lamports), data: Uint8Array.from(Buffer.from(data[0], 'base64')), owner: ownerKey,
    executable: executable === true, rentEpoch: epoch,
  }];
}

function read(/** @type {string} */ file, /** @type {string} */ flag) {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UsageError(`${flag} ${file}: ${/** @type {NodeJS.ErrnoException} */ (error).code ?? error}`);
  }
}
