import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { story } from './model/team.mjs';
import { scenarios } from './scenarios.mjs';
import { read } from './support/files.mjs';

const golden = new URL('scenarios.golden.json', import.meta.url);
const told = {};
for (const [name, scenario] of Object.entries(scenarios)) told[name] = await story(read, scenario);
if (process.env.UPDATE_GOLDEN === '1') writeFileSync(golden, `${JSON.stringify(Object.fromEntries(Object.entries(told).map(([name, { lines }]) => [name, lines])), null, 1)}\n`);
const expected = existsSync(golden) ? JSON.parse(readFileSync(golden, 'utf8')) : {};

test('every scenario has its story, and every story its scenario', () => assert.deepEqual(Object.keys(expected), Object.keys(scenarios)));

for (const name of Object.keys(scenarios)) {
  test(name, () => assert.deepEqual(told[name].lines, expected[name]));
}

const steps = (name) => told[name].trace.flatMap((job) => job.steps.filter(({ outcome }) => outcome !== 'skipped').map((step) => ({ ...step, job: job.job, environment: job.environment })));
const calls = (name) => told[name].trace.filter(({ uses }) => uses).map((job) => ({ job: job.job, ...job.with }));

test('whatever happens, what is sent is sent behind an environment, and planned from addresses before', () => {
  for (const name of Object.keys(scenarios)) {
    for (const step of steps(name).filter(({ uses }) => /solana-deploy|rollback/.test(uses ?? ''))) {
      if (step.with['dry-run'] === 'true') {
        assert.equal(step.environment, undefined, name);
        assert.match(step.with.payer, /Payer$/, name);
        assert.deepEqual(step.env, {}, `${name}: a plan has no secrets`);
      } else {
        assert.ok(step.environment, name);
        assert.match(step.with.payer, /^(env|vault-transit):/, name);
      }
    }
  }
});

test('one version goes through the whole chain, and only its first environment is given the build', () => {
  const deploys = calls('one click to a chain of five').filter(({ environment }) => environment);
  assert.deepEqual(deploys.map(({ environment }) => environment), ['dev', 'test', 'staging', 'beta', 'production']);
  assert.deepEqual(deploys.map(({ version }) => version), Array(5).fill('1.2.0'));
  assert.deepEqual(deploys.map((each) => each['build-artifact']), ['solana-build', ...Array(4).fill(undefined)]);
});

test('each environment has its own settings, and knows where the one before is', () => {
  const [first, second] = calls('one click').filter(({ environment }) => environment);
  assert.deepEqual([first['payer-address'], first.payer, first['rpc-url'], first['from-rpc-url']], ['StagingPayer', 'env:SOLANA_PAYER', 'https://staging.example', undefined]);
  assert.deepEqual([second['payer-address'], second.payer, second['rpc-url'], second['from-rpc-url']], ['Payer', 'vault-transit:transit/payer', '', 'https://staging.example']);
  // What is kept is compared with what runs in the first environment, so the build asks the same endpoint.
  const kept = steps('one click').find(({ job, uses }) => job.endsWith('keep') && uses?.endsWith('promote-artifact'));
  assert.equal(kept.with['rpc-url'], 'https://staging.example');
});

test('a gate is asked twice: before anybody is asked, and after', () => {
  const gates = steps('a quorum approves').filter(({ uses }) => uses?.endsWith('promote-artifact'));
  assert.deepEqual(gates.map((step) => [step.job, step.with.approvals, step.with.to, step.with['output-dir']]), [['plan', 'later', 'production', 'solana-release'], ['deploy', undefined, 'production', 'solana-release']]);
});

test('one queue for a release\'s deploys into an environment, another for its rollbacks', () => {
  const group = (name) => told[name].trace.map(({ concurrency }) => concurrency).filter(Boolean);
  assert.deepEqual(group('a quorum approves'), [{ group: 'solana-deploy-perps-production', 'cancel-in-progress': false, queue: 'max' }]);
  assert.deepEqual(group('a rollback by hand'), [{ group: 'solana-rollback-perps-production', 'cancel-in-progress': false, queue: 'max' }]);
});

test('a program that does not exist yet is planned by its address, and made with its key', () => {
  const keys = (name) => steps(name).filter(({ uses }) => uses?.endsWith('solana-deploy')).map((step) => step.with['program-keypair']);
  assert.deepEqual(keys('programs that do not exist yet'), ['perps=PerpsId', 'perps=[1]']);
  assert.deepEqual(keys('the build goes to the first environment'), ['', '']);
});

const deploys = (name) => steps(name).filter(({ uses }) => uses?.endsWith('solana-deploy')).map(({ with: given }) => ['mode', 'upgrade-authority', 'standby', 'wait-for', 'timeout'].map((input) => given[input] || ''));

test('what a vault owns is planned by its reference, and proposed as the settings have it', () => {
  assert.deepEqual(deploys('an upgrade that others have to execute is a proposal'), [['propose', '', 'false', '', ''], ['propose', '', 'false', '', '']], 'the release file supplies it');
  assert.deepEqual(deploys('an upgrade for a vault that is given is a proposal, too'), [['propose', 'squads:Multisig', 'false', '', ''], ['propose', 'squads:Multisig', 'false', '', '']]);
  assert.deepEqual(deploys('settings say how a vault\'s program is released').slice(2), [['propose', 'squads:Multisig/1', 'true', 'executed', ''], ['propose', 'squads:Multisig/1', 'true', 'executed', '90m']]);
  assert.deepEqual(deploys('the first deploy of what a vault will own'), [['deploy', 'Payer', 'false', '', ''], ['deploy', '', 'false', '', '']]);
});

test('what waits for members is said to whoever called', () => {
  const outputs = (name) => told[name].outputs;
  assert.deepEqual(['proposed', 'proposal', 'executable-at', 'changed'].map((output) => outputs('an upgrade that others have to execute is a proposal')[output]), ['true', 'P', '2026-12-01T08:00:00Z', 'false']);
  assert.deepEqual(['proposed', 'proposal'].map((output) => outputs('a run that waits until the members executed')[output]), ['false', '']);
  for (const [name, waits] of [['one click', false], ['a proposal in the first environment', true], ['a proposal in the last environment is no release yet', true]]) assert.equal(outputs(name).proposed, waits, name);
  const chain = steps('a proposal in the third environment').findLast(({ uses }) => uses?.endsWith('notify'));
  assert.match(chain.with.message, /start the release again with the same version/);
});
