// What Prism lets pass and what it cannot carry, checked against the same description.
// It lets pass: names that GitHub would ignore, such as a misspelt filter. It cannot carry: bytes, since it reads every body as text, and redirects, since it
// follows them itself, where it is the client's part to leave its token behind. So uploads of assets and downloads of their bytes do not go through it.

import Ajv from 'ajv';
import addFormats from 'ajv-formats';

/** @typedef {{ method: string, path: RegExp, template: string, described: any }} Operation */

const UPLOAD = '/repos/{owner}/{repo}/releases/{release_id}/assets';
const DOWNLOAD = '/repos/{owner}/{repo}/releases/assets/{asset_id}';

export class Checker {
  #ajv = new Ajv({ strict: false, allErrors: true });
  #description;
  /** Fixed paths before those with parameters. @type {Operation[]} */
  #operations;

  /** @param {import('./description.mjs').Description} description */
  constructor(description) {
    addFormats(this.#ajv);
    this.#ajv.addSchema(description, 'description');
    this.#description = description;
    this.#operations = Object.entries(description.paths).flatMap(([template, item]) => Object.entries(item).map(([method, described]) =>
      ({ method: method.toUpperCase(), path: new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`), template, described })))
      .sort((a, b) => a.template.split('{').length - b.template.split('{').length);
  }

  /** @param {string} method @param {string} path */
  find(method, path) {
    return this.#operations.find((each) => each.method === method && each.path.test(path));
  }

  /** @param {Operation} operation @param {import('node:http').IncomingHttpHeaders} headers @returns {'api' | 'uploads' | null} null: by Prism */
  static pastPrism({ method, template }, { accept = '' }) {
    return method === 'POST' && template === UPLOAD ? 'uploads' : method === 'GET' && template === DOWNLOAD && /octet-stream/.test(accept) ? 'api' : null;
  }

  /** Names that the operation does not have, or lacks. @param {Operation} operation @param {URL} url @param {Buffer} bytes @param {string | undefined} type @returns {string[]} */
  names({ described }, url, bytes, type) {
    const query = (described.parameters ?? []).map((/** @type {any} */ each) => this.#resolved(each)).filter((/** @type {any} */ each) => each.in === 'query');
    const properties = described.requestBody?.content['application/json']?.schema.properties;
    const body = properties !== undefined && bytes.length > 0 ? keysOf(bytes) : [];
    return [
      ...[...url.searchParams.keys()].filter((name) => !query.some((/** @type {any} */ each) => each.name === name)).map((name) => `request.query ${name} is not described`),
      ...query.filter((/** @type {any} */ { name, required }) => required && !url.searchParams.has(name)).map((/** @type {any} */ { name }) => `request.query ${name} is missing`),
      ...body.filter((name) => !Object.hasOwn(properties, name)).map((name) => `request.body ${name} is not described`),
      ...(described.requestBody !== undefined && bytes.length > 0 && type === undefined ? ['request.headers content-type is missing'] : []),
    ];
  }

  /** An answer that did not come through Prism. @param {Operation} operation @param {import('./front.mjs').Answered} answer @returns {string[]} */
  answer({ described }, { status, headers, bytes }) {
    const response = this.#resolved(described.responses[status]);
    if (response === undefined) return status < 400 ? [`response ${status} is not described`] : [];
    const schema = response.content?.['application/json']?.schema;
    if (schema === undefined) return [];
    if (!/^application\/json/.test(headers['content-type'] ?? '')) return [`response.headers content-type is ${headers['content-type']}`];
    const check = this.#ajv.compile(JSON.parse(JSON.stringify(schema, (key, value) => (key === '$ref' ? `description${value}` : value))));
    return check(JSON.parse(bytes.toString('utf8'))) ? [] : (check.errors ?? []).map(({ instancePath, message }) => `response.body${instancePath} ${message}`);
  }

  /** @param {any} part */
  #resolved(part) {
    const [, kind, name] = /^#\/components\/(\w+)\/([\w.-]+)$/.exec(part?.$ref ?? '') ?? [];
    return kind === undefined ? part : this.#description.components[kind][name];
  }
}

/** @param {Buffer} bytes @returns {string[]} */
function keysOf(bytes) {
  try {
    return Object.keys(JSON.parse(bytes.toString('utf8')) ?? {});
  } catch {
    return ['(no JSON)'];
  }
}
