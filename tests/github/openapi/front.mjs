// One host before the stand-in's: what passes through it was checked, requests and answers, against GitHub's description. It remembers every violation.

import { createServer, request as ask } from 'node:http';
import { Checker } from './checker.mjs';

/** @typedef {{ method: string, path: string, status: number, complaints: string[] }} Violation status: 0 when the stand-in was not asked */

const PROBLEM = 'https://stoplight.io/prism/errors#';

export class Front {
  /** @type {Violation[]} */
  violations = [];
  #hosts;
  #checker;

  /** @param {{ prism: string, api: string, uploads: string }} hosts @param {import('./description.mjs').Description} description */
  constructor(hosts, description) {
    this.#hosts = hosts;
    this.#checker = new Checker(description);
    this.server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
  }

  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
  async #serve(request, response) {
    const { method = 'GET', headers } = request;
    const url = new URL(request.url ?? '/', 'http://front');
    const bytes = await collect(request);
    if (url.pathname === '/_stand-in/violations') return reply(response, 200, { 'content-type': 'application/json' }, Buffer.from(JSON.stringify(this.violations)));
    if (url.pathname.startsWith('/_stand-in/')) return this.#pass(this.#hosts.api, request, bytes, response);

    const operation = this.#checker.find(method, url.pathname);
    const host = operation ? Checker.pastPrism(operation, headers) : null;
    const misnamed = operation ? this.#checker.names(operation, url, bytes, headers['content-type']) : [];
    if (misnamed.length > 0) return this.#object(request, response, 0, misnamed);
    const answer = await send(host ? this.#hosts[host] : this.#hosts.prism, request, bytes);
    const complaints = operation && host ? this.#checker.answer(operation, answer) : prismComplaints(answer);
    return complaints.length > 0 ? this.#object(request, response, answer.status, complaints) : reply(response, answer.status, answer.headers, answer.bytes);
  }

  /** No answer that was objected to gets through: a client must not work by chance. */
  #object(/** @type {import('node:http').IncomingMessage} */ { method = 'GET', url = '/' }, /** @type {import('node:http').ServerResponse} */ response, /** @type {number} */ status, /** @type {string[]} */ complaints) {
    this.violations.push({ method, path: url, status, complaints });
    return reply(response, 500, { 'content-type': 'application/problem+json' }, Buffer.from(JSON.stringify({ title: 'GitHub describes this otherwise', complaints })));
  }

  /** @param {string} host @param {import('node:http').IncomingMessage} request @param {Buffer} bytes @param {import('node:http').ServerResponse} response */
  async #pass(host, request, bytes, response) {
    const { status, headers, bytes: answer } = await send(host, request, bytes);
    return reply(response, status, headers, answer);
  }
}

/** @typedef {{ status: number, headers: import('node:http').IncomingHttpHeaders, bytes: Buffer }} Answered */

/** What Prism objects to it says in a header, and, where it is an error, instead of the answer. @param {Answered} answer @returns {string[]} */
function prismComplaints({ headers, bytes }) {
  const said = headers['sl-violations'];
  const listed = said === undefined ? [] : parse(String(said));
  const problem = /problem\+json/.test(headers['content-type'] ?? '') ? JSON.parse(bytes.toString('utf8')) : undefined;
  const errors = [...(Array.isArray(listed) ? listed : [{ severity: 'Error', location: [], message: String(said) }]), ...(problem?.validation ?? [])]
    .filter(({ severity }) => severity === 'Error').map(({ location, message }) => `${location.join('.')} ${message}`);
  return [...new Set([...errors, ...(problem?.type?.startsWith(PROBLEM) && errors.length === 0 ? [`${problem.title}: ${problem.detail}`] : [])])];
}

/** Cut off where there are too many. @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** @param {string} base @param {import('node:http').IncomingMessage} request @param {Buffer} bytes @returns {Promise<Answered>} */
function send(base, { method, url, headers }, bytes) {
  const { host, connection, 'transfer-encoding': _, ...kept } = headers;
  return new Promise((resolve, reject) => {
    const sent = ask(new URL(base).origin + url, { method, headers: { ...kept, ...(bytes.length > 0 ? { 'content-length': bytes.length } : {}), 'x-forwarded-host': host } }, async (response) =>
      resolve({ status: response.statusCode ?? 502, headers: response.headers, bytes: await collect(response) }));
    sent.on('error', reject).end(bytes);
  });
}

/** @param {import('node:http').IncomingMessage} stream */
async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** @param {import('node:http').ServerResponse} response @param {number} status @param {import('node:http').IncomingHttpHeaders} headers @param {Buffer} bytes */
function reply(response, status, headers, bytes) {
  const { connection, 'transfer-encoding': _, 'content-length': __, ...kept } = headers;
  response.writeHead(status, { ...kept, ...(status === 204 ? {} : { 'content-length': bytes.length }) });
  response.end(bytes);
}
