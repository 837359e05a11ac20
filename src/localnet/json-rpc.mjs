// From a request's text to calls, and from calls to their answers.

import { METHODS } from './methods.mjs';
import { RpcError } from './rpc-error.mjs';
import { toJson } from './json.mjs';

/**
 * @typedef {{ id: any, hasId: boolean, method: string, params: any[], fault: RpcError | null }} Request
 * @typedef {{ batch: boolean, requests: Request[] }} Requests
 */

const LONGEST_BATCH = 1000;

/** @param {string} text @returns {Requests} */
export function parseRequests(text) {
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    return { batch: false, requests: [faulty(RpcError.parse())] };
  }
  if (!Array.isArray(json)) return { batch: false, requests: [request(json)] };
  if (json.length === 0) return { batch: false, requests: [faulty(RpcError.invalidRequest())] };
  if (json.length > LONGEST_BATCH) return { batch: false, requests: [faulty(RpcError.invalidRequest(`A batch holds at most ${LONGEST_BATCH} calls`))] };
  return { batch: true, requests: json.map(request) };
}

/** @param {RpcError} fault @param {any} [id] @returns {Request} */
const faulty = (fault, id = null) => ({ id, hasId: true, method: '', params: [], fault });

/** @param {any} json @returns {Request} */
function request(json) {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) return faulty(RpcError.invalidRequest());
  const { jsonrpc, id, method, params } = json;
  if (id !== undefined && id !== null && typeof id !== 'string' && typeof id !== 'number') return faulty(RpcError.invalidRequest());
  if (jsonrpc !== '2.0' || typeof method !== 'string') return faulty(RpcError.invalidRequest(), id ?? null);
  const known = { id: id ?? null, hasId: id !== undefined, method, params: params ?? [], fault: null };
  if (Array.isArray(known.params)) return known;
  return { ...known, params: [], fault: RpcError.invalidParams('`params` should be an array') };
}

/**
 * Never throws: every failure is an answer.
 * @param {Request} request @param {import('./methods.mjs').Call} call
 * @returns {Promise<{ text: string, error: RpcError | null }>} text is empty for a notification
 */
export async function answer(request, call) {
  try {
    if (request.fault) throw request.fault;
    const method = METHODS.get(request.method);
    if (method === undefined) throw RpcError.methodNotFound();
    const result = await method(request.params, call);
    return { text: request.hasId ? resultText(request.id, result) : '', error: null };
  } catch (thrown) {
    const error = asRpcError(thrown);
    return { text: request.hasId ? errorText(request.id, error) : '', error };
  }
}

/** @param {unknown} thrown */
export function asRpcError(thrown) {
  if (thrown instanceof RpcError) return thrown;
  process.stderr.write(`localnet: ${thrown instanceof Error ? thrown.stack : thrown}\n`);
  return RpcError.internal();
}

/** @param {any} id @param {any} result */
export const resultText = (id, result) => `{"jsonrpc":"2.0","result":${toJson(result)},"id":${toJson(id)}}`;

/** @param {any} id @param {RpcError} error */
export const errorText = (id, error) => `{"jsonrpc":"2.0","error":${toJson(error.json())},"id":${toJson(id)}}`;
