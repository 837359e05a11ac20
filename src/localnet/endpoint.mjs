// What HTTP and WebSocket share: one view of the chain, its limits, its latency and its bad luck.

import { setTimeout as sleep } from 'node:timers/promises';
import { PublicProfile, TokenBucket } from './limits.mjs';
import { View } from './view.mjs';

/** localnetStats is an instrument, not traffic. */
const EXEMPT = 'localnetStats';

export class Endpoint {
  /** @param {import('./node.mjs').Node} node @param {number} lag in slots */
  constructor(node, lag) {
    const { rps, profile, latencyMs } = node.options;
    this.node = node;
    this.view = new View(node.chain, lag);
    this.bucket = rps === null ? null : new TokenBucket(rps);
    this.profile = profile === null ? null : new PublicProfile();
    this.halfTrip = latencyMs / 2;
  }

  /** Connections that were taken (true) or are beyond the public profile's limit. @type {WeakMap<object, boolean>} */
  #welcome = new WeakMap();

  /**
   * A connection counts from its first call on, so that localnetStats and /health cost nothing.
   * @param {object} connection
   * @returns {Record<string, string | number> | null} null = welcome, else the headers of a 429
   */
  refusal(connection) {
    if (this.profile === null) return null;
    if (!this.#welcome.has(connection)) this.#welcome.set(connection, this.profile.connect());
    if (this.#welcome.get(connection)) return null;
    return { ...this.profile.headers([]), 'retry-after': this.profile.secondsUntilConnection(), connection: 'close' };
  }

  /** Half of the round trip. */
  travel() {
    return this.halfTrip > 0 ? sleep(this.halfTrip) : undefined;
  }

  /** @param {import('./json-rpc.mjs').Request[]} requests */
  static isExempt(requests) {
    return requests.length === 1 && requests[0].method === EXEMPT;
  }

  /**
   * @param {import('./json-rpc.mjs').Request[]} requests
   * @returns {{ status: 200 | 429 | 503, headers: Record<string, string | number> }}
   */
  admit(requests) {
    this.node.chain.keepTime();
    const methods = requests.map(({ method }) => method);
    const admissions = [this.profile, this.bucket].flatMap((limit) => limit?.admit(methods) ?? []);
    const headers = Object.assign({}, ...admissions.map((admission) => admission.headers));
    if (admissions.some(({ refused }) => refused)) return { status: 429, headers };
    return { status: this.node.fails() ? 503 : 200, headers };
  }

  /**
   * @param {import('./json-rpc.mjs').Request} request
   * @param {{ transport: 'http' | 'ws', status: number, error: import('./rpc-error.mjs').RpcError | null, bytes: number, notes: object }} facts
   */
  answered({ method }, { transport, status, error, bytes, notes }) {
    if (method === EXEMPT) return;
    this.node.counters.answered(method, status);
    if (this.node.trace.on)
      this.node.trace.write({ slot: this.view.slot, method, transport, status, error: error?.code ?? null, bytes, ...notes });
  }
}
