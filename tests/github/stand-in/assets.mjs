// The files of a release. They are taken in on one host, and handed out by a redirect to another.

import { createHash } from 'node:crypto';
import { author, idOf } from './call.mjs';
import { pageOf } from './pages.mjs';
import { badRequest, notFound, unprocessable, validationFailed } from './refusal.mjs';
import { find as findRelease, isVisible } from './releases.mjs';
import { nodeId, userShape } from './shapes.mjs';

/** @typedef {import('./call.mjs').Call} Call @typedef {import('./call.mjs').Answer} Answer */

const MOST_ASSETS = 1000;

export const assetForm = { name: 'string', label: 'string', state: 'string' };

/** On the upload host. @param {Call} call @returns {Answer} */
export function uploadAsset(call) {
  const { state, query, headers, bytes, caller } = call;
  const release = findRelease(call);
  const name = fileName(query.get('name') ?? '');
  const type = headers['content-type'];
  if (type === undefined) throw badRequest('Bad Content-Type: Content-Type is missing');
  if (headers['content-length'] === undefined) throw badRequest('Bad Content-Length: Content-Length is missing');
  if (release.isImmutable) throw unprocessable('Cannot upload assets to an immutable release.');
  if (name === '') throw validationFailed({ resource: 'ReleaseAsset', code: 'missing_field', field: 'name' });
  if (bytes.length === 0) throw validationFailed({ resource: 'ReleaseAsset', code: 'custom', field: 'size', message: 'size must be greater than or equal to 1' });
  if (release.assets.length >= MOST_ASSETS) throw validationFailed({ resource: 'ReleaseAsset', code: 'custom', field: 'release', message: `release has too many assets (maximum is ${MOST_ASSETS})` });
  if (release.assets.some((/** @type {any} */ each) => each.name === name)) throw validationFailed({ resource: 'ReleaseAsset', code: 'already_exists', field: 'name' });
  const asset = newAsset(state, { name, label: query.get('label') ?? '', type, bytes, uploader: author(caller).user });
  release.assets.push(asset);
  return { status: 201, body: assetShape(asset, release, call) };
}

/** @param {import('./state.mjs').State} state @param {{ name: string, label?: string, type?: string, bytes: Buffer, uploader: import('./state.mjs').User }} fields */
export function newAsset(state, { name, label = '', type = 'application/octet-stream', bytes, uploader }) {
  const now = state.now();
  return { id: state.id(), name, label, type, bytes, digest: digestOf(bytes), state: 'uploaded', uploader, downloads: 0, createdAt: now, updatedAt: now };
}

/** @param {Buffer} bytes */
export const digestOf = (bytes) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** What becomes of a name: special characters turn into dots, and none is left at either end. @param {string} name */
const fileName = (name) => name.replace(/[^\w.+~@-]+/g, '.').replace(/^\.+(?=.)/, 'default.').replace(/\.+$/, '');

/** @param {Call} call @returns {Answer} */
export function listAssets(call) {
  const release = findRelease(call);
  const { items, headers } = pageOf(release.assets, call);
  return { body: items.map((each) => assetShape(each, release, call)), headers };
}

/** As JSON, or, asked for as bytes, where to fetch them. @param {Call} call @returns {Answer} */
export function getAsset(call) {
  const { asset, release } = find(call);
  if (!/application\/octet-stream/.test(call.headers.accept ?? '')) return { body: assetShape(asset, release, call) };
  if (asset.state !== 'uploaded') throw notFound();
  asset.downloads++;
  return { status: 302, headers: { location: `${call.links.storage}/github-production-release-asset/${call.repository.id}/${asset.id}?sp=r&sig=${signature(asset)}` } };
}

/** What only GitHub can have written into a link. @param {any} asset */
export const signature = (asset) => createHash('sha256').update(`stand-in ${asset.id} ${asset.createdAt}`).digest('hex').slice(0, 32);

/** @param {Call} call @returns {Answer} */
export function updateAsset(call) {
  const { asset, release } = find(call);
  if (release.isImmutable) throw unprocessable('Cannot update asset on an immutable release.');
  const { name, label } = call.body;
  if (name !== undefined && release.assets.some((/** @type {any} */ each) => each !== asset && each.name === fileName(name)))
    throw validationFailed({ resource: 'ReleaseAsset', code: 'already_exists', field: 'name' });
  Object.assign(asset, { name: name === undefined ? asset.name : fileName(name), label: label ?? asset.label, updatedAt: call.state.now() });
  return { body: assetShape(asset, release, call) };
}

/** @param {Call} call @returns {Answer} */
export function deleteAsset(call) {
  const { asset, release } = find(call);
  if (release.isImmutable) throw unprocessable('Cannot delete asset from an immutable release.');
  release.assets.splice(release.assets.indexOf(asset), 1);
  return { status: 204 };
}

/** @param {Call} call */
function find(call) {
  const id = idOf(call.params.asset_id);
  const release = call.repository.releases.find((each) => each.assets.some((/** @type {any} */ asset) => asset.id === id));
  if (release === undefined || !isVisible(release, call)) throw notFound();
  return { release, asset: release.assets.find((/** @type {any} */ each) => each.id === id) };
}

/** @param {any} asset @param {any} release @param {Call} call */
export function assetShape(asset, release, { repoUrl, repository }) {
  const { id, name } = asset;
  return {
    url: `${repoUrl}/releases/assets/${id}`, id, node_id: nodeId('ReleaseAsset', id), name, label: asset.label, uploader: userShape(asset.uploader),
    content_type: asset.type, state: asset.state, size: asset.bytes.length, digest: asset.digest, download_count: asset.downloads,
    created_at: asset.createdAt, updated_at: asset.updatedAt,
    browser_download_url: `https://github.com/${repository.fullName}/releases/download/${encodeURI(release.isDraft ? `untagged-${release.id}` : release.tag)}/${encodeURIComponent(name)}`,
  };
}
