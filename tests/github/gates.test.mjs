// What gates ask GitHub about: environments, runs and their approvals, checks of a commit, attestations.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OLD, SHA, withStandIn } from './support/stand-in.mjs';

const repository = (fields) => ({ repositories: { 'octo/perps': fields } });
const EMPTY = '0'.repeat(40);

test('an environment says how it is protected', () => withStandIn([], repository({
  environments: {
    production: { reviewers: ['alice', 'team:sre'], prevent_self_review: true, wait_timer: 10, branch_policy: ['main', 'tag:v*'], can_admins_bypass: false, custom_rules: ['change-desk'] },
    beta: { branch_policy: 'protected' },
    'a/b c': {},
  },
}), async ({ bot }) => {
  const { json } = await bot.get('/environments/Production');
  assert.equal(json.can_admins_bypass, false);
  assert.deepEqual(json.deployment_branch_policy, { protected_branches: false, custom_branch_policies: true });
  assert.deepEqual(json.protection_rules.map(({ type }) => type), ['wait_timer', 'required_reviewers', 'branch_policy']);
  const { prevent_self_review: prevents, reviewers } = json.protection_rules[1];
  assert.equal(prevents, true);
  assert.deepEqual(reviewers.map(({ type, reviewer }) => [type, reviewer.login ?? reviewer.slug]), [['User', 'alice'], ['Team', 'sre']]);
  const policies = (await bot.get('/environments/production/deployment-branch-policies')).json;
  assert.deepEqual([policies.total_count, policies.branch_policies.map(({ name, type }) => `${type} ${name}`)], [2, ['branch main', 'tag v*']]);
  const rules = (await bot.get('/environments/production/deployment_protection_rules')).json;
  assert.deepEqual(rules.custom_deployment_protection_rules.map(({ enabled, app }) => [enabled, app.slug]), [[true, 'change-desk']]);
  const beta = (await bot.get('/environments/beta')).json;
  assert.deepEqual([beta.deployment_branch_policy, beta.protection_rules.map(({ type }) => type)], [{ protected_branches: true, custom_branch_policies: false }, ['branch_policy']]);
  assert.equal((await bot.get('/environments/a%2Fb%20c')).json.name, 'a/b c');
  assert.equal((await bot.get('/environments/nowhere')).status, 404);
  assert.equal((await bot.get('/environments')).json.total_count, 3);
}));

test('a run has attempts, jobs, and approvals that add up', () => withStandIn([], repository({
  environments: { compliance: {}, sre: {} },
  runs: [{
    id: 35678770737, path: '.github/workflows/release.yml@refs/heads/main', actor: 'carol', head_sha: OLD, head_branch: 'v1',
    attempts: [{ conclusion: 'failure', jobs: [{ name: 'deploy', conclusion: 'failure' }] }, { triggering_actor: 'bob', jobs: [{ name: 'deploy' }] }],
    approvals: [{ environments: ['compliance'], user: 'alice', comment: 'fine' }],
  }],
}), async ({ bot, door }) => {
  const { json } = await bot.get('/actions/runs/35678770737');
  assert.deepEqual([json.id, json.run_attempt, json.status, json.conclusion, json.actor.login, json.triggering_actor.login, json.head_sha, json.head_branch, json.event, json.path],
    [35678770737, 2, 'in_progress', null, 'carol', 'bob', OLD, 'v1', 'workflow_dispatch', '.github/workflows/release.yml@refs/heads/main']);
  const first = (await bot.get('/actions/runs/35678770737/attempts/1')).json;
  assert.deepEqual([first.run_attempt, first.status, first.conclusion, first.triggering_actor.login, first.previous_attempt_url], [1, 'completed', 'failure', 'carol', null]);
  assert.equal((await bot.get('/actions/runs/35678770737/attempts/3')).status, 404);
  assert.equal((await bot.get('/actions/runs/1')).status, 404);
  assert.equal((await bot.get('/actions/runs/35678770737/jobs')).json.total_count, 1);
  assert.equal((await bot.get('/actions/runs/35678770737/jobs?filter=all')).json.total_count, 2);
  assert.equal((await bot.get('/actions/runs/35678770737/attempts/1/jobs')).json.jobs[0].conclusion, 'failure');
  await door('POST', 'seed', repository({ runs: [{ id: 35678770737, approvals: [{ environments: ['sre'], state: 'rejected', user: 'bob' }] }] }));
  const approvals = (await bot.get('/actions/runs/35678770737/approvals')).json;
  assert.deepEqual(approvals.map(({ environments, state, user, comment }) => [environments.map(({ name }) => name), state, user.login, user.id, comment]),
    [[['compliance'], 'approved', 'alice', 101, 'fine'], [['sre'], 'rejected', 'bob', 102, '']]);
}));

