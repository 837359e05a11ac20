// One HTTP server per service, and the ways in which a test may have it misbehave.

import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

const HUGE = 1024 ** 3;

/** What no client should have sent; a test asserts that there is nothing here. */
export class Notes {
  /** @type {string[]} */
  lines = [];

  /** Every secret that was handed out: none of them may be found anywhere. @type {string[]} */
  issued = [];

  add(/** @type {string} */ service, /** @type {string} */ text) {
    this.lines.push(`${service}: ${text}`);
  }
}

/**
 * @typedef {{ method: string, path: string, query: URLSearchParams, headers: import('node:http').IncomingHttpHeaders, body: Buffer }} Request
 * @typedef {{ status: number, body?: unknown, text?: string, type?: string, headers?: Record<string, string> }} Answer
 * @typedef {(request: Request) => Answer | Promise<Answer>} Handler
 * @typedef {{ mode: string, path?: string, times?: number, to?: string, seen?: number }} Fault `path` is looked for in `METHOD /path target`
 */

/** @param {string} service @param {Handler} handler @param {Record<string, any>} faults @param {Notes} notes @param {{ key: Buffer, cert: Buffer } | null} tls @returns {Promise<string>} the address */
export function listen(service, handler, faults, notes, tls = null) {
  const server = tls ? createTlsServer(tls, serve) : createServer(serve);
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(`http${tls ? 's' : ''}://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`)));

  async function serve(/** @type {import('node:http').IncomingMessage} */ request, /** @type {import('node:http').ServerResponse} */ response) {
    try {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const url = new URL(request.url ?? '/', 'http://service');
      const fault = takeFault(faults[service], `${request.method} ${url.pathname} ${request.headers['x-amz-target'] ?? ''}`);
      if (faults.latencyMs) await sleep(faults.latencyMs);
      if (fault && await misbehave(fault, response)) return;
      const body = Buffer.concat(chunks);
      const answer = await handler({ method: request.method ?? '', path: url.pathname, query: url.searchParams, headers: request.headers, body });
      let text = answer.text ?? (answer.body === undefined ? '' : JSON.stringify(answer.body));
      if (fault?.mode === 'hold-answer') return; // done, and nobody hears of it
      if (fault?.mode === 'echo-error') return complain(response, request, `${text} ${JSON.stringify(request.headers)} ${body}`);
      if (fault?.mode === 'echo-broken') text = text.slice(0, -2);
      response.writeHead(answer.status, { 'content-type': answer.type ?? 'application/json', ...answer.headers }).end(text);
    } catch (error) {
      if (response.destroyed) return;
      notes.add(service, `${request.method} ${request.url}: ${error instanceof Error ? error.stack : error}`);
      response.writeHead(500, { 'content-type': 'application/json' }).end('{"errors":["the stand-in broke"]}');
    }
  }
}

/** An error in the words of every service at once, with all that nobody should repeat. @param {import('node:http').ServerResponse} response @param {import('node:http').IncomingMessage} request @param {string} words */
function complain(response, request, words) {
  const isForm = request.headers['content-type'] === 'application/x-www-form-urlencoded';
  if (isForm && request.url === '/') {
    const xml = words.replace(/[<>&]/g, ' ');
    response.writeHead(400, { 'content-type': 'text/xml' }).end(`<ErrorResponse><Error><Code>${xml}</Code><Message>${xml}</Message></Error></ErrorResponse>`);
    return;
  }
  const error = isForm ? words : { code: words, message: words };
  response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ errors: [words], message: words, __type: words, error, error_description: words }));
}

/** @param {Fault | null | undefined} fault @param {string} what */
function takeFault(fault, what) {
  if (!fault || (fault.path && !new RegExp(fault.path).test(what))) return null;
  fault.seen = (fault.seen ?? 0) + 1;
  return fault.times && fault.seen > fault.times ? null : fault;
}

/** @param {Fault} fault @param {import('node:http').ServerResponse} response @returns whether the request has been dealt with */
async function misbehave(fault, response) {
  switch (fault.mode) {
    case 'error': // an overloaded server
      response.writeHead(500, { 'content-type': 'application/json' }).end('{"errors":["internal error"]}');
      return true;
    case 'sealed': // Vault's words
      response.writeHead(503, { 'content-type': 'application/json' }).end('{"errors":["Vault is sealed"]}');
      return true;
    case 'throttle':
      response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '1' }).end('{}');
      return true;
    case 'redirect':
      response.writeHead(307, { location: fault.to }).end();
      return true;
    case 'huge': {
      response.writeHead(200, { 'content-type': 'application/json' });
      const block = Buffer.alloc(1024 * 1024, 0x20);
      for (let sent = 0; sent < HUGE && !response.destroyed; sent += block.length) {
        if (!response.write(block)) await new Promise((resolve) => { response.once('drain', resolve); response.once('close', resolve); });
      }
      response.end();
      return true;
    }
    case 'slow-loris':
      response.writeHead(200, { 'content-type': 'application/json' });
      while (!response.destroyed) {
        response.write(' ');
        await sleep(50);
      }
      return true;
    case 'hold': // the request is not even looked at
      return true;
    case 'hang-up':
      response.destroy();
      return true;
    case 'garbage':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>hello</html>');
      return true;
    default:
      return false; // a mode of the service's own
  }
}

/** Strict JSON: anything else is noted and refused. @param {Request} request */
export function jsonOf(request) {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/(json|x-amz-json-1\.1)$/.test(type)) throw new Unexpected(`content-type ${type}`);
  try {
    return JSON.parse(request.body.toString('utf8'));
  } catch {
    throw new Unexpected('a body that is not JSON');
  }
}

/** Fields beyond those a service documents. @param {object} body @param {string[]} known */
export function onlyKnows(body, ...known) {
  const others = Object.keys(body).filter((name) => !known.includes(name));
  if (others.length > 0) throw new Unexpected(`unknown fields ${others.join(', ')}`);
}

/** Canonical base64 or nothing. @param {unknown} text @returns {Buffer} */
export function base64(text) {
  if (typeof text !== 'string') throw new Unexpected('a field that is not base64');
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw new Unexpected('a field that is not canonical base64');
  return bytes;
}

/** A request that the real service would not understand. */
export class Unexpected extends Error {}
