// Program-derived addresses: the first bump whose SHA-256 is not a point on the Ed25519 curve.

import { createHash } from 'node:crypto';
import { bytesOf } from './keys.mjs';

const P = 2n ** 255n - 19n;
const D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;

/** @param {Uint8Array[]} seeds @param {string} program @returns {string} the address's key */
export const findProgramAddress = (seeds, program) => deriveProgramAddress(seeds, program).key;

/** @param {Uint8Array[]} seeds @param {string} program @returns {{ key: string, bump: number }} */
export function deriveProgramAddress(seeds, program) {
  for (let bump = 255; bump >= 0; bump--) {
    const hash = createHash('sha256');
    for (const seed of seeds) hash.update(seed);
    const digest = hash.update(Uint8Array.of(bump)).update(bytesOf(program)).update('ProgramDerivedAddress').digest();
    if (!isOnCurve(digest)) return { key: digest.toString('latin1'), bump };
  }
  throw new Error('no bump gives a program address');
}

/** x² = (y² − 1) / (d·y² + 1) must have a root. @param {Buffer} bytes */
function isOnCurve(bytes) {
  const y = BigInt('0x' + Buffer.from(bytes).reverse().toString('hex')) & ((1n << 255n) - 1n);
  const y2 = (y * y) % P;
  const numerator = (y2 - 1n + P) % P;
  const denominator = (D * y2 + 1n) % P;
  const x2 = (numerator * power(denominator, P - 2n)) % P;
  return x2 === 0n || power(x2, (P - 1n) / 2n) === 1n;
}

/** @param {bigint} base @param {bigint} exponent */
function power(base, exponent) {
  let result = 1n;
  for (; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % P;
    base = (base * base) % P;
  }
  return result;
}
