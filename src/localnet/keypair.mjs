import { createPrivateKey, createPublicKey, sign } from 'node:crypto';

const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** @param {Uint8Array} seed 32 bytes */
export function keypairFromSeed(seed) {
  const secret = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(12);
  return { publicKey, sign: (/** @type {Uint8Array} */ message) => sign(null, message, secret) };
}
