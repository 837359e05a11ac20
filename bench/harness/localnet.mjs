// A localnet process of our own, and a client for what the demo and the benchmarks ask of it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { rpcClient } from './rpc.mjs';

const MAIN = fileURLToPath(new URL('../../src/localnet/main.mjs', import.meta.url));

/** @param {(string | number)[]} flags see src/localnet/flags.mjs */
export async function startLocalnet(...flags) {
  const child = spawn(process.execPath, [MAIN, '--port', '0', ...flags.map(String)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const endWithUs = () => child.kill('SIGKILL');
  process.once('exit', endWithUs);
  const ended = once(child, 'exit');
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended.then(([code]) => { throw new Error(`the localnet ended with ${code}`); }),
  ]);
  const facts = Object.fromEntries([...line.matchAll(/([a-z-]+)=(\S+)/g)].map(([, name, value]) => [name, value]));
  return {
    http: facts.http,
    ws: facts.ws,
    genesis: facts.genesis,
    rpc: rpcClient(facts.http),
    /** Ends the process; its trace is complete afterwards. */
    async stop() {
      process.off('exit', endWithUs);
      child.kill('SIGTERM');
      await ended;
    },
  };
}
