// The workflows with everything in them that can be had here: our executable, three localnets, a stand-in for GitHub, Bash. Jobs run in the order that
// their needs give; what GitHub and a runner would do between them is the interpreter's part (model/run.mjs).

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { BOT } from '../github/support/stand-in.mjs';
import { failed, sample, skip, why } from './model/sample.mjs';

const ENVIRONMENTS = ['dev', 'staging', 'production'];
let stage;
before(async () => { if (!skip) stage = await sample(); });
after(() => stage?.stop());

const everywhere = () => Promise.all(ENVIRONMENTS.map((name) => stage.versionIn(name)));
const buffers = async (name) => (await stage.nets[name].rpc.buffers()).length;
const endpoint = (name) => ({ 'payer-address': stage.settings[name]['payer-address'], 'authority-address': stage.settings[name]['authority-address'], 'rpc-url': stage.settings[name]['rpc-url'] });

test('one click takes a build through three environments, and leaves a release and its records', { skip }, async () => {
  const ended = await stage.release('1.0.0', { 'github-release': true });
  assert.equal(ended.result, 'success', why(ended));
  assert.deepEqual(await everywhere(), ['1.0.0', '1.0.0', '1.0.0']);
  for (const name of ENVIRONMENTS) {
    assert.deepEqual(await stage.states(name, 'release'), ['started', 'succeeded', 'started', 'succeeded'], name);
    assert.ok((await stage.states(name, 'check')).filter((state) => state === 'succeeded').length >= 2, `${name} was verified and smoke-tested`);
    const programs = (await stage.events(name)).filter(({ kind, state }) => kind === 'release' && state === 'started').map((event) => event['program-id']);
    assert.deepEqual(programs, [stage.programs.registry, stage.programs.perps], 'in the file\'s order');
  }
  const hashes = ENVIRONMENTS.map((name) => Object.values(JSON.parse(ended.step(name, 'deploy').outputs.results)).map((each) => each['executable-hash']));
  assert.equal(new Set(hashes.map(String)).size, 1, 'the same bytes everywhere');
  const { json } = await stage.github.as(BOT).call('GET', '/releases/tags/v1.0.0');
  assert.deepEqual(json.assets.map(({ name }) => name).sort(), ['SHA256SUMS', 'manifest.json', 'record.json']);
});

test('a soak that is not over is refused, and the failed job run again goes on with the same bytes', { skip }, async () => {
  const refused = await stage.release('1.1.0', { 'release-file': 'release-soak.yml' });
  assert.deepEqual([refused.result, failed(refused)], ['failure', [['plan', undefined, 'gates']]], why(refused));
  assert.deepEqual(await everywhere(), ['1.1.0', '1.1.0', '1.0.0']);
  const builds = refused.log.filter(({ job }) => job === 'build').length;
  stage.nets.staging.chain.timeOffset += 86_400; // a day later, by the clock that counts: the cluster's
  const again = await refused.again();
  assert.equal(again.result, 'success', why(again));
  assert.equal(again.log.filter(({ job }) => job === 'build').length, builds, 'nothing was built again');
  assert.deepEqual(await everywhere(), ['1.1.0', '1.1.0', '1.1.0']);
  assert.equal(again.step('production', 'deploy').outputs.results.match(/"sha256":"\w+"/)[0], again.step('staging', 'deploy').outputs.results.match(/"sha256":"\w+"/)[0]);
});

test('where failed jobs cannot be run again, the version started anew goes on just so', { skip }, async () => {
  const refused = await stage.release('1.2.0', { 'release-file': 'release-soak.yml' });
  assert.deepEqual(failed(refused), [['plan', undefined, 'gates']], why(refused));
  stage.nets.staging.chain.timeOffset += 86_400;
  const anew = await stage.release('1.2.0', { 'release-file': 'release-soak.yml' });
  assert.equal(anew.result, 'success', why(anew));
  assert.deepEqual(ENVIRONMENTS.map((name) => JSON.parse(anew.step(name, 'deploy').outputs.results).perps.changed), ['false', 'false', 'true']);
  assert.deepEqual(await everywhere(), ['1.2.0', '1.2.0', '1.2.0']);
});

