// Throw-away keys, in the form the Solana CLI writes: a JSON array of 64 bytes.

import { createHash, randomBytes } from 'node:crypto';
import { encodeBase58 } from '../../src/localnet/base58.mjs';
import { keypairFromSeed } from '../../src/localnet/keypair.mjs';

/** @param {string} [name] the same name gives the same key; without one it is a random key */
export function makeKey(name) {
  const seed = name === undefined ? randomBytes(32) : createHash('sha256').update(`solana-actions/throw-away/${name}`).digest();
  const { publicKey } = keypairFromSeed(seed);
  return { address: encodeBase58(publicKey), json: JSON.stringify([...seed, ...publicKey]) };
}
