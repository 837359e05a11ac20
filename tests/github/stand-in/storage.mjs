// Where files are fetched from: another host, which knows the link's signature and no token. One that arrives there anyway has leaked.

import { signature } from './assets.mjs';

/** @param {import('./state.mjs').State} state @param {import('node:http').IncomingMessage} request @param {URL} url @returns {import('./call.mjs').Answer} */
export function answerStorage(state, { method, headers }, url) {
  if (headers.authorization !== undefined) return refuse(400, 'InvalidAuthenticationInfo', 'Authentication information is not given in the correct format.');
  const [, repositoryId, assetId] = /^\/github-production-release-asset\/(\d+)\/(\d+)$/.exec(url.pathname) ?? [];
  const repository = state.repositoryById(Number(repositoryId));
  const asset = repository?.releases.flatMap((release) => release.assets).find((each) => each.id === Number(assetId));
  if (method !== 'GET' || asset === undefined) return refuse(404, 'BlobNotFound', 'The specified blob does not exist.');
  if (url.searchParams.get('sig') !== signature(asset)) return refuse(403, 'AuthenticationFailed', 'Signature did not match.');
  return { body: asset.bytes, headers: { 'content-type': 'application/octet-stream', 'content-disposition': `attachment; filename=${encodeURIComponent(asset.name)}` } };
}

/** @param {number} status @param {string} code @param {string} message */
const refuse = (status, code, message) => ({
  status, body: Buffer.from(`<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`),
  headers: { 'content-type': 'application/xml' },
});
