// All chance in the node comes from --seed; each use draws from a stream of its own,
// so that e.g. --error-rate does not shift which submissions --loss drops.

import { createHash } from 'node:crypto';

/** @param {string} seed @param {string} stream */
export const seedBytes = (seed, stream) => createHash('sha256').update(`solana-localnet/${stream}/${seed}`).digest();

/**
 * sfc32: small, fast, good enough for dice.
 * @param {string} seed @param {string} stream
 * @returns {() => number} in [0, 1)
 */
export function dice(seed, stream) {
  const bytes = seedBytes(seed, stream);
  let [a, b, c, d] = [bytes.readUInt32LE(0), bytes.readUInt32LE(4), bytes.readUInt32LE(8), 1];
  const next = () => {
    const t = (a + b + d++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t | 0;
    return (t >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}
