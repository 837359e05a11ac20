#!/usr/bin/env node
// node src/localnet/programs.mjs <dir>: writes the real programs that LiteSVM carries as ELF files,
// for tests, the demo and benchmarks.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { keyFromAddress, keyOf } from './keys.mjs';
import { createSvm, mainnetFeatures, readAccount } from './svm.mjs';

/** File name → program id; all live under the upgradeable loader. */
export const PROGRAMS = {
  'spl_token.so': 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA',
  'address_lookup_table.so': 'AddressLookupTab1e1111111111111111111111111',
  'stake.so': 'Stake11111111111111111111111111111111111111',
  'spl_token_2022.so': 'TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb',
};

/** @returns {Record<string, Buffer>} file name → ELF */
export function programs() {
  const svm = createSvm(mainnetFeatures());
  const read = (/** @type {string} */ key) => /** @type {import('./svm.mjs').Account} */ (readAccount(svm, key)).data;
  return Object.fromEntries(Object.entries(PROGRAMS).map(([file, id]) => {
    const program = read(/** @type {string} */ (keyFromAddress(id)));
    return [file, Buffer.from(read(keyOf(program.subarray(4, 36))).subarray(45))];
  }));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [dir] = process.argv.slice(2);
  if (dir === undefined) {
    process.stderr.write('usage: programs.mjs <dir>\n');
    process.exit(2);
  }
  mkdirSync(dir, { recursive: true });
  for (const [file, elf] of Object.entries(programs())) {
    writeFileSync(join(dir, file), elf);
    process.stdout.write(`${join(dir, file)} ${elf.length}\n`);
  }
}
