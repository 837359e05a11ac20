// look.mjs <text>…: what process 1 maps into its memory, and in which of these files one of the texts can be found.

import { openSync, readFileSync, readSync } from 'node:fs';

const texts = process.argv.slice(1).filter((text) => text !== '--');
const memory = openSync('/proc/1/mem', 'r');
const mapped = readFileSync('/proc/1/maps', 'utf8').split('\n').map((line) => /^(\w+)-(\w+) r\S+ \w+ \S+ ([1-9]\d*) +(.*)$/.exec(line)).filter((range) => range !== null);
/** A file without a name any more is only there as far as it is mapped. @type {Map<string, () => Buffer>} */
const contents = new Map(mapped.map(([, from, to, , name]) => (name.endsWith(' (deleted)') ? [`${name} ${from}`, () => read(from, to)] : [name, () => readFileSync(`/proc/1/root${name}`)])));
const holding = [...contents].filter(([, content]) => {
  const bytes = content();
  return texts.some((text) => bytes.includes(text));
}).map(([name]) => name);
const coreSize = /^Max core file size +(\S+) +(\S+)/m.exec(readFileSync('/proc/1/limits', 'utf8'))?.slice(1);
console.log(JSON.stringify({ files: [...contents.keys()], holding, coreSize }));

function read(/** @type {string} */ from, /** @type {string} */ to) {
  const bytes = Buffer.alloc(Number(BigInt(`0x${to}`) - BigInt(`0x${from}`)));
  return bytes.subarray(0, readSync(memory, bytes, 0, bytes.length, BigInt(`0x${from}`)));
}
