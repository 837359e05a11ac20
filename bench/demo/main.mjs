#!/usr/bin/env node
// make demo: deploys and releases on localnets, by the executable that the actions run.
// It lives beside the benchmarks because both drive the executable through bench/harness.

import { mkdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isBuilt, stopwatch } from '../harness/action.mjs';
import { makeKey } from '../harness/keys.mjs';
import { startLocalnet } from '../harness/localnet.mjs';
import { playDeploying } from './deploying.mjs';
import { playReleasing } from './releasing.mjs';
import { leaked } from './secrets.mjs';
import { DemoFailed, Stage } from './stage.mjs';
import { style } from './terminal.mjs';
import { writePage } from './page.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const directory = join(root, 'artifacts', 'demo');
const work = join(root, 'artifacts', 'demo-work');
const AIRDROP_SOL = 20;

if (!isBuilt()) {
  console.error('demo: artifacts/solana-actions is missing: make publish');
  process.exit(2);
}
for (const old of [directory, work]) rmSync(old, { recursive: true, force: true });
mkdirSync(directory, { recursive: true });

const keys = { payer: makeKey(), authority: makeKey(), token: makeKey(), stake: makeKey(), registry: makeKey(), vault: makeKey() };
const seconds = stopwatch();
const stage = new Stage({ directory, work, payer: keys.payer.address });
/** @type {import('./stage.mjs').Net[]} */
const nets = [];
let history = '';
let failure = null;
try {
  await playDeploying(stage, await node('the cluster', 400), keys);
  const [devnet, testnet, mainnet] = await Promise.all(['devnet', 'testnet', 'mainnet'].map((name) => node(name, 100)));
  history = await playReleasing(stage, { devnet, testnet, mainnet }, keys);
} catch (error) {
  if (!(error instanceof DemoFailed)) throw error;
  failure = error.message;
} finally {
  await Promise.all(nets.map((net) => net.stop()));
}
const page = writePage({ directory, stage, history, seconds: seconds(), failure });

const leaks = leaked(directory, Object.values(keys));
if (leaks.length > 0) failure = `a private key is readable in ${leaks.join(', ')}`;
console.log(failure === null
  ? `\n${style.good(`Everything went as told, in ${seconds().toFixed(0)} s.`)} Summaries, logs and outputs: ${relative(process.cwd(), page)}`
  : `\n${style.bad(`The demo failed: ${failure}`)}\nWhat happened: ${relative(process.cwd(), page)}`);
process.exitCode = failure === null ? 0 : 1;

/** A localnet with the payer's money. @param {string} poses as what the story knows it @param {number} slotMs */
async function node(poses, slotMs) {
  const net = await startLocalnet('--slot-ms', slotMs, '--latency-ms', 50, '--airdrop', `${keys.payer.address}=${AIRDROP_SOL}`);
  nets.push(net);
  console.log(style.dim(`${poses}: a localnet, ${net.http}, ${slotMs} ms slots, 50 ms round trip; genesis ${net.genesis}; the payer ${keys.payer.address} has ${AIRDROP_SOL} SOL`));
  return net;
}
