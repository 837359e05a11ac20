// Every request, for tests to look at. Of a token it only says whether there was one.

const SHOWN = ['accept', 'content-type', 'content-length', 'user-agent', 'x-github-api-version', 'if-none-match'];
const MOST_BODY = 1024 * 1024;

/** @typedef {{ number: number, at: string, host: string, method: string, path: string, query: Record<string, string>, authorized: boolean,
 *   headers: Record<string, unknown>, body?: unknown, bytes: number, status: number }} Entry */

export class Log {
  /** @type {Entry[]} */
  entries = [];
  #next = 1;

  /** @param {string} host @param {import('node:http').IncomingMessage} request @param {URL} url @param {Buffer} bytes @returns {Entry} */
  add(host, { method = 'GET', headers }, url, bytes) {
    /** @type {Entry} */
    const entry = {
      number: this.#next++, at: new Date().toISOString(), host, method, path: url.pathname, query: Object.fromEntries(url.searchParams),
      authorized: headers.authorization !== undefined, headers: Object.fromEntries(SHOWN.filter((name) => headers[name] !== undefined).map((name) => [name, headers[name]])),
      ...json(bytes, headers['content-type']), bytes: bytes.length, status: 0,
    };
    this.entries.push(entry);
    return entry;
  }

  clear() {
    this.entries = [];
  }
}

/** @param {Buffer} bytes @param {string | undefined} type */
function json(bytes, type) {
  if (bytes.length === 0 || bytes.length > MOST_BODY || !/json/.test(type ?? '')) return {};
  try {
    return { body: JSON.parse(bytes.toString('utf8')) };
  } catch {
    return {};
  }
}
