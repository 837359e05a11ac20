// The three hosts: the API, the one that takes uploads, the one that hands out files.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerCall } from './answer.mjs';
import { Faults } from './faults.mjs';
import { Limits } from './limits.mjs';
import { Log } from './log.mjs';
import { Refusal } from './refusal.mjs';
import { isSideDoor, openSideDoor } from './side-door.mjs';
import { State } from './state.mjs';
import { answerStorage } from './storage.mjs';

const MOST_JSON = 25 * 1024 * 1024;
const MOST_UPLOAD = 256 * 1024 * 1024;
const LOOPBACK = /^(localhost|127\.[\d.]+|::1)$/;
const UPLOAD = /^\/repos\/[^/]+\/[^/]+\/releases\/\d+\/assets$/;

/** @typedef {'api' | 'uploads' | 'storage'} Host */

export class StandIn {
  state = new State();
  log = new Log();
  /** @type {Record<Host, string>} */
  links = { api: '', uploads: '', storage: '' };

  /** @param {import('./flags.mjs').Options} options */
  constructor(options) {
    this.options = options;
    this.limits = new Limits(options);
    this.faults = new Faults(options);
    this.servers = /** @type {const} */ (['api', 'uploads', 'storage']).map((host) => ({
      host, server: createServer({ keepAliveTimeout: 75_000, noDelay: true }, (request, response) => {
        this.#serve(host, request, response).catch((error) => {
          process.stderr.write(`stand-in: ${error?.stack ?? error}\n`);
          response.destroy();
        });
      }),
    }));
  }

  async start() {
    for (const { host, server } of this.servers) {
      server.listen(host === 'api' ? this.options.port : 0, this.options.host);
      await once(server, 'listening');
      this.links[host] = `http://${this.options.host}:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
    }
    // As servers other than github.com do; clients give their token to no other host of such a server.
    if (!LOOPBACK.test(this.options.host)) this.links.uploads = this.links.api;
    return this.links;
  }

  async stop() {
    for (const { server } of this.servers) {
      server.close();
      server.closeAllConnections();
    }
  }

  /** @param {Host} listener @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
  async #serve(listener, request, response) {
    const url = new URL(request.url ?? '/', 'http://stand-in');
    const host = listener === 'api' && this.links.uploads === this.links.api && request.method === 'POST' && UPLOAD.test(url.pathname) ? 'uploads' : listener;
    const bytes = await read(request, host === 'uploads' ? MOST_UPLOAD : MOST_JSON);
    if (bytes === null) return send(response, { status: 413, body: { message: 'Payload too large' }, headers: { connection: 'close' } });
    if (host === 'api' && isSideDoor(url)) return send(response, openSideDoor(this, request.method ?? 'GET', url, bytes));

    const entry = this.log.add(host, request, url, bytes);
    if (this.options.latencyMs > 0) await sleep(this.options.latencyMs);
    const fault = this.faults.of(host, request.method ?? 'GET', url, entry.number);
    if (fault?.delay) await sleep(fault.delay);
    const answer = fault?.isBefore ? { status: 0 } : this.#answer(host, request, url, bytes);
    entry.status = fault?.answers ? fault.status : answer.status ?? 200;
    if (fault?.answers) return this.faults.play(fault, response, this.limits, entry);
    return send(response, answer);
  }

  /** @param {Host} host @param {import('node:http').IncomingMessage} request @param {URL} url @param {Buffer} bytes @returns {import('./call.mjs').Answer} */
  #answer(host, request, url, bytes) {
    try {
      return host === 'storage' ? answerStorage(this.state, request, url) : answerCall(this, host, request, url, bytes);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return error;
    }
  }
}

/** @param {import('node:http').IncomingMessage} request @param {number} most @returns {Promise<Buffer | null>} null when it is too long */
async function read(request, most) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > most) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** @param {import('node:http').ServerResponse} response @param {import('./call.mjs').Answer} answer */
function send(response, { status = 200, body, headers = {} }) {
  const bytes = body === undefined ? Buffer.alloc(0) : Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    ...(body === undefined || Buffer.isBuffer(body) ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    ...(status === 204 ? {} : { 'content-length': bytes.length }), ...headers,
  });
  response.end(bytes);
}
