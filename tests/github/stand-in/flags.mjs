// The command line. Whatever is wrong with it is one sentence and exit code 2.

export class UsageError extends Error {}

/**
 * @typedef {{
 *   port: number, host: string, states: string[], rps: number | null, primary: number, windowSeconds: number,
 *   errorRate: number, lostRate: number, latencyMs: number, seed: number,
 * }} Options
 * rps: calls per second of one token before the secondary limit; primary: calls of one token per window;
 * errorRate: share of calls that fail before they do anything; lostRate: share that are done, and whose answer is lost.
 */

/** @returns {Options} */
const defaults = () => ({
  port: 0, host: '127.0.0.1', states: [], rps: null, primary: 5000, windowSeconds: 3600, errorRate: 0, lostRate: 0, latencyMs: 0, seed: 1,
});

/** @type {Record<string, (value: string, options: Options, name: string) => void>} */
const FLAGS = {
  '--port': (value, options, name) => { options.port = number(value, name, 0, 65_535); },
  '--host': (value, options) => { options.host = value; },
  '--state': (value, options) => { options.states.push(value); },
  '--rps': (value, options, name) => { options.rps = number(value, name, 1, 1e6); },
  '--primary': (value, options, name) => { options.primary = number(value, name, 1, 1e6); },
  '--window': (value, options, name) => { options.windowSeconds = number(value, name, 1, 86_400); },
  '--error-rate': (value, options, name) => { options.errorRate = number(value, name, 0, 1); },
  '--lost-rate': (value, options, name) => { options.lostRate = number(value, name, 0, 1); },
  '--latency-ms': (value, options, name) => { options.latencyMs = number(value, name, 0, 60_000); },
  '--seed': (value, options, name) => { options.seed = number(value, name, 0, 2 ** 32 - 1); },
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
  return options;
}

/** @param {string} value @param {string} name @param {number} least @param {number} most */
function number(value, name, least, most) {
  const parsed = Number(value);
  if (!/^\d+(\.\d+)?$/.test(value) || parsed < least || parsed > most) throw new UsageError(`${name} ${value}: expected a number from ${least} to ${most}`);
  return parsed;
}
