// Checks a request's JSON the way GitHub does: against the form of the operation, first complaint only.

import { badRequest, invalidRequest } from './refusal.mjs';

/**
 * A form is name → kind. Kinds: string, boolean, integer, strings, object, title, any; `a|b` either; a trailing `!` is required, `?` may be null;
 * `one:x,y` is one of these words. Names that a form does not know pass, unless it has `closed: true`.
 * @typedef {Record<string, string> & { closed?: never }} Form
 */

/** @type {Record<string, { is: (value: unknown) => boolean, name: string }>} */
const KINDS = {
  string: { is: (value) => typeof value === 'string', name: 'a string' },
  boolean: { is: (value) => typeof value === 'boolean', name: 'a boolean' },
  integer: { is: Number.isInteger, name: 'an integer' },
  strings: { is: (value) => Array.isArray(value) && value.every((each) => typeof each === 'string'), name: 'an array of strings' },
  labels: { is: (value) => Array.isArray(value) && value.every((each) => typeof each === 'string' || typeof each?.name === 'string'), name: 'an array of labels' },
  object: { is: (value) => typeof value === 'object' && value !== null && !Array.isArray(value), name: 'an object' },
};

/** @param {Buffer} bytes @param {Record<string, string>} form @param {boolean} closed @returns {Record<string, any>} */
export function readBody(bytes, form, closed = false) {
  const body = parse(bytes);
  for (const [name, kind] of Object.entries(form)) {
    const value = body[name];
    if (value === undefined) {
      if (kind.endsWith('!')) throw invalidRequest(`"${name}" wasn't supplied.`);
    } else check(name, value, kind);
  }
  const stranger = closed ? Object.keys(body).find((name) => !Object.hasOwn(form, name)) : undefined;
  if (stranger !== undefined) throw invalidRequest(`"${stranger}" is not a permitted key.`);
  return body;
}

/** @param {Buffer} bytes */
function parse(bytes) {
  if (bytes.length === 0) return {};
  let body;
  try {
    body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw badRequest('Problems parsing JSON');
  }
  if (!KINDS.object.is(body)) throw badRequest('Body should be a JSON object');
  return body;
}

/** @param {string} name @param {unknown} value @param {string} kind */
function check(name, value, kind) {
  if (value === null && kind.endsWith('?')) return;
  const bare = kind.replace(/[!?]$/, '');
  if (bare.startsWith('one:')) {
    const words = bare.slice(4).split(',');
    if (!words.includes(/** @type {string} */ (value))) throw complaint(name, value, `a member of ${JSON.stringify(words)}`);
    return;
  }
  const kinds = bare.split('|').map((each) => KINDS[each]);
  if (!kinds.some((each) => each.is(value))) throw complaint(name, value, kinds.map((each) => each.name).join(' or '));
}

/** @param {string} name @param {unknown} value @param {string} wanted */
const complaint = (name, value, wanted) =>
  invalidRequest(`For 'properties/${name}', ${value === null ? 'nil' : JSON.stringify(value).slice(0, 200)} is not ${wanted}.`);
