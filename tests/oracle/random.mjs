import { createHash } from 'node:crypto';

/** A stream of bytes that a seed decides: sha256(seed, counter). */
export class Random {
  #seed;
  #counter = 0;
  #pool = Buffer.alloc(0);

  constructor(seed) {
    this.#seed = seed;
  }

  bytes(length) {
    while (this.#pool.length < length) {
      const block = createHash('sha256').update(`${this.#seed}:${this.#counter++}`).digest();
      this.#pool = Buffer.concat([this.#pool, block]);
    }
    const taken = this.#pool.subarray(0, length);
    this.#pool = this.#pool.subarray(length);
    return new Uint8Array(taken);
  }

  /** 0 ≤ n < limit */
  below(limit) {
    return Buffer.from(this.bytes(6)).readUIntLE(0, 6) % limit;
  }

  chance(oneIn) {
    return this.below(oneIn) === 0;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  u32() {
    return this.pick([0, 1, 0xffffffff, this.below(0x100000000), this.below(0x10000)]);
  }

  u64() {
    const random = Buffer.from(this.bytes(8)).readBigUInt64LE();
    return this.pick([0n, 1n, 0xffffffffffffffffn, random, random % 10_000_000n]);
  }

  /** At most `limit` bytes of UTF-8, now and then beyond ASCII. */
  text(limit) {
    const alphabet = [...'abcdefghijklmnopqrstuvwxyz0123456789-_ ', 'é', '€', '😀'];
    const wanted = this.below(limit + 1);
    let text = '';
    for (;;) {
      const next = text + this.pick(alphabet);
      if (Buffer.byteLength(next) > wanted) return text;
      text = next;
    }
  }
}
