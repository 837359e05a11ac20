// GitHub's OIDC provider, as a job sees it, and the check that a service makes of its tokens.
// https://docs.github.com/actions/reference/security/oidc

import { createPublicKey, generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import { Unexpected } from './serve.mjs';

const LIFETIME = 300;
const ISSUER = 'https://token.actions.githubusercontent.com';

/** @param {import('./serve.mjs').Notes} notes */
export function createOidc(notes) {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const requestToken = `ghs_${randomBytes(24).toString('base64url')}`;
  const claims = {
    sub: 'repo:acme@1234/perps@5678:environment:production',
    repository: 'acme/perps', repository_id: '5678', repository_owner: 'acme', environment: 'production',
    job_workflow_ref: 'acme/release/.github/workflows/deploy.yml@refs/tags/v1',
  };
  let issued = 0;
  notes.issued.push(requestToken);

  const part = (/** @type {object} */ value) => Buffer.from(JSON.stringify(value)).toString('base64url');

  return {
    requestToken,
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    claims,
    get issued() { return issued; },

    /** @param {import('./serve.mjs').Request} request @returns {import('./serve.mjs').Answer} */
    handle(request) {
      if (request.method !== 'GET' || request.path !== '/token' || request.query.get('api-version') !== '2.0') {
        notes.add('oidc', `unexpected ${request.method} ${request.path}`);
        return { status: 404, body: { message: 'not found' } };
      }
      if (request.headers.authorization !== `bearer ${requestToken}`) return { status: 401, body: { message: 'bad credentials' } };
      issued++;
      const now = Math.floor(Date.now() / 1000);
      const audience = request.query.get('audience') ?? `https://github.com/${claims.repository_owner}`;
      const unsigned = `${part({ alg: 'RS256', typ: 'JWT', kid: 'stand-in' })}.${part({ ...claims, iss: ISSUER, aud: audience, iat: now, nbf: now - 5, exp: now + LIFETIME, jti: randomBytes(16).toString('hex') })}`;
      const value = `${unsigned}.${sign('sha256', Buffer.from(unsigned), privateKey).toString('base64url')}`;
      notes.issued.push(value);
      return { status: 200, body: { value } };
    },

    /** The claims of a token that is whole, in time and for this audience; null otherwise. @param {unknown} token @param {string} audience */
    check(token, audience) {
      const read = readToken(token, publicKey);
      return read && read.iss === ISSUER && read.aud === audience ? read : null;
    },
  };
}

/** @param {unknown} token @param {import('node:crypto').KeyObject | string} key */
export function readToken(token, key) {
  if (typeof token !== 'string' || token.split('.').length !== 3) throw new Unexpected('something that is not a JWT');
  const [header, payload, signature] = token.split('.');
  const publicKey = typeof key === 'string' ? createPublicKey(key) : key;
  if (JSON.parse(Buffer.from(header, 'base64url').toString()).alg !== 'RS256') return null;
  if (!verify('sha256', Buffer.from(`${header}.${payload}`), publicKey, Buffer.from(signature, 'base64url'))) return null;
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const now = Date.now() / 1000;
  return claims.exp > now && claims.nbf <= now ? claims : null;
}
