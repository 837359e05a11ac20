#!/usr/bin/env node
// make demo: the main job end to end on a localnet, by the executable that the actions run.
// It lives beside the benchmarks because both drive the executable through bench/harness.

import { mkdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isBuilt, stopwatch } from '../harness/action.mjs';
import { makeKey } from '../harness/keys.mjs';
import { startLocalnet } from '../harness/localnet.mjs';
import { leaked } from './secrets.mjs';
import { DemoFailed, Stage } from './stage.mjs';
import { play } from './story.mjs';
import { style } from './terminal.mjs';
import { writePage } from './page.mjs';
import { writeVersions } from './versions.mjs';

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
const workspace = join(work, 'workspace');
mkdirSync(workspace, { recursive: true });

const keys = { payer: makeKey(), authority: makeKey(), token: makeKey(), stake: makeKey() };
const versions = writeVersions(workspace);
const seconds = stopwatch();
const net = await startLocalnet('--slot-ms', 400, '--latency-ms', 50, '--airdrop', `${keys.payer.address}=${AIRDROP_SOL}`);
console.log(style.dim(`localnet ${net.http}, 400 ms slots, 50 ms round trip; payer ${keys.payer.address} with ${AIRDROP_SOL} SOL; upgrade authority ${keys.authority.address}`));

const stage = new Stage({ net, workspace, directory, payer: keys.payer.address });
let failure = null;
try {
  await play(stage, keys, versions);
} catch (error) {
  if (!(error instanceof DemoFailed)) throw error;
  failure = error.message;
} finally {
  await net.stop();
}
const page = writePage({ directory, steps: stage.steps, seconds: seconds(), failure, genesis: net.genesis, airdropLamports: AIRDROP_SOL * 1e9 });

const leaks = leaked(directory, Object.values(keys));
if (leaks.length > 0) failure = `a private key is readable in ${leaks.join(', ')}`;
console.log(failure === null
  ? `\n${style.good(`Everything went as told, in ${seconds().toFixed(0)} s.`)} Summaries, logs and outputs: ${relative(process.cwd(), page)}`
  : `\n${style.bad(`The demo failed: ${failure}`)}\nWhat happened: ${relative(process.cwd(), page)}`);
process.exitCode = failure === null ? 0 : 1;
