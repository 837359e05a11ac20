// The stand-in against GitHub's own description: everything it serves is described, and every answer is as described.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cutDown, readWhole } from './openapi/description.mjs';
import { operations } from './stand-in/routes.mjs';
import { ALICE, BOT, SEED, SHA, start } from './support/stand-in.mjs';

const BYTES = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0xff, 0xfe, 0x80]);
const wanted = { ref: SHA, task: 'solana-release', auto_merge: false, required_contexts: [], environment: 'staging', payload: { id: '1' } };

const MORE = {
  tokens: { admin: { user: 'bob', permissions: { administration: 'read' } } },
  repositories: {
    'octo/perps': {
      immutable_releases: true,
      environments: { production: { reviewers: ['alice', 'team:sre'], wait_timer: 5, branch_policy: ['main', 'tag:v*'], custom_rules: ['change-desk'] }, beta: { branch_policy: 'protected' } },
      runs: [{ id: 35678770737, attempts: [{ conclusion: 'failure', jobs: [{ name: 'a', conclusion: 'failure' }] }, { jobs: [{ name: 'b' }] }], approvals: [{ environments: ['production'], user: 'alice' }] }],
      check_runs: [{ sha: SHA, name: 'ci', conclusion: 'success' }, { sha: SHA, name: 'audit', app: 'other-ci' }],
      statuses: [{ sha: SHA, context: 'legacy', state: 'success' }],
      attestations: [{ digest: `sha256:${'d'.repeat(64)}`, predicate_type: 'https://slsa.dev/provenance/v1', bundle: { mediaType: 'x', verificationMaterial: {}, dsseEnvelope: {} } }],
    },
  },
};

/** @type {Awaited<ReturnType<typeof start>>} */
let gitHub;
const violations = async () => (await fetch(`${gitHub.http}/_stand-in/violations`)).json();

before(async () => {
  gitHub = await start('../validated.mjs');
  for (const seed of [SEED, MORE]) await gitHub.door('POST', 'seed', seed);
});
after(() => gitHub.stop());

test('every answer is as GitHub describes it, and every operation is asked for', async () => {
  const bot = gitHub.as(BOT);
  const asked = new Set();
  /** Asks, and notes which operation that was. */
  const ask = async (status, method, template, values, body, headers) => {
    asked.add(`${method.toLowerCase()} /repos/{owner}/{repo}${template}`);
    const path = template.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name]));
    const answer = await gitHub.as(values?.token ?? BOT).call(method, path + (values?.query ?? ''), body, headers);
    assert.equal(answer.status, status, `${method} ${path}: ${answer.text.slice(0, 1000)}`);
    return answer.json;
  };

  await ask(200, 'GET', '', {});
  const { id: deployment_id } = await ask(201, 'POST', '/deployments', {}, { ...wanted, description: 'd', transient_environment: true, production_environment: false });
  await ask(201, 'POST', '/deployments', {}, { ...wanted, payload: 'text' });
  await ask(201, 'POST', '/deployments', { token: ALICE }, wanted);
  await ask(200, 'GET', '/deployments', { query: '?environment=staging&task=solana-release&per_page=2' });
  await ask(200, 'GET', '/deployments/{deployment_id}', { deployment_id });
  const { id: status_id } = await ask(201, 'POST', '/deployments/{deployment_id}/statuses', { deployment_id }, { state: 'in_progress', auto_inactive: false, log_url: 'https://example.com/run' });
  await ask(201, 'POST', '/deployments/{deployment_id}/statuses', { deployment_id }, { state: 'inactive' });
  await ask(200, 'GET', '/deployments/{deployment_id}/statuses', { deployment_id });
  await ask(200, 'GET', '/deployments/{deployment_id}/statuses/{status_id}', { deployment_id, status_id });
  await ask(204, 'DELETE', '/deployments/{deployment_id}', { deployment_id });
  assert.equal((await bot.all('/deployments?per_page=1')).length, 2, 'by the links to further pages');

  const { id: release_id } = await ask(201, 'POST', '/releases', {}, { tag_name: 'solana/perps/1.0.0', name: 'n', draft: true, make_latest: 'false' });
  asked.add('post /repos/{owner}/{repo}/releases/{release_id}/assets');
  const uploads = await Promise.all(['a.so', 'b.so'].map((name) => bot.upload(release_id, name, BYTES)));
  assert.deepEqual(uploads.map(({ status }) => status), [201, 201]);
  const [asset_id, other] = uploads.map(({ json }) => json.id);
  await ask(200, 'PATCH', '/releases/assets/{asset_id}', { asset_id }, { name: 'c.so', label: 'l' });
  await ask(204, 'DELETE', '/releases/assets/{asset_id}', { asset_id: other });
  await ask(200, 'GET', '/releases/{release_id}/assets', { release_id });
  await ask(200, 'PATCH', '/releases/{release_id}', { release_id }, { draft: false, make_latest: 'true' });
  await ask(200, 'GET', '/releases', {});
  await ask(200, 'GET', '/releases/latest', {});
  await ask(200, 'GET', '/releases/{release_id}', { release_id });
  assert.equal((await ask(200, 'GET', '/releases/tags/{tag}', { tag: 'solana/perps/1.0.0' })).assets.length, 1);
  await ask(200, 'GET', '/releases/assets/{asset_id}', { asset_id });
  const found = await bot.get(`/releases/assets/${asset_id}`, { accept: 'application/octet-stream' });
  assert.equal(found.status, 302);
  assert.deepEqual(Buffer.from(await (await fetch(found.headers.get('location'))).arrayBuffer()), BYTES);
  await ask(204, 'DELETE', '/releases/{release_id}', { release_id });
  await ask(200, 'GET', '/immutable-releases', { token: 'admin' });

  await ask(200, 'GET', '/environments', {});
  for (const environment_name of ['production', 'beta', 'staging']) await ask(200, 'GET', '/environments/{environment_name}', { environment_name });
  await ask(200, 'GET', '/environments/{environment_name}/deployment-branch-policies', { environment_name: 'production' });
  await ask(200, 'GET', '/environments/{environment_name}/deployment_protection_rules', { environment_name: 'production' });
  const run = { run_id: 35678770737, attempt_number: 1 };
  for (const template of ['', '/attempts/{attempt_number}', '/attempts/{attempt_number}/jobs', '/approvals', '/jobs']) await ask(200, 'GET', `/actions/runs/{run_id}${template}`, run);
  for (const template of ['check-runs', 'status', 'statuses']) await ask(200, 'GET', `/commits/{ref}/${template}`, { ref: SHA });
  await ask(200, 'GET', '/attestations/{subject_digest}', { subject_digest: `sha256:${'d'.repeat(64)}` });

  const { number: issue_number } = await ask(201, 'POST', '/issues', {}, { title: 't', body: 'b', labels: ['l'] });
  await ask(200, 'PATCH', '/issues/{issue_number}', { issue_number }, { state: 'closed', state_reason: 'completed' });
  await ask(200, 'GET', '/issues', { query: '?state=all&labels=l' });
  await ask(200, 'GET', '/issues/{issue_number}', { issue_number });
  const { id: comment_id } = await ask(201, 'POST', '/issues/{issue_number}/comments', { issue_number }, { body: 'c' });
  await ask(200, 'PATCH', '/issues/comments/{comment_id}', { comment_id }, { body: 'd' });
  await ask(200, 'GET', '/issues/{issue_number}/comments', { issue_number });
  await ask(204, 'DELETE', '/issues/comments/{comment_id}', { comment_id });

  assert.deepEqual([...asked].sort(), operations().map(({ method, path }) => `${method} ${path}`).sort());
  assert.deepEqual(await violations(), []);
});

