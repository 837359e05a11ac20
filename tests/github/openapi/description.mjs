// GitHub's own description of its API, cut down to what the stand-in serves: whole, it takes Prism a quarter of a minute to read.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { operations } from '../stand-in/routes.mjs';

const PREFIX = '/repos/{owner}/{repo}';

/** @typedef {{ openapi: string, info: object, paths: Record<string, any>, components: Record<string, Record<string, any>> }} Description */

/** @returns {Description} */
export function readWhole() {
  const require = createRequire(import.meta.url);
  return JSON.parse(readFileSync(require.resolve('@octokit/openapi/generated/api.github.com.json'), 'utf8'));
}

/** @param {Description} whole @returns {Description} */
export function cutDown(whole) {
  /** @type {Description} */
  const cut = { openapi: whole.openapi, info: whole.info, paths: {}, components: {} };
  for (const { method, path } of operations()) {
    const operation = whole.paths[path]?.[method];
    if (operation === undefined) throw new Error(`GitHub describes no ${method} ${path}`);
    const { servers, 'x-github': _, ...kept } = operation;
    (cut.paths[path] ??= {})[method] = kept;
  }
  for (const [path, item] of Object.entries(cut.paths)) if (item.get) cut.paths[path.replace(PREFIX, '/repositories/{repository_id}')] = { get: numbered(item.get) };
  keepReferenced(cut.paths, whole, cut);
  return JSON.parse(JSON.stringify(cut, (key, value) => (key === 'examples' || key === 'example' ? undefined : possible(value))));
}

/** A status without a link has an empty one, by the description's own default, which its format would refuse. @param {any} schema */
function possible(schema) {
  if (schema?.format !== 'uri' || schema.default !== '') return schema;
  const { format, ...rest } = schema;
  return rest;
}

/** Links to further pages name a repository by its number, which GitHub describes nowhere. @param {any} operation */
function numbered(operation) {
  const others = operation.parameters.filter((/** @type {any} */ each) => !/\/(owner|repo)$/.test(each.$ref ?? ''));
  return {
    ...operation, operationId: `${operation.operationId}-by-number`,
    parameters: [{ name: 'repository_id', in: 'path', required: true, schema: { type: 'integer' } }, ...others],
  };
}

/** @param {unknown} part @param {Description} whole @param {Description} cut */
function keepReferenced(part, whole, cut) {
  if (typeof part !== 'object' || part === null) return;
  for (const [key, value] of Object.entries(part)) {
    if (key !== '$ref' || typeof value !== 'string') keepReferenced(value, whole, cut);
    else {
      const [, kind, name] = /^#\/components\/(\w+)\/([\w.-]+)$/.exec(value) ?? [];
      const kept = (cut.components[kind] ??= {});
      if (Object.hasOwn(kept, name)) continue;
      kept[name] = whole.components[kind][name];
      keepReferenced(kept[name], whole, cut);
    }
  }
}
