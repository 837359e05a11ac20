// JSON-RPC over WebSocket: subscriptions only, as on a validator.

import { WebSocketServer } from 'ws';
import { asRpcError, errorText, parseRequests, resultText } from './json-rpc.mjs';
import { RpcError } from './rpc-error.mjs';

/** @typedef {import('./json-rpc.mjs').Request} Request */

const MOST_BYTES = 256 * 1024;
const MOST_BUFFERED = 64 * 1024 * 1024;

/**
 * @param {import('node:http').Server} server
 * @param {import('./endpoint.mjs').Endpoint} endpoint
 * @param {import('./subscriptions.mjs').Subscriptions} subscriptions
 */
export function serveWebSocket(server, endpoint, subscriptions) {
  const sockets = new WebSocketServer({
    server,
    maxPayload: MOST_BYTES,
    perMessageDeflate: false,
    verifyClient: ({ req }, accept) => {
      const refusal = endpoint.refusal(req.socket);
      if (refusal) accept(false, 429, 'Too Many Requests', refusal);
      else accept(true);
    },
  });
  sockets.on('connection', (socket) => {
    const client = subscriptions.connect((text) => {
      if (socket.bufferedAmount > MOST_BUFFERED) socket.terminate(); // it does not read what it asked for
      else socket.send(text);
    });
    socket.on('error', () => socket.terminate());
    socket.on('close', () => client.disconnect());
    socket.on('message', (data) => void receive(endpoint, client, String(data)));
  });
  return sockets;
}

/** @param {import('./endpoint.mjs').Endpoint} endpoint @param {import('./subscription-client.mjs').SubscriptionClient} client @param {string} text */
async function receive(endpoint, client, text) {
  const { batch, requests } = parseRequests(text);
  await endpoint.travel();
  const { status } = endpoint.admit(requests);
  const answers = [];
  for (const request of requests) answers.push(await answer(request, status, client));
  await endpoint.travel();
  const texts = answers.map((each) => each.text).filter((each) => each !== '');
  if (texts.length > 0) client.send(batch ? `[${texts.join(',')}]` : texts[0]);
  answers.forEach((each, index) =>
    endpoint.answered(requests[index], { transport: 'ws', status, error: each.error, bytes: each.text.length, notes: {} }));
}

/** @param {Request} request @param {number} status @param {import('./subscription-client.mjs').SubscriptionClient} client */
async function answer(request, status, client) {
  try {
    if (status !== 200) throw status === 429 ? RpcError.tooManyRequests() : RpcError.unavailable();
    if (request.fault) throw request.fault;
    const result = await client.call(request.method, request.params);
    return { text: request.hasId ? resultText(request.id, result) : '', error: null };
  } catch (thrown) {
    const error = asRpcError(thrown);
    return { text: request.hasId ? errorText(request.id, error) : '', error };
  }
}
