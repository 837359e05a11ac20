#!/usr/bin/env node
// make bench: deploys real programs to a localnet under the reference conditions and holds the numbers against the bars.
//   CASES=token-2022,stake-rps  only these            RUNS=3  so many runs of each
//   SPEED=told                a busy machine: bars of speed are printed and do not fail the run
//   PEER='tool … {url} …'       runs beside ours      PEER_ROOT=/chroot  its root directory      PEER_LIMIT=180  its seconds

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { programs } from '../src/localnet/programs.mjs';
import { CASES, middle } from './cases.mjs';
import { peer, solanaActions } from './deployers.mjs';
import { EXECUTABLE, isBuilt } from './harness/action.mjs';
import { measureContainer, missing } from './container.mjs';
import { fleetRows, measureFleet } from './fleet.mjs';
import { measure } from './measure.mjs';
import { describe, table, verdicts } from './report.mjs';
import { measureStartup } from './startup.mjs';
import { measureTransit } from './transit.mjs';

const STARTUP = 'startup';
const CONTAINER = 'container';
const FLEETS = ['fleet', 'fleet-public'];
const STARTUP_RUNS = 20;
const STARTUP_BAR = 0.15;
const IMAGE_BAR = 55_000_000;
const artifacts = fileURLToPath(new URL('../artifacts', import.meta.url));

const { CASES: wanted, RUNS: runsWanted, PEER: peerCommand, PEER_ROOT: peerRoot = '/', PEER_LIMIT: peerLimit = '180', SPEED: speed = 'held' } = process.env;
const names = wanted ? wanted.split(/[\s,]+/).filter(Boolean) : all();
const unknown = names.filter((name) => !all().includes(name));
if (unknown.length > 0) fail(`CASES: unknown ${unknown.join(', ')}; known are ${all().join(', ')}`);
if (runsWanted && !/^[1-9]\d*$/.test(runsWanted)) fail(`RUNS=${runsWanted}: expected a number of runs`);
if (!['held', 'told'].includes(speed)) fail(`SPEED=${speed}: expected held or told`);
if (!isBuilt()) fail(`${EXECUTABLE} is missing: make publish`);

const elves = programs();
const directory = join(peerRoot === '/' ? artifacts : join(peerRoot, 'tmp'), 'bench');
const theirs = peerCommand ? peer(peerCommand, { root: peerRoot, limitSeconds: Number(peerLimit) }) : null;
const results = [];
let missed = 0;

console.log(`${cpus().length} × ${cpus()[0].model}, node ${process.version}, load ${loadavg()[0].toFixed(1)}${loadavg()[0] > 1 ? ' (other work runs here: the numbers are noisy)' : ''}`);
for (const bench of CASES.filter(({ name }) => names.includes(name))) {
  const count = runsWanted ? Number(runsWanted) : bench.runs;
  console.log(`\n${bench.title} (${elves[bench.program].length.toLocaleString('en')} bytes; ${bench.flags.join(' ')}; ${count} runs)`);
  const [ours, others] = await runCase(bench, count);
  const rows = verdicts(bench, ours);
  missed += countMissed(rows);
  console.log(describe('solana-actions', ours));
  if (others.length > 0) console.log(`${describe('peer', others)}\n  ratio of median seconds, peer ÷ ours: ${ratio(others, ours)}`);
  console.log(table(rows));
  results.push({ case: bench.name, flags: bench.flags, bars: rows, runs: ours, peer: others });
}
for (const name of FLEETS.filter((fleet) => names.includes(fleet))) await fleet(name);
if (names.includes(STARTUP)) await startup();
if (names.includes(CONTAINER)) container();
mkdirSync(artifacts, { recursive: true });
writeFileSync(join(artifacts, 'bench.json'), `${JSON.stringify({ at: new Date().toISOString(), cpu: `${cpus().length} × ${cpus()[0].model}`, node: process.version, peer: peerCommand ?? null, results }, null, 1)}\n`);
console.log(`\n${missed === 0 ? `Every bar holds${speed === 'told' ? ' (of speed: only told)' : ''}.` : `${missed} bars missed.`} Details: artifacts/bench.json`);
process.exitCode = missed === 0 ? 0 : 1;

