#!/usr/bin/env node
// node src/localnet/main.mjs --port 8899 …: prints one line when it serves, runs until SIGINT or SIGTERM.

import { UsageError, parseFlags } from './flags.mjs';
import { Node } from './node.mjs';

try {
  const node = new Node(parseFlags(process.argv.slice(2)));
  const { http, ws, lag } = await node.start();
  process.stdout.write(`ready http=${http} ws=${ws} genesis=${node.genesisHash}${lag ? ` lag-http=${lag.http} lag-ws=${lag.ws}` : ''}\n`);

  let stopping = false;
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
    process.on(signal, async () => {
      if (stopping) process.exit(1);
      stopping = true;
      await node.stop();
      process.exit(0);
    });
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`localnet: ${error.message}\n`);
  process.exit(2);
}
