// Reads what the node wrote down about one deploy (--trace).

import { readFileSync } from 'node:fs';

/** 429s further apart than this are two bursts: the client has had time to learn from the first. */
const BURST_GAP_MS = 1000;

/**
 * @param {string} file
 * @param {number} answers how many calls the deployer was answered; later ones are the benchmark's own questions
 */
export function readTrace(file, answers) {
  const lines = readFileSync(file, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line));
  const calls = lines.filter((line) => line.method !== undefined).slice(0, answers);
  return { calls, transactions: lines.filter((line) => line.kind === 'tx') };
}

/** @typedef {ReturnType<typeof readTrace>} Trace */

/**
 * From the node's first answer to its answer with the final bytes at confirmed. Who never reads them
 * back (most tools) is measured to the slot in which it could have: the final transaction's plus two.
 * @param {Trace} trace @param {{ payer: string, programData: string, size: number, slotMs: number }} deploy
 */
export function span({ calls, transactions }, { payer, programData, size, slotMs }) {
  const first = calls.find((call) => call.status === 200);
  const ofDeploy = transactions.filter((tx) => tx.feePayer === payer);
  const final = ofDeploy.filter((tx) => tx.err === null).at(-1);
  if (first === undefined || final === undefined) return null;
  const last = calls.find((call) => call.address?.includes(programData) && call.commitment !== 'processed' && call.status === 200
    && call.error === null && call.length >= size && call.slot >= final.slot + 2);
  return last === undefined
    ? { slots: final.slot + 2 - first.slot, seconds: ((final.slot + 2 - first.slot) * slotMs) / 1000, isReadBack: false }
    : { slots: last.slot - first.slot, seconds: (last.t - first.t) / 1000, isReadBack: true };
}

/** @param {Trace} trace @param {string} payer */
export function spending({ transactions }, payer) {
  const own = transactions.filter((tx) => tx.feePayer === payer);
  return {
    landed: own.filter((tx) => tx.err === null).length,
    failed: own.filter((tx) => tx.err !== null).length,
    fees: own.reduce((sum, tx) => sum + Number(tx.fee), 0),
    errors: count(own.filter((tx) => tx.err !== null).map((tx) => JSON.stringify(tx.err))),
  };
}

/** How many contents (a chunk, say) were sent under more than one signature. @param {Trace} trace */
export function signedTwice({ calls }) {
  /** @type {Map<string, Set<string>>} */
  const signatures = new Map();
  for (const { method, content, signature } of calls) {
    if (method !== 'sendTransaction' || !content) continue;
    signatures.set(content, (signatures.get(content) ?? new Set()).add(signature));
  }
  return [...signatures.values()].filter((set) => set.size > 1).length;
}

/** @param {Trace} trace */
export const requestsByMethod = ({ calls }) => count(calls.map((call) => call.method));

/** @param {Trace} trace @returns {Record<string, { count: number, bursts: number, largest: number }>} 429s by method */
export function throttled({ calls }) {
  /** @type {Record<string, { count: number, bursts: number, largest: number, current: number, at: number }>} */
  const methods = {};
  for (const { method, t, status } of calls) {
    if (status !== 429) continue;
    const of = (methods[method] ??= { count: 0, bursts: 0, largest: 0, current: 0, at: -Infinity });
    if (t - of.at > BURST_GAP_MS) {
      of.bursts++;
      of.current = 0;
    }
    of.at = t;
    of.count++;
    of.current++;
    of.largest = Math.max(of.largest, of.current);
  }
  return Object.fromEntries(Object.entries(methods).map(([method, { count: all, bursts, largest }]) => [method, { count: all, bursts, largest }]));
}

/** @param {string[]} names @returns {Record<string, number>} most frequent first */
function count(names) {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort(([, a], [, b]) => b - a));
}
