// Who calls, and what they may do.

import { badCredentials, notAccessible, notFound, requiresAuthentication } from './refusal.mjs';

/**
 * @typedef {'installation' | 'fine-grained' | 'classic'} TokenKind
 * @typedef {{ user: import('./state.mjs').User, app: string | null, kind: TokenKind, permissions: Record<string, string> | 'write-all' | 'read-all',
 *   repositories: string[] | null, expired: boolean }} Token permissions: of a workflow's token, say { deployments: 'write' }
 * @typedef {{ key: string, kind: string, token: Token | null }} Caller key: whose calls are counted together
 */

const RANK = { none: 0, read: 1, write: 2, admin: 3 };

/** @param {import('./state.mjs').State} state @param {string | undefined} authorization @returns {Caller} */
export function callerOf(state, authorization) {
  if (authorization === undefined) return { key: 'anonymous', kind: 'anonymous', token: null };
  const secret = /^(?:bearer|token) (\S+)$/i.exec(authorization)?.[1];
  const token = secret === undefined ? undefined : state.tokens.get(secret);
  if (token === undefined || token.expired) throw badCredentials();
  return { key: `${token.user.login} ${secret}`, kind: token.kind, token };
}

/** What a token does not see does not exist. @param {Caller} caller @param {import('./state.mjs').Repository} repository */
export function requireSight({ token }, repository) {
  const isNamed = token !== null && (token.repositories === null || token.repositories.includes(repository.fullName.toLowerCase()));
  if (repository.isPrivate && !isNamed) throw notFound();
}

/**
 * Reading what is public needs nothing; all else needs the permission by name.
 * @param {Caller} caller @param {import('./state.mjs').Repository} repository @param {string} needs such as `deployments=write`
 */
export function requirePermission(caller, repository, needs) {
  const [name, level] = needs.split('=');
  if (level === 'read' && name !== 'administration' && !repository.isPrivate) return;
  if (caller.token === null) throw requiresAuthentication();
  if (!mayDo(caller, repository, name, level)) throw notAccessible(caller.kind, needs);
}

/** @param {Caller} caller @param {import('./state.mjs').Repository} repository @param {string} name @param {string} level */
export function mayDo({ token }, repository, name, level) {
  if (token === null || (token.repositories !== null && !token.repositories.includes(repository.fullName.toLowerCase()))) return false;
  // A workflow's token never has these two, whatever its job asks for.
  const isOutOfReach = token.kind === 'installation' && token.app === 'github-actions' && (name === 'workflows' || name === 'administration');
  const { permissions } = token;
  const has = isOutOfReach ? 'none'
    : permissions === 'write-all' ? 'write' : permissions === 'read-all' ? 'read' : name === 'metadata' ? 'read' : permissions[name] ?? 'none';
  return RANK[/** @type {keyof typeof RANK} */ (has)] >= RANK[/** @type {keyof typeof RANK} */ (level)];
}
