// The workflows with everything in them that can be had here: our executable, three localnets, a stand-in for GitHub, Bash. Jobs run in the order that
// their needs give; what GitHub and a runner would do between them is the interpreter's part (model/run.mjs).

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isBuilt } from '../../bench/harness/action.mjs';
import { startLocalnet } from '../../bench/harness/localnet.mjs';
import { encodeBase58 } from '../../src/localnet/base58.mjs';
import { BOT, SEED, standIn } from '../github/support/stand-in.mjs';
import { realWorld } from './model/real.mjs';
import { run } from './model/run.mjs';
import { root } from './support/files.mjs';

const tools = ['curl', 'jq'].filter((tool) => spawnSync(tool, ['--version']).error);
const skip = !isBuilt() ? 'the executable is not built (make publish)' : tools.length > 0 && !process.env.CI ? `not installed: ${tools.join(', ')}` : false;
const ENVIRONMENTS = ['dev', 'staging', 'production'];
const SOAK = 60;

const work = mkdtempSync(join(tmpdir(), 'jobs-'));
const repository = join(work, 'repository');
let nets = {};
let github;
let keys;
let sha;

before(async () => {
  if (skip) return;
  github = await standIn();
  const made = spawnSync(process.execPath, [join(root, '.ci/workflows-local.mjs'), repository, 'solana-actions:local', github.http], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  // One small program is enough to see the wiring; the soak is one that a test can wait for.
  for (const name of ['solana-release.yml', 'release-soak.yml', 'release-quorum.yml', 'release-broken.yml']) {
    const text = readFileSync(join(repository, name), 'utf8').replace(/^ {2}perps: .*\n/m, '').replaceAll(/, perps: \w+ \}/g, ' }').replace('min-soak: 24h', `min-soak: ${SOAK}s`);
    writeFileSync(join(repository, name), text);
  }
  const spec = readFileSync(join(repository, 'works.yml'), 'utf8');
  writeFileSync(join(repository, 'works.yml'), spec.slice(0, spec.indexOf('  - name: perps')));
  const broken = readFileSync(join(repository, 'broken.yml'), 'utf8');
  const registry = /registry: (\w+)/.exec(readFileSync(join(repository, 'solana-release.yml'), 'utf8').split('program-ids')[1])[1];
  writeFileSync(join(repository, 'broken.yml'), broken.replace(/id: \w+/, `id: ${registry}`));
  const git = (...args) => spawnSync('git', args, { cwd: repository, encoding: 'utf8', env: { ...process.env, GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@x', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@x' } });
  for (const command of [['init', '-q', '-b', 'main'], ['add', '.'], ['commit', '-q', '-m', 'sample']]) assert.equal(git(...command).status, 0);
  sha = git('rev-parse', 'HEAD').stdout.trim();

  const readme = readFileSync(join(repository, 'README.md'), 'utf8');
  keys = { settings: JSON.parse(JSON.parse(/```json\n(.*?)```/s.exec(readme)[1]).settings), registry, secrets: secretsOf(readFileSync(join(repository, '.secrets'), 'utf8')) };
  const payer = keys.settings.dev['payer-address'];
  for (const name of ENVIRONMENTS) {
    nets[name] = await startLocalnet('--slot-ms', 100, '--airdrop', `${payer}=100`);
    keys.settings[name]['rpc-url'] = nets[name].http;
  }
  await github.door('POST', 'seed', { ...SEED, repositories: { 'octo/perps': { default_branch: 'main', immutable_releases: true, refs: { 'heads/main': sha } } } });
});

after(async () => {
  await Promise.all([...Object.values(nets).map((net) => net.stop()), github?.stop()]);
  rmSync(work, { recursive: true });
});

function secretsOf(text) {
  return Object.fromEntries([...text.matchAll(/^(\w+)='(.*?)'$/gms)].map(([, name, value]) => [name, name === 'SOLANA_PROGRAM_KEYPAIRS' ? value.split('\n').filter((line) => line.startsWith('registry=')).join('\n') : value]));
}

let nextRun = 100;

