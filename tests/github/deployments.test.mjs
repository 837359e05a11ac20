import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OLD, SHA, withStandIn } from './support/stand-in.mjs';

const wanted = { ref: SHA, task: 'solana-release', auto_merge: false, required_contexts: [], environment: 'staging', payload: { id: '1' } };

test('a deployment keeps what it was given, payload as it came', () => withStandIn([], null, async ({ bot, alice }) => {
  const { status, json } = await bot.post('/deployments', { ...wanted, description: 'd'.repeat(140), transient_environment: true, production_environment: true });
  assert.equal(status, 201);
  assert.deepEqual([json.sha, json.task, json.payload, json.environment, json.creator.login, json.creator.id, json.performed_via_github_app.slug], [SHA, 'solana-release', { id: '1' }, 'staging', 'github-actions[bot]', 41898282, 'github-actions']);
  assert.ok(json.id > 2 ** 32, 'numbers outgrow 32 bits');
  assert.equal((await bot.post('/deployments', { ...wanted, payload: '{"id":"1"}' })).json.payload, '{"id":"1"}');
  const { json: person } = await alice.post('/deployments', wanted);
  assert.deepEqual([person.creator.login, person.performed_via_github_app], ['alice', null]);
  assert.deepEqual((await bot.get(`/deployments/${json.id}`)).json, json);
  for (const method of ['PATCH', 'PUT']) assert.equal((await bot.call(method, `/deployments/${json.id}`, { payload: {} })).status, 404);
}));

test('140 characters, and not bytes, of description', () => withStandIn([], null, async ({ bot }) => {
  const { status, json } = await bot.post('/deployments', { ...wanted, description: 'ü'.repeat(141) });
  assert.equal(status, 422);
  assert.deepEqual(json.errors, [{ resource: 'Deployment', code: 'custom', field: 'description', message: 'description is too long (maximum is 140 characters)' }]);
  const { json: { id } } = await bot.post('/deployments', { ...wanted, description: 'ü'.repeat(140) });
  assert.equal((await bot.post(`/deployments/${id}/statuses`, { state: 'success', description: 'x'.repeat(141) })).status, 422);
  assert.equal((await bot.post(`/deployments/${id}/statuses`, { state: 'success', description: 'x'.repeat(140) })).status, 201);
}));

test('the form of a body is checked before anything is done', () => withStandIn([], null, async ({ bot }) => {
  const refused = async (body) => {
    const { status, json } = await bot.post('/deployments', body);
    return `${status} ${json.message}`;
  };
  assert.equal(await refused({}), '422 Invalid request.\n\n"ref" wasn\'t supplied.');
  assert.equal(await refused({ ...wanted, required_contexts: 'ci' }), '422 Invalid request.\n\nFor \'properties/required_contexts\', "ci" is not an array of strings.');
  assert.equal(await refused({ ...wanted, payload: 1 }), "422 Invalid request.\n\nFor 'properties/payload', 1 is not an object or a string.");
  assert.equal(await refused('{"ref":'), '400 Problems parsing JSON');
  assert.equal(await refused('[]'), '400 Body should be a JSON object');
  assert.equal(await refused({ ...wanted, ref: 'nowhere' }), '422 No ref found for: nowhere');
  assert.deepEqual(await bot.all('/deployments'), []);
}));

test('newest first, by environment, task, sha and ref, in pages', () => withStandIn([], null, async ({ bot }) => {
  const ids = [];
  for (let i = 0; i < 65; i++) ids.push((await bot.post('/deployments', { ...wanted, environment: i % 2 ? 'beta' : 'staging', task: i % 5 ? 'solana-event' : 'solana-release', ref: i < 60 ? 'main' : 'v1' })).json.id);
  const of = async (query) => (await bot.all(`/deployments?per_page=100&${query}`)).map(({ id }) => ids.indexOf(id));
  const first = await bot.get('/deployments');
  assert.deepEqual(first.json.map(({ id }) => id), ids.slice(-30).reverse());
  assert.match(first.headers.get('link'), /<http:\/\/127\.0\.0\.1:\d+\/repositories\/\d+\/deployments\?page=2>; rel="next", <.*page=3>; rel="last"$/);
  assert.deepEqual((await bot.all('/deployments')).map(({ id }) => id), [...ids].reverse());
  assert.equal((await bot.get('/deployments?per_page=1000')).json.length, 65);
  assert.deepEqual(await of('environment=beta&task=solana-release'), [55, 45, 35, 25, 15, 5]);
  assert.deepEqual(await of(`sha=${OLD}&environment=staging`), [64, 62, 60]);
  assert.equal((await of('ref=v1')).length, 5);
  assert.deepEqual(await of('environment=nowhere'), []);
}));

