// JSON-RPC over HTTP: POST anywhere, GET /health.

import { createServer } from 'node:http';
import { Endpoint } from './endpoint.mjs';
import { answer, errorText, parseRequests } from './json-rpc.mjs';
import { RpcError } from './rpc-error.mjs';

const MOST_BYTES = 256 * 1024;
const MOST_BATCH_BYTES = 1024 * 1024;
const OPEN_BRACKET = 0x5b;

/** @param {Endpoint} endpoint */
export function createHttpServer(endpoint) {
  const server = createServer({ keepAliveTimeout: 75_000, noDelay: true }, (request, response) => {
    serve(endpoint, request, response).catch((error) => {
      process.stderr.write(`localnet: ${error?.stack ?? error}\n`);
      response.destroy();
    });
  });
  server.on('clientError', (_, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
  });
  return server;
}

/** @param {Endpoint} endpoint @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
async function serve(endpoint, request, response) {
  if (request.method === 'GET' && request.url === '/health') return reply(response, 200, {}, 'ok', 'text/plain');
  if (request.method !== 'POST')
    return reply(response, 405, { allow: 'POST' }, 'Used HTTP Method is not allowed. POST is required.\n', 'text/plain');
  const body = await readBody(request);
  if (body === null) return reply(response, 413, { connection: 'close' }, 'Payload too large\n', 'text/plain');

  const { batch, requests } = parseRequests(body.toString('utf8'));
  if (Endpoint.isExempt(requests)) return reply(response, 200, {}, (await perform(endpoint, requests))[0].text);
  await endpoint.travel();
  const refusal = endpoint.refusal(request.socket);
  const { status, headers } = refusal ? { status: 429, headers: refusal } : endpoint.admit(requests);
  const answers = status === 200 ? await perform(endpoint, requests) : requests.map((each) => refuse(each, status));
  await endpoint.travel();

  const texts = answers.map(({ text }) => text).filter((text) => text !== '');
  const refusedBatch = batch && status !== 200;
  reply(response, status, headers, batch && !refusedBatch ? (texts.length ? `[${texts.join(',')}]` : '') : texts[0] ?? '');
  answers.forEach(({ text, error, notes }, index) =>
    endpoint.answered(requests[index], { transport: 'http', status, error, bytes: text.length, notes }));
}

/** One after the other, as a validator does with a batch. @param {Endpoint} endpoint @param {import('./json-rpc.mjs').Request[]} requests */
async function perform({ node, view }, requests) {
  const answers = [];
  for (const request of requests) {
    const notes = {};
    const note = (/** @type {object} */ facts) => void Object.assign(notes, facts);
    answers.push({ ...(await answer(request, { node, view, note })), notes });
  }
  return answers;
}

/** @param {import('./json-rpc.mjs').Request} request @param {number} status */
function refuse({ id }, status) {
  const error = status === 429 ? RpcError.tooManyRequests() : RpcError.unavailable();
  return { text: errorText(id, error), error, notes: {} };
}

/** @param {import('node:http').IncomingMessage} request @returns {Promise<Buffer | null>} null when it is too long; never when it breaks off */
const readBody = (request) => new Promise((resolve) => {
  /** @type {Buffer[]} */
  const chunks = [];
  let length = 0;
  request.on('data', (chunk) => {
    length += chunk.length;
    if (length <= (chunks[0]?.[0] === OPEN_BRACKET ? MOST_BATCH_BYTES : MOST_BYTES)) chunks.push(chunk);
    else resolve(null); // the rest is read and forgotten, so that the client can read the answer
  });
  request.on('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
});

/** @param {import('node:http').ServerResponse} response @param {number} status @param {object} headers @param {string} text */
function reply(response, status, headers, text, type = 'application/json; charset=utf-8') {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text), ...headers });
  response.end(text);
}
