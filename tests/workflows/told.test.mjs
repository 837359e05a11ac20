// Who is told what: the guard night after night, and the notices of releases, with the real executable, a localnet, a stand-in for GitHub, and a
// receiver for the channels that takes what Slack, PagerDuty and a webhook take.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startAction } from '../../bench/harness/action.mjs';
import { programs } from '../../src/localnet/programs.mjs';
import { BOT } from '../github/support/stand-in.mjs';
import { failed, sample, skip, why } from './model/sample.mjs';

const ROUTING_KEY = '0123456789abcdef0123456789abcdef';
const MUTE = 'http://127.0.0.1:1/services/nobody';
let stage;
let at;
let heard = [];
const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const [path, body] = [request.url, JSON.parse(Buffer.concat(chunks).toString())];
  heard.push({ path, body });
  // https://developer.pagerduty.com/docs/send-alert-event: a resolve needs a dedup key, a trigger a payload, too.
  const taken = path === '/pager' ? body.routing_key === ROUTING_KEY && body.dedup_key && (body.event_action !== 'trigger' || body.payload.summary) : path === '/slack' ? body.text && body.blocks.length > 0 : body.title;
  response.writeHead(taken ? 202 : 400).end();
});

before(async () => {
  if (skip) return;
  await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  at = `http://127.0.0.1:${server.address().port}`;
  stage = await sample({
    flags: { dev: ['--slot-ms', '20'] },
    change({ secrets, put, putWhole }) {
      Object.assign(secrets, { SLACK_WEBHOOK_URL: `${at}/slack`, PAGERDUTY_ROUTING_KEY: ROUTING_KEY, NOTIFY_WEBHOOK_URL: `${at}/hook` });
      put('fleet.yml', 'version: 1\n');
      putWhole('.github/workflows/compliance.yml');
    },
  });
});
after(async () => {
  server.close();
  await stage?.stop();
});

const settings = () => JSON.stringify(stage.settings);
const release = (version, inputs = {}, how = {}) => stage.start('release', { version, settings: settings(), command: 'bash build.sh', cache: false, attest: false, 'github-release': false, 'pagerduty-url': `${at}/pager`, ...inputs }, how);
/** What the channels heard since the last time. */
function said() {
  const now = heard;
  heard = [];
  return {
    slack: now.filter(({ path }) => path === '/slack').map(({ body }) => body.text),
    hook: now.filter(({ path }) => path === '/hook').map(({ body }) => body),
    pager: now.filter(({ path }) => path === '/pager').map(({ body }) => `${body.event_action} ${body.dedup_key}`),
  };
}

test('a release tells of each environment, and of the chain', { skip }, async () => {
  const ended = await release('1.0.0', { until: 'staging' });
  assert.equal(ended.result, 'success', why(ended));
  const { slack, hook, pager } = said();
  assert.deepEqual(slack, ['sample 1.0.0 in dev: started', 'sample 1.0.0 in dev: succeeded', 'sample 1.0.0 in staging: started', 'sample 1.0.0 in staging: succeeded', 'sample 1.0.0: succeeded']);
  assert.deepEqual(hook.map(({ title }) => title), slack);
  assert.deepEqual(pager, ['resolve octo/perps/sample/dev', 'resolve octo/perps/sample/staging']);
});

test('a refused plan says why, and wakes nobody up', { skip }, async () => {
  const ended = await stage.start('deploy', { environment: 'production', version: '1.0.0', 'from-rpc-url': stage.settings.staging['rpc-url'], 'pagerduty-url': `${at}/pager`, ...endpoint('production') });
  assert.equal(ended.result, 'failure');
  const { slack, hook, pager } = said();
  assert.deepEqual([slack, pager], [['sample 1.0.0 in production: started', 'sample 1.0.0 in production: failed'], []]);
  assert.equal(hook[1].fault.code, 'gate-unmet');
  assert.match(hook[1].message, /nothing was sent/);
  assert.match(hook[1].fault.remedy, /phrase/);
});

test('a release that fails opens an incident, with the fault and what to do; the next that succeeds closes it', { skip }, async () => {
  const broken = await release('1.1.0', { until: 'staging', 'release-file': 'release-broken.yml' });
  assert.equal(broken.result, 'failure');
  const first = said();
  assert.deepEqual(first.slack.slice(2), ['sample 1.1.0 in staging: started', 'sample 1.1.0 in staging: failed', 'sample 1.1.0: failed'], why(broken));
  const told = first.hook.find(({ title }) => title === 'sample 1.1.0 in staging: failed');
  assert.equal(told.fault.code, 'smoke-failed');
  assert.match(told.message, /The release before runs again, and the smoke test fails with it, too/);
  assert.deepEqual(first.pager, ['resolve octo/perps/sample/dev', 'trigger octo/perps/sample/staging']);
  const mended = await release('1.2.0', { until: 'staging' });
  assert.equal(mended.result, 'success', why(mended));
  assert.deepEqual(said().pager, ['resolve octo/perps/sample/dev', 'resolve octo/perps/sample/staging']);
});

