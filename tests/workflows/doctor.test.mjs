// doctor.yml as a job would run it: the executable, localnets, the stand-in for GitHub, and channels on loopback.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { BOT } from '../github/support/stand-in.mjs';
import { failed, sample, skip, why } from './model/sample.mjs';

const TOKEN = 'sEcReTsLaCkToKeN0123';
const ROUTING_KEY = 'f0e1d2c3b4a5968778695a4b3c2d1e0f';
const heard = [];
let answers = 200;
let channels;
let stage;

before(async () => {
  if (skip) return;
  channels = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    heard.push({ path: request.url, ...JSON.parse(body) });
    response.writeHead(answers).end('ok');
  }).listen(0, '127.0.0.1');
  await once(channels, 'listening');
  stage = await sample();
  stage.secrets.SLACK_WEBHOOK_URL = `http://127.0.0.1:${channels.address().port}/services/T0/B0/${TOKEN}`;
  stage.secrets.PAGERDUTY_ROUTING_KEY = ROUTING_KEY;
  await stage.seed({ environments: { dev: { reviewers: ['bob'], branch_policy: ['main'], can_admins_bypass: false, prevent_self_review: true } } });
  const ended = await stage.release('1.0.0', { until: 'dev' });
  assert.equal(ended.result, 'success', why(ended));
});

after(async () => {
  channels?.close();
  await stage?.stop();
});

const look = (inputs = {}) => stage.start('doctor', {
  environment: 'dev', 'payer-address': stage.settings.dev['payer-address'], 'authority-address': stage.settings.dev['authority-address'], 'upgrade-authority': 'env:SOLANA_UPGRADE_AUTHORITY',
  'rpc-url': stage.settings.dev['rpc-url'], 'pagerduty-url': `http://127.0.0.1:${channels.address().port}/v2/enqueue`, ...inputs,
});
const there = async () => JSON.stringify(await Promise.all(['deployments', 'releases', 'environments'].map(async (path) => (await stage.github.as(BOT).call('GET', `/${path}?per_page=100`)).json)));
const verdicts = (ended) => Object.entries(JSON.parse(ended.step('dev', 'doctor').outputs.results)).filter(([, { verdict }]) => verdict !== 'ok').map(([name, { verdict }]) => `${name}: ${verdict}`);

test('an environment that a release has just gone to is fine, and stays as it is', { skip }, async () => {
  heard.length = 0;
  const was = await there();
  const ended = await look();
  assert.equal(ended.result, 'success', why(ended));
  assert.deepEqual(verdicts(ended), []);
  assert.deepEqual([ended.outputs.failed, ended.outputs.warnings], ['0', '0']);
  assert.equal(await there(), was);
  assert.deepEqual(heard.map(({ path, event_action: action }) => action ?? path.split('/')[1]).sort(), ['resolve', 'services', 'trigger']);
});

test('a dry run leaves everybody in peace', { skip }, async () => {
  heard.length = 0;
  const ended = await look({ 'dry-run': true });
  assert.equal(ended.result, 'success', why(ended));
  assert.deepEqual(heard, []);
});

test('what is wrong is all said at once, in a table', { skip }, async () => {
  answers = 404;
  const ended = await look({ 'payer-address': stage.programs.perps, 'rpc-url': `${stage.settings.dev['rpc-url']}\nhttp://127.0.0.1:1` });
  answers = 200;
  assert.deepEqual([ended.result, failed(ended)], ['failure', [['doctor', 'dev', 'doctor']]], why(ended));
  assert.deepEqual(verdicts(ended).sort(), ['Channel PagerDuty: failed', 'Channel Slack: failed', 'Key payer: failed', 'RPC http://127.0.0.1:1: failed']);
  assert.equal(ended.step('dev', 'doctor').code, 2);
  const { summary } = ended.step('dev', 'doctor');
  assert.match(summary, /\*\*dev is not ready for a release\.\*\*/);
  assert.match(summary, /^\| Key payer \| \*\*failed\*\* \|/m);
});

test('a job that holds keys and webhooks shows none', { skip }, () => {
  const keys = Object.values(stage.secrets).flatMap((value) => value.split('\n').map((line) => line.replace(/^\w+=/, ''))).filter((value) => value.startsWith('['));
  assert.ok(keys.length >= 4);
  const { stdout, status } = spawnSync('grep', ['-rlF', '--exclude-dir=repository', '--exclude=.secrets', ...[...keys.map((key) => key.slice(1, 60)), TOKEN, ROUTING_KEY].flatMap((leak) => ['-e', leak]), stage.work], { encoding: 'utf8' });
  assert.deepEqual([stdout, status], ['', 1]);
});
