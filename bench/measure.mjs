// One deploy on a fresh node, and everything about it that can be counted from outside.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stopwatch } from './harness/action.mjs';
import { makeKey } from './harness/keys.mjs';
import { startLocalnet } from './harness/localnet.mjs';
import { programDataOf } from './harness/rpc.mjs';
import { readTrace, requestsByMethod, signedTwice, span, spending, throttled } from './trace.mjs';

const AIRDROP_SOL = 100;
const SOL = 1_000_000_000;
const CHUNK = 1012;

/**
 * @typedef {Awaited<ReturnType<typeof measure>>} Run
 * @typedef {{ workspace: string, http: string, ws: string, program: string, payer: Key, programKey: Key, inputs?: Record<string, string>, variables?: Record<string, string> }} Task
 * @typedef {ReturnType<typeof makeKey>} Key
 * @typedef {(task: Task) => { pid: number, finished: Promise<{ code: number | null, outputs?: Record<string, string>, tail: string[] }> }} Deployer
 */

/**
 * @param {import('./cases.mjs').Case} bench
 * @param {Deployer} deployer
 * @param {{ elf: Buffer, directory: string, seed: string, payer?: Key }} options payer: a key that lives elsewhere
 */
export async function measure(bench, deployer, { elf, directory, seed, payer = makeKey(`payer/${seed}`) }) {
  const workspace = join(directory, 'workspace');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(workspace, { recursive: true });
  writeFileSync(join(workspace, bench.program), elf);
  const programKey = makeKey(`program/${seed}`);
  const traceFile = join(directory, 'trace.jsonl');
  const load = loadavg()[0];

  const net = await startLocalnet(...bench.flags, '--seed', seed, '--trace', traceFile, '--airdrop', `${payer.address}=${AIRDROP_SOL}`);
  await sleep(500); // the node's first slots are spent on warming up, which is no cluster's habit
  const wall = stopwatch();
  const process = deployer({ workspace, http: net.http, ws: net.ws, program: bench.program, payer, programKey });
  const memory = watchMemory(process.pid);
  const { code, outputs, tail } = await process.finished;
  const wallSeconds = wall();
  const peakMegabytes = memory.stop();

  const answers = Object.values((await net.rpc.stats()).requests).reduce((sum, each) => sum + each, 0);
  const program = await net.rpc.program(programKey.address);
  const buffers = await net.rpc.buffers();
  const spent = AIRDROP_SOL * SOL - Number(await net.rpc.lamports(payer.address));
  await net.stop();

  const trace = readTrace(traceFile, answers);
  const { landed, failed, fees, errors } = spending(trace, payer.address);
  const slotMs = Number(bench.flags[bench.flags.indexOf('--slot-ms') + 1]);
  const duration = span(trace, { payer: payer.address, programData: programDataOf(programKey.address), size: elf.length, slotMs });
  const locked = Number(program?.lamports ?? 0n) + buffers.reduce((sum, buffer) => sum + Number(buffer.lamports), 0);
  return {
    code, load, wallSeconds, peakMegabytes, tail: code === 0 ? [] : tail,
    slots: duration?.slots ?? NaN, seconds: duration?.seconds ?? NaN, isReadBack: duration?.isReadBack ?? false,
    isOnChain: program !== null && program.bytes.subarray(0, elf.length).equals(elf),
    chunks: nonZeroChunks(elf), landed, failed, errors,
    requests: requestsByMethod(trace), throttled: throttled(trace), signedTwice: signedTwice(trace),
    spentLamports: spent, fees, lockedLamports: locked, unexplainedLamports: spent - fees - locked,
    misreportedFees: outputs && code === 0 ? Number(outputs['fee-lamports']) - fees : null,
    buffersLeft: buffers.length,
  };
}

/** @param {Buffer} elf how many of the write transactions' chunks hold anything but zeros */
function nonZeroChunks(elf) {
  let chunks = 0;
  for (let at = 0; at < elf.length; at += CHUNK) if (elf.subarray(at, at + CHUNK).some((byte) => byte !== 0)) chunks++;
  return chunks;
}

/** The kernel's own high-water mark, read until the process is gone. @param {number} pid */
export function watchMemory(pid) {
  let peak = 0;
  const read = () => {
    try {
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0));
    } catch {
      // It has ended.
    }
  };
  const timer = setInterval(read, 10);
  return {
    stop() {
      clearInterval(timer);
      return Math.round(peak / 102.4) / 10;
    },
  };
}