/** Starts a workflow; `again` re-runs what failed in it. */
async function start(workflow, inputs, approver = () => undefined) {
  const id = String(nextRun++);
  const path = `.github/workflows/${workflow}.yml`;
  const folder = join(work, id);
  mkdirSync(folder);
  const world = realWorld({ repository, work: folder, api: github.http, token: BOT, secrets: keys.secrets, github: { run_id: id, run_attempt: '1', sha, workflow: path } });
  const seed = (attempts) => github.door('POST', 'seed', { repositories: { 'octo/perps': { runs: [{ id: Number(id), name: workflow, path, event: 'workflow_dispatch', head_branch: 'main', head_sha: sha, actor: 'alice', attempts }] } } });
  const attempts = [];
  const go = async (earlier) => {
    attempts.push({ status: 'in_progress', triggering_actor: 'alice' });
    await seed(attempts);
    world.attempt(attempts.length);
    // As a reviewer does: GitHub writes it down for the run, and the gate asks for that.
    const approve = async (environment) => {
      const user = approver(environment);
      if (user) await github.door('POST', 'seed', { repositories: { 'octo/perps': { runs: [{ id: Number(id), approvals: [{ environments: [environment], state: 'approved', user, comment: 'read it' }] }] } } });
      return true;
    };
    const ended = await run({ ...world, github: { ...world.github }, approve }, path, inputs, earlier);
    attempts[attempts.length - 1] = { status: 'completed', conclusion: ended.result, triggering_actor: 'alice' };
    await seed(attempts);
    return { ...ended, log: world.log, again: () => go(ended), step: (environment, name) => world.log.findLast((each) => each.environment === environment && each.name === name) };
  };
  return go();
}

const release = (version, more = {}, approver = undefined) => start('try-release', { version, settings: JSON.stringify(keys.settings), phrase: 'DEPLOY TO PRODUCTION', ...more }, approver);
const failed = ({ log }) => log.filter(({ outcome }) => outcome === 'failure').map(({ job, environment, name }) => [job, environment, name]);
const shown = ({ log }) => log.filter(({ outcome }) => outcome === 'failure').map(({ name, said, code }) => `${name}: ${code}\n${said}`).join('\n');

/** The version whose bytes an environment's program holds, by the mark that the sample build leaves behind the ELF. */
async function versionIn(environment) {
  const ask = (method, ...params) => fetch(nets[environment].http, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }) }).then((response) => response.json());
  const account = async (address) => (await ask('getAccountInfo', address, { encoding: 'base64', commitment: 'confirmed' })).result?.value?.data[0];
  const program = await account(keys.registry);
  if (!program) return undefined;
  const bytes = Buffer.from(await account(encodeBase58(Buffer.from(program, 'base64').subarray(4, 36))), 'base64');
  return /default (\S+?)\0*$/.exec(bytes.toString('latin1').trimEnd())?.[1];
}

/** The ledger's events of an environment, newest last, as GitHub holds them. */
async function events(environment) {
  const { json } = await github.as(BOT).call('GET', `/deployments?environment=${environment}&per_page=100`);
  return json.map(({ payload }) => (typeof payload === 'string' ? JSON.parse(payload) : payload)).reverse();
}

const states = async (environment, kind) => (await events(environment)).filter((event) => event.kind === kind).map(({ state }) => state);

test('one click takes a build through three environments, and leaves a release and its records', { skip }, async () => {
  const ended = await release('1.0.0');
  assert.equal(ended.result, 'success', shown(ended));
  for (const name of ENVIRONMENTS) {
    assert.equal(await versionIn(name), '1.0.0', name);
    assert.deepEqual(await states(name, 'release'), ['started', 'succeeded'], name);
    assert.ok((await states(name, 'check')).filter((state) => state === 'succeeded').length >= 2, `${name} was verified and smoke-tested`);
  }
  const hashes = ENVIRONMENTS.map((name) => ended.step(name, 'deploy').outputs['executable-hash']);
  assert.equal(new Set(hashes).size, 1, 'the same bytes everywhere');
  const { json } = await github.as(BOT).call('GET', '/releases/tags/v1.0.0');
  assert.deepEqual(json.assets.map(({ name }) => name).sort(), ['SHA256SUMS', 'manifest.json', 'record.json']);
  });

test('a phrase that is wrong stops the chain before production, and asks nobody', { skip }, async () => {
  const ended = await release('1.1.0', { phrase: 'deploy', 'github-release': false });
  assert.equal(ended.result, 'failure');
  assert.deepEqual(failed(ended), [['plan', undefined, 'gates']]);
  assert.match(ended.log.find(({ outcome }) => outcome === 'failure').said, /title=gate-unmet::/);
  assert.deepEqual([await versionIn('staging'), await versionIn('production')], ['1.1.0', '1.0.0']);
  assert.deepEqual(await states('production', 'release'), ['started', 'succeeded']);
});

