import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { localnet } from './support/localnet.mjs';
import { socket } from './support/socket.mjs';
import * as w from './support/wire.mjs';

const payer = w.keypair();
let net;
before(async () => {
  net = await localnet('--airdrop', `${payer.address}=10`, '--lag-port', 0, '--lag-slots', 12);
  await net.reach(60);
});
after(() => net.stop());

const processed = { commitment: 'processed' };

test('the lagging node is the same chain, some slots behind', async () => {
  assert.equal(await net.lagging.ask('getGenesisHash'), net.genesis);
  const [ahead, behind] = await Promise.all([net.ask('getSlot', processed), net.lagging.ask('getSlot', processed)]);
  assert.ok(ahead - behind >= 11 && ahead - behind <= 13, `${ahead - behind} slots`);
  assert.equal(await net.lagging.ask('getHealth'), 'ok');
});

test('what it shows, it shows late; what it is sent, arrives at once', async () => {
  const to = w.keypair();
  const tx = w.transaction([payer], [w.transfer(payer.key, to.key, 1_000_000)], await net.blockhash());
  await net.lagging.send(tx, { skipPreflight: true });
  const { slot } = await net.settle(tx.signature, 'processed');
  assert.equal((await net.lagging.ask('getSignatureStatuses', [tx.signature])).value[0], null);
  assert.equal((await net.lagging.ask('getBalance', to.address, processed)).value, 0);
  assert.equal((await net.ask('getBalance', to.address, processed)).value, 1_000_000);
  const late = await net.lagging.settle(tx.signature, 'processed');
  assert.equal(late.slot, slot);
  assert.ok((await net.ask('getSlot', processed)) >= slot + 12);
  assert.equal((await net.lagging.ask('getBalance', to.address, processed)).value, 1_000_000);
});

test('minContextSlot finds it out', async () => {
  const slot = await net.ask('getSlot', { commitment: 'confirmed' });
  const { error } = await net.lagging.call('getBalance', payer.address, { commitment: 'confirmed', minContextSlot: slot });
  assert.equal(error.code, -32016);
  assert.ok(error.data.contextSlot < slot);
});

test('its finalized state is still readable', async () => {
  const batch = ['processed', 'finalized'].map((commitment, id) => ({ jsonrpc: '2.0', id, method: 'getBalance', params: [payer.address, { commitment }] }));
  const [now, final] = await (await net.lagging.post(batch)).json();
  assert.ok(now.result.context.slot >= 31);
  assert.equal(now.result.context.slot - final.result.context.slot, 31);
  assert.ok(final.result.value >= 9_000_000_000);
});

test('its WebSocket, on the port after it, lags too', async () => {
  assert.equal(Number(new URL(net['lag-ws']).port), Number(new URL(net['lag-http']).port) + 1);
  const [ahead, behind] = [await socket(net.ws), await socket(net['lag-ws'])];
  await ahead.ask('slotSubscribe');
  await behind.ask('slotSubscribe');
  const slotOf = async (ears) => (await ears.until(({ method }) => method === 'slotNotification')).params.result.slot;
  const difference = await slotOf(ahead) - await slotOf(behind);
  assert.ok(difference >= 10 && difference <= 14, `${difference} slots`);
  ahead.close();
  behind.close();
});