test('a run that is cancelled while it deploys goes on where it was, in the same buffer', { skip }, async () => {
  await interrupted('1.3.0', { result: 'cancelled', state: 'cancelled' }, (world) => world.cancel());
});

test('so does one whose runner died', { skip }, async () => {
  await interrupted('1.4.0', { result: 'failure', state: 'failed' }, (world) => world.kill());
});

/** The cluster takes half of the program and then nothing more; then the run ends in a way that nobody planned. */
async function interrupted(version, { result, state }, end) {
  const { dev } = stage.nets;
  const before = await stage.versionIn('dev');
  const loses = dev.losesSubmission;
  let world;
  let taken = 0;
  dev.losesSubmission = () => {
    if (taken++ < 60) return false;
    end(world);
    return true;
  };
  const stopped = await stage.release(version, { until: 'dev' }, { meanwhile: (its) => { world = its; } });
  dev.losesSubmission = loses;
  assert.deepEqual([stopped.result, await stage.versionIn('dev'), await buffers('dev')], [result, before, 1], why(stopped));
  assert.equal(stopped.step('dev', 'deploy').code, result === 'cancelled' ? 130 : null);
  const again = await stopped.again();
  assert.equal(again.result, 'success', why(again));
  assert.deepEqual([await stage.versionIn('dev'), await buffers('dev')], [version, 0]);
  const { registry } = JSON.parse(again.step('dev', 'deploy').outputs.results);
  assert.ok(Number(registry.transactions) < 95, `${registry.transactions} of some hundred transactions: part of it was there`);
  const events = await stage.events('dev');
  const [half, whole] = events.filter((event) => event.version === version && event['program-id'] === stage.programs.registry);
  assert.equal(half.buffer, whole.buffer);
  const records = new Set(events.filter((event) => event.version === version && event.kind === 'release').map(({ id }) => id));
  const ends = [...records].map((id) => events.findLast((event) => event.id === id).state);
  assert.deepEqual(ends, [state, 'succeeded', 'succeeded'], 'the interrupted record is settled, and both programs have one that stands');
}

test('a smoke test that fails takes the release back in the same job, and the next environment never sees it', { skip }, async () => {
  const ended = await stage.release('1.5.0', { 'release-file': 'release-broken.yml' });
  assert.equal(ended.result, 'failure');
  assert.deepEqual(failed(ended), [['deploy', 'staging', 'smoke'], ['deploy', 'staging', 'rollback']], why(ended));
  assert.deepEqual(await everywhere(), ['1.5.0', '1.2.0', '1.2.0']);
  assert.match(ended.step('staging', 'advice').summary, /The release before runs again, and the smoke test fails with it, too/);
  assert.deepEqual((await stage.states('staging', 'rollback')).filter((state) => state === 'succeeded').length, 2);
  assert.ok((await stage.events('staging')).some(({ state, kind }) => kind === 'release' && state === 'undone'));
});

test('what was rolled back is refused, until somebody says that it was innocent', { skip }, async () => {
  const ended = await stage.release('1.5.0', { until: 'staging' });
  assert.deepEqual([ended.result, failed(ended)], ['failure', [['plan', undefined, 'gates']]], why(ended));
  assert.equal(await stage.versionIn('staging'), '1.2.0');
});

test('production goes back on demand', { skip }, async () => {
  const ended = await stage.start('try-rollback', { environment: 'production', ...endpoint('production') });
  assert.equal(ended.result, 'success', why(ended));
  assert.equal(await stage.versionIn('production'), '1.1.0');
  assert.deepEqual(await stage.states('production', 'rollback'), ['started', 'succeeded', 'started', 'succeeded']);
});

