// Who may do what, how often, and what goes wrong when it is ordered to.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BOT, SHA, withStandIn } from './support/stand-in.mjs';

const open = { repositories: { 'octo/open': { private: false, refs: { 'heads/main': SHA } } } };

test('each call wants its own permission, and says which', () => withStandIn([], { tokens: { little: { permissions: { contents: 'read' } }, pat: { user: 'alice' } } }, async (gitHub) => {
  const little = gitHub.as('little');
  const needs = [
    ['GET', '/deployments', 'deployments=read'], ['POST', '/deployments', 'deployments=write'], ['POST', '/releases', 'contents=write'],
    ['GET', '/actions/runs/1/approvals', 'actions=read'], ['GET', '/environments/x', 'actions=read'], [`GET`, `/commits/${SHA}/check-runs`, 'checks=read'],
    ['GET', `/commits/${SHA}/status`, 'statuses=read'], ['GET', `/attestations/sha256:${'a'.repeat(64)}`, 'attestations=read'], ['POST', '/issues', 'issues=write'],
    ['GET', '/immutable-releases', 'administration=read'],
  ];
  for (const [method, path, needed] of needs) {
    const { status, json, headers } = await little.call(method, path, method === 'POST' ? {} : undefined);
    assert.deepEqual([path, status, json.message, headers.get('x-accepted-github-permissions')], [path, 403, 'Resource not accessible by integration', needed]);
  }
  assert.equal((await gitHub.as('pat').get('/releases')).json.message, 'Resource not accessible by personal access token');
  assert.equal((await little.get('/releases')).status, 200);
  assert.equal((await little.get('')).json.full_name, 'octo/perps');
}));

test('what a token may not see is not there; what is no token is refused', () => withStandIn([], { ...open, tokens: { elsewhere: { permissions: 'write-all', repositories: ['octo/open'] }, gone: { permissions: 'write-all', expired: true } } }, async (gitHub) => {
  assert.equal((await gitHub.as('elsewhere').get('/releases')).status, 404);
  assert.equal((await gitHub.as(null).get('/releases')).status, 404);
  assert.equal((await gitHub.as(BOT, 'octo/nothing').get('/releases')).status, 404);
  for (const token of ['gone', 'unheard-of']) {
    const { status, json } = await gitHub.as(token).get('/releases');
    assert.deepEqual([status, json.message], [401, 'Bad credentials']);
  }
  assert.equal((await gitHub.as(null, 'octo/open').get('/deployments')).status, 200);
  assert.equal((await gitHub.as(null, 'octo/open').post('/deployments', {})).status, 401);
  assert.equal((await gitHub.as('elsewhere', 'OCTO/Open').get('/deployments')).status, 200);
}));

test('headers: a user agent, a media type, a version', () => withStandIn([], null, async ({ bot }) => {
  assert.equal((await bot.get('/releases', { 'user-agent': '' })).status, 403);
  assert.equal((await bot.get('/releases', { accept: 'text/html' })).status, 415);
  assert.equal((await bot.get('/releases', { accept: 'application/vnd.github+json' })).status, 200);
  assert.equal((await bot.get('/releases', { 'x-github-api-version': '2001-01-01' })).status, 400);
  assert.equal((await bot.get('/releases', { 'x-github-api-version': '2022-11-28' })).headers.get('x-github-api-version-selected'), '2022-11-28');
}));

test('a repository that moved answers with where it is now', () => withStandIn([], { moved: { 'octo/former': 'octo/perps' } }, async (gitHub) => {
  const { status, headers } = await gitHub.as(BOT, 'octo/former').get('/releases');
  assert.equal(status, 301);
  assert.deepEqual((await gitHub.bot.get(headers.get('location'))).json, []);
}));

test('the primary limit counts down, and says when it starts again', () => withStandIn(['--primary', 3, '--window', 1], null, async ({ bot, alice }) => {
  const left = [];
  for (let i = 0; i < 3; i++) left.push((await bot.get('/releases')).headers.get('x-ratelimit-remaining'));
  assert.deepEqual(left, ['2', '1', '0']);
  const { status, json, headers } = await bot.get('/releases');
  assert.deepEqual([status, headers.get('x-ratelimit-remaining'), headers.get('retry-after')], [403, '0', null]);
  assert.match(json.message, /^API rate limit exceeded for installation/);
  assert.equal((await alice.get('/releases')).status, 200);
  await new Promise((resolve) => { setTimeout(resolve, Math.max(0, Number(headers.get('x-ratelimit-reset')) * 1000 - Date.now()) + 50); });
  assert.equal((await bot.get('/releases')).status, 200);
}));

