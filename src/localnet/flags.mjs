// The command line. Whatever is wrong with it is one sentence and exit code 2.

import { EMULATED } from './emulation/programs.mjs';
import { keyFromAddress } from './keys.mjs';

export class UsageError extends Error {}

/**
 * @typedef {{ key: string, file: string, authority: string | null }} ProgramFlag authority: a key, null = immutable
 * @typedef {{
 *   port: number, host: string, slotMs: number, latencyMs: number, loss: number, errorRate: number,
 *   rps: number | null, profile: 'public' | null, lagPort: number | null, lagSlots: number,
 *   features: Map<string, boolean>, seed: string | null, genesis: string | null, timeOffset: number,
 *   programs: ProgramFlag[], accountFiles: string[], accountDirs: string[], airdrops: [string, bigint][], emulate: string[], trace: string | null,
 * }} Options
 */

/** @returns {Options} */
export const defaults = () => ({
  port: 8899, host: '127.0.0.1', slotMs: 400, latencyMs: 0, loss: 0, errorRate: 0,
  rps: null, profile: null, lagPort: null, lagSlots: 0,
  features: new Map(), seed: null, genesis: null, timeOffset: 0,
  programs: [], accountFiles: [], accountDirs: [], airdrops: [], emulate: [], trace: null,
});

/** @type {Record<string, (value: string, options: Options, name: string) => void>} */
const FLAGS = {
  '--port': (value, options, name) => { options.port = port(value, name); },
  '--host': (value, options) => { options.host = value; },
  '--slot-ms': (value, options, name) => { options.slotMs = number(value, name, 5, 60_000); },
  '--latency-ms': (value, options, name) => { options.latencyMs = number(value, name, 0, 60_000); },
  '--loss': (value, options, name) => { options.loss = number(value, name, 0, 1); },
  '--error-rate': (value, options, name) => { options.errorRate = number(value, name, 0, 1); },
  '--rps': (value, options, name) => { options.rps = number(value, name, 1, 1e6); },
  '--profile': (value, options) => {
    if (value !== 'public') throw new UsageError(`--profile ${value}: the only profile is public`);
    options.profile = value;
  },
  '--lag-port': (value, options, name) => { options.lagPort = port(value, name); },
  '--lag-slots': (value, options, name) => { options.lagSlots = whole(value, name, 0, 1000); },
  '--feature': (value, options) => {
    const [, id, state] = /^([^=]+)=(on|off)$/.exec(value) ?? [];
    if (state === undefined) throw new UsageError(`--feature ${value}: expected <feature id>=on or =off`);
    options.features.set(key(id, '--feature'), state === 'on');
  },
  '--seed': (value, options) => { options.seed = value; },
  '--genesis': (value, options) => {
    key(value, '--genesis');
    options.genesis = value;
  },
  '--time-offset': (value, options) => { options.timeOffset = seconds(value); },
  '--program': (value, options) => { options.programs.push(program(value)); },
  '--account': (value, options) => { options.accountFiles.push(value); },
  '--accounts': (value, options) => { options.accountDirs.push(value); },
  '--airdrop': (value, options) => {
    const [, address, sol] = /^([^=]+)=(\d{1,10}(?:\.\d{1,9})?)$/.exec(value) ?? [];
    if (sol === undefined) throw new UsageError(`--airdrop ${value}: expected <address>=<SOL>, at most 9 decimal places`);
    options.airdrops.push([key(address, '--airdrop'), lamports(sol)]);
  },
  '--trace': (value, options) => { options.trace = value; },
  '--emulate': (value, options) => {
    const unknown = value.split(',').find((name) => !Object.hasOwn(EMULATED, name));
    if (unknown !== undefined) throw new UsageError(`--emulate ${value}: ${unknown} is none of ${Object.keys(EMULATED).join(', ')}`);
    options.emulate = [...new Set([...options.emulate, ...value.split(',')])];
  },
};

/** @param {string[]} argv @returns {Options} */
export function parseFlags(argv) {
  const options = defaults();
  for (let i = 0; i < argv.length; i++) {
    const [, name, inline] = /^(--[^=]*)(?:=(.*))?$/s.exec(argv[i]) ?? [];
    const read = name !== undefined && Object.hasOwn(FLAGS, name) ? FLAGS[name] : undefined;
    if (read === undefined) throw new UsageError(`unknown flag ${argv[i]}; known are ${Object.keys(FLAGS).join(' ')}`);
    const value = inline ?? argv[++i];
    if (value === undefined || value === '') throw new UsageError(`${name} needs a value`);
    read(value, options, name);
  }
  if (options.lagPort === null && options.lagSlots > 0) throw new UsageError('--lag-slots needs --lag-port');
  if (options.lagPort !== null && options.lagSlots === 0) throw new UsageError('--lag-port needs --lag-slots');
  return options;
}

/** @param {string} value @param {string} name @param {number} least @param {number} most */
function number(value, name, least, most) {
  const parsed = Number(value);
  if (!/^\d+(\.\d+)?$/.test(value) || parsed < least || parsed > most)
    throw new UsageError(`${name} ${value}: expected a number from ${least} to ${most}`);
  return parsed;
}

/** @param {string} value @param {string} name @param {number} least @param {number} most */
function whole(value, name, least, most) {
  const parsed = number(value, name, least, most);
  if (!Number.isInteger(parsed)) throw new UsageError(`${name} ${value}: expected a whole number`);
  return parsed;
}

/** 65534 at most: the WebSocket takes the port after it. */
const port = (/** @type {string} */ value, /** @type {string} */ name) => whole(value, name, 0, 65_534);

function key(/** @type {string} */ value, /** @type {string} */ name) {
  const parsed = keyFromAddress(value);
  if (parsed === null) throw new UsageError(`${name}: ${value} is not base58 of 32 bytes`);
  return parsed;
}

const UNITS = { '': 1, ms: 1e-3, s: 1, m: 60, h: 3600, d: 86_400 };

function seconds(/** @type {string} */ value) {
  const [, amount, unit] = /^(-?\d+(?:\.\d+)?)(ms|s|m|h|d|)$/.exec(value) ?? [];
  if (unit === undefined) throw new UsageError(`--time-offset ${value}: expected seconds or a duration such as -90s, 30m, 7d`);
  return Number(amount) * UNITS[/** @type {keyof typeof UNITS} */ (unit)];
}

/** @returns {ProgramFlag} */
function program(/** @type {string} */ value) {
  const split = value.indexOf('=');
  if (split < 1 || split === value.length - 1) throw new UsageError(`--program ${value}: expected <program id>=<file>[:<upgrade authority>]`);
  const id = key(value.slice(0, split), '--program');
  const rest = value.slice(split + 1);
  const colon = rest.lastIndexOf(':');
  const authority = colon > 0 ? keyFromAddress(rest.slice(colon + 1)) : null;
  return { key: id, file: authority ? rest.slice(0, colon) : rest, authority };
}

function lamports(/** @type {string} */ sol) {
  const [whole, fraction = ''] = sol.split('.');
  return BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
}
