// What goes wrong on purpose: by share (--error-rate, --lost-rate), or as ordered through the side door.

import { secondaryLimit } from './limits.mjs';

/**
 * @typedef {{ host?: string, method?: string, path?: string, times?: number, skip?: number, after?: boolean, status?: number, headers?: Record<string, string>,
 *   body?: unknown, kind?: 'answer' | 'reset' | 'cut' | 'endless' | 'slow' | 'secondary' | 'primary', seconds?: number, bytes?: number }} Order
 * path: a regular expression; skip: how many calls pass first; after: the call is done, and only its answer is lost
 */

export const KINDS = ['answer', 'reset', 'cut', 'endless', 'slow', 'secondary', 'primary'];

export class Faults {
  /** @type {(Order & { left: number, skipped: number })[]} */
  orders = [];
  #random;
  #options;

  /** @param {{ errorRate: number, lostRate: number, seed: number }} options */
  constructor(options) {
    this.#options = options;
    this.#random = random(options.seed);
  }

  /** @param {Order} order */
  add(order) {
    this.orders.push({ ...order, left: order.times ?? 1, skipped: 0 });
  }

  /** @param {string} host @param {string} method @param {URL} url @param {number} number */
  of(host, method, url, number) {
    const order = this.#ordered(host, method, url) ?? this.#byChance(number);
    if (order === undefined) return undefined;
    const { kind = 'answer' } = order;
    const status = order.status ?? { secondary: 403, primary: 403, answer: 502 }[/** @type {string} */ (kind)] ?? 200;
    const answers = kind !== 'slow';
    return { ...order, kind, status, answers, isBefore: answers && !order.after, delay: kind === 'slow' ? (order.seconds ?? 1) * 1000 : 0 };
  }

  #ordered(/** @type {string} */ host, /** @type {string} */ method, /** @type {URL} */ url) {
    const order = this.orders.find((each) => each.left > 0 && (each.host ?? 'api') === host && (each.method ?? method) === method
      && new RegExp(each.path ?? '').test(url.pathname + url.search));
    if (order === undefined) return undefined;
    if (order.skipped < (order.skip ?? 0)) {
      order.skipped++;
      return undefined;
    }
    order.left--;
    return order;
  }

  /** @returns {Order | undefined} */
  #byChance(/** @type {number} */ number) {
    const { errorRate, lostRate } = this.#options;
    const drawn = this.#random();
    return drawn < errorRate ? { status: [502, 503, 500][number % 3] } : drawn < errorRate + lostRate ? { kind: number % 2 ? 'reset' : 'answer', after: true } : undefined;
  }

  /**
   * @param {NonNullable<ReturnType<Faults['of']>>} fault @param {import('node:http').ServerResponse} response
   * @param {import('./limits.mjs').Limits} limits @param {import('./log.mjs').Entry} entry
   */
  play(fault, response, limits, entry) {
    const { kind, status, headers = {}, body, seconds = 1 } = fault;
    if (kind === 'reset') return response.destroy();
    if (kind === 'secondary' || kind === 'primary') {
      const refusal = kind === 'secondary' ? secondaryLimit(seconds, status) : exhausted(seconds, status);
      return response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...refusal.headers, ...headers }).end(JSON.stringify(refusal.body));
    }
    if (kind === 'cut') {
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': 1000, ...headers });
      return response.write('[{"id":', () => response.destroy());
    }
    if (kind === 'endless') return flood(response, status, headers, fault.bytes ?? 2 ** 30);
    const isText = body === undefined || typeof body === 'string';
    response.writeHead(status, { 'content-type': isText ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8', ...headers });
    return response.end(isText ? body ?? '<html><body><h1>Unicorn!</h1></body></html>' : JSON.stringify(body));
  }
}

/** @param {number} seconds @param {number} status */
function exhausted(seconds, status) {
  const reset = Math.ceil(Date.now() / 1000 + seconds);
  return {
    body: { message: 'API rate limit exceeded for installation ID 51234567.', documentation_url: 'https://docs.github.com/rest', status: String(status) },
    headers: { 'x-ratelimit-limit': 5000, 'x-ratelimit-remaining': 0, 'x-ratelimit-used': 5000, 'x-ratelimit-reset': reset, 'x-ratelimit-resource': 'core' },
  };
}

/** A JSON string that goes on and on, as fast as it is read. */
function flood(/** @type {import('node:http').ServerResponse} */ response, /** @type {number} */ status, /** @type {Record<string, string>} */ headers, /** @type {number} */ bytes) {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.write('"');
  const chunk = Buffer.alloc(64 * 1024, 'x');
  let sent = 0;
  const more = () => {
    while (sent < bytes && !response.destroyed) {
      sent += chunk.length;
      if (!response.write(chunk)) return void response.once('drain', more);
    }
    response.end('"');
  };
  more();
}

/** Mulberry32: small, and the same on every machine. @param {number} seed */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
