// Releases: drafts that only writers see and no tag finds, tags that exist once published, immutability.

import { author, idOf, orNotFound } from './call.mjs';
import { assetShape } from './assets.mjs';
import { pageOf } from './pages.mjs';
import { custom, notAccessible, notFound, validationFailed } from './refusal.mjs';
import { nodeId, userShape } from './shapes.mjs';
import { mayDo } from './tokens.mjs';

/** @typedef {import('./call.mjs').Call} Call @typedef {import('./call.mjs').Answer} Answer */

const MOST_BODY = 125_000;

export const releaseForm = {
  tag_name: 'string', target_commitish: 'string', name: 'string?', body: 'string?', draft: 'boolean', prerelease: 'boolean',
  discussion_category_name: 'string', generate_release_notes: 'boolean', make_latest: 'one:true,false,legacy',
};

/** @param {Call} call @returns {Answer} */
export function createRelease(call) {
  const { state, repository, body, caller } = call;
  const now = state.now();
  const release = {
    id: state.id(), tag: body.tag_name, target: body.target_commitish ?? repository.defaultBranch, name: body.name ?? null, body: body.body ?? null,
    isDraft: true, isPrerelease: body.prerelease ?? false, isImmutable: false, author: author(caller).user, createdAt: now, updatedAt: now,
    publishedAt: /** @type {string | null} */ (null), assets: /** @type {any[]} */ ([]),
  };
  check(call, release);
  if (!(body.draft ?? false)) publish(call, release);
  repository.releases.push(release);
  return { status: 201, body: releaseShape(release, call), headers: { location: `${call.repoUrl}/releases/${release.id}` } };
}

/** @param {Call} call @returns {Answer} */
export function updateRelease(call) {
  const { state, body } = call;
  const release = find(call);
  const wanted = {
    tag: body.tag_name ?? release.tag, target: body.target_commitish ?? release.target, name: body.name === undefined ? release.name : body.name,
    body: body.body === undefined ? release.body : body.body, isPrerelease: body.prerelease ?? release.isPrerelease,
  };
  if (release.isImmutable && (wanted.tag !== release.tag || wanted.target !== release.target || body.draft === true))
    throw custom('Release', wanted.tag === release.tag ? 'target_commitish' : 'tag_name', 'cannot be changed on an immutable release');
  const changed = { ...release, ...wanted };
  check(call, changed);
  if (release.isDraft && body.draft === false) publish(call, changed);
  else if (body.draft === true) Object.assign(changed, { isDraft: true, publishedAt: null });
  Object.assign(release, changed, { updatedAt: state.now() });
  return { body: releaseShape(release, call) };
}

/** What holds for drafts too. @param {Call} call @param {any} release */
function check({ repository, body, caller }, release) {
  if ([...(release.body ?? '')].length > MOST_BODY) throw custom('Release', 'body', `is too long (maximum is ${MOST_BODY} characters)`);
  if (!isTag(release.tag)) throw validationFailed({ resource: 'Release', code: 'custom', field: 'tag_name', message: 'tag_name is not a valid tag' }, { resource: 'Release', code: 'custom', field: 'tag_name', message: 'tag_name is not well-formed' });
  if (body.target_commitish === undefined || repository.refs.has(`tags/${release.tag}`)) return;
  const target = repository.resolve(body.target_commitish);
  if (target === undefined) throw validationFailed({ resource: 'Release', code: 'invalid', field: 'target_commitish' });
  // A tag on a commit that touches workflow files needs a permission that a workflow's token cannot have: https://github.com/cli/cli/issues/9514
  if (repository.commits.get(target.sha)?.workflows && !mayDo(caller, repository, 'workflows', 'write'))
    throw caller.kind === 'classic' ? notFound() : notAccessible(caller.kind, 'contents=write; contents=write,workflows=write');
}

