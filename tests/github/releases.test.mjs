import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { OLD, SHA, standIn, withStandIn } from './support/stand-in.mjs';

const BYTES = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0xff, 0xfe, 0x80]);
const draft = { tag_name: 'solana/perps/1.0.0', draft: true, make_latest: 'false' };
const locked = { repositories: { 'octo/perps': { immutable_releases: true } } };
const sha256 = (bytes) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

test('a draft has no tag, and only who can write sees it', () => withStandIn([], { tokens: { reader: { permissions: { contents: 'read' } } } }, async (gitHub) => {
  const { bot } = gitHub;
  const reader = gitHub.as('reader');
  const { status, json } = await bot.post('/releases', draft);
  assert.equal(status, 201);
  assert.deepEqual([json.draft, json.published_at, json.immutable, json.assets, json.target_commitish], [true, null, false, [], 'main']);
  for (const tag of ['solana/perps/1.0.0', 'solana%2Fperps%2F1.0.0']) assert.equal((await bot.get(`/releases/tags/${tag}`)).status, 404);
  assert.equal((await bot.all('/releases')).length, 1);
  assert.equal((await reader.all('/releases')).length, 0);
  assert.equal((await reader.get(`/releases/${json.id}`)).status, 404);
  const published = await bot.patch(`/releases/${json.id}`, { draft: false, make_latest: 'false' });
  assert.deepEqual([published.status, published.json.draft, typeof published.json.published_at], [200, false, 'string']);
  for (const tag of ['solana/perps/1.0.0', 'solana%2Fperps%2F1.0.0']) assert.equal((await reader.get(`/releases/tags/${tag}`)).json.id, json.id);
  assert.equal((await reader.get('/releases/latest')).status, 404);
}));

test('a tag is published once; drafts may share one', () => withStandIn([], null, async ({ bot }) => {
  const [first, second] = [(await bot.post('/releases', draft)).json, (await bot.post('/releases', draft)).json];
  assert.equal((await bot.patch(`/releases/${first.id}`, { draft: false })).status, 200);
  for (const answer of [await bot.patch(`/releases/${second.id}`, { draft: false }), await bot.post('/releases', { tag_name: draft.tag_name })]) {
    assert.equal(answer.status, 422);
    assert.deepEqual(answer.json.errors, [{ resource: 'Release', code: 'already_exists', field: 'tag_name' }]);
    assert.equal(answer.json.message, 'Validation Failed');
  }
  assert.equal((await bot.get(`/releases/${second.id}`)).json.draft, true);
  assert.equal((await bot.post('/releases', { tag_name: 'bad..tag' })).json.errors[0].message, 'tag_name is not a valid tag');
  assert.equal((await bot.post('/releases', { tag_name: 'new', target_commitish: 'nowhere' })).json.errors[0].field, 'target_commitish');
}));

test('a target that touches workflow files needs what a workflow token cannot have', () => withStandIn([], {
  tokens: { all: { permissions: 'write-all' }, classic: { user: 'bob', kind: 'classic', permissions: { contents: 'write' } } },
  repositories: { 'octo/perps': { commits: { ['c'.repeat(40)]: { workflows: true } } } },
}, async (gitHub) => {
  const target = { ...draft, target_commitish: 'c'.repeat(40) };
  for (const bot of [gitHub.bot, gitHub.as('all')]) {
    const refused = await bot.post('/releases', target);
    assert.deepEqual([refused.status, refused.json.message], [403, 'Resource not accessible by integration']);
    assert.equal(refused.headers.get('x-accepted-github-permissions'), 'contents=write; contents=write,workflows=write');
  }
  assert.equal((await gitHub.as('classic').post('/releases', target)).status, 404);
  assert.equal((await gitHub.alice.post('/releases', target)).status, 201);
  assert.equal((await gitHub.bot.post('/releases', draft)).status, 201);
  assert.equal((await gitHub.bot.post('/releases', { ...draft, target_commitish: OLD })).status, 201);
}));