test('a soak that is not over is refused, and the failed job run again goes on with the same bytes', { skip }, async () => {
  const refused = await release('1.2.0', { 'release-file': 'release-soak.yml', 'github-release': false });
  assert.equal(refused.result, 'failure');
  assert.deepEqual(failed(refused), [['plan', undefined, 'gates']], shown(refused));
  assert.equal(await versionIn('production'), '1.0.0');
  const builds = refused.log.filter(({ job }) => job === 'build').length;
  await sleep((SOAK + 1) * 1000);
  const again = await refused.again();
  assert.equal(again.result, 'success', shown(again));
  assert.equal(again.log.filter(({ job }) => job === 'build').length, builds, 'nothing was built again');
  assert.equal(await versionIn('production'), '1.2.0');
  assert.equal(again.step('production', 'deploy').outputs['executable-hash'], again.step('staging', 'deploy').outputs['executable-hash']);
});

test('a smoke test that fails takes the release back in the same job, and the next environment never sees it', { skip }, async () => {
  const ended = await release('1.3.0', { 'release-file': 'release-broken.yml', 'github-release': false });
  assert.equal(ended.result, 'failure');
  assert.deepEqual(failed(ended).map(([job, environment, name]) => [job, environment, name]).filter(([, , name]) => name !== 'rollback'), [['deploy', 'staging', 'smoke']], shown(ended));
  assert.equal(ended.step('staging', 'rollback').outputs['restored-version'], '1.2.0');
  assert.match(ended.step('staging', 'What to do now').summary, /1\.2\.0 runs again, and the smoke test fails with it, too/);
  assert.deepEqual([await versionIn('dev'), await versionIn('staging'), await versionIn('production')], ['1.3.0', '1.2.0', '1.2.0']);
  assert.equal((await states('staging', 'rollback')).at(-1), 'succeeded');
  assert.ok((await events('staging')).some(({ state, kind }) => kind === 'release' && state === 'undone'));
});

test('what was rolled back is refused, until somebody says that it was innocent', { skip }, async () => {
  const ended = await release('1.3.0', { 'github-release': false, until: 'staging' });
  assert.equal(ended.result, 'failure');
  assert.deepEqual(failed(ended), [['plan', undefined, 'gates']], shown(ended));
  assert.equal(await versionIn('staging'), '1.2.0');
});

test('production goes back on demand', { skip }, async () => {
  const { 'payer-address': payer, 'authority-address': authority, 'rpc-url': url } = keys.settings.production;
  const ended = await start('try-rollback', { environment: 'production', 'payer-address': payer, 'authority-address': authority, 'rpc-url': url });
  assert.equal(ended.result, 'success', shown(ended));
  assert.equal(await versionIn('production'), '1.0.0');
  assert.deepEqual(await states('production', 'rollback'), ['started', 'succeeded']);
});

test('one person is no quorum; a second one is, without another build', { skip }, async () => {
  let approver = () => 'bob';
  const refused = await release('1.4.0', { 'release-file': 'release-quorum.yml', 'github-release': false }, (environment) => approver(environment));
  assert.equal(refused.result, 'failure');
  assert.deepEqual(failed(refused), [['deploy', 'production', 'gates']], shown(refused));
  assert.match(refused.step('production', 'gates').said, /fewer people than environments/);
  assert.match(refused.step('production', 'What to do now').summary, /Nothing was sent/);
  assert.equal(await versionIn('production'), '1.0.0');
  approver = () => 'carol'; // approves the gated job of the second attempt
  await github.door('POST', 'seed', { repositories: { 'octo/perps': { runs: [{ id: nextRun - 1, approvals: [{ environments: ['production-ops'], state: 'approved', user: 'carol', comment: 'read it, too' }] }] } } });
  const again = await refused.again();
  assert.equal(again.result, 'success', shown(again));
  assert.equal(await versionIn('production'), '1.4.0');
});

test('a job that holds a key shows none', { skip }, () => {
  const secrets = Object.values(keys.secrets).flatMap((value) => [value, ...value.split('\n').map((line) => line.replace(/^\w+=/, ''))]);
  const patterns = secrets.flatMap((secret) => ['-e', secret.slice(1, 60)]);
  const everything = spawnSync('grep', ['-rlF', '--exclude-dir=repository', '--exclude=.secrets', ...patterns, work], { encoding: 'utf8' }).stdout;
  assert.equal(everything, '');
});