test('without auto_merge: false the default branch is merged, or cannot be', () => withStandIn([], { repositories: { 'octo/perps': { refs: { 'heads/topic': { sha: OLD, merge: 'behind' } } } } }, async ({ bot }) => {
  const { auto_merge, ...defaults } = wanted;
  const conflict = await bot.post('/deployments', { ...defaults, ref: OLD });
  assert.deepEqual([conflict.status, conflict.json.message], [409, `Conflict merging main into ${OLD}.`]);
  const merged = await bot.post('/deployments', { ...defaults, ref: 'topic' });
  assert.deepEqual([merged.status, merged.json], [202, { message: 'Auto-merged main into topic on deployment.' }]);
  assert.equal((await bot.post('/deployments', { ...defaults, ref: 'main' })).status, 201);
}));

test('without required_contexts: [] everything known of the commit must be green', () => withStandIn([], {
  repositories: { 'octo/perps': { check_runs: [{ sha: SHA, name: 'ci', conclusion: 'success' }, { sha: SHA, name: 'audit' }], statuses: [{ sha: SHA, context: 'legacy', state: 'success' }] } },
}, async ({ bot }) => {
  const { required_contexts, ...defaults } = wanted;
  const { status, json } = await bot.post('/deployments', defaults);
  assert.equal(status, 409);
  assert.deepEqual(json.errors[0].contexts, [{ context: 'legacy', state: 'success' }, { context: 'ci', state: 'success' }, { context: 'audit', state: 'pending' }]);
  assert.equal((await bot.post('/deployments', { ...defaults, required_contexts: ['ci', 'legacy'] })).status, 201);
  assert.equal((await bot.post('/deployments', { ...defaults, required_contexts: ['unheard-of'] })).status, 409);
  assert.equal((await bot.post('/deployments', wanted)).status, 201);
}));

test('a success retires the others of its environment, unless told not to, or they are transient or in production', () => withStandIn([], null, async ({ bot }) => {
  const make = async (fields = {}) => (await bot.post('/deployments', { ...wanted, ...fields })).json.id;
  const say = (id, state, fields = {}) => bot.post(`/deployments/${id}/statuses`, { state, ...fields });
  const states = async (id) => (await bot.get(`/deployments/${id}/statuses`)).json.map(({ state }) => state);
  const ids = [await make(), await make({ transient_environment: true }), await make({ production_environment: true }), await make({ environment: 'beta' })];
  for (const id of ids) assert.equal((await say(id, 'success', { auto_inactive: false, log_url: 'https://example.com/run' })).json.log_url, 'https://example.com/run');
  const newest = await make();
  await say(newest, 'in_progress');
  await say(newest, 'success', { auto_inactive: false });
  assert.deepEqual(await states(ids[0]), ['success']);
  await say(newest, 'success');
  assert.deepEqual(await Promise.all(ids.map(states)), [['inactive', 'success'], ['success'], ['success'], ['success']]);
  assert.deepEqual(await states(newest), ['success', 'success', 'in_progress']);
  assert.equal((await say(newest, 'done')).status, 422);
  assert.equal((await say(newest, 'success', { environment: 'beta' })).json.environment, 'beta');
  const moved = (await bot.get(`/deployments/${newest}`)).json;
  assert.deepEqual([moved.environment, moved.original_environment], ['beta', 'staging']);
}));

test('only what is inactive, or alone, can be deleted', () => withStandIn([], null, async ({ bot }) => {
  const make = async () => (await bot.post('/deployments', wanted)).json.id;
  const alone = await make();
  assert.equal((await bot.remove(`/deployments/${alone}`)).status, 204);
  assert.equal((await bot.get(`/deployments/${alone}`)).status, 404);
  const [first] = [await make(), await make()];
  assert.equal((await bot.remove(`/deployments/${first}`)).status, 422);
  await bot.post(`/deployments/${first}/statuses`, { state: 'inactive' });
  assert.equal((await bot.remove(`/deployments/${first}`)).status, 204);
}));

test('a deployment makes its environment, without protection', () => withStandIn([], null, async ({ bot }) => {
  assert.equal((await bot.get('/environments/staging')).status, 404);
  await bot.post('/deployments', wanted);
  const { json } = await bot.get('/environments/staging');
  assert.deepEqual([json.name, json.protection_rules, json.deployment_branch_policy, json.can_admins_bypass], ['staging', [], null, true]);
}));