/** @param {string} tag */
const isTag = (tag) => tag !== '' && !/[\x00-\x20~^:?*[\\\x7f]|\.\.|@\{|\/\/|^[/.-]|[/.]$|\.lock(\/|$)|\/\./.test(tag);

/** @param {Call} call @param {any} release */
function publish({ state, repository, body }, release) {
  if (repository.releases.some((each) => each.id !== release.id && !each.isDraft && each.tag === release.tag))
    throw validationFailed({ resource: 'Release', code: 'already_exists', field: 'tag_name' });
  if (repository.reservedTags.has(release.tag)) throw custom('Release', 'tag_name', 'was used by an immutable release');
  const ref = `tags/${release.tag}`;
  const target = repository.refs.get(ref) ?? repository.resolve(release.target);
  if (target === undefined) throw validationFailed({ resource: 'Release', code: 'custom', message: 'Published releases must have a valid tag' });
  repository.refs.set(ref, { sha: target.sha, merge: 'up-to-date' });
  Object.assign(release, {
    isDraft: false, publishedAt: state.now(), isImmutable: repository.immutableReleases,
    createdAt: repository.commits.get(target.sha)?.date ?? release.createdAt, // a published release is as old as its commit
  });
  if (repository.immutableReleases) repository.reservedTags.add(release.tag);
  if (!release.isPrerelease && body.make_latest !== 'false') repository.latestRelease = release.id;
}

/** @param {Call} call @returns {Answer} */
export function listReleases(call) {
  const seen = call.repository.releases.filter((each) => isVisible(each, call));
  const { items, headers } = pageOf(seen.sort((a, b) => b.createdAt.localeCompare(a.createdAt) || b.id - a.id), call);
  return { body: items.map((each) => releaseShape(each, call)), headers };
}

/** @param {Call} call @returns {Answer} */
export const getRelease = (call) => ({ body: releaseShape(find(call), call) });

/** Drafts have no tag yet. @param {Call} call @returns {Answer} */
export const getReleaseByTag = (call) => ({ body: releaseShape(orNotFound(call.repository.releases.find((each) => !each.isDraft && each.tag === call.params.tag)), call) });

/** @param {Call} call @returns {Answer} */
export const getLatestRelease = (call) => ({ body: releaseShape(orNotFound(call.repository.releases.find((each) => each.id === call.repository.latestRelease)), call) });

/** The tag stays; an immutable release's name is never free again. @param {Call} call @returns {Answer} */
export function deleteRelease(call) {
  const { releases } = call.repository;
  releases.splice(releases.indexOf(find(call)), 1);
  return { status: 204 };
}

/** @param {Call} call @returns {Answer} */
export function getImmutableReleases({ repository }) {
  if (!repository.immutableReleases) throw notFound();
  return { body: { enabled: true, enforced_by_owner: false } };
}

/** @param {Call} call */
export function find(call) {
  const release = orNotFound(call.repository.releases.find((each) => each.id === idOf(call.params.release_id)));
  if (!isVisible(release, call)) throw notFound();
  return release;
}

/** Who cannot write does not see drafts. @param {any} release @param {Call} call */
export const isVisible = (release, { caller, repository }) => !release.isDraft || mayDo(caller, repository, 'contents', 'write');

/** @param {any} release @param {Call} call */
function releaseShape(release, call) {
  const { id, tag, isDraft } = release;
  const { repoUrl, links, repository } = call;
  const url = `${repoUrl}/releases/${id}`;
  const ball = (/** @type {string} */ kind) => (isDraft ? null : `${repoUrl}/${kind}/${encodeURI(tag)}`);
  return {
    url, assets_url: `${url}/assets`, upload_url: `${links.uploads}/repos/${repository.fullName}/releases/${id}/assets{?name,label}`,
    html_url: `https://github.com/${repository.fullName}/releases/tag/${isDraft ? `untagged-${id.toString(16).padStart(20, '0')}` : encodeURI(tag)}`,
    id, author: userShape(release.author), node_id: nodeId('Release', id), tag_name: tag, target_commitish: release.target, name: release.name, draft: isDraft,
    immutable: release.isImmutable, prerelease: release.isPrerelease, created_at: release.createdAt, updated_at: release.updatedAt, published_at: release.publishedAt,
    assets: release.assets.map((/** @type {any} */ each) => assetShape(each, release, call)), tarball_url: ball('tarball'), zipball_url: ball('zipball'), body: release.body,
  };
}
