// How many calls a token may make: the primary limit, counted over a window, and the secondary one, a bucket that holds one second.

import { Refusal } from './refusal.mjs';

export class Limits {
  #options;
  /** @type {Map<string, { used: number, resetAt: number, tokens: number, at: number }>} */
  #callers = new Map();

  /** @param {{ rps: number | null, primary: number, windowSeconds: number }} options */
  constructor(options) {
    this.#options = options;
  }

  /** Counts a call. @param {string} caller @param {string} kind @returns {Record<string, number | string>} headers of its answer */
  admit(caller, kind) {
    const known = this.#of(caller);
    if (known.used >= this.#options.primary) throw this.exhausted(caller, kind);
    known.used++;
    this.#bucket(known);
    return this.headers(caller);
  }

  /** @param {string} caller */
  headers(caller) {
    const { used, resetAt } = this.#of(caller);
    const { primary } = this.#options;
    return {
      'x-ratelimit-limit': primary, 'x-ratelimit-remaining': Math.max(0, primary - used), 'x-ratelimit-used': used,
      'x-ratelimit-reset': Math.ceil(resetAt / 1000), 'x-ratelimit-resource': 'core',
    };
  }

  /** Uses up what a caller has left. @param {string} caller @param {number} seconds until there is more */
  exhaust(caller, seconds) {
    Object.assign(this.#of(caller), { used: this.#options.primary, resetAt: Date.now() + seconds * 1000 });
  }

  /** @param {string} caller @param {string} kind */
  exhausted(caller, kind) {
    const whom = caller === 'anonymous' ? '127.0.0.1' : `${kind === 'installation' ? 'installation ID 51234567' : 'user ID 583231'}`;
    return new Refusal(403, {
      message: `API rate limit exceeded for ${whom}.`,
      documentation_url: 'https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api',
    }, this.headers(caller));
  }

  #of(/** @type {string} */ caller) {
    const now = Date.now();
    let known = this.#callers.get(caller);
    if (known === undefined) {
      known = { used: 0, resetAt: now + this.#options.windowSeconds * 1000, tokens: this.#options.rps ?? 0, at: now };
      this.#callers.set(caller, known);
    }
    if (now >= known.resetAt) Object.assign(known, { used: 0, resetAt: now + this.#options.windowSeconds * 1000 });
    return known;
  }

  #bucket(/** @type {{ tokens: number, at: number }} */ known) {
    const { rps } = this.#options;
    if (rps === null) return;
    const now = Date.now();
    known.tokens = Math.min(rps, known.tokens + ((now - known.at) / 1000) * rps);
    known.at = now;
    if (known.tokens < 1) throw secondaryLimit(Math.max(1, Math.ceil((1 - known.tokens) / rps)));
    known.tokens--;
  }
}

/** @param {number} seconds */
export const secondaryLimit = (seconds, status = 403) => new Refusal(status, {
  message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
  documentation_url: 'https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits',
}, { 'retry-after': seconds });
