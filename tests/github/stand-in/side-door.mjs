// /_stand-in/…: what GitHub has no call for. Tests set up here what is the case, order what goes wrong, and read what was asked.

import { digestOf } from './assets.mjs';
import { KINDS } from './faults.mjs';
import { seed, SeedError } from './seed.mjs';

const PREFIX = '/_stand-in/';

export const isSideDoor = (/** @type {URL} */ url) => url.pathname.startsWith(PREFIX);

/** @typedef {import('./servers.mjs').StandIn} StandIn @typedef {import('./call.mjs').Answer} Answer */

/** @type {Record<string, (standIn: StandIn, bytes: Buffer, url: URL) => Answer>} */
const DOORS = {
  'POST seed': ({ state }, bytes) => ({ body: seed(state, JSON.parse(bytes.toString('utf8'))) }),
  'POST clock': ({ state }, bytes) => {
    const { now, advance } = JSON.parse(bytes.toString('utf8'));
    if (now !== undefined) state.setNow(now);
    if (advance !== undefined) state.advance(advance);
    return { body: { now: state.now() } };
  },
  'POST faults': ({ faults }, bytes) => {
    const order = JSON.parse(bytes.toString('utf8'));
    if (order.kind !== undefined && !KINDS.includes(order.kind)) throw new SeedError(`kind: expected one of ${KINDS.join(', ')}`);
    faults.add(order);
    return { status: 204 };
  },
  'DELETE faults': ({ faults }) => {
    faults.orders = [];
    return { status: 204 };
  },
  'GET requests': ({ log }) => ({ body: log.entries }),
  'DELETE requests': ({ log }) => {
    log.clear();
    return { status: 204 };
  },
  'PUT asset': replaceAsset,
  'GET asset': (standIn, _, url) => ({ body: findAsset(standIn, url).bytes, headers: { 'content-type': 'application/octet-stream' } }),
};

/** @param {StandIn} standIn @param {string} method @param {URL} url @param {Buffer} bytes @returns {Answer} */
export function openSideDoor(standIn, method, url, bytes) {
  const door = DOORS[`${method} ${url.pathname.slice(PREFIX.length)}`];
  if (door === undefined) return { status: 404, body: { message: `no such door; there are ${Object.keys(DOORS).join(', ')}` } };
  try {
    return door(standIn, bytes, url);
  } catch (error) {
    if (!(error instanceof SeedError || error instanceof SyntaxError)) throw error;
    return { status: 400, body: { message: error.message } };
  }
}

/** Other bytes in the store behind GitHub's back; with `digest=new` GitHub says so, else its digest is of the old ones. @type {(standIn: StandIn, bytes: Buffer, url: URL) => Answer} */
function replaceAsset(standIn, bytes, url) {
  const asset = findAsset(standIn, url);
  asset.bytes = bytes;
  if (url.searchParams.get('digest') === 'new') asset.digest = digestOf(bytes);
  return { status: 204 };
}

/** @param {StandIn} standIn @param {URL} url */
function findAsset({ state }, url) {
  const id = Number(url.searchParams.get('id'));
  const asset = [...state.repositories.values()].flatMap((each) => each.releases).flatMap((each) => each.assets).find((each) => each.id === id);
  if (asset === undefined) throw new SeedError(`no asset ${id}`);
  return asset;
}