test('an alert takes it back to the release before, and to no other', { skip }, async () => {
  const ended = await stage.start('try-rollback', {}, { event: { environment: 'production', to: '1.2.0', ...endpoint('production') } });
  assert.equal(ended.result, 'success', why(ended));
  assert.equal(await stage.versionIn('production'), '1.0.0');
});

test('hypercare that finds a failure starts the way back', { skip }, async () => {
  const ended = await stage.start('try-smoke-test', { environment: 'dev', spec: 'broken.yml', 'on-failure': 'rollback', ...endpoint('dev') });
  assert.deepEqual([ended.result, failed(ended)[0]], ['failure', ['test', undefined, 'smoke']], why(ended));
  assert.equal(await stage.versionIn('dev'), '1.4.0');
  assert.deepEqual((await stage.states('dev', 'check')).slice(-4), ['failed', 'failed', 'succeeded', 'succeeded'], 'of what ran, and of what runs again');
});

test('one person is no quorum; a second one is, without another build', { skip }, async () => {
  let approver = () => 'bob';
  const refused = await stage.release('1.6.0', { 'release-file': 'release-quorum.yml' }, { approver: (environment) => approver(environment) });
  assert.deepEqual([refused.result, failed(refused)], ['failure', [['deploy', 'production', 'gates']]], why(refused));
  assert.match(refused.step('production', 'gates').said, /fewer people than environments/);
  assert.match(refused.step('production', 'advice').summary, /Nothing was sent/);
  assert.equal(await stage.versionIn('production'), '1.0.0');
  approver = () => 'carol'; // for the gated job of the second attempt
  await stage.seed({ runs: [{ id: refused.run, approvals: [{ environments: ['production-ops'], state: 'approved', user: 'carol', comment: 'read it, too' }] }] });
  const again = await refused.again();
  assert.equal(again.result, 'success', why(again));
  assert.equal(await stage.versionIn('production'), '1.6.0');
});

test('what others chose to write is text: none of it runs, and all of it shows up as it is', { skip }, async () => {
  const reason = '$(touch pwned) `touch pwned` "; touch pwned; " \'; touch pwned; \' ::error::x %0A::error::x <b>x</b> | x';
  const branch = '$(touch${IFS}pwned)';
  const ended = await stage.start('try-rollback', { environment: 'production', reason, ...endpoint('production') }, { github: { ref: `refs/heads/${branch}`, ref_name: branch, actor: 'alice' } });
  assert.equal(ended.result, 'success', why(ended));
  assert.equal(spawnSync('find', [stage.work, '-name', 'pwned*'], { encoding: 'utf8' }).stdout, '');
  assert.equal((await stage.events('production')).findLast((event) => event.kind === 'rollback' && event.state === 'started').reason, reason);
  const refused = await stage.release('1.7.0', { 'release-file': reason.replaceAll('/', '') });
  assert.deepEqual([failed(refused), spawnSync('find', [stage.work, '-name', 'pwned*'], { encoding: 'utf8' }).stdout], [[['plan', undefined, 'release']], ''], why(refused));
  assert.match(refused.log.find(({ name }) => name === 'release').summary, /touch pwned/);
  for (const { said = '', summary = '' } of [...ended.log, ...refused.log]) {
    assert.doesNotMatch(said, /^::error::x/m, 'no line of the log is a command of theirs');
    assert.doesNotMatch(summary, /<b>|[^\\]\| x/);
  }
});

test('a job that holds a key shows none', { skip }, () => {
  const keys = Object.values(stage.secrets).flatMap((value) => value.split('\n').map((line) => line.replace(/^\w+=/, '')));
  assert.ok(keys.length >= 4 && keys.every((key) => /^\[\d+,/.test(key)));
  const { stdout, status } = spawnSync('grep', ['-rlF', '--exclude-dir=repository', '--exclude=.secrets', ...keys.flatMap((key) => ['-e', key.slice(1, 60)]), stage.work], { encoding: 'utf8' });
  assert.deepEqual([stdout, status], ['', 1]);
});
