import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { localnet } from './support/localnet.mjs';
import { socket } from './support/socket.mjs';

async function withNet(flags, use) {
  const net = await localnet(...flags);
  try {
    return await use(net);
  } finally {
    await net.stop();
  }
}
const call = (id, method = 'getSlot') => ({ jsonrpc: '2.0', id, method });
/** Over one kept connection. */
function poster(net) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return (body) => new Promise((resolve, reject) => {
    const sent = request(net.http, { method: 'POST', agent, headers: { 'content-type': 'application/json' } }, (response) => {
      let text = '';
      response.on('data', (chunk) => { text += chunk; });
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, json: JSON.parse(text) }));
    });
    sent.on('error', reject).end(JSON.stringify(body));
  });
}

test('--rps is a bucket that holds one second', () => withNet(['--rps', '20'], async (net) => {
  const post = poster(net);
  const answers = [];
  for (let i = 0; i < 30; i++) answers.push(await post(call(i)));
  const refused = answers.filter(({ status }) => status === 429);
  assert.ok(refused.length >= 8 && refused.length <= 10, `${refused.length} of 30 refused`);
  assert.ok(refused.every(({ headers, json }) => Number(headers['retry-after']) >= 1 && json.error.code === 429));
  await sleep(550);
  const later = [];
  for (let i = 0; i < 15; i++) later.push((await post(call(i))).status);
  const passed = later.filter((status) => status === 200).length;
  assert.ok(passed >= 10 && passed <= 13, `${passed} of 15 passed after half a second`);
}));

test('each call of a batch counts, and so does each WebSocket request; localnetStats does not', () => withNet(['--rps', '10'], async (net) => {
  const post = poster(net);
  assert.equal((await post(Array.from({ length: 6 }, (_, i) => call(i)))).status, 200);
  assert.equal((await post(Array.from({ length: 6 }, (_, i) => call(i)))).status, 429);
  const ears = await socket(net.ws);
  const answers = [];
  for (let i = 0; i < 7; i++) answers.push(await ears.ask('slotSubscribe'));
  assert.ok(answers.slice(0, 3).every(({ result }) => typeof result === 'number'));
  assert.equal(answers[6].error.code, 429);
  for (let i = 0; i < 20; i++) assert.equal((await post(call(i, 'localnetStats'))).status, 200);
  ears.close();
}));

test('--profile public: 40 of a method, 100 in all per 10 seconds, with headers', () => withNet(['--profile', 'public'], async (net) => {
  const post = poster(net);
  const first = await post(call(0));
  assert.deepEqual(Object.fromEntries(Object.entries(first.headers).filter(([name]) => name.startsWith('x-ratelimit'))), {
    'x-ratelimit-rps-limit': '100', 'x-ratelimit-rps-remaining': '99',
    'x-ratelimit-method-limit': '40', 'x-ratelimit-method-remaining': '39',
    'x-ratelimit-conn-limit': '40', 'x-ratelimit-conn-remaining': '39',
  });
  for (let i = 1; i < 40; i++) assert.equal((await post(call(i))).status, 200);
  const over = await post(call(41));
  assert.equal(over.status, 429);
  assert.ok(Number(over.headers['retry-after']) >= 8 && Number(over.headers['retry-after']) <= 10);
  assert.equal(over.headers['x-ratelimit-method-remaining'], '0');
  for (let i = 0; i < 60; i++) assert.equal((await post(call(i, i < 30 ? 'getHealth' : 'getVersion'))).status, 200);
  const full = await post(call(0, 'getGenesisHash'));
  assert.deepEqual([full.status, full.headers['x-ratelimit-rps-remaining'], full.headers['x-ratelimit-method-remaining']], [429, '0', '40']);
}));

test('--profile public: 40 connections per 10 seconds', () => withNet(['--profile', 'public'], async (net) => {
  const statuses = [];
  for (let i = 0; i < 42; i++) statuses.push((await poster(net)(call(i, ['getSlot', 'getHealth'][i % 2]))).status);
  assert.deepEqual(statuses.slice(0, 40).filter((status) => status !== 200), []);
  assert.deepEqual(statuses.slice(40), [429, 429]);
  await assert.rejects(socket(net.ws), /429/);
}));

test('--profile public: a WebSocket is a connection, its requests are calls', () => withNet(['--profile', 'public'], async (net) => {
  const ears = await socket(net.ws);
  for (let i = 0; i < 40; i++) assert.equal(typeof (await ears.ask('slotSubscribe')).result, 'number');
  assert.equal((await ears.ask('slotSubscribe')).error.code, 429);
  const { headers } = await poster(net)(call(1));
  assert.deepEqual([headers['x-ratelimit-conn-remaining'], headers['x-ratelimit-rps-remaining']], ['38', '59']);
  ears.close();
}));
