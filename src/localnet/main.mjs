#!/usr/bin/env node
// node src/localnet/main.mjs --port 8899 …: prints one line when it serves, runs until SIGINT or SIGTERM.

import { UsageError, parseFlags } from './flags.mjs';
import { Node } from './node.mjs';

let stopping = false;

try {
  // A `services:` container takes no arguments, only environment variables.
  const fromEnvironment = (process.env.LOCALNET_FLAGS ?? '').split(/\s+/).filter((word) => word !== '');
  const node = new Node(parseFlags([...fromEnvironment, ...process.argv.slice(2)]));
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => void stop(node));
  const { http, ws, lag } = await node.start();
  process.stdout.write(`ready http=${http} ws=${ws} genesis=${node.genesisHash}${lag ? ` lag-http=${lag.http} lag-ws=${lag.ws}` : ''}\n`);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`localnet: ${error.message}\n`);
  process.exit(2);
}

/** A second signal does not wait. @param {Node} node */
async function stop(node) {
  if (stopping) process.exit(1);
  stopping = true;
  await node.stop();
  process.exit(0);
}
