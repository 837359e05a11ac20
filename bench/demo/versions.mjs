// The files that the demo deploys: real programs, and versions of one of them that differ in a line of text.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programs } from '../../src/localnet/programs.mjs';

const MESSAGE = /Instruction: [A-Za-z]{6,}/;

/** @param {string} workspace @returns file name → bytes */
export function writeVersions(workspace) {
  const { 'spl_token.so': token, 'spl_token_2022.so': token2022, 'stake.so': stake } = programs();
  const files = {
    'spl_token.so': token,
    'spl_token_2022.so': token2022,
    'stake-1.0.so': stake,
    'stake-1.1-rc1.so': reworded(stake, 'rc1'),
    'stake-1.1.so': reworded(stake, 'v11'),
    'tampered.so': reworded(stake, 'evil'),
  };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(workspace, name), bytes);
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