/** @param {import('./cases.mjs').Case} bench @param {number} count @returns ours and the peer's runs, made in turns so that both meet the same machine */
async function runCase(bench, count) {
  /** @type {import('./measure.mjs').Run[]} */
  const ours = [];
  /** @type {import('./measure.mjs').Run[]} */
  const others = [];
  for (let run = 1; run <= count; run++) {
    const options = { elf: elves[bench.program], directory: join(directory, `${bench.name}-${run}`), seed: `${bench.name}/${run}` };
    ours.push(bench.isTransit ? await measureTransit(bench, options) : await measure(bench, solanaActions, options));
    if (theirs && !bench.isTransit) others.push(await measure(bench, theirs, { ...options, directory: `${options.directory}-peer` }));
    if (process.stdout.isTTY) process.stdout.write(`\r${run}/${count}\r`);
  }
  return [ours, others];
}

function all() {
  return [...CASES.map(({ name }) => name), ...FLEETS, STARTUP, CONTAINER];
}

async function fleet(/** @type {string} */ name) {
  const { first, second } = await measureFleet({ elf: elves['spl_token.so'], directory: join(directory, name), isPublic: name === 'fleet-public' });
  const rows = fleetRows(first, second);
  missed += countMissed(rows);
  console.log(`\nA fleet of 1,000 programs (${name}): first run ${first.seconds.toFixed(1)} s and ${first.calls} calls, the next ${second.seconds.toFixed(1)} s and ${second.calls}\n${table(rows)}`);
  for (const { code, tail } of [first, second].filter(({ code }) => code !== 0)) console.log(`  exit ${code}: ${tail.join(' ⏎ ')}`);
  results.push({ case: name, bars: rows, runs: [first, second] });
}

async function startup() {
  const count = runsWanted ? Number(runsWanted) : STARTUP_RUNS;
  const seconds = await measureStartup(count, { elf: elves['spl_token.so'], directory: join(directory, STARTUP) });
  const value = middle(seconds);
  const rows = [{ name: 'start to first RPC answer (median)', value: `${value.toFixed(3)} s`, bar: `≤ ${STARTUP_BAR} s`, holds: value <= STARTUP_BAR, isSpeed: true }];
  missed += countMissed(rows);
  console.log(`\nStart-up (0 ms latency, ${count} runs): ${Math.min(...seconds).toFixed(3)}–${Math.max(...seconds).toFixed(3)} s\n${table(rows)}`);
  results.push({ case: STARTUP, bars: rows, seconds });
}

/** @param {import('./report.mjs').Row[]} rows */
function countMissed(rows) {
  return rows.filter(({ holds, isSpeed }) => !holds && !(isSpeed && speed === 'told')).length;
}

function container() {
  const reason = missing();
  if (reason) return console.log(`\nContainer: skipped, ${reason}`);
  const { first, whole, bytes, base } = measureContainer(runsWanted ? Number(runsWanted) : STARTUP_RUNS);
  const rows = [
    { name: `image, uncompressed, on ${base}`, value: `${(bytes / 1e6).toFixed(1)} MB`, bar: `≤ ${IMAGE_BAR / 1e6} MB`, holds: bytes <= IMAGE_BAR },
    { name: 'start to first output inside (median)', value: `${middle(first).toFixed(3)} s`, bar: `≤ ${STARTUP_BAR} s`, holds: middle(first) <= STARTUP_BAR, isSpeed: true },
    { name: 'whole docker run (median)', value: `${middle(whole).toFixed(3)} s`, bar: 'told', holds: true, isSpeed: true },
  ];
  missed += countMissed(rows);
  console.log(`\nContainer (${first.length} runs): first output ${Math.min(...first).toFixed(3)}–${Math.max(...first).toFixed(3)} s, docker run ${Math.min(...whole).toFixed(3)}–${Math.max(...whole).toFixed(3)} s\n${table(rows)}`);
  results.push({ case: CONTAINER, bars: rows, first, whole });
  return undefined;
}

/** @param {import('./measure.mjs').Run[]} others @param {import('./measure.mjs').Run[]} ours */
function ratio(others, ours) {
  const good = others.filter((run) => run.code === 0 && run.isOnChain);
  return good.length === 0 ? 'none: the peer never succeeded' : (middle(good.map((run) => run.seconds)) / middle(ours.map((run) => run.seconds))).toFixed(1);
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(`bench: ${message}`);
  process.exit(2);
}
