// Azure: Entra's token endpoint with federated credentials, and Key Vault's secrets.
// https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow · https://learn.microsoft.com/rest/api/keyvault/secrets

import { randomBytes } from 'node:crypto';
import { jsonOf, onlyKnows, Unexpected } from './serve.mjs';

const AUDIENCE = 'api://AzureADTokenExchange';
const RESOURCE = 'https://vault.azure.net';

/** @param {import('./serve.mjs').Notes} notes @param {ReturnType<import('./oidc.mjs').createOidc>} oidc */
export function createAzure(notes, oidc) {
  /** @type {Map<string, { subject: string, permissions: string[] }>} */
  const applications = new Map();
  /** @type {Map<string, { client: string, until: number }>} */
  const tokens = new Map();
  /** @type {Map<string, { id: string, value: string, at: number }[]>} */
  const secrets = new Map();
  const tenant = 'aaaaaaaa-1111-2222-3333-bbbbbbbbbbbb';
  const counts = { exchanged: 0 };
  let origin = '';

  const self = {
    /** @type {any} */
    fault: null,

    setOrigin(/** @type {string} */ url) {
      origin = url;
    },

    control(/** @type {any} */ command) {
      switch (command.op) {
        case 'application': // { client, subject, permissions }
          applications.set(command.client, command);
          return { tenant };
        case 'secret': { // { name, value }
          const versions = secrets.get(command.name) ?? [];
          versions.push({ id: randomBytes(16).toString('hex'), value: command.value, at: Math.floor(Date.now() / 1000) });
          secrets.set(command.name, versions);
          return { version: versions.at(-1)?.id };
        }
        case 'expire':
          for (const token of tokens.values()) token.until = 0;
          return {};
        case 'versions':
          return { versions: (secrets.get(command.name) ?? []).map((one) => one.value) };
        default:
          return counts;
      }
    },

    /** @param {import('./serve.mjs').Request} request @returns {import('./serve.mjs').Answer} */
    handle(request) {
      try {
        if (request.path.endsWith('/oauth2/v2.0/token')) return exchange(request);
        return serve(request);
      } catch (error) {
        notes.add('azure', `${request.method} ${request.path}: ${error instanceof Error ? error.message : error}`);
        if (error instanceof Unexpected) return { status: 400, body: { error: { code: 'BadParameter', message: error.message } } };
        throw error;
      }
    },
  };
  return self;

  function exchange(/** @type {import('./serve.mjs').Request} */ request) {
    if (request.method !== 'POST' || request.headers['content-type'] !== 'application/x-www-form-urlencoded') throw new Unexpected('no form');
    const form = Object.fromEntries(new URLSearchParams(request.body.toString()));
    onlyKnows(form, 'grant_type', 'client_id', 'scope', 'client_assertion_type', 'client_assertion');
    if (form.grant_type !== 'client_credentials' || form.client_assertion_type !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer') throw new Unexpected('another grant');
    if (form.scope !== `${RESOURCE}/.default`) throw new Unexpected(`scope ${form.scope}`);
    if (request.path !== `/${tenant}/oauth2/v2.0/token`) return refuse(400, 'invalid_request', 'AADSTS90002: Tenant not found. Check to make sure you have the correct tenant ID.');
    const application = applications.get(form.client_id);
    if (!application) return refuse(400, 'unauthorized_client', `AADSTS700016: Application with identifier '${form.client_id}' was not found in the directory.`);
    const claims = oidc.check(form.client_assertion, AUDIENCE);
    if (!claims) return refuse(401, 'invalid_client', 'AADSTS700212: No matching federated identity record found for presented assertion audience.');
    if (claims.sub !== application.subject) return refuse(401, 'invalid_client', `AADSTS700213: No matching federated identity record found for presented assertion subject '${claims.sub}'.\r\nTrace ID: x`);
    const value = `eyJ0eXAiOiJKV1Qi.${randomBytes(300).toString('base64url')}.${randomBytes(64).toString('base64url')}`;
    tokens.set(value, { client: form.client_id, until: Date.now() + 3599_000 });
    notes.issued.push(value);
    counts.exchanged++;
    return { status: 200, body: { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: value } };
  }

  function refuse(/** @type {number} */ status, /** @type {string} */ error, /** @type {string} */ description) {
    return { status, body: { error, error_description: description, error_codes: [Number(/AADSTS(\d+)/.exec(description)?.[1])] } };
  }

  function serve(/** @type {import('./serve.mjs').Request} */ request) {
    const match = /^\/secrets\/([0-9a-zA-Z-]+)(?:\/([0-9a-f]{32}))?$/.exec(request.path);
    if (!match) throw new Unexpected(`${request.method} ${request.path}`);
    if (request.query.get('api-version') !== '7.4' || [...request.query.keys()].length !== 1) throw new Unexpected(`query ${request.query}`);
    const token = tokens.get(/^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '');
    if (!token || token.until <= Date.now()) {
      return { status: 401, headers: { 'www-authenticate': `Bearer authorization="${origin}/${tenant}", resource="${RESOURCE}"` }, body: { error: { code: 'Unauthorized', message: 'AKV10000: Request is missing a Bearer or PoP token.' } } };
    }
    const permission = request.method === 'GET' ? 'get' : 'set';
    if (self.fault?.mode === 'forbidden' || !applications.get(token.client)?.permissions.includes(permission)) {
      return { status: 403, body: { error: { code: 'Forbidden', message: 'Caller is not authorized to perform action on resource.', innererror: { code: 'ForbiddenByRbac' } } } };
    }
    const [, name, wanted] = match;
    const versions = secrets.get(name) ?? [];
    if (request.method === 'PUT' && !wanted) {
      const body = jsonOf(request);
      onlyKnows(body, 'value', 'contentType', 'tags');
      versions.push({ id: randomBytes(16).toString('hex'), value: body.value, at: Math.floor(Date.now() / 1000) });
      secrets.set(name, versions);
      return { status: 200, body: bundle(name, versions[versions.length - 1]) };
    }
    if (request.method !== 'GET') throw new Unexpected(request.method);
    const one = wanted ? versions.find((each) => each.id === wanted) : versions.at(-1);
    if (!one) return { status: 404, body: { error: { code: 'SecretNotFound', message: `A secret with (name/id) ${name} was not found in this key vault.` } } };
    return { status: 200, body: bundle(name, one) };
  }

  function bundle(/** @type {string} */ name, /** @type {{ id: string, value: string, at: number }} */ one) {
    return { value: one.value, id: `${origin}/secrets/${name}/${one.id}`, attributes: { enabled: true, created: one.at, updated: one.at, recoveryLevel: 'Recoverable+Purgeable' } };
  }
}
