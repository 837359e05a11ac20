// What a transaction pays: 5,000 lamports per signature and, for priority,
// ceil(price × compute unit limit / 10^6).

import { BUILTINS, COMPUTE_BUDGET, SIGNATURE_PRECOMPILES } from './keys.mjs';

/** @typedef {import('./transaction.mjs').Message} Message */

const LAMPORTS_PER_SIGNATURE = 5000n;
const MAX_UNITS = 1_400_000;

/** @param {Message} message @returns {{ fee: bigint, price: bigint, limit: bigint }} price in micro-lamports per compute unit; limit in units */
export function feeOf(message) {
  let signatures = message.required;
  let price = 0n;
  let asked = -1;
  let defaultLimit = 0;
  for (const { program, data } of message.instructions) {
    const key = message.keys[program];
    if (SIGNATURE_PRECOMPILES.has(key)) signatures += data[0] ?? 0;
    // SIMD-170: builtin programs get 3,000 units, everything else 200,000.
    defaultLimit += BUILTINS.has(key) ? 3_000 : 200_000;
    if (key !== COMPUTE_BUDGET) continue;
    const view = Buffer.from(data.buffer, data.byteOffset, data.length);
    if (data[0] === 2 && data.length >= 5) asked = view.readUInt32LE(1);
    if (data[0] === 3 && data.length >= 9) price = view.readBigUInt64LE(1);
  }
  const limit = BigInt(Math.min(asked >= 0 ? asked : defaultLimit, MAX_UNITS));
  const priority = (price * limit + 999_999n) / 1_000_000n;
  return { fee: LAMPORTS_PER_SIGNATURE * BigInt(signatures) + priority, price, limit };
}
