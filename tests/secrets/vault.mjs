// HashiCorp Vault: JWT, AppRole and token authentication, policies, KV 1 and 2, Transit with Ed25519.
// https://developer.hashicorp.com/vault/api-docs

import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { readToken } from './oidc.mjs';
import { base64, jsonOf, onlyKnows, Unexpected } from './serve.mjs';

const PREFIX = '/v1/';
const OTHER_METHODS = { POST: 'update', PUT: 'update', GET: 'read', LIST: 'list', DELETE: 'delete' };

/** An error with Vault's own form. */
class Refused extends Error {
  constructor(/** @type {number} */ status, /** @type {string[]} */ ...errors) {
    super(errors.join('; '));
    this.status = status;
    this.errors = errors;
  }
}

/** @typedef {{ policies: string[], until: number, uses: number, name?: string, isRoot?: boolean }} Token */

/** @param {import('./serve.mjs').Notes} notes */
export function createVault(notes) {
  const rootToken = `hvs.${randomBytes(18).toString('base64url')}`;
  /** @type {Map<string, Token>} */
  const tokens = new Map([[rootToken, { policies: [], until: Infinity, uses: Infinity, isRoot: true }]]);
  /** @type {Map<string, Record<string, { capabilities: string[] }>>} */
  const policies = new Map();
  /** @type {Map<string, { type: string, version: string, data: Map<string, any> }>} */
  const mounts = new Map();
  /** @type {Map<string, { type: string, config: any, roles: Map<string, any> }>} */
  const auths = new Map();
  const counts = { logins: 0, revoked: 0, signRequests: 0, signatures: 0 };
  const settings = { isSealed: false, namespace: '', hidesMounts: false };

  const self = {
    rootToken,
    /** @type {any} */
    fault: null,

    control(/** @type {any} */ command) {
      // All tokens but the root's, or those of one role.
      if (command.op === 'expire') for (const token of tokens.values()) if (!token.isRoot && (!command.name || token.name === command.name)) token.until = command.until ?? 0;
      if (command.op === 'set') Object.assign(settings, command.settings);
      return { ...counts, live: [...tokens.values()].filter((token) => !token.isRoot && token.until > Date.now()).length };
    },

    /** @param {import('./serve.mjs').Request} request @returns {import('./serve.mjs').Answer} */
    handle(request) {
      try {
        if (settings.isSealed) throw new Refused(503, 'Vault is sealed');
        if (request.headers['x-vault-request'] !== 'true') throw new Unexpected('no X-Vault-Request header');
        if ((request.headers['x-vault-namespace'] ?? '') !== settings.namespace) throw new Refused(404);
        if (!request.path.startsWith(PREFIX)) throw new Unexpected('a path outside /v1/');
        const path = decodeURIComponent(request.path.slice(PREFIX.length));
        const body = request.body.length > 0 ? jsonOf(request) : null;
        return login(request.method, path, body) ?? authorized(request, path, body);
      } catch (error) {
        if (error instanceof Refused) return { status: error.status, body: { errors: error.errors } };
        notes.add('vault', `${request.method} ${request.path}: ${error instanceof Error ? error.message : error}`);
        if (error instanceof Unexpected) return { status: 400, body: { errors: [`unexpected: ${error.message}`] } };
        throw error;
      }
    },
  };
  return self;

  function issue(/** @type {any} */ role, /** @type {string} */ name) {
    const value = `hvs.${randomBytes(24).toString('base64url')}`;
    const ttl = role.token_ttl ? seconds(role.token_ttl) : 3600;
    tokens.set(value, { policies: role.token_policies ?? [], until: Date.now() + ttl * 1000, uses: role.token_num_uses || Infinity, name });
    notes.issued.push(value);
    counts.logins++;
    return { status: 200, body: { auth: { client_token: value, accessor: randomBytes(12).toString('hex'), policies: role.token_policies, metadata: {}, lease_duration: ttl, renewable: true } } };
  }

  /** Requests that need no token. */
  function login(/** @type {string} */ method, /** @type {string} */ path, /** @type {any} */ body) {
    const match = /^auth\/(.+)\/login$/.exec(path);
    if (!match) return null;
    const auth = auths.get(match[1]);
    if (!auth) throw new Refused(403, 'permission denied');
    if (method !== 'POST' && method !== 'PUT') throw new Refused(405, 'unsupported operation');
    if (auth.type === 'approle') {
      onlyKnows(body, 'role_id', 'secret_id');
      const role = [...auth.roles.values()].find((one) => one.role_id === body.role_id && one.secretIds.includes(body.secret_id));
      if (!role) throw new Refused(400, 'invalid role or secret ID');
      return issue(role, role.role_id);
    }
    onlyKnows(body, 'role', 'jwt');
    const role = auth.roles.get(body.role);
    if (!role) throw new Refused(400, `role "${body.role}" could not be found`);
    const claims = auth.config.jwt_validation_pubkeys.map((/** @type {string} */ key) => readToken(body.jwt, key)).find(Boolean);
    if (!claims) throw new Refused(400, 'error validating token: error verifying token signature');
    if (!(role.bound_audiences ?? []).includes(claims.aud)) throw new Refused(400, 'error validating token: invalid audience (aud) claim: audience claim does not match any bound audience');
    for (const [claim, wanted] of Object.entries(role.bound_claims ?? {})) {
      if (![wanted].flat().includes(claims[claim])) throw new Refused(400, `error validating claims: claim "${claim}" does not match any associated bound claim values`);
    }
    if (!claims[role.user_claim]) throw new Refused(400, `claim "${role.user_claim}" not found in token`);
    return issue(role, body.role);
  }

  function authorized(/** @type {import('./serve.mjs').Request} */ request, /** @type {string} */ path, /** @type {any} */ body) {
    const value = String(request.headers['x-vault-token'] ?? '');
    const token = tokens.get(value);
    if (!value) notes.add('vault', `${request.method} ${request.path}: no token`);
    if (!token || token.until <= Date.now() || token.uses <= 0) throw new Refused(403, 'permission denied', 'invalid token');
    token.uses--;
    if (path === 'auth/token/revoke-self') {
      if (request.method !== 'POST' && request.method !== 'PUT') throw new Refused(405, 'unsupported operation');
      tokens.delete(value);
      counts.revoked++;
      return { status: 204 };
    }
    const discovered = /^sys\/internal\/ui\/mounts\/(.+)$/.exec(path);
    if (discovered) return discover(token, discovered[1]);
    const capability = OTHER_METHODS[/** @type {'GET'} */ (request.method)];
    if (!capability) throw new Unexpected(`method ${request.method}`);
    if (!token.isRoot && !allows(token, path, capability)) throw new Refused(403, '1 error occurred:\n\t* permission denied\n\n');
    if (self.fault?.mode === 'forbidden' && new RegExp(self.fault.path ?? '').test(path)) throw new Refused(403, '1 error occurred:\n\t* permission denied\n\n');
    return administer(request.method, path, body) ?? use(request.method, path, body, request.query);
  }

  function allows(/** @type {Token} */ token, /** @type {string} */ path, /** @type {string} */ capability) {
    return token.policies.some((name) => Object.entries(policies.get(name) ?? {}).some(([rule, { capabilities }]) =>
      (rule.endsWith('*') ? path.startsWith(rule.slice(0, -1)) : rule === path) && (capabilities.includes(capability) || (capability === 'update' && capabilities.includes('create')))));
  }

  /** A token sees the mounts in which its policies allow it anything. */
  function discover(/** @type {Token} */ token, /** @type {string} */ path) {
    const mount = mountOf(path);
    const sees = token.isRoot || token.policies.some((name) => Object.keys(policies.get(name) ?? {}).some((rule) => mount && rule.startsWith(`${mount.name}/`)));
    if (!mount || !sees || settings.hidesMounts) throw new Refused(403, 'preflight capability check returned 403, please ensure client\'s policies grant access to path "' + path + '/"');
    return { status: 200, body: { data: { path: `${mount.name}/`, type: mount.type, options: mount.type === 'kv' ? { version: mount.version } : null, description: '', local: false } } };
  }

  function mountOf(/** @type {string} */ path) {
    const name = [...mounts.keys()].filter((one) => path.startsWith(`${one}/`)).sort((a, b) => b.length - a.length)[0];
    return name === undefined ? null : { name, ...(/** @type {{ type: string, version: string, data: Map<string, any> }} */ (mounts.get(name))) };
  }

  /** What an operator does, so that the same test can set up a real Vault. */
  function administer(/** @type {string} */ method, /** @type {string} */ path, /** @type {any} */ body) {
    const isWrite = method === 'POST' || method === 'PUT';
    let match;
    if ((match = /^sys\/mounts\/(.+)$/.exec(path)) && isWrite) {
      if (mounts.has(match[1])) throw new Refused(400, `path is already in use at ${match[1]}/`);
      mounts.set(match[1], { type: body.type, version: body.options?.version ?? '1', data: new Map() });
      return { status: 204 };
    }
    if ((match = /^sys\/auth\/(.+)$/.exec(path)) && isWrite) {
      if (auths.has(match[1])) throw new Refused(400, `path is already in use at ${match[1]}/`);
      auths.set(match[1], { type: body.type, config: {}, roles: new Map() });
      return { status: 204 };
    }
    if (path === 'auth/token/create' && isWrite) return issue({ token_policies: body.policies, token_ttl: body.ttl }, body.display_name);
    if ((match = /^sys\/policies\/acl\/(.+)$/.exec(path)) && isWrite) {
      policies.set(match[1], JSON.parse(body.policy).path);
      return { status: 204 };
    }
    if ((match = /^auth\/([^/]+)\/config$/.exec(path)) && isWrite) {
      /** @type {any} */ (auths.get(match[1])).config = body;
      return { status: 204 };
    }
    if ((match = /^auth\/([^/]+)\/role\/([^/]+)(\/role-id|\/secret-id)?$/.exec(path))) {
      const roles = /** @type {any} */ (auths.get(match[1])).roles;
      if (match[3] === '/role-id') return { status: 200, body: { data: { role_id: roles.get(match[2]).role_id } } };
      if (match[3] === '/secret-id') {
        const secret = randomBytes(16).toString('hex');
        roles.get(match[2]).secretIds.push(secret);
        return { status: 200, body: { data: { secret_id: secret } } };
      }
      roles.set(match[2], { role_id: randomBytes(16).toString('hex'), secretIds: [], ...body });
      return { status: 204 };
    }
    return null;
  }

  function use(/** @type {string} */ method, /** @type {string} */ path, /** @type {any} */ body, /** @type {URLSearchParams} */ query) {
    const mount = mountOf(path);
    if (!mount) throw new Refused(404, `no handler for route "${path}". route entry not found.`);
    const rest = path.slice(mount.name.length + 1);
    if (mount.type === 'transit') return transit(mount.data, method, rest, body);
    return mount.version === '2' ? kv2(mount.data, method, rest, body, query) : kv1(mount.data, method, rest, body);
  }

  function kv1(/** @type {Map<string, any>} */ data, /** @type {string} */ method, /** @type {string} */ name, /** @type {any} */ body) {
    if (method !== 'GET') {
      data.set(name, body);
      return { status: 204 };
    }
    if (!data.has(name)) throw new Refused(404);
    return { status: 200, body: { lease_duration: 2764800, data: data.get(name) } };
  }

  function kv2(/** @type {Map<string, any>} */ data, /** @type {string} */ method, /** @type {string} */ path, /** @type {any} */ body, /** @type {URLSearchParams} */ query) {
    const match = /^data\/(.+)$/.exec(path);
    if (!match) throw new Refused(404);
    const versions = data.get(match[1]) ?? [];
    const metadataOf = (/** @type {any} */ one) => ({ created_time: one.at, custom_metadata: null, deletion_time: one.deletedAt ?? '', destroyed: false, version: versions.indexOf(one) + 1 });
    if (method === 'GET') {
      const wanted = query.get('version') ? versions[Number(query.get('version')) - 1] : versions.at(-1);
      if (!wanted) throw new Refused(404);
      if (wanted.deletedAt) return { status: 404, body: { data: { data: null, metadata: metadataOf(wanted) } } };
      return { status: 200, body: { data: { data: wanted.data, metadata: metadataOf(wanted) } } };
    }
    if (method === 'DELETE') {
      versions.at(-1).deletedAt = new Date().toISOString();
      return { status: 204 };
    }
    onlyKnows(body, 'data', 'options');
    const cas = body.options?.cas;
    if (cas !== undefined && cas !== versions.length) throw new Refused(400, 'check-and-set parameter did not match the current version');
    versions.push({ data: body.data, at: now() });
    data.set(match[1], versions);
    return { status: 200, body: { data: metadataOf(versions.at(-1)) } };
  }

  function transit(/** @type {Map<string, any>} */ keys, /** @type {string} */ method, /** @type {string} */ path, /** @type {any} */ body) {
    const [kind, name, verb] = path.split('/');
    if (kind === 'keys' && method !== 'GET' && verb === undefined) {
      keys.set(name, { type: body?.type ?? 'aes256-gcm96', derived: body?.derived ?? false, versions: [newKey()] });
      return { status: 204 };
    }
    const key = keys.get(name);
    if (!key) throw new Refused(kind === 'keys' ? 404 : 400, ...(kind === 'keys' ? [] : ['signing key not found']));
    if (kind === 'keys' && verb === 'rotate') {
      key.versions.push(newKey());
      return { status: 204 };
    }
    if (kind === 'keys') return { status: 200, body: { data: describe(name, key) } };
    if (kind === 'sign' && method !== 'GET') return signAll(key, body);
    throw new Refused(404);
  }

  function describe(/** @type {string} */ name, /** @type {any} */ key) {
    const isSwapped = self.fault?.mode === 'swapped-key';
    const listed = key.versions.map((/** @type {any} */ one, /** @type {number} */ index) => [String(index + 1), {
      creation_time: one.at, name: key.type, public_key: isSwapped && self.fault.key ? self.fault.key : (isSwapped ? newKey() : one).publicKey.toString('base64'),
    }]);
    return { name, type: key.type, derived: key.derived, supports_signing: key.type === 'ed25519', latest_version: key.versions.length, min_available_version: 0, exportable: false, keys: Object.fromEntries(listed) };
  }

  function signAll(/** @type {any} */ key, /** @type {any} */ body) {
    onlyKnows(body, 'batch_input', 'key_version', 'input');
    if (key.type !== 'ed25519') throw new Refused(400, `key type ${key.type} does not support signing`);
    const inputs = body.batch_input ?? [{ input: body.input }];
    if (!Array.isArray(inputs) || inputs.length === 0) throw new Refused(400, 'missing batch input to process');
    const version = body.key_version ?? key.versions.length;
    const used = key.versions[version - 1];
    if (!used) throw new Refused(400, `invalid key version: version ${version} does not exist`);
    counts.signRequests++;
    counts.signatures += inputs.length;
    const results = inputs.map((one) => {
      onlyKnows(one, 'input');
      const signature = sign(null, base64(one.input), used.privateKey);
      if (self.fault?.mode === 'wrong-signature') signature[10] ^= 1;
      return { signature: `vault:v${self.fault?.mode === 'ignores-version' ? key.versions.length : version}:${signature.toString('base64')}`, key_version: version };
    });
    return { status: 200, body: { data: body.batch_input ? { batch_results: results } : results[0] } };
  }
}

function newKey() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { privateKey: createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })), publicKey: publicKey.export({ type: 'spki', format: 'der' }).subarray(-32), at: now() };
}

/** As Go writes times: with nanoseconds. */
function now() {
  return new Date().toISOString().replace('Z', '456789Z');
}

function seconds(/** @type {string | number} */ duration) {
  const match = /^(\d+)(s|m|h)?$/.exec(String(duration));
  if (!match) throw new Unexpected(`duration ${duration}`);
  return Number(match[1]) * { s: 1, m: 60, h: 3600 }[/** @type {'s'} */ (match[2] ?? 's')];
}
