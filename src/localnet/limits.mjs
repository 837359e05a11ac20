// How many calls an endpoint takes: --rps and --profile public.

/**
 * @typedef {{ headers: Record<string, string | number>, refused: boolean }} Admission headers go with every answer
 */

export class TokenBucket {
  /** @param {number} rate tokens per second, and the most that are saved up */
  constructor(rate) {
    this.rate = rate;
    this.tokens = rate;
    this.at = performance.now();
  }

  /** @param {string[]} methods one entry per call @returns {Admission} */
  admit(methods) {
    const now = performance.now();
    this.tokens = Math.min(this.rate, this.tokens + ((now - this.at) / 1000) * this.rate);
    this.at = now;
    if (methods.length > this.tokens)
      return { refused: true, headers: { 'retry-after': Math.max(1, Math.ceil((methods.length - this.tokens) / this.rate)) } };
    this.tokens -= methods.length;
    return { refused: false, headers: {} };
  }
}

const WINDOW_MS = 10_000;
const MOST = { calls: 100, perMethod: 40, connections: 40 };

/** What the public clusters' endpoints allow, per sliding 10 seconds. */
export class PublicProfile {
  #calls = new SlidingWindow();
  #connections = new SlidingWindow();
  /** @type {Map<string, SlidingWindow>} */
  #methods = new Map();

  /** @returns {boolean} whether the connection may be used */
  connect() {
    if (this.#connections.count() >= MOST.connections) return false;
    this.#connections.add(1);
    return true;
  }

  /** @param {string[]} methods @returns {Admission} */
  admit(methods) {
    /** @type {Map<string, number>} */
    const wanted = new Map();
    for (const method of methods) wanted.set(method, (wanted.get(method) ?? 0) + 1);
    const over = [
      ...(this.#calls.count() + methods.length > MOST.calls ? [this.#calls] : []),
      ...[...wanted].filter(([method, count]) => this.#of(method).count() + count > MOST.perMethod).map(([method]) => this.#of(method)),
    ];
    if (over.length === 0) {
      this.#calls.add(methods.length);
      for (const [method, count] of wanted) this.#of(method).add(count);
    }
    const headers = this.headers([...wanted.keys()]);
    if (over.length > 0) headers['retry-after'] = Math.max(...over.map((window) => window.secondsUntilFree()));
    return { refused: over.length > 0, headers };
  }

  /** @param {string[]} methods @returns {Record<string, number>} */
  headers(methods) {
    const left = methods.map((method) => MOST.perMethod - this.#of(method).count());
    return {
      'x-ratelimit-rps-limit': MOST.calls,
      'x-ratelimit-rps-remaining': MOST.calls - this.#calls.count(),
      'x-ratelimit-method-limit': MOST.perMethod,
      'x-ratelimit-method-remaining': Math.min(MOST.perMethod, ...left),
      'x-ratelimit-conn-limit': MOST.connections,
      'x-ratelimit-conn-remaining': MOST.connections - this.#connections.count(),
    };
  }

  secondsUntilConnection() {
    return this.#connections.secondsUntilFree();
  }

  #of(/** @type {string} */ method) {
    let window = this.#methods.get(method);
    if (window === undefined) this.#methods.set(method, (window = new SlidingWindow()));
    return window;
  }
}

class SlidingWindow {
  /** When each call of the last ten seconds came, oldest first. @type {number[]} */
  #times = [];

  count() {
    const start = performance.now() - WINDOW_MS;
    let old = 0;
    while (old < this.#times.length && this.#times[old] <= start) old++;
    if (old > 0) this.#times.splice(0, old);
    return this.#times.length;
  }

  /** @param {number} count */
  add(count) {
    const now = performance.now();
    for (let i = 0; i < count; i++) this.#times.push(now);
  }

  secondsUntilFree() {
    const oldest = this.#times[0];
    return oldest === undefined ? 1 : Math.max(1, Math.ceil((oldest + WINDOW_MS - performance.now()) / 1000));
  }
}
