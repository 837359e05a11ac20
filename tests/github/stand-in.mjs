#!/usr/bin/env node
// node tests/github/stand-in.mjs --port 0 …: GitHub's REST API, as far as this suite uses it. Prints one line when it serves, runs until SIGINT or SIGTERM.

import { readFileSync } from 'node:fs';
import { parseFlags, UsageError } from './stand-in/flags.mjs';
import { seed, SeedError } from './stand-in/seed.mjs';
import { StandIn } from './stand-in/servers.mjs';

try {
  const options = parseFlags(process.argv.slice(2));
  const standIn = new StandIn(options);
  for (const file of options.states) seed(standIn.state, JSON.parse(readFileSync(file, 'utf8')));
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => standIn.stop().then(() => process.exit(0)));
  const { api, uploads, storage } = await standIn.start();
  process.stdout.write(`ready http=${api} uploads=${uploads} storage=${storage}\n`);
} catch (error) {
  if (!(error instanceof UsageError || error instanceof SeedError || error instanceof SyntaxError || error?.code === 'ENOENT')) throw error;
  process.stderr.write(`stand-in: ${error.message}\n`);
  process.exit(2);
}
