// The account that airdrops come from. An airdrop is an ordinary transfer.

import { COMPUTE_BUDGET, SYSTEM_PROGRAM, bytesOf, keyOf } from './keys.mjs';
import { keypairFromSeed } from './keypair.mjs';
import { parseTransaction } from './transaction.mjs';

export const FAUCET_LAMPORTS = 500_000_000n * 1_000_000_000n;

export class Faucet {
  #serial = 0;

  /** @param {Uint8Array} seed */
  constructor(seed) {
    this.keypair = keypairFromSeed(seed);
    this.key = keyOf(this.keypair.publicKey);
  }

  /** @param {string} to @param {bigint} lamports @param {string} blockhash */
  transfer(to, lamports, blockhash) {
    const transfer = Buffer.alloc(12);
    transfer.writeUInt32LE(2);
    transfer.writeBigUInt64LE(lamports, 4);
    // Two equal airdrops in one slot would be one transaction: the compute unit limit tells them apart.
    const limit = Buffer.alloc(5, 2);
    limit.writeUInt32LE(10_000 + (this.#serial++ % 1_000_000), 1);
    const self = to === this.key;
    const keys = [this.keypair.publicKey, ...(self ? [] : [bytesOf(to)]), bytesOf(SYSTEM_PROGRAM), bytesOf(COMPUTE_BUDGET)];
    const system = self ? 1 : 2;
    const message = Buffer.concat([
      Buffer.from([1, 0, 2, keys.length]), ...keys, bytesOf(blockhash),
      Buffer.from([2]),
      Buffer.from([system + 1, 0, limit.length]), limit,
      Buffer.from([system, 2, 0, self ? 0 : 1, transfer.length]), transfer,
    ]);
    return parseTransaction(Buffer.concat([Buffer.from([1]), this.keypair.sign(message), message]));
  }
}
