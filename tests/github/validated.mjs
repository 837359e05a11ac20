#!/usr/bin/env node
// node tests/github/validated.mjs --port 0 …: the stand-in with GitHub's description in front of it. Takes the stand-in's flags; `http` serves the API and
// uploads both, `stand-in` is the one behind. Prints one line when it serves, runs until SIGINT or SIGTERM.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { cutDown, readWhole } from './openapi/description.mjs';
import { Front } from './openapi/front.mjs';
import { startPrism } from './openapi/prism.mjs';
import { parseFlags, UsageError } from './stand-in/flags.mjs';

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`validated: ${error.message}\n`);
  process.exit(2);
}

/** @param {string[]} flags */
async function main(flags) {
  const { port } = parseFlags(flags);
  const standIn = await startStandIn([...flags, '--port', '0']);
  const description = cutDown(readWhole());
  const folder = mkdtempSync(join(tmpdir(), 'github-description-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const document = join(folder, 'description.json');
  writeFileSync(document, JSON.stringify(description));
  const prism = await startPrism(document, standIn.http);

  const front = new Front({ prism: prism.url, api: standIn.http, uploads: standIn.uploads }, description).server;
  front.listen(port, '127.0.0.1');
  await once(front, 'listening');
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => process.exit(0));
  const address = /** @type {import('node:net').AddressInfo} */ (front.address());
  process.stdout.write(`ready http=http://127.0.0.1:${address.port} stand-in=${standIn.http}\n`);
}

/** @param {string[]} flags @returns {Promise<Record<string, string>>} */
async function startStandIn(flags) {
  const child = spawn(process.execPath, [fileURLToPath(new URL('stand-in.mjs', import.meta.url)), ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  process.on('exit', () => child.kill('SIGKILL'));
  child.once('exit', (code) => process.exit(code ?? 1));
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return Object.fromEntries([...line.matchAll(/([a-z-]+)=(\S+)/g)].map(([, name, value]) => [name, value]));
}
