// Base58 as Solana writes addresses, signatures and hashes, five digits at a time:
// 58^5 × 256 stays far below 2^53, so plain numbers carry it.

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const DIGIT = new Int8Array(128).fill(-1);
for (let i = 0; i < 58; i++) DIGIT[ALPHABET.charCodeAt(i)] = i;
const LIMB = 58 ** 5;

/** @param {Uint8Array} bytes */
export function encodeBase58(bytes) {
  let zeros = 0;
  while (zeros < bytes.length && bytes[zeros] === 0) zeros++;
  const limbs = [];
  for (let i = zeros; i < bytes.length; i++) {
    let carry = bytes[i];
    for (let j = 0; j < limbs.length; j++) {
      /** @type {number} */
      const value = limbs[j] * 256 + carry;
      carry = Math.floor(value / LIMB);
      limbs[j] = value - carry * LIMB;
    }
    if (carry > 0) limbs.push(carry);
  }
  let text = '';
  for (let j = limbs.length - 1; j >= 0; j--) {
    let rest = limbs[j];
    let digits = '';
    for (let k = 0; k < 5; k++) {
      digits = ALPHABET[rest % 58] + digits;
      rest = Math.floor(rest / 58);
    }
    text += digits;
  }
  let padding = 0;
  while (padding < text.length && text[padding] === '1') padding++;
  return '1'.repeat(zeros) + text.slice(padding);
}

/**
 * @param {string} text
 * @returns {Buffer | null} null when a character is not base58
 */
export function decodeBase58(text) {
  let zeros = 0;
  while (zeros < text.length && text[zeros] === '1') zeros++;
  const bytes = []; // little-endian, three bytes per entry
  for (let i = zeros; i < text.length; i++) {
    let carry = DIGIT[text.charCodeAt(i)] ?? -1;
    if (carry < 0) return null;
    for (let j = 0; j < bytes.length; j++) {
      /** @type {number} */
      const value = bytes[j] * 58 + carry;
      bytes[j] = value & 0xffffff;
      carry = value >>> 24;
    }
    if (carry > 0) bytes.push(carry);
  }
  const out = Buffer.alloc(zeros + bytes.length * 3);
  for (let j = 0; j < bytes.length; j++) {
    const at = out.length - 3 * j - 3;
    out[at] = bytes[j] >>> 16;
    out[at + 1] = bytes[j] >>> 8;
    out[at + 2] = bytes[j];
  }
  let start = zeros;
  while (start < out.length && out[start] === 0) start++;
  return zeros === 0 ? out.subarray(start) : Buffer.concat([Buffer.alloc(zeros), out.subarray(start)]);
}
