// A chain whose second environment belongs to a vault: proposed, approved and executed by a team through the ecosystem's own client, and carried on by the
// workflows with the real executable, localnets and the stand-in for GitHub.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { client } from '../localnet/support/localnet.mjs';
import { EXECUTE, INITIATE, Team, VOTE, web3 } from '../localnet/support/squads.mjs';
import { failed, sample, skip, why } from './model/sample.mjs';

const ENVIRONMENTS = ['dev', 'staging', 'production'];
let stage;
let team;
before(async () => {
  if (skip) return;
  stage = await sample({ flags: { staging: ['--emulate', 'squads'] } });
  stage.secrets.SOLANA_MEMBER = stage.secrets.SOLANA_PAYER;
  const payer = web3.Keypair.fromSecretKey(Uint8Array.from(JSON.parse(stage.secrets.SOLANA_PAYER)));
  const [bob, carol] = [web3.Keypair.generate(), web3.Keypair.generate()];
  team = await Team.create(client(stage.settings.staging['rpc-url']), payer, [INITIATE | EXECUTE, VOTE, VOTE], { threshold: 2, members: [payer, bob, carol] });
  const text = (path) => stage.bytes(path).toString();
  const owned = (path) => text(path).replace(/(after: dev\n.*\n +upgrade-authority: ).*/, `$1squads:${team.multisig.toBase58()}`).replace('"*": works.yml }', '"*": works.yml, staging: owned.yml }');
  await stage.commit({
    ...Object.fromEntries(['solana-release.yml', 'release-broken.yml'].map((path) => [path, owned(path)])),
    'owned.yml': text('works.yml').replaceAll(stage.settings.staging['authority-address'], team.vault.toBase58()),
  });
});
after(() => stage?.stop());

const everywhere = () => Promise.all(ENVIRONMENTS.map((name) => stage.versionIn(name)));
const states = async (kind) => (await stage.events('staging')).filter((event) => event.kind === kind).map(({ state, version, check }) => [state, version, check].filter(Boolean).join(' '));
const steps = ({ log }, environment) => log.filter((step) => step.environment === environment && step.outcome !== 'skipped').map(({ name }) => name);

/** Both voters approve what was proposed since. */
async function approve(since) {
  const last = await team.index();
  for (let index = since + 1n; index <= last; index++) for (const voter of team.members.slice(1)) await team.approve(voter, index);
  return Number(last - since);
}

test('the first deploy names the vault, and every environment gets it', { skip }, async () => {
  Object.assign(stage.settings.staging, { mode: 'deploy', 'authority-address': team.vault.toBase58() });
  const ended = await stage.release('1.0.0');
  assert.equal(ended.result, 'success', why(ended));
  assert.deepEqual(await everywhere(), ['1.0.0', '1.0.0', '1.0.0']);
  delete stage.settings.staging.mode;
});

test('the next release is proposed where a vault owns the program: the chain ends there, and nothing has failed', { skip }, async () => {
  const before = await states('check');
  const ended = await stage.release('1.1.0', { 'github-release': true });
  assert.deepEqual([ended.result, failed(ended)], ['success', []], why(ended));
  assert.deepEqual(await everywhere(), ['1.1.0', '1.0.0', '1.0.0']);
  assert.equal(await team.index(), 1n, 'one for both programs');
  assert.deepEqual(await states('check'), before, 'what does not run is neither verified nor tested');
  assert.deepEqual((await states('release')).slice(-4), ['started 1.1.0', 'started 1.1.0', 'pending', 'pending']);
  assert.match(ended.step('staging', 'advice').summary, /start the release again with the same version/);
  assert.deepEqual(steps(ended, 'production'), []);
  assert.equal(ended.log.some(({ job }) => job === 'publish'), false, 'there is nothing to publish yet');
});

test('started again it finds its proposals, and waits on', { skip }, async () => {
  const again = await stage.release('1.1.0');
  assert.deepEqual([again.result, failed(again)], ['success', []], why(again));
  assert.deepEqual([await everywhere(), await team.index()], [['1.1.0', '1.0.0', '1.0.0'], 1n]);
  assert.equal(again.step('staging', 'members').outputs.proposed, 'true');
});

test('what nobody approved is not carried out, and nothing is said of it', { skip }, async () => {
  const before = await states('check');
  const ended = await carryOut();
  assert.deepEqual([ended.result, ended.outputs.settled, ended.outputs.pending, ended.outputs.programs], ['success', '0', '2', '[]'], why(ended));
  assert.deepEqual([await everywhere(), await states('check')], [['1.1.0', '1.0.0', '1.0.0'], before]);
  assert.deepEqual(ended.trace.map(({ job }) => job), ['continue'], 'one job, and no other');
});

test('what was approved is executed, verified and tested', { skip }, async () => {
  assert.equal(await approve(0n), 1);
  const before = (await states('check')).length;
  const ended = await carryOut();
  assert.deepEqual([ended.result, failed(ended)], ['success', []], why(ended));
  assert.deepEqual([ended.outputs.executed, ended.outputs.pending, ended.outputs.programs], ['2', '0', '["perps","registry"]']);
  assert.deepEqual(await everywhere(), ['1.1.0', '1.1.0', '1.0.0']);
  assert.deepEqual((await states('check')).slice(before), ['succeeded verify', 'succeeded verify', 'succeeded 1.1.0 smoke', 'succeeded 1.1.0 smoke']);
  assert.deepEqual((await carryOut()).outputs.settled, '0', 'once');
});

