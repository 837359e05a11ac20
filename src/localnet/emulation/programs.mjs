// The programs that `--emulate` names: each emulated, or, where a variable says which file it is, the real one.

import { UsageError } from '../flags.mjs';
import { NATIVE_LOADER } from '../keys.mjs';
import { deriveProgramAddress } from '../program-address.mjs';
import { NEVER, rentFor } from '../svm.mjs';
import { METADATA, metadata } from './metadata.mjs';
import { OTTER, otter } from './otter.mjs';
import { squads } from './squads.mjs';
import { ProgramConfig, SQUADS, at } from './squads-state.mjs';

/** @typedef {import('../svm.mjs').Account} Account */

/** @type {Record<string, { key: string, variable: string, program: import('./run.mjs').Program }>} */
export const EMULATED = {
  squads: { key: SQUADS, variable: 'LOCALNET_SQUADS_SO', program: squads },
  metadata: { key: METADATA, variable: 'LOCALNET_METADATA_SO', program: metadata },
  otter: { key: OTTER, variable: 'LOCALNET_OTTER_SO', program: otter },
};

/** Programs by name to those that are emulated and those that are loaded, where these can call each other. @param {string[]} names @param {NodeJS.ProcessEnv} environment */
export function choose(names, environment) {
  const chosen = names.map((name) => ({ name, ...EMULATED[name], file: environment[EMULATED[name].variable] ?? '' }));
  const [emulated, loaded] = [chosen.filter(({ file }) => file === ''), chosen.filter(({ file }) => file !== '')];
  const blind = loaded.find(({ key }) => key === SQUADS);
  if (blind !== undefined && emulated.length > 0) {
    const missing = emulated.map(({ variable }) => variable).join(' and ');
    throw new UsageError(`${blind.variable}: a real Squads cannot call an emulated program; set ${missing}, too, or do not ask for what it names`);
  }
  return { emulated, loaded };
}

/** An account that says that something is there to call. @returns {Account} */
export function stub() {
  const data = Uint8Array.from(Buffer.from('emulated by the localnet'));
  return { lamports: rentFor(data.length), data, owner: NATIVE_LOADER, executable: true, rentEpoch: NEVER };
}

/** What Squads reads before it makes a multisig, which costs nothing here. @returns {[string, Account]} */
export function squadsConfig() {
  const someone = (/** @type {string} */ text) => Buffer.alloc(32, text).toString('latin1');
  const data = Uint8Array.from(ProgramConfig.encode({ authority: someone('squads authority'), fee: 0n, treasury: someone('squads treasury') }));
  return [deriveProgramAddress(at.programConfig(), SQUADS).key, { lamports: rentFor(data.length), data, owner: SQUADS, executable: false, rentEpoch: NEVER }];
}