test('check runs: the newest of each app and name, or all of them', () => withStandIn([], repository({
  check_runs: [
    { sha: SHA, name: 'ci', conclusion: 'failure', completed_at: '2026-01-01T00:00:00Z' }, { sha: SHA, name: 'ci', conclusion: 'success' },
    { sha: SHA, name: 'ci', app: 'other-ci' }, { sha: SHA, name: 'audit', status: 'queued' }, { sha: OLD, name: 'ci', conclusion: 'success' },
  ],
}), async ({ bot }) => {
  const of = async (query, ref = SHA) => (await bot.all(`/commits/${ref}/check-runs${query}`)).map(({ name, app, status, conclusion }) => `${app.slug}:${name} ${conclusion ?? status}`);
  assert.deepEqual(await of(''), ['github-actions:audit queued', 'other-ci:ci in_progress', 'github-actions:ci success']);
  assert.equal((await of('?filter=all')).length, 4);
  assert.deepEqual(await of('?check_name=ci&status=completed'), ['github-actions:ci success']);
  assert.deepEqual(await of('?app_id=15368&check_name=audit', 'main'), ['github-actions:audit queued']);
  assert.deepEqual(await of('?per_page=1', 'heads/main'), await of(''));
  const unknown = await bot.get(`/commits/${EMPTY}/check-runs`);
  assert.deepEqual([unknown.status, unknown.json.message], [422, `No commit found for SHA: ${EMPTY}`]);
}));

test('statuses: the newest of each context together, or every one', () => withStandIn([], repository({
  statuses: [
    { sha: SHA, context: 'ci/legacy: build', state: 'pending' }, { sha: SHA, context: 'ci/legacy: build', state: 'success', created_at: '2026-02-01T00:00:00Z' },
    { sha: SHA, context: 'lint', state: 'error', creator: 'alice' },
  ],
}), async ({ bot }) => {
  const { json } = await bot.get(`/commits/${SHA}/status?per_page=1`);
  assert.deepEqual([json.state, json.total_count, json.statuses.map(({ context, state }) => [context, state])], ['failure', 2, [['ci/legacy: build', 'success']]]);
  assert.equal((await bot.all(`/commits/${SHA}/statuses`)).length, 3);
  assert.equal((await bot.get(`/commits/${OLD}/status`)).json.state, 'pending');
}));

test('attestations by digest, in pages; none is not found', () => withStandIn([], repository({
  attestations: [1, 2, 3].map((each) => ({ digest: `sha256:${'d'.repeat(64)}`, predicate_type: each === 3 ? 'other' : 'https://slsa.dev/provenance/v1', bundle: { mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json', dsseEnvelope: { payload: String(each) } } })),
}), async ({ bot }) => {
  const of = async (query) => (await bot.all(`/attestations/sha256:${'d'.repeat(64)}?${query}`)).map(({ bundle }) => bundle.dsseEnvelope.payload);
  assert.deepEqual(await of('per_page=1'), ['1', '2', '3']);
  assert.deepEqual(await of('predicate_type=https://slsa.dev/provenance/v1'), ['1', '2']);
  assert.equal((await bot.get(`/attestations/sha256:${'e'.repeat(64)}`)).status, 404);
  assert.equal((await bot.get('/attestations/sha256:xyz')).status, 422);
}));
