// How long from starting the executable to its first answer from a node without latency.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { startAction, stopwatch } from './harness/action.mjs';
import { makeKey } from './harness/keys.mjs';
import { startLocalnet } from './harness/localnet.mjs';

/** @param {number} runs @param {{ elf: Buffer, directory: string }} options @returns {Promise<number[]>} seconds */
export async function measureStartup(runs, { elf, directory }) {
  const workspace = join(directory, 'workspace');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(workspace, { recursive: true });
  writeFileSync(join(workspace, 'program.so'), elf);
  const payer = makeKey('payer/startup');
  const net = await startLocalnet('--slot-ms', '400', '--airdrop', `${payer.address}=10`);
  const seconds = [];
  for (let run = 0; run < runs; run++) {
    const watch = await firstAnswer(net.http);
    watch.start();
    const { finished } = startAction('solana-deploy', {
      workspace,
      inputs: {
        cluster: 'localnet', 'rpc-url': watch.url, program: 'program.so', payer: payer.address, 'program-keypair': makeKey('program/startup').address, 'dry-run': 'true',
      },
    });
    const { code, log } = await finished;
    if (code !== 0) throw new Error(`the dry run ended with ${code}:\n${log.map(({ line }) => line).join('\n')}`);
    seconds.push(watch.seconds());
    watch.close();
  }
  await net.stop();
  return seconds;
}

/** A pipe to the node that notes when the first byte of an answer passes. @param {string} http */
async function firstAnswer(http) {
  const { hostname, port } = new URL(http);
  let seconds = stopwatch();
  /** @type {number | null} */
  let at = null;
  const server = createServer((client) => {
    const node = connect(Number(port), hostname);
    node.on('data', () => { at ??= seconds(); });
    client.on('error', () => node.destroy());
    node.on('error', () => client.destroy());
    client.pipe(node).pipe(client);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port: own } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${own}`,
    start() { seconds = stopwatch(); },
    seconds: () => at ?? NaN,
    close: () => server.close(),
  };
}
