// The table of numbers and bars.

import { middle } from './cases.mjs';

/** @typedef {import('./measure.mjs').Run} Run */
/** @typedef {{ name: string, value: string, bar: string, holds: boolean, isSpeed: boolean }} Row */

/** @param {import('./cases.mjs').Case} bench @param {Run[]} runs @returns {Row[]} */
export function verdicts(bench, runs) {
  return bench.bars.map(({ name, unit = '', of, at = 'most', bar, isSpeed = false }) => {
    const value = of(runs);
    const limit = bar(runs);
    const holds = value !== null && (at === 'exactly' ? value === limit : value <= limit);
    return { name, value: `${round(value)}${unit && ` ${unit}`}`, bar: `${at === 'exactly' ? '=' : '≤'} ${round(limit)}${unit && ` ${unit}`}`, holds, isSpeed };
  });
}

/** @param {string} who @param {Run[]} runs what the bars do not show */
export function describe(who, runs) {
  const [sample] = runs;
  const lines = [
    `${who}: ${runs.filter((run) => run.code === 0 && run.isOnChain).length} of ${runs.length} succeeded`,
    `  slots ${range(runs, 'slots')}, ${range(runs, 'seconds')} s on the node${runs.every((run) => run.isReadBack) ? '' : ' (to the slot in which the final bytes were confirmed; they were not read back)'}, ${range(runs, 'wallSeconds')} s in all, VmHWM ${range(runs, 'peakMegabytes')} MB`,
    `  transactions landed ${range(runs, 'landed')}, failed ${range(runs, 'failed')}; our chunks + 2 = ${sample.chunks + 2}; fees ${range(runs, 'fees')} lamports, locked ${range(runs, 'lockedLamports')}`,
    `  requests (median) ${medians(runs.map((run) => run.requests))}`,
  ];
  const limited = runs.flatMap((run) => Object.entries(run.throttled));
  if (limited.length > 0)
    lines.push(`  429s ${[...new Set(limited.map(([method]) => method))].map((method) => `${method} ${summarise(limited.filter(([name]) => name === method).map(([, value]) => value))}`).join(', ')}`);
  for (const run of runs.filter((each) => each.code !== 0)) lines.push(`  exit ${run.code}: ${reason(run.tail)}`);
  const errors = runs.flatMap((run) => Object.entries(run.errors));
  if (errors.length > 0) lines.push(`  failed transactions: ${errors.map(([error, times]) => `${times} × ${error}`).join(', ')}`);
  return lines.join('\n');
}

/** What a failed run said, as far as a line tells it. @param {string[]} tail */
const reason = (tail) => (tail.filter((line) => /error/i.test(line)).slice(-2).join(' ⏎ ') || tail.slice(-2).join(' ⏎ ')).slice(0, 400);

/** @param {Row[]} rows */
export function table(rows) {
  const widths = ['name', 'value', 'bar'].map((column) => Math.max(...rows.map((row) => row[/** @type {'name'} */ (column)].length)));
  return rows.map((row) => `  ${row.name.padEnd(widths[0])}  ${row.value.padStart(widths[1])}  ${row.bar.padEnd(widths[2])}  ${row.holds ? 'holds' : 'MISSED'}`).join('\n');
}

/** @param {Run[]} runs @param {'slots' | 'seconds' | 'wallSeconds' | 'peakMegabytes' | 'landed' | 'failed' | 'fees' | 'lockedLamports'} field */
function range(runs, field) {
  const values = runs.map((run) => run[field]);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? round(least) : `${round(middle(values))} (${round(least)}–${round(most)})`;
}

/** @param {Record<string, number>[]} counts */
function medians(counts) {
  const names = [...new Set(counts.flatMap((each) => Object.keys(each)))];
  return names.map((name) => `${name} ${round(middle(counts.map((each) => each[name] ?? 0)))}`).join(', ');
}

/** @param {{ count: number, bursts: number, largest: number }[]} all */
const summarise = (all) => `${Math.max(...all.map(({ count }) => count))} at most in a run, ${Math.max(...all.map(({ bursts }) => bursts))} bursts, largest ${Math.max(...all.map(({ largest }) => largest))}`;

/** @param {number | null} value */
const round = (value) => (value === null || Number.isNaN(value) ? 'none' : String(Math.round(value * 1000) / 1000));
