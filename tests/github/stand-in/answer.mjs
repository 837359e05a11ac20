// One call of the API, in GitHub's order: who calls, how often, does it exist for them, may they, is the request well-formed, and then what it asks for.

import { readBody } from './body.mjs';
import { Refusal, badRequest, notFound } from './refusal.mjs';
import { route } from './routes.mjs';
import { callerOf, requirePermission, requireSight } from './tokens.mjs';

const VERSIONS = ['2022-11-28', '2026-03-10'];
const MEDIA = /^(?:\*\/\*|application\/(?:\*|json|octet-stream|vnd\.github(?:\.[\w-]+)*(?:\+json)?))$/;

/**
 * @param {import('./servers.mjs').StandIn} standIn @param {'api' | 'uploads'} host @param {import('node:http').IncomingMessage} request
 * @param {URL} url @param {Buffer} bytes @returns {import('./call.mjs').Answer}
 */
export function answerCall({ state, limits, links }, host, request, url, bytes) {
  const { headers, method = 'GET' } = request;
  requireHeaders(headers);
  const caller = callerOf(state, headers.authorization);
  const counted = limits.admit(caller.key, caller.kind);
  try {
    const { repository, rest } = locate(state, url.pathname, links);
    requireSight(caller, repository);
    const found = route(host, method, rest);
    if (found === undefined) throw notFound();
    requirePermission(caller, repository, found.route.needs);
    const reached = reachedAt(headers, links);
    const answer = found.route.handle({
      state, repository, caller, params: found.params, query: url.searchParams, path: `/repos/${repository.fullName}${rest}`, headers, bytes, links: reached,
      body: found.route.form === null || method === 'GET' ? {} : readBody(bytes, found.route.form), repoUrl: `${reached.api}/repos/${repository.fullName}`,
    });
    return { ...answer, headers: { ...counted, 'x-github-api-version-selected': version(headers), ...answer.headers } };
  } catch (error) {
    if (error instanceof Refusal) error.headers = { ...counted, ...error.headers };
    throw error;
  }
}

/** @param {import('node:http').IncomingHttpHeaders} headers */
function requireHeaders(headers) {
  if (!headers['user-agent'])
    throw new Refusal(403, { message: 'Request forbidden by administrative rules. Please make sure your request has a User-Agent header.' });
  const accepted = (headers.accept ?? '*/*').split(',').map((each) => each.split(';')[0].trim());
  if (!accepted.some((each) => MEDIA.test(each)))
    throw new Refusal(415, { message: `Unsupported 'Accept' header: ${JSON.stringify(accepted)}. Must accept 'application/json'.` });
  if (!VERSIONS.includes(version(headers))) throw badRequest(`"${version(headers)}" is not a supported version of the API`);
}

const version = (/** @type {import('node:http').IncomingHttpHeaders} */ headers) => String(headers['x-github-api-version'] ?? VERSIONS[0]);

/** A repository by its name, its number, or a name it had. @param {import('./state.mjs').State} state @param {string} path @param {import('./call.mjs').Links} links */
function locate(state, path, links) {
  const [, id, after] = /^\/repositories\/(\d{1,15})((?:\/.*)?)$/.exec(path) ?? [];
  const [, owner, name, rest] = /^\/repos\/([^/]+)\/([^/]+)((?:\/.*)?)$/.exec(path) ?? [];
  if (owner !== undefined) {
    const now = state.moved.get(`${owner}/${name}`.toLowerCase());
    const renamed = now === undefined ? undefined : state.repositories.get(now.toLowerCase());
    if (renamed !== undefined) {
      const location = `${links.api}/repositories/${renamed.id}${rest}`;
      throw new Refusal(301, { message: 'Moved Permanently', url: location }, { location });
    }
  }
  const repository = id !== undefined ? state.repositoryById(Number(id)) : owner === undefined ? undefined : state.repository(owner, name);
  if (repository === undefined) throw notFound();
  return { repository, rest: rest ?? after };
}

/** Behind a proxy, links lead back to it. @param {import('node:http').IncomingHttpHeaders} headers @param {import('./call.mjs').Links} links */
function reachedAt(headers, links) {
  const host = headers['x-forwarded-host'];
  return typeof host === 'string' ? { ...links, api: `http://${host}`, uploads: `http://${host}` } : links;
}
