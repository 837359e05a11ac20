import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { localnet } from './support/localnet.mjs';
import { socket } from './support/socket.mjs';
import * as w from './support/wire.mjs';

const payer = w.keypair();
let net;
let ears;
before(async () => {
  net = await localnet('--airdrop', `${payer.address}=10`);
  ears = await socket(net.ws);
});
after(async () => {
  ears.close();
  await net.stop();
});

const about = (method, subscription) => (message) => message.method === method && message.params.subscription === subscription;
const pay = async (key, lamports = 1_000_000) => w.transaction([payer], [w.transfer(payer.key, key, lamports)], await net.blockhash());

test('slots come one by one, each when it is processed', async () => {
  const { result: id } = await ears.ask('slotSubscribe');
  await ears.until((message) => about('slotNotification', id)(message) && ears.heard.filter(about('slotNotification', id)).length >= 10);
  const slots = ears.heard.filter(about('slotNotification', id)).map(({ params }) => params.result);
  slots.forEach(({ slot, parent, root }, i) => {
    assert.equal(parent, slot - 1);
    assert.equal(root, Math.max(0, slot - 31));
    if (i > 0) assert.equal(slot, slots[i - 1].slot + 1);
  });
  assert.deepEqual((await ears.ask('slotUnsubscribe', id)).result, true);
  await sleep(60);
  const count = ears.heard.filter(about('slotNotification', id)).length;
  await sleep(80);
  assert.equal(ears.heard.filter(about('slotNotification', id)).length, count);
});

test('a signature is told once, at its commitment', async () => {
  const tx = await pay(w.keypair().key);
  const ids = {};
  for (const commitment of ['processed', 'confirmed', 'finalized']) ids[commitment] = (await ears.ask('signatureSubscribe', tx.signature, { commitment })).result;
  await net.send(tx);
  const slots = [];
  for (const [commitment, id] of Object.entries(ids)) {
    const { params } = await ears.until(about('signatureNotification', id));
    assert.deepEqual(params.result.value, { err: null });
    slots.push(await net.ask('getSlot', { commitment: 'processed' }) - (await net.ask('getSignatureStatuses', [tx.signature])).value[0].slot);
    assert.equal((await ears.ask('signatureUnsubscribe', id)).error.code, -32602, `${commitment}: gone after its notification`);
  }
  assert.ok(slots[2] >= 31 && slots[0] < 10, slots.join());
});

test('a signature that is already there is told at once, with its error', async () => {
  const tx = await pay(w.keypair().key, 1);
  await net.land(tx, 'confirmed');
  const { result: id } = await ears.ask('signatureSubscribe', tx.signature, { commitment: 'confirmed' });
  const { params } = await ears.until(about('signatureNotification', id));
  assert.deepEqual(params.result.value, { err: { InsufficientFundsForRent: { account_index: 1 } } });
});

test('enableReceivedNotification', async () => {
  const tx = await pay(w.keypair().key);
  const { result: id } = await ears.ask('signatureSubscribe', tx.signature, { commitment: 'confirmed', enableReceivedNotification: true });
  await net.send(tx);
  await ears.until((message) => about('signatureNotification', id)(message) && message.params.result.value.err === null);
  assert.deepEqual(ears.heard.filter(about('signatureNotification', id)).map(({ params }) => params.result.value), ['receivedSignature', { err: null }]);
});

test('an account is told when it changed, with the state of that slot', async () => {
  const to = w.keypair();
  const { result: id } = await ears.ask('accountSubscribe', to.address, { commitment: 'confirmed', encoding: 'base64' });
  const { slot } = await net.land(await pay(to.key), 'confirmed');
  const { params: { result } } = await ears.until(about('accountNotification', id));
  assert.equal(result.context.slot, slot);
  assert.deepEqual([result.value.lamports, result.value.data, result.value.owner], [1_000_000, ['', 'base64'], '11111111111111111111111111111111']);
  await net.land(w.transaction([payer, to], [w.transfer(to.key, payer.key, 1_000_000)], await net.blockhash()), 'confirmed');
  const closed = await ears.until((message) => about('accountNotification', id)(message) && message.params.result.context.slot > slot);
  assert.equal(closed.params.result.value.lamports, 0);
  assert.equal((await ears.ask('accountUnsubscribe', id)).result, true);
});

test('logs, of all or of those who mention an address', async () => {
  const [me, other] = [w.keypair(), w.keypair()];
  const { result: all } = await ears.ask('logsSubscribe', 'all', { commitment: 'processed' });
  const { result: mine } = await ears.ask('logsSubscribe', { mentions: [me.address] }, { commitment: 'processed' });
  const [a, b] = [await pay(me.key), await pay(other.key)];
  await net.land(a);
  await net.land(b);
  await ears.until((message) => about('logsNotification', all)(message) && message.params.result.value.signature === b.signature);
  const heard = ears.heard.filter(about('logsNotification', mine)).map(({ params }) => params.result.value);
  assert.deepEqual(heard, [{ err: null, logs: ['Program 11111111111111111111111111111111 invoke [1]', 'Program 11111111111111111111111111111111 success'], signature: a.signature }]);
  await ears.ask('logsUnsubscribe', all);
  await ears.ask('logsUnsubscribe', mine);
});

test('subscriptions belong to their connection', async () => {
  const other = await socket(net.ws);
  const { result: id } = await other.ask('slotSubscribe');
  assert.equal((await ears.ask('slotUnsubscribe', id)).error.code, -32602);
  assert.equal((await ears.ask('getSlot')).error.code, -32601, 'the WebSocket serves subscriptions only');
  other.close();
});