test('the same version started again goes on with the same bytes', { skip }, async () => {
  const again = await stage.release('1.1.0', { 'github-release': true });
  assert.deepEqual([again.result, failed(again)], ['success', []], why(again));
  assert.deepEqual(await everywhere(), ['1.1.0', '1.1.0', '1.1.0']);
  assert.deepEqual(Object.values(JSON.parse(again.step('staging', 'deploy').outputs.results)).map(({ changed }) => changed), ['false', 'false'], 'nothing is sent where it runs');
  assert.ok(again.log.some(({ job }) => job === 'publish'));
});

test('a run that waits goes on by itself when the members are done', { skip }, async () => {
  stage.settings.staging['wait-for'] = 'executed';
  const since = await team.index();
  const [ended] = await Promise.all([stage.release('1.2.0'), decide(since)]);
  delete stage.settings.staging['wait-for'];
  assert.deepEqual([ended.result, failed(ended)], ['success', []], why(ended));
  assert.deepEqual(await everywhere(), ['1.2.0', '1.2.0', '1.2.0']);
  assert.deepEqual([ended.step('staging', 'members').outputs.executed, ended.step('staging', 'members').outputs.proposed], ['true', 'false']);
});

test('what the members executed themselves is verified and tested as well, and goes on', { skip }, async () => {
  const since = await team.index();
  const proposed = await stage.release('1.3.0');
  assert.deepEqual([proposed.result, await team.index()], ['success', since + 1n], why(proposed));
  await decide(since);
  const ended = await carryOut();
  assert.deepEqual([ended.result, ended.outputs.executed, ended.outputs.settled, ended.outputs.programs], ['success', '0', '2', '["perps","registry"]'], why(ended));
  assert.deepEqual((await states('release')).slice(-2), ['succeeded', 'succeeded']);
  // The verdicts of another workflow are evidence only where it is trusted.
  const { staging, production } = stage.settings;
  const promote = (more) => stage.start('deploy', { environment: 'production', version: '1.3.0', phrase: 'DEPLOY TO PRODUCTION', 'from-rpc-url': staging['rpc-url'], ...production, ...more });
  const refused = await promote({});
  assert.deepEqual(failed(refused), [['plan', undefined, 'gates']], why(refused));
  const again = await promote({ 'trusted-workflows': 'continue.yml' });
  assert.deepEqual([again.result, await everywhere()], ['success', ['1.3.0', '1.3.0', '1.3.0']], why(again));
});

test('a release that the members executed and that does not work is taken back by its standby, when a reviewer agrees', { skip }, async () => {
  const since = await team.index();
  stage.settings.staging.standby = true;
  const proposed = await stage.release('1.4.0', { 'release-file': 'release-broken.yml' });
  assert.deepEqual([proposed.result, await team.index()], ['success', since + 3n], why(proposed));
  assert.equal(await approve(since), 3, 'the upgrade of both, and a way back for each');
  const { staging } = stage.settings;
  const ended = await carryOut({ 'release-file': 'release-broken.yml', 'on-smoke-failure': 'rollback', 'rollback-payer-address': staging['payer-address'], 'rollback-authority-address': staging['authority-address'] });
  assert.equal(ended.result, 'failure');
  assert.deepEqual(failed(ended)[0], ['test', undefined, 'smoke'], why(ended));
  assert.equal(await stage.versionIn('staging'), '1.3.0', why(ended));
  assert.ok((await states('release')).slice(-2).every((state) => state === 'undone'));
});

test('where a run waited for the members, the standby takes a release back in the same job', { skip }, async () => {
  const since = await team.index();
  Object.assign(stage.settings.staging, { standby: true, 'wait-for': 'executed' });
  const [ended] = await Promise.all([stage.release('1.5.0', { 'release-file': 'release-broken.yml' }), decide(since, 3n)]);
  assert.equal(ended.result, 'failure');
  // The broken spec fails with whatever runs, also with what runs again.
  assert.deepEqual(failed(ended), [['deploy', 'staging', 'smoke'], ['deploy', 'staging', 'rollback']], why(ended));
  assert.match(ended.step('staging', 'advice').summary, /The release before runs again, and the smoke test fails with it, too/);
  assert.deepEqual(await everywhere(), ['1.5.0', '1.3.0', '1.3.0']);
});

test('a job that holds the member\'s key shows none', { skip }, () => {
  const key = stage.secrets.SOLANA_MEMBER.slice(1, 60);
  const { stdout, status } = spawnSync('grep', ['-rlF', '--exclude-dir=repository', '--exclude=.secrets', '-e', key, stage.work], { encoding: 'utf8' });
  assert.deepEqual([stdout, status], ['', 1]);
});

/** continue.yml, as its schedule starts it. */
const carryOut = (inputs = {}) => stage.start('continue', { environment: 'staging', 'rpc-url': stage.settings.staging['rpc-url'], ...inputs });

/** The members as they are awake: they approve what is proposed, and execute the upgrade, which comes before its standbys. */
async function decide(since, count = 1n) {
  for (let patience = 300; await team.index() < since + count; patience--) {
    assert.ok(patience > 0, 'nothing is proposed');
    await new Promise((done) => { setTimeout(done, 200); });
  }
  await approve(since);
  await team.execute(team.members[0], since + 1n);
}