test('the secondary limit is a bucket of one second, refused with Retry-After', () => withStandIn(['--rps', 5], null, async ({ bot }) => {
  const answers = [];
  for (let i = 0; i < 12; i++) answers.push(await bot.get('/releases'));
  const refused = answers.filter(({ status }) => status === 403);
  assert.ok(refused.length >= 4 && refused.length <= 7, `${refused.length} of 12 refused`);
  assert.ok(refused.every(({ headers, json }) => headers.get('retry-after') === '1' && json.message.includes('secondary rate limit')));
}));

test('ordered faults: answers, resets, cuts, limits, floods; before the call is done or after', () => withStandIn([], null, async ({ bot, door }) => {
  const order = (fields) => door('POST', 'faults', fields);
  await order({ method: 'POST', path: '/releases$', skip: 1, kind: 'reset', after: true });
  await order({ method: 'POST', path: '/releases$' });
  assert.equal((await bot.post('/releases', { tag_name: 'a', draft: true })).status, 201);
  assert.equal((await bot.post('/releases', { tag_name: 'b', draft: true }).catch(() => 'reset')), 'reset');
  const failed = await bot.post('/releases', { tag_name: 'c', draft: true });
  assert.deepEqual([failed.status, failed.headers.get('content-type')], [502, 'text/html; charset=utf-8']);
  assert.deepEqual((await bot.all('/releases')).map(({ tag_name: tag }) => tag), ['b', 'a']);
  await order({ kind: 'secondary', seconds: 7, status: 429 });
  const limited = await bot.get('/releases');
  assert.deepEqual([limited.status, limited.headers.get('retry-after')], [429, '7']);
  await order({ kind: 'primary', seconds: 7 });
  assert.equal((await bot.get('/releases')).headers.get('x-ratelimit-remaining'), '0');
  await order({ kind: 'cut' });
  await assert.rejects(bot.get('/releases'));
  await order({ kind: 'endless', bytes: 1_000_000 });
  assert.ok((await bot.get('/releases')).text.length >= 1_000_000);
  await order({ status: 200, body: { not: 'a list' } });
  assert.deepEqual((await bot.get('/releases')).json, { not: 'a list' });
  assert.equal((await order({ kind: 'unheard-of' })).message, 'kind: expected one of answer, reset, cut, endless, slow, secondary, primary');
}));

test('--error-rate and --lost-rate fail their share, the same one for the same seed', async () => {
  const statuses = (flags) => withStandIn(flags, null, async ({ bot, door }) => {
    const seen = [];
    for (let i = 0; i < 60; i++) seen.push(await bot.post('/issues', { title: String(i) }).then(({ status }) => status, () => 'reset'));
    await door('DELETE', 'faults');
    return { seen, requests: (await door('GET', 'requests')).length };
  });
  const { seen, requests } = await statuses(['--error-rate', '0.2', '--lost-rate', '0.2', '--seed', 7]);
  assert.equal(requests, 60);
  for (const kind of [500, 502, 503, 'reset', 201]) assert.ok(seen.includes(kind), `${kind} is among ${seen}`);
  assert.deepEqual((await statuses(['--error-rate', '0.2', '--lost-rate', '0.2', '--seed', 7])).seen, seen);
});

test('the log holds every request, and no token', () => withStandIn([], null, async ({ bot, door }) => {
  await bot.post('/deployments', { ref: SHA, auto_merge: false, required_contexts: [] });
  await bot.get('/deployments?environment=production');
  const log = await door('GET', 'requests');
  assert.deepEqual(log.map(({ host, method, path, status, authorized }) => [host, method, path, status, authorized]), [['api', 'POST', '/repos/octo/perps/deployments', 201, true], ['api', 'GET', '/repos/octo/perps/deployments', 200, true]]);
  assert.deepEqual([log[0].body.ref, log[1].query], [SHA, { environment: 'production' }]);
  assert.ok(!JSON.stringify(log).includes(BOT));
  await door('DELETE', 'requests');
  assert.deepEqual(await door('GET', 'requests'), []);
}));

test('the clock is the stand-in\'s own; a seed with an unknown key is refused', () => withStandIn([], null, async ({ bot, door }) => {
  assert.equal((await door('POST', 'clock', { now: '2026-12-01T08:00:00Z' })).now, '2026-12-01T08:00:00Z');
  await door('POST', 'clock', { advance: 3600 });
  assert.match((await bot.post('/issues', { title: 'x' })).json.created_at, /^2026-12-01T09:00:0\dZ$/);
  assert.match((await door('POST', 'seed', { repositories: { 'octo/perps': { enviroments: {} } } })).message, /unknown key enviroments/);
}));