test('refusals pass, in the form that GitHub describes', async () => {
  const bot = gitHub.as(BOT);
  const answers = [
    [422, await bot.post('/deployments', { ...wanted, description: 'x'.repeat(141) })], [422, await bot.post('/deployments', { ...wanted, ref: 'nowhere' })],
    [404, await bot.get('/releases/1')], [404, await bot.get('/environments/nowhere')], [401, await gitHub.as('nobody').get('/releases')],
    [403, await bot.get('/immutable-releases')], [422, await bot.upload((await bot.post('/releases', { tag_name: 'x', draft: true })).json.id, 'empty', Buffer.alloc(0))],
  ];
  for (const [status, answer] of answers) assert.equal(answer.status, status, answer.text);
  assert.deepEqual(await violations(), []);
});

test('a request that GitHub does not describe is objected to, and so is an answer', async () => {
  const bot = gitHub.as(BOT);
  const objections = async (ask) => {
    const known = (await violations()).length;
    const { status } = await ask();
    return [status, ...(await violations()).slice(known).flatMap(({ complaints }) => complaints)].join(' | ');
  };
  assert.equal(await objections(() => bot.get('/deployments?enviroment=staging')), '500 | request.query enviroment is not described');
  assert.equal(await objections(() => bot.post('/deployments', { ...wanted, auto_merg: false })), '500 | request.body auto_merg is not described');
  assert.match(await objections(() => bot.post('/deployments', { task: 'x' })), /^500 \| body .*'ref'$/);
  assert.match(await objections(() => bot.post('/deployments', { ...wanted, required_contexts: 'ci' })), /^500 \| body\.required_contexts .* must be array$/);
  assert.match(await objections(() => bot.patch('/deployments/1', {})), /^500 \| .*no method matched/);
  assert.match(await objections(() => bot.get('/deploiments')), /^500 \| .*no path matched/);
  assert.equal(await objections(() => bot.call('POST', '/releases/1/assets', BYTES, { 'content-type': 'application/octet-stream' })), '500 | request.query name is missing');
  await gitHub.door('POST', 'faults', { status: 200, body: { not: 'a list' } });
  assert.match(await objections(() => bot.get('/releases')), /^500 \| response\.body .* must be array$/);
  await gitHub.door('POST', 'faults', { host: 'uploads', status: 201, body: { id: 1 } });
  assert.match(await objections(() => bot.upload(1, 'x', BYTES)), /^500 \| response\.body must have required property 'name' \|/);
});

test('what is cut out of the description is what the stand-in serves', () => {
  const cut = cutDown(readWhole());
  const described = Object.entries(cut.paths).filter(([path]) => path.startsWith('/repos/')).flatMap(([path, item]) => Object.keys(item).map((method) => `${method} ${path}`));
  assert.deepEqual(described.sort(), operations().map(({ method, path }) => `${method} ${path}`).sort());
});