test('assets: taken in on their host only, digest said, fetched by a redirect to a host that wants no token', () => withStandIn([], null, async ({ bot, http, storage }) => {
  const { json: release } = await bot.post('/releases', draft);
  assert.match(release.upload_url, new RegExp(`/repos/octo/perps/releases/${release.id}/assets\\{\\?name,label\\}$`));
  const uploaded = await bot.upload(release.id, 'perps.default.so', BYTES);
  assert.equal(uploaded.status, 201);
  assert.deepEqual([uploaded.json.name, uploaded.json.size, uploaded.json.state, uploaded.json.digest], ['perps.default.so', 8, 'uploaded', sha256(BYTES)]);
  assert.equal((await bot.call('POST', `${http}/repos/octo/perps/releases/${release.id}/assets?name=x`, BYTES)).status, 404);

  const asset = `/releases/assets/${uploaded.json.id}`;
  assert.deepEqual((await bot.get(asset)).json, uploaded.json);
  const { status, headers } = await bot.get(asset, { accept: 'application/octet-stream' });
  assert.equal(status, 302);
  const location = headers.get('location');
  assert.equal(new URL(location).origin, storage);
  assert.deepEqual(Buffer.from(await (await fetch(location)).arrayBuffer()), BYTES);
  assert.equal((await fetch(location, { headers: { authorization: 'Bearer x' } })).status, 400);
  assert.equal((await fetch(location.replace(/sig=../, 'sig=00'))).status, 403);

  assert.deepEqual((await bot.upload(release.id, 'perps.default.so', BYTES)).json.errors, [{ resource: 'ReleaseAsset', code: 'already_exists', field: 'name' }]);
  assert.equal((await bot.upload(release.id, 'empty', Buffer.alloc(0))).status, 422);
  assert.equal((await bot.upload(release.id, '', BYTES)).json.errors[0].code, 'missing_field');
  assert.equal((await bot.upload(release.id, '../../etc/passwd', BYTES)).json.name, 'default.etc.passwd');
  assert.equal((await bot.remove(asset)).status, 204);
  assert.equal((await bot.upload(release.id, 'perps.default.so', BYTES)).status, 201);
  assert.equal((await bot.all(`/releases/${release.id}/assets`)).length, 2);
}));

test('an immutable release can no longer be changed, and its tag is never free again', () => withStandIn([], locked, async ({ bot }) => {
  const { json: release } = await bot.post('/releases', draft);
  const { json: asset } = await bot.upload(release.id, 'manifest.json', BYTES);
  assert.equal((await bot.patch(`/releases/${release.id}`, { draft: false })).json.immutable, true);
  assert.deepEqual([(await bot.upload(release.id, 'more', BYTES)).json.message, (await bot.upload(release.id, 'more', BYTES)).status], ['Cannot upload assets to an immutable release.', 422]);
  assert.equal((await bot.remove(`/releases/assets/${asset.id}`)).status, 422);
  assert.equal((await bot.patch(`/releases/assets/${asset.id}`, { name: 'other' })).status, 422);
  for (const change of [{ tag_name: 'other' }, { target_commitish: 'v1' }, { draft: true }]) assert.equal((await bot.patch(`/releases/${release.id}`, change)).status, 422);
  assert.equal((await bot.patch(`/releases/${release.id}`, { body: 'Notes stay open.' })).json.body, 'Notes stay open.');
  assert.equal((await bot.remove(`/releases/${release.id}`)).status, 204);
  const again = await bot.post('/releases', { tag_name: draft.tag_name });
  assert.deepEqual([again.status, again.json.errors[0].message], [422, 'tag_name was used by an immutable release']);
}));

test('a release is as old as its commit, the latest is what was said', () => withStandIn([], {
  repositories: { 'octo/perps': { commits: { [OLD]: { date: '2020-01-01T00:00:00Z' } } } },
}, async ({ bot }) => {
  const { json: newest } = await bot.post('/releases', { tag_name: 'v2' });
  const { json: oldest } = await bot.post('/releases', { tag_name: 'v1' });
  assert.equal(oldest.created_at, '2020-01-01T00:00:00Z');
  assert.deepEqual((await bot.all('/releases?per_page=1')).map(({ id }) => id), [newest.id, oldest.id]);
  assert.equal((await bot.get('/releases/latest')).json.id, oldest.id);
  await bot.post('/releases', { tag_name: 'v3', make_latest: 'false' });
  assert.equal((await bot.get('/releases/latest')).json.id, oldest.id);
  assert.equal((await bot.remove(`/releases/${oldest.id}`)).status, 204);
  assert.equal((await bot.get(`/releases/${oldest.id}`)).status, 404);
}));

test('the side door changes bytes behind the digest, and seeds names that no upload could have', () => withStandIn([], {
  repositories: { 'octo/perps': { releases: [{ tag: 'solana/perps/0.9.0', assets: { '../../escape.so': BYTES.toString('base64') } }] } },
}, async ({ bot, door, seeded }) => {
  const id = seeded.releases[0].assets['../../escape.so'];
  assert.equal((await bot.get('/releases/tags/solana%2Fperps%2F0.9.0')).json.assets[0].name, '../../escape.so');
  await door('PUT', `asset?id=${id}`, Buffer.from('other'));
  const { headers } = await bot.get(`/releases/assets/${id}`, { accept: 'application/octet-stream' });
  assert.equal(await (await fetch(headers.get('location'))).text(), 'other');
  assert.equal((await bot.get(`/releases/assets/${id}`)).json.digest, sha256(BYTES));
  await door('PUT', `asset?id=${id}&digest=new`, Buffer.from('other'));
  assert.equal((await bot.get(`/releases/assets/${id}`)).json.digest, sha256('other'));
}));

test('immutability can be asked about with administration only', () => withStandIn([], { ...locked, tokens: { admin: { user: 'alice', permissions: { administration: 'read' } } } }, async (gitHub) => {
  assert.equal((await gitHub.bot.get('/immutable-releases')).status, 403);
  assert.deepEqual((await gitHub.as('admin').get('/immutable-releases')).json, { enabled: true, enforced_by_owner: false });
}));
