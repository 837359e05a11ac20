// The files that the demo deploys: real programs, and versions of them that differ in a line of text.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { decodeBase58 } from '../../src/localnet/base58.mjs';
import { programs } from '../../src/localnet/programs.mjs';

const MESSAGE = /Instruction: [A-Za-z]{6,}/;
const COMPLAINT = 'Invalid instruction';

/** For the first chapter. @param {string} workspace @returns file name → bytes */
export function writeVersions(workspace) {
  const { 'spl_token.so': token, 'spl_token_2022.so': token2022, 'stake.so': stake } = programs();
  return write(workspace, {
    'spl_token.so': token,
    'spl_token_2022.so': token2022,
    'stake-1.0.so': stake,
    'stake-1.1-rc1.so': reworded(stake, 'rc1'),
    'stake-1.1.so': reworded(stake, 'v11'),
    'tampered.so': reworded(stake, 'evil'),
  });
}

/** What a team's compiler leaves in target/deploy, for a version. @typedef {{ registry: Buffer, vault: Buffer }} Build */

/**
 * Two versions of two programs that declare their ids. The second words one message anew: who reads it will mind.
 * @param {Record<'registry' | 'vault', { address: string }>} ids @returns {Record<'1.0.0' | '1.1.0', Build>}
 */
export function makeReleases({ registry, vault }) {
  const { 'spl_token.so': token, 'address_lookup_table.so': lookup } = programs();
  const first = { registry: Buffer.concat([lookup, decodeBase58(registry.address)]), vault: Buffer.concat([token, decodeBase58(vault.address)]) };
  const second = { registry: reworded(first.registry, 'v11'), vault: Buffer.from(first.vault) };
  const at = second.vault.indexOf(COMPLAINT);
  if (at < 0) throw new Error(`the program never says ${COMPLAINT}`);
  second.vault.write('Unknown', at, 'latin1');
  return { '1.0.0': first, '1.1.0': second };
}

/** @param {string} workspace @param {Build} build */
export const build = (workspace, { registry, vault }) => write(workspace, { 'target/deploy/registry.so': registry, 'target/deploy/vault.so': vault });

/** @param {string} workspace @param {Record<string, Buffer>} files */
function write(workspace, files) {
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(workspace, name)), { recursive: true });
    writeFileSync(join(workspace, name), bytes);
  }
  return files;
}

/** The same program with a few letters of a log message exchanged: it loads and runs, and its hash is another. @param {Buffer} elf @param {string} word */
function reworded(elf, word) {
  const at = MESSAGE.exec(elf.latin1Slice())?.index;
  if (at === undefined) throw new Error('the program has no log message to reword');
  const copy = Buffer.from(elf);
  copy.write(word, at + 'Instruction: '.length, 'latin1');
  return copy;
}
