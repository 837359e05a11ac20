// AWS: STS AssumeRoleWithWebIdentity, Secrets Manager and KMS, with Signature Version 4, roles, policies and expiry.
// https://docs.aws.amazon.com/STS/latest/APIReference/ · https://docs.aws.amazon.com/secretsmanager/latest/apireference/ · https://docs.aws.amazon.com/kms/latest/APIReference/

import { createHash, createHmac, generateKeyPairSync, randomBytes, randomUUID, sign, timingSafeEqual } from 'node:crypto';
import { base64, jsonOf, onlyKnows, Unexpected } from './serve.mjs';

const ACCOUNT = '123456789012';
const SKEW_MS = 5 * 60_000;
const SERVICES = { secretsmanager: 'secretsmanager', TrentService: 'kms' };

class Refused extends Error {
  constructor(/** @type {number} */ status, /** @type {string} */ code, message = '') {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** @typedef {{ secret: string, sessionToken: string | null, until: number, allows: string[], name: string }} Identity */

/** @param {import('./serve.mjs').Notes} notes @param {ReturnType<import('./oidc.mjs').createOidc>} oidc */
export function createAws(notes, oidc) {
  /** @type {Map<string, Identity>} */
  const identities = new Map();
  /** @type {Map<string, any>} */
  const roles = new Map();
  /** @type {Map<string, any[]>} */
  const secrets = new Map();
  /** @type {Map<string, any>} */
  const keys = new Map();
  /** @type {Map<string, string>} */
  const aliases = new Map();
  const counts = { assumed: 0, signatures: 0 };

  const self = {
    /** @type {any} */
    fault: null,

    control(/** @type {any} */ command) {
      switch (command.op) {
        case 'role': // { name, sub, allows }
          roles.set(`arn:aws:iam::${ACCOUNT}:role/${command.name}`, command);
          return { arn: `arn:aws:iam::${ACCOUNT}:role/${command.name}` };
        case 'user': { // long-lived keys, or temporary ones
          const id = `AKIA${randomBytes(8).toString('hex').toUpperCase()}`;
          identities.set(id, { secret: randomBytes(30).toString('base64'), sessionToken: command.isTemporary ? randomBytes(200).toString('base64') : null, until: Infinity, allows: command.allows, name: `user/${command.name}` });
          return { id, ...identities.get(id) };
        }
        case 'secret': { // { name, text | binary }
          const versions = secrets.get(command.name) ?? [];
          versions.push({ id: randomUUID(), text: command.text, binary: command.binary, at: Date.now() / 1000 });
          secrets.set(command.name, versions);
          return { arn: arnOf(command.name), version: versions.at(-1).id };
        }
        case 'key': { // { alias, spec }
          const id = randomUUID();
          keys.set(id, { ...generateKeyPairSync('ed25519'), spec: command.spec ?? 'ECC_NIST_EDWARDS25519', at: Date.now() / 1000 });
          aliases.set(command.alias, id);
          return { id, public: keys.get(id).publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64') };
        }
        case 'expire': // what a role was taken on for; of one role when it is named
          for (const identity of identities.values()) if (identity.name.startsWith(`assumed-role/${command.name ? `${command.name}/` : ''}`)) identity.until = 0;
          return {};
        case 'versions':
          return { versions: (secrets.get(command.name) ?? []).map((one) => one.text) };
        default:
          return counts;
      }
    },

    /** @param {import('./serve.mjs').Request} request @returns {import('./serve.mjs').Answer} */
    handle(request) {
      const isForm = request.headers['content-type'] === 'application/x-www-form-urlencoded';
      try {
        if (request.method !== 'POST' || request.path !== '/') throw new Unexpected(`${request.method} ${request.path}`);
        if (isForm) return assume(new URLSearchParams(request.body.toString()), request);
        return { status: 200, body: serve(request), type: 'application/x-amz-json-1.1' };
      } catch (error) {
        if (error instanceof Refused && isForm) return { status: error.status, type: 'text/xml', text: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${error.code}</Code><Message>${error.message}</Message></Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>` };
        if (error instanceof Refused) return { status: error.status, type: 'application/x-amz-json-1.1', body: { __type: error.code, message: error.message } };
        notes.add('aws', `${request.method} ${request.path} ${request.headers['x-amz-target'] ?? ''}: ${error instanceof Error ? error.message : error}`);
        if (error instanceof Unexpected) return { status: 400, type: 'application/x-amz-json-1.1', body: { __type: 'ValidationException', message: error.message } };
        throw error;
      }
    },
  };
  return self;

  function assume(/** @type {URLSearchParams} */ form, /** @type {import('./serve.mjs').Request} */ request) {
    if (request.headers.authorization) throw new Unexpected('a signed AssumeRoleWithWebIdentity');
    onlyKnows(Object.fromEntries(form), 'Action', 'Version', 'RoleArn', 'RoleSessionName', 'WebIdentityToken', 'DurationSeconds');
    if (form.get('Action') !== 'AssumeRoleWithWebIdentity' || form.get('Version') !== '2011-06-15') throw new Unexpected('another action');
    if (!/^[\w+=,.@-]{2,64}$/.test(form.get('RoleSessionName') ?? '')) throw new Unexpected(`RoleSessionName ${form.get('RoleSessionName')}`);
    const duration = Number(form.get('DurationSeconds') ?? 3600);
    if (!(duration >= 900 && duration <= 43200)) throw new Unexpected(`DurationSeconds ${duration}`);
    const arn = form.get('RoleArn') ?? '';
    const role = roles.get(arn);
    const claims = oidc.check(form.get('WebIdentityToken'), role?.audience ?? 'sts.amazonaws.com');
    if (!claims && role) throw new Refused(400, 'InvalidIdentityToken', 'Incorrect token audience');
    if (!role || claims.sub !== role.sub) throw new Refused(403, 'AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity');
    const id = `ASIA${randomBytes(8).toString('hex').toUpperCase()}`;
    const identity = { secret: randomBytes(30).toString('base64'), sessionToken: randomBytes(300).toString('base64'), until: Date.now() + duration * 1000, allows: role.allows, name: `assumed-role/${role.name}/${form.get('RoleSessionName')}` };
    identities.set(id, identity);
    notes.issued.push(identity.secret, identity.sessionToken);
    counts.assumed++;
    return {
      status: 200, type: 'text/xml',
      text: `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Audience>x</Audience><AssumedRoleUser><AssumedRoleId>AROA:x</AssumedRoleId><Arn>arn:aws:sts::${ACCOUNT}:${identity.name}</Arn></AssumedRoleUser><Credentials><SessionToken>${identity.sessionToken}</SessionToken><SecretAccessKey>${identity.secret}</SecretAccessKey><Expiration>${new Date(identity.until).toISOString()}</Expiration><AccessKeyId>${id}</AccessKeyId></Credentials><SubjectFromWebIdentityToken>${claims.sub}</SubjectFromWebIdentityToken></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
    };
  }

  function serve(/** @type {import('./serve.mjs').Request} */ request) {
    const [prefix, operation] = String(request.headers['x-amz-target']).split('.');
    const service = SERVICES[/** @type {'TrentService'} */ (prefix)];
    if (!service) throw new Unexpected(`X-Amz-Target ${request.headers['x-amz-target']}`);
    const { identity, region } = authenticate(request, service);
    const body = jsonOf(request);
    const permission = `${service}:${operation}`;
    if (self.fault?.mode === 'forbidden' || !identity.allows.includes(permission)) throw new Refused(400, 'AccessDeniedException', `User: arn:aws:sts::${ACCOUNT}:${identity.name} is not authorized to perform: ${permission} because no identity-based policy allows the ${permission} action`);
    if (self.fault?.mode === 'throttle-aws' && (self.fault.left = (self.fault.left ?? 2)) > 0 && self.fault.left--) throw new Refused(400, 'ThrottlingException', 'Rate exceeded');
    return service === 'kms' ? kms(operation, body, region) : secretsManager(operation, body);
  }

  /** Signature Version 4, from its description. */
  function authenticate(/** @type {import('./serve.mjs').Request} */ request, /** @type {string} */ service) {
    const match = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/.exec(request.headers.authorization ?? '');
    if (!match) throw new Refused(400, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
    const [, id, day, region, scoped, names, signature] = match;
    const identity = identities.get(id);
    if (!identity) throw new Refused(400, 'UnrecognizedClientException', 'The security token included in the request is invalid.');
    if (scoped !== service) throw new Unexpected(`a signature for ${scoped}`);
    const date = String(request.headers['x-amz-date']);
    const at = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
    if (!date.startsWith(day) || !(Math.abs(at - Date.now()) < SKEW_MS)) throw new Refused(400, 'InvalidSignatureException', 'Signature expired');
    for (const needed of ['content-type', 'host', 'x-amz-date', 'x-amz-target', ...(identity.sessionToken ? ['x-amz-security-token'] : [])]) {
      if (!names.split(';').includes(needed)) throw new Refused(400, 'InvalidSignatureException', `'${needed}' must be a 'SignedHeader' in the AWS Authorization.`);
    }
    const canonical = ['POST', '/', '', ...names.split(';').map((name) => `${name}:${String(request.headers[name]).trim().replace(/ +/g, ' ')}`), '', names, sha256(request.body)].join('\n');
    const text = ['AWS4-HMAC-SHA256', date, `${day}/${region}/${service}/aws4_request`, sha256(canonical)].join('\n');
    const key = [day, region, service, 'aws4_request'].reduce((/** @type {string | Buffer} */ made, part) => createHmac('sha256', made).update(part).digest(), `AWS4${identity.secret}`);
    if (!timingSafeEqual(createHmac('sha256', key).update(text).digest(), Buffer.from(signature, 'hex'))) throw new Refused(400, 'InvalidSignatureException', 'The request signature we calculated does not match the signature you provided.');
    if (identity.sessionToken && request.headers['x-amz-security-token'] !== identity.sessionToken) throw new Refused(400, 'UnrecognizedClientException', 'The security token included in the request is invalid.');
    if (identity.until <= Date.now()) throw new Refused(400, 'ExpiredTokenException', 'The security token included in the request is expired');
    return { identity, region };
  }

  function secretsManager(/** @type {string} */ operation, /** @type {any} */ body) {
    const name = String(body.SecretId ?? '').replace(/^arn:aws:secretsmanager:[a-z0-9-]+:\d+:secret:(.+)-[A-Za-z0-9]{6}$/, '$1');
    const versions = secrets.get(name);
    if (!versions) throw new Refused(400, 'ResourceNotFoundException', 'Secrets Manager can\'t find the specified secret.');
    if (operation === 'PutSecretValue') {
      onlyKnows(body, 'SecretId', 'SecretString', 'ClientRequestToken');
      if (!/^[\w-]{32,64}$/.test(body.ClientRequestToken ?? '')) throw new Unexpected('ClientRequestToken');
      const known = versions.find((one) => one.id === body.ClientRequestToken);
      if (known && known.text !== body.SecretString) throw new Refused(400, 'ResourceExistsException', 'A resource with the ID you requested already exists.');
      if (!known) versions.push({ id: body.ClientRequestToken, text: body.SecretString, at: Date.now() / 1000 });
      return { ARN: arnOf(name), Name: name, VersionId: body.ClientRequestToken, VersionStages: ['AWSCURRENT'] };
    }
    if (operation !== 'GetSecretValue') throw new Unexpected(operation);
    onlyKnows(body, 'SecretId', 'VersionId', 'VersionStage');
    const one = body.VersionId ? versions.find((each) => each.id === body.VersionId) : versions.at(-1);
    if (!one) throw new Refused(400, 'ResourceNotFoundException', 'Secrets Manager can\'t find the specified secret value');
    return { ARN: arnOf(name), CreatedDate: one.at, Name: name, VersionId: one.id, VersionStages: ['AWSCURRENT'], ...(one.binary ? { SecretBinary: one.binary } : { SecretString: one.text }) };
  }

  function kms(/** @type {string} */ operation, /** @type {any} */ body, /** @type {string} */ region) {
    const id = /^arn:aws:kms:/.test(body.KeyId) ? body.KeyId.split('/').at(-1) : aliases.get(body.KeyId) ?? body.KeyId;
    const key = keys.get(id);
    if (!key) throw new Refused(400, 'NotFoundException', `Key 'arn:aws:kms:${region}:${ACCOUNT}:key/${id}' does not exist`);
    const arn = `arn:aws:kms:${region}:${ACCOUNT}:key/${id}`;
    switch (operation) {
      case 'GetPublicKey': {
        onlyKnows(body, 'KeyId');
        const shown = (self.fault?.mode === 'swapped-key' ? generateKeyPairSync('ed25519').publicKey : key.publicKey).export({ type: 'spki', format: 'der' });
        if (self.fault?.key) Buffer.from(self.fault.key, 'base64').copy(shown, shown.length - 32);
        return { KeyId: arn, KeySpec: key.spec, CustomerMasterKeySpec: key.spec, KeyUsage: 'SIGN_VERIFY', PublicKey: shown.toString('base64'), SigningAlgorithms: ['ED25519_SHA_512', 'ED25519_PH_SHA_512'] };
      }
      case 'DescribeKey':
        onlyKnows(body, 'KeyId');
        return { KeyMetadata: { AWSAccountId: ACCOUNT, KeyId: id, Arn: arn, CreationDate: key.at, Enabled: true, KeyState: 'Enabled', KeySpec: key.spec, KeyUsage: 'SIGN_VERIFY' } };
      case 'Sign': {
        onlyKnows(body, 'KeyId', 'Message', 'MessageType', 'SigningAlgorithm');
        const message = base64(body.Message);
        if (body.SigningAlgorithm !== 'ED25519_SHA_512' || body.MessageType !== 'RAW') throw new Unexpected(`${body.SigningAlgorithm} with ${body.MessageType}`);
        if (message.length === 0 || message.length > 4096) throw new Unexpected(`a message of ${message.length} bytes`);
        counts.signatures++;
        const signature = sign(null, message, key.privateKey);
        if (self.fault?.mode === 'wrong-signature') signature[40] ^= 1;
        return { KeyId: arn, Signature: signature.toString('base64'), SigningAlgorithm: 'ED25519_SHA_512' };
      }
      default:
        throw new Unexpected(operation);
    }
  }
}

function arnOf(/** @type {string} */ name) {
  return `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:${name}-AbCdEf`;
}

function sha256(/** @type {string | Buffer} */ data) {
  return createHash('sha256').update(data).digest('hex');
}
