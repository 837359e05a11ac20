import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { localnet } from './support/localnet.mjs';
import * as w from './support/wire.mjs';

const payer = w.keypair();
let net;
before(async () => { net = await localnet('--airdrop', `${payer.address}=100`); });
after(() => net.stop());

const slots = async () => {
  const body = ['processed', 'confirmed', 'finalized'].map((commitment, id) => ({ jsonrpc: '2.0', id, method: 'getSlot', params: [{ commitment }] }));
  return (await (await net.post(body)).json()).map(({ result }) => result);
};

test('a slot is processed when it ends, confirmed one later, finalized 31 later', async () => {
  await net.reach(40);
  const [processed, confirmed, finalized] = await slots();
  assert.equal(processed - confirmed, 1);
  assert.equal(processed - finalized, 31);
});

test('the default commitment is finalized', async () => {
  const batch = [{ jsonrpc: '2.0', id: 1, method: 'getSlot' }, { jsonrpc: '2.0', id: 2, method: 'getSlot', params: [{ commitment: 'finalized' }] }];
  const [bare, asked] = await (await net.post(batch)).json();
  assert.equal(bare.result, asked.result);
});

test('before slot 32 nothing but slot 0 is finalized', async () => {
  const fresh = await localnet();
  try {
    assert.equal(await fresh.ask('getSlot', { commitment: 'finalized' }), 0);
  } finally {
    await fresh.stop();
  }
});

test('a transaction is invisible until its slot ends, then climbs the commitments', async () => {
  const to = w.keypair();
  const tx = w.transaction([payer], [w.transfer(payer.key, to.key, 1_000_000_000)], await net.blockhash());
  await net.send(tx);
  const seen = [];
  const one = (id, method, ...params) => ({ jsonrpc: '2.0', id, method, params });
  for (let done = false; !done;) {
    const [status, slot, ...balances] = (await (await net.post([
      one(0, 'getSignatureStatuses', [tx.signature]),
      one(1, 'getSlot', { commitment: 'processed' }),
      ...['processed', 'confirmed', 'finalized'].map((commitment, i) => one(2 + i, 'getBalance', to.address, { commitment })),
    ])).json()).map(({ result }) => result);
    const value = status.value[0];
    assert.equal(status.context.slot, slot);
    assert.deepEqual(balances.map(({ context }) => slot - context.slot), [0, 1, 31]);
    const visible = balances.map(({ value }) => value === 1_000_000_000);
    if (value === null) assert.deepEqual(visible, [false, false, false]);
    else {
      assert.ok(value.slot <= slot);
      const age = slot - value.slot;
      assert.equal(value.confirmationStatus, age >= 31 ? 'finalized' : age >= 1 ? 'confirmed' : 'processed');
      assert.equal(value.confirmations, age >= 31 ? null : age);
      assert.deepEqual(visible, [true, age >= 1, age >= 31]);
      done = age >= 31;
    }
    seen.push(value?.confirmationStatus ?? null);
  }
  assert.deepEqual([...new Set(seen)].slice(-3), ['processed', 'confirmed', 'finalized']);
});

test('a blockhash belongs to its commitment and lives 150 blocks', async () => {
  for (const commitment of ['processed', 'confirmed', 'finalized']) {
    const { context, value } = await net.ask('getLatestBlockhash', { commitment });
    assert.equal(value.lastValidBlockHeight, context.slot + 150);
  }
  const { value: { blockhash } } = await net.ask('getLatestBlockhash', { commitment: 'processed' });
  const [processed, finalized] = await (await net.post(['processed', 'finalized'].map((commitment, id) =>
    ({ jsonrpc: '2.0', id, method: 'isBlockhashValid', params: [blockhash, { commitment }] })))).json();
  assert.equal(processed.result.value, true);
  assert.equal(finalized.result.value, false, 'the finalized bank has not seen it yet');
});

