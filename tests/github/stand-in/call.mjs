// What a handler is given, and what it gives back.

/**
 * @typedef {{ api: string, uploads: string, storage: string }} Links where clients reach the hosts, without a slash at the end
 * @typedef {{
 *   state: import('./state.mjs').State,
 *   repository: import('./state.mjs').Repository,
 *   caller: import('./tokens.mjs').Caller,
 *   params: Record<string, string>,
 *   query: URLSearchParams,
 *   path: string,
 *   headers: import('node:http').IncomingHttpHeaders,
 *   body: Record<string, any>,
 *   bytes: Buffer,
 *   links: Links,
 *   repoUrl: string,
 * }} Call repository: absent only where the path names none; body: {} where the operation takes none; repoUrl: `…/repos/owner/name`
 * @typedef {{ status?: number, body?: unknown, headers?: Record<string, string | number> }} Answer status: 200 unless told
 */

import { notFound } from './refusal.mjs';

/** A number in a path. @param {string} text */
export function idOf(text) {
  if (!/^\d{1,15}$/.test(text)) throw notFound();
  return Number(text);
}

/** @template T @param {T | undefined} found @returns {T} */
export function orNotFound(found) {
  if (found === undefined) throw notFound();
  return found;
}

/** The user, and the app behind it, that what a caller makes is put down to. @param {import('./tokens.mjs').Caller} caller */
export function author({ token }) {
  if (token === null) throw notFound();
  return { user: token.user, app: token.app };
}
