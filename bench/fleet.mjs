// A nightly run over a fleet: 1,000 programs on a node that serves their bytes from memory, 20 of them changed since the last run.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { bytesOf, keyFromAddress } from '../src/localnet/keys.mjs';
import { PublicProfile } from '../src/localnet/limits.mjs';
import { startAction } from './harness/action.mjs';
import { makeKey } from './harness/keys.mjs';
import { programDataOf } from './harness/rpc.mjs';
import { watchMemory } from './measure.mjs';

const PROGRAMS = 1_000;
const CHANGED = 20;
const AUTHORITIES = 4;
const SLOT = 1_000_000;
const LOADER = 'BPFLoaderUpgradeab1e11111111111111111111111';
const GENESIS = makeKey('fleet/genesis').address;

/**
 * @typedef {{ code: number | null, seconds: number, peakMegabytes: number, calls: number, refused: number, read: number, tail: string[] }} FleetRun
 * @typedef {{ id: string, authority: string, data: Buffer }} Program
 */

/** @param {{ elf: Buffer, directory: string, isPublic: boolean }} options isPublic: with the limits of a public endpoint @returns {Promise<{ first: FleetRun, second: FleetRun }>} */
export async function measureFleet({ elf, directory, isPublic }) {
  const workspace = join(directory, 'workspace');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(workspace, { recursive: true });
  const programs = Array.from({ length: PROGRAMS }, (_, number) => makeProgram(elf, number));
  writeFileSync(join(workspace, 'fleet.yml'), fleetFile(programs));
  const node = await serve(programs, isPublic);
  const first = await run(workspace, node);
  for (let number = 0; number < CHANGED; number++) redeploy(programs[number * Math.floor(PROGRAMS / CHANGED)], elf, number);
  const second = await run(workspace, node);
  node.close();
  return { first, second };
}

/** @param {FleetRun} first @param {FleetRun} second @returns {import('./report.mjs').Row[]} */
export function fleetRows(first, second) {
  const most = (/** @type {string} */ name, /** @type {number} */ value, /** @type {number} */ bar, unit = '', isSpeed = false) =>
    ({ name, value: `${Math.round(value * 10) / 10}${unit}`, bar: `≤ ${bar}${unit}`, holds: value <= bar, isSpeed });
  const exactly = (/** @type {string} */ name, /** @type {number | null} */ value, /** @type {number} */ bar) => ({ name, value: `${value}`, bar: `= ${bar}`, holds: value === bar, isSpeed: false });
  return [
    exactly('first run: exit', first.code, 0), exactly('first run: programs read', first.read, PROGRAMS), most('first run: VmHWM', first.peakMegabytes, 200, ' MB'),
    exactly('next run: exit', second.code, 0), exactly('next run: programs read', second.read, CHANGED), most('next run: JSON-RPC calls', second.calls, 40),
    exactly('calls refused for their number', first.refused + second.refused, 0), most('next run: seconds', second.seconds, 10, ' s', true), most('next run: VmHWM', second.peakMegabytes, 200, ' MB'),
  ];
}

/** @param {string} workspace @param {Awaited<ReturnType<typeof serve>>} node @returns {Promise<FleetRun>} */
async function run(workspace, node) {
  node.reset();
  const { pid, finished } = startAction('verify-program', {
    workspace, inputs: { programs: 'fleet.yml', 'rpc-url': node.url, store: 'file:store', ledger: 'none', commitment: 'confirmed' },
  });
  const memory = watchMemory(pid);
  const { code, seconds, log, outputs } = await finished;
  return { code, seconds, peakMegabytes: memory.stop(), ...node.counts(), read: Number(outputs['programs-read']), tail: log.slice(-5).map(({ line }) => line) };
}

/** @param {Buffer} elf @param {number} number @returns {Program} */
function makeProgram(elf, number) {
  const program = { id: makeKey(`fleet/${number}`).address, authority: makeKey(`fleet/authority/${number % AUTHORITIES}`).address, data: Buffer.alloc(0) };
  deploy(program, elf, `${number}`, SLOT - 500_000);
  return program;
}

/** @param {Program} program @param {Buffer} elf @param {number} number */
const redeploy = (program, elf, number) => deploy(program, elf, `changed ${number}`, SLOT - 1_000);

/** @param {Program} program @param {Buffer} elf @param {string} mark makes its bytes its own @param {number} slot */
function deploy(program, elf, mark, slot) {
  const header = Buffer.alloc(13);
  header.writeUInt32LE(3, 0);
  header.writeBigUInt64LE(BigInt(slot), 4);
  header[12] = 1;
  program.data = Buffer.concat([header, keyBytes(program.authority), elf, Buffer.from(mark)]);
}

/** @param {string} address */
const keyBytes = (address) => bytesOf(/** @type {string} */ (keyFromAddress(address)));

/** @param {Program[]} programs */
const fleetFile = (programs) => `version: 1\nprograms:\n${programs.map(({ id, authority }, number) =>
  `  program-${number}: { cluster: localnet, program-id: ${id}, expected-authority: ${authority} }`).join('\n')}\n`;

/** @param {Program[]} programs @param {boolean} isPublic */
async function serve(programs, isPublic) {
  /** @type {Map<string, () => Buffer>} */
  const accounts = new Map();
  for (const program of programs) {
    const data = programDataOf(program.id);
    const pointer = Buffer.concat([Buffer.from([2, 0, 0, 0]), keyBytes(data)]);
    accounts.set(program.id, () => pointer);
    accounts.set(data, () => program.data);
  }

  let profile = new PublicProfile();
  let [calls, refused] = [0, 0];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, params } = JSON.parse(Buffer.concat(chunks).toString());
    calls++;
    const admitted = isPublic ? profile.admit([method]) : { refused: false, headers: {} };
    response.writeHead(admitted.refused ? 429 : 200, { 'content-type': 'application/json', ...admitted.headers });
    if (admitted.refused) refused++;
    response.end(admitted.refused ? '{}' : `{"jsonrpc":"2.0","id":1,"result":${JSON.stringify(answer(accounts, method, params))}}`);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    counts: () => ({ calls, refused }),
    reset() {
      [calls, refused, profile] = [0, 0, new PublicProfile()];
    },
    close: () => server.close(),
  };
}

/** @param {Map<string, () => Buffer>} accounts @param {string} method @param {any[]} params */
function answer(accounts, method, params) {
  const one = (/** @type {string} */ address) => {
    const data = accounts.get(address)?.();
    if (data === undefined) return null;
    const { offset = 0, length = data.length } = params[1].dataSlice ?? {};
    return { lamports: 10 ** 9, owner: LOADER, executable: false, rentEpoch: 0, space: data.length, data: [data.subarray(offset, offset + length).toString('base64'), 'base64'] };
  };
  switch (method) {
    case 'getGenesisHash': return GENESIS;
    case 'getMultipleAccounts': return { context: { slot: SLOT }, value: params[0].map(one) };
    case 'getAccountInfo': return { context: { slot: SLOT }, value: one(params[0]) };
    case 'getProgramAccounts': return [];
    default: throw new Error(`nobody said what ${method} answers`);
  }
}
