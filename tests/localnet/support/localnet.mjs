// Starts the node as a user would: as a process, waiting for its ready line.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const MAIN = fileURLToPath(new URL('../../../src/localnet/main.mjs', import.meta.url));

/** None outlives a test run that breaks off. */
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export async function localnet(...flags) {
  const child = spawn(process.execPath, [MAIN, '--port', '0', '--slot-ms', '25', ...flags.map(String)], { stdio: ['ignore', 'pipe', 'inherit'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([once(lines, 'line'), once(child, 'exit').then(([code]) => { throw new Error(`localnet exited with ${code}`); })]);
  const facts = Object.fromEntries([...line.matchAll(/([a-z-]+)=(\S+)/g)].map(([, name, value]) => [name, value]));
  const stop = async (signal = 'SIGTERM') => {
    if (child.exitCode !== null) return child.exitCode;
    const exit = once(child, 'exit');
    child.kill(signal);
    return (await exit)[0];
  };
  return { ...facts, line, child, stop, ...client(facts.http), lagging: facts['lag-http'] ? client(facts['lag-http']) : undefined };
}

/** Runs the node with flags it should refuse. */
export async function refused(...flags) {
  const child = spawn(process.execPath, [MAIN, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk) => { stderr += chunk; });
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
  const [code] = await once(child, 'close');
  clearTimeout(timer);
  return { code, stderr };
}

export function client(url) {
  const post = (body, headers = {}) => fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) });
  const call = async (method, ...params) => {
    const response = await post({ jsonrpc: '2.0', id: 1, method, params });
    return { status: response.status, headers: response.headers, ...(await response.json()) };
  };
  const ask = async (method, ...params) => {
    const answer = await call(method, ...params);
    if (answer.error) throw Object.assign(new Error(`${method}: ${answer.error.message}`), answer.error);
    return answer.result;
  };
  const send = (tx, config = {}) => ask('sendTransaction', tx.wire.toString('base64'), { encoding: 'base64', preflightCommitment: 'processed', ...config });
  const settle = async (signature, commitment = 'confirmed') => {
    const order = ['processed', 'confirmed', 'finalized'];
    for (let i = 0; i < 2000; i++) {
      const status = (await ask('getSignatureStatuses', [signature])).value[0];
      if (status && order.indexOf(status.confirmationStatus) >= order.indexOf(commitment)) return status;
      await sleep(5);
    }
    throw new Error(`${signature} was not ${commitment} in time`);
  };
  /** Sends without preflight and waits: what a cluster does with it, good or bad. */
  const land = async (tx, commitment = 'processed') => {
    await send(tx, { skipPreflight: true });
    return settle(tx.signature, commitment);
  };
  const reach = async (slot, commitment = 'processed') => {
    while (await ask('getSlot', { commitment }) < slot) await sleep(5);
  };
  const blockhash = async (commitment = 'processed') => (await ask('getLatestBlockhash', { commitment })).value.blockhash;
  return { url, post, call, ask, send, settle, land, reach, blockhash };
}