test('a rollback says what runs again; a drill opens no incident', { skip }, async () => {
  const back = await stage.start('rollback', { environment: 'dev', reason: 'a test', 'pagerduty-url': `${at}/pager`, ...endpoint('dev') });
  assert.equal(back.result, 'success', why(back));
  const { slack, hook, pager } = said();
  assert.deepEqual([slack, pager], [['sample in dev: waits for approval', 'sample in dev: rolled back'], ['acknowledge octo/perps/sample/dev']]);
  assert.equal(hook[0].message, 'Reviewers of dev, for a rollback: a test');
  const drill = await stage.start('rollback', { environment: 'dev', reason: 'a drill', drill: true, to: '1.0.0', 'pagerduty-url': `${at}/pager`, ...endpoint('dev') });
  assert.equal(drill.result, 'success', why(drill));
  assert.deepEqual(said().pager, []);
});

test('hypercare that fails opens the incident of its release', { skip }, async () => {
  const ended = await stage.start('smoke-test', { environment: 'staging', spec: 'broken.yml', 'rpc-url': stage.settings.staging['rpc-url'], 'pagerduty-url': `${at}/pager` });
  assert.equal(ended.result, 'failure');
  const { slack, pager } = said();
  assert.deepEqual([slack, pager], [['sample in staging: failed'], ['trigger octo/perps/sample/staging']], why(ended));
});

test('dead channels and secrets that are none hold nothing up; without channels the log says so', { skip }, async () => {
  const before = { ...stage.secrets };
  Object.assign(stage.secrets, { SLACK_WEBHOOK_URL: MUTE, NOTIFY_WEBHOOK_URL: 'not an address', PAGERDUTY_ROUTING_KEY: 'short' });
  const start = Date.now();
  const ended = await release('1.3.0', { until: 'dev' });
  assert.equal(ended.result, 'success', why(ended));
  assert.ok(Date.now() - start < 120_000);
  const tells = ended.log.filter(({ name }) => name.startsWith('Tell '));
  assert.ok(tells.length === 3 && tells.every(({ outcome }) => outcome === 'failure'), 'an address that is none is said, and stops nothing');
  stage.secrets.NOTIFY_WEBHOOK_URL = '';
  const again = await stage.start('smoke-test', { environment: 'dev', spec: 'broken.yml', 'rpc-url': stage.settings.dev['rpc-url'] });
  assert.match(again.step(undefined, 'Tell that it failed').said, /notification-failed/);
  for (const name of ['SLACK_WEBHOOK_URL', 'PAGERDUTY_ROUTING_KEY']) delete stage.secrets[name];
  const silent = await stage.start('smoke-test', { environment: 'dev', spec: 'broken.yml', 'rpc-url': stage.settings.dev['rpc-url'] });
  assert.match(silent.step(undefined, 'Tell that it failed').said, /Nobody is told: no channel is given\./);
  Object.assign(stage.secrets, before);
  said();
});

const endpoint = (name) => ({ 'payer-address': stage.settings[name]['payer-address'], 'authority-address': stage.settings[name]['authority-address'], 'rpc-url': stage.settings[name]['rpc-url'] });

// The guard. Its fleet is what runs in dev.