test('an expired blockhash is dropped without a word, and a preflight says so', async () => {
  const fast = await localnet('--slot-ms', '5', '--airdrop', `${payer.address}=1`);
  try {
    const { value: { blockhash, lastValidBlockHeight } } = await fast.ask('getLatestBlockhash', { commitment: 'processed' });
    await fast.reach(lastValidBlockHeight - 75); // a busy machine may take a while from here to the next line
    const inTime = w.transaction([payer], [w.transfer(payer.key, payer.key, 1)], blockhash);
    await fast.land(inTime);
    await fast.reach(lastValidBlockHeight + 1);
    const late = w.transaction([payer], [w.transfer(payer.key, payer.key, 2)], blockhash);
    assert.equal(await fast.send(late, { skipPreflight: true }), late.signature);
    const refusal = await fast.call('sendTransaction', late.wire.toString('base64'), { encoding: 'base64', preflightCommitment: 'processed' });
    assert.equal(refusal.error.code, -32002);
    assert.equal(refusal.error.data.err, 'BlockhashNotFound');
    assert.equal(refusal.error.message, 'Transaction simulation failed: Blockhash not found');
    await fast.reach(lastValidBlockHeight + 10);
    assert.equal((await fast.ask('getSignatureStatuses', [late.signature])).value[0], null);
    assert.equal((await fast.ask('localnetStats')).transactions.BlockhashNotFound, 1);
  } finally {
    await fast.stop();
  }
});

test('minContextSlot that is not reached is -32016 with the slot', async () => {
  for (const [method, ...params] of [
    ['getSlot'], ['getAccountInfo', payer.address], ['getBalance', payer.address], ['getLatestBlockhash'], ['getBlockHeight'],
    ['getEpochInfo'], ['getMultipleAccounts', [payer.address]], ['getProgramAccounts', payer.address], ['getSignaturesForAddress', payer.address],
  ]) {
    const { error } = await net.call(method, ...params, { minContextSlot: 1_000_000, commitment: 'confirmed' });
    assert.equal(error?.code, -32016, method);
    assert.equal(error.message, 'Minimum context slot has not been reached');
    assert.equal(typeof error.data.contextSlot, 'number');
  }
  const slot = await net.ask('getSlot', { commitment: 'confirmed' });
  assert.ok((await net.ask('getBalance', payer.address, { minContextSlot: slot, commitment: 'confirmed' })).context.slot >= slot);
});

test('the same transaction runs once however often it is sent', async () => {
  const to = w.keypair();
  const tx = w.transaction([payer], [w.transfer(payer.key, to.key, 2_000_000)], await net.blockhash());
  for (let i = 0; i < 5; i++) assert.equal(await net.send(tx, { skipPreflight: true }), tx.signature);
  await net.settle(tx.signature, 'confirmed');
  assert.equal(await net.send(tx), tx.signature, 'also with a preflight');
  await net.reach(await net.ask('getSlot', { commitment: 'processed' }) + 3);
  assert.equal((await net.ask('getBalance', to.address, { commitment: 'processed' })).value, 2_000_000);
  assert.equal((await net.ask('getSignaturesForAddress', to.address, { commitment: 'confirmed' })).length, 1);
});

test('a simulation runs on the state of its commitment, with the clock of the slot after it', async () => {
  const to = w.keypair();
  await net.land(w.transaction([payer], [w.transfer(payer.key, to.key, 5_000_000)], await net.blockhash()));
  const spend = w.transaction([to], [w.transfer(to.key, payer.key, 1_000_000)], await net.blockhash());
  const simulate = (commitment, extra) => net.ask('simulateTransaction', spend.wire.toString('base64'),
    { encoding: 'base64', commitment, replaceRecentBlockhash: true, ...extra });

  assert.equal((await simulate('processed')).value.err, null);
  assert.equal((await simulate('finalized')).value.err, 'AccountNotFound');
  assert.equal((await simulate('processed')).value.err, null, 'going back in time leaves no trace');

  const clock = 'SysvarC1ock11111111111111111111111111111111';
  const info = await net.ask('getAccountInfo', clock, { encoding: 'base64', commitment: 'processed' });
  assert.equal(Number(Buffer.from(info.value.data[0], 'base64').readBigUInt64LE(0)), info.context.slot, 'a bank’s clock shows its slot');
});

test('slots keep an absolute schedule', async () => {
  const start = { at: performance.now(), slot: await net.ask('getSlot', { commitment: 'processed' }) };
  await net.reach(start.slot + 80);
  const perSlot = (performance.now() - start.at) / 80;
  assert.ok(perSlot > 23 && perSlot < 27, `a slot took ${perSlot} ms instead of 25`);
});

test('block times follow the wall clock and do not go back', async () => {
  const now = Date.now() / 1000;
  const slot = await net.ask('getSlot', { commitment: 'processed' });
  const [older, newer] = [await net.ask('getBlockTime', slot - 10), await net.ask('getBlockTime', slot)];
  assert.ok(older <= newer && Math.abs(newer - now) <= 2);
  const { error } = await net.call('getBlockTime', slot + 1000);
  assert.deepEqual([error.code, error.message], [-32004, `Block not available for slot ${slot + 1000}`]);
});
