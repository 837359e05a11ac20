// Looks for private keys, in the encodings people know them by, in everything that a run leaves behind.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { encodeBase58 } from '../../src/localnet/base58.mjs';

/** @param {string} directory @param {{ json: string }[]} keys @returns {string[]} files that hold one */
export function leaked(directory, keys) {
  const needles = keys.flatMap(({ json }) => {
    const whole = Buffer.from(JSON.parse(json));
    return [whole, whole.subarray(0, 32)].flatMap((bytes) => [
      [...bytes].join(','), [...bytes].join(', '), bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, ''), encodeBase58(bytes),
    ]);
  });
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.path, entry.name))
    .filter((file) => {
      const text = readFileSync(file, 'latin1');
      return needles.some((needle) => text.includes(needle));
    });
}