const fleet = ({ authority = stage.settings.dev['authority-address'] } = {}) => JSON.stringify({
  version: 1,
  programs: Object.fromEntries(Object.entries(stage.programs).map(([name, id]) => [name, { cluster: 'localnet', 'program-id': id, environment: 'dev', 'expected-authority': authority }])),
  payers: { [stage.settings.dev['payer-address']]: { cluster: 'localnet', 'min-deploys': 1 } },
});
const night = async ({ inputs = {}, alerts = [], ...how } = {}) => {
  await stage.github.door('DELETE', 'requests');
  const ended = await stage.start('compliance', { 'rpc-url': `localnet=${stage.settings.dev['rpc-url']}`, 'pagerduty-url': `${at}/pager`, release: 'sample', ...inputs }, { alerts, ...how });
  const writes = (await stage.github.door('GET', 'requests')).filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path.replace(/^.*octo\/perps/, '')}`);
  return { ...ended, alerts, writes, told: said(), issue: (await stage.github.as(BOT).call('GET', '/issues?state=all')).json };
};

test('a clean night opens no issue and tells nobody', { skip }, async () => {
  await stage.commit({ 'fleet.yml': fleet() });
  const first = await night();
  assert.equal(first.result, 'success', why(first));
  assert.deepEqual([first.alerts, first.told.slack, first.issue, first.outputs.verified, first.outputs.findings], [[[]], [], [], 'true', '0']);
  assert.deepEqual((await night()).writes, [], 'the second one writes nothing at all');
});

test('a finding fails the job after everybody was told, once', { skip }, async () => {
  await stage.commit({ 'fleet.yml': fleet({ authority: stage.programs.perps }) });
  const bad = await night();
  assert.deepEqual([bad.result, failed(bad)], ['failure', [['verify', undefined, 'verify']]], why(bad));
  assert.deepEqual(bad.alerts, [['authority-mismatch', 'authority-mismatch']]);
  assert.deepEqual([bad.issue.length, bad.issue[0].state, bad.issue[0].title, bad.issue[0].labels[0].name], [1, 'open', 'sample: findings of compliance', 'solana-compliance']);
  assert.match(bad.issue[0].body, /`authority-mismatch\/registry` \| \[fleet\.yml:1\]/);
  assert.deepEqual([bad.told.slack, bad.told.pager], [['sample in compliance: findings changed'], ['trigger octo/perps/sample/compliance']]);
  assert.match(bad.told.hook[0].message, /^Findings: 2, of which new: 2\. Resolved: 0\. https:\/\/github\.com\/octo\/perps\/issues\/1$/);
  const again = await night();
  assert.deepEqual([again.result, again.writes, again.told.slack, again.told.pager], ['failure', [], [], []], 'an unchanged night writes and tells nothing');
  assert.equal(again.step(undefined, 'issue').outputs['issue-change'], 'none');
});

test('where code scanning is off that is a warning, and a night without an endpoint leaves everything as it is', { skip }, async () => {
  const off = await night({ alerts: null });
  assert.deepEqual(failed(off).map(([, , name]) => name), ['verify', 'alerts']);
  assert.match(off.step(undefined, 'Code scanning may be off').said, /::warning title=notification-failed::/);
  const blind = await night({ inputs: { 'rpc-url': 'localnet=http://127.0.0.1:1' } });
  assert.deepEqual([blind.result, failed(blind), blind.writes, blind.told.slack, blind.alerts], ['failure', [['verify', undefined, 'verify']], [], [], []]);
  assert.deepEqual([blind.outputs.verified || '', blind.issue[0].state], ['', 'open']);
});

test('the night on which the last finding went closes the issue and the incident', { skip }, async () => {
  await stage.commit({ 'fleet.yml': fleet() });
  const clean = await night();
  assert.equal(clean.result, 'success', why(clean));
  assert.deepEqual([clean.issue[0].state, clean.told.slack, clean.told.pager], ['closed', ['sample in compliance: nothing is found any more'], ['resolve octo/perps/sample/compliance']]);
});

test('forgotten SOL comes back when somebody approves, and nobody is asked again', { skip }, async () => {
  const { dev } = stage.nets;
  const payer = stage.settings.dev['payer-address'];
  writeFileSync(join(stage.work, 'forgotten.so'), programs()['address_lookup_table.so']);
  const { code } = await startAction('solana-deploy', {
    inputs: { mode: 'buffer', program: 'forgotten.so', cluster: 'localnet', 'rpc-url': stage.settings.dev['rpc-url'], payer: stage.secrets.SOLANA_PAYER, ledger: 'none' }, workspace: stage.work,
  }).finished;
  assert.equal(code, 0);
  const reclaim = { 'reclaim-environment': 'treasury', 'reclaim-cluster': 'localnet', 'reclaim-payer-address': payer };
  const fresh = await night({ inputs: reclaim });
  assert.deepEqual([fresh.result, fresh.trace.map(({ job }) => job)], ['success', ['verify']], 'what is in use is not forgotten');
  const slot = await dev.rpc.ask('getSlot');
  while (await dev.rpc.ask('getSlot') < slot + 1_600) await new Promise((done) => { setTimeout(done, 500); });

  const refused = await night({ inputs: reclaim, approver: () => null });
  assert.deepEqual([refused.result, (await dev.rpc.buffers()).length], ['failure', 1], 'nothing is sent that nobody approved');
  assert.match(refused.issue.find(({ state }) => state === 'open').body, /`buffer-stale\/localnet\//);
  assert.deepEqual(refused.told.slack, ['sample in compliance: findings changed']);
  const back = await night({ inputs: reclaim });
  assert.equal(back.result, 'success', why(back));
  assert.deepEqual([(await dev.rpc.buffers()).length, Number(back.outputs['refunded-lamports']) > 0, back.told.slack], [0, true, []]);
  const after = await night({ inputs: reclaim });
  assert.deepEqual([after.trace.map(({ job }) => job), after.told.slack], [['verify'], ['sample in compliance: nothing is found any more']]);
  assert.deepEqual((await night({ inputs: reclaim })).writes, []);
});
