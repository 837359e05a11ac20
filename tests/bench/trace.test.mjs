import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signedTwice, span, spending, throttled } from '../../bench/trace.mjs';

const call = (method, t, facts = {}) => ({ method, t, slot: Math.floor(t / 400), status: 200, error: null, ...facts });
const tx = (slot, facts = {}) => ({ kind: 'tx', slot, err: null, fee: 5000, feePayer: 'payer', ...facts });
const deploy = { payer: 'payer', programData: 'data', size: 100, slotMs: 400 };

test('a deploy lasts from the first answer to the answer with the final bytes at confirmed', () => {
  const trace = {
    calls: [
      call('getGenesisHash', 100, { status: 503 }), call('getGenesisHash', 450),
      call('getAccountInfo', 1700, { address: 'data', commitment: 'confirmed', length: 0 }),
      call('getAccountInfo', 2100, { address: 'data', commitment: 'processed', length: 145 }),
      call('getAccountInfo', 2500, { address: 'data', commitment: 'confirmed', length: 145 }),
    ],
    transactions: [tx(2), tx(4), tx(9, { feePayer: 'somebody else' })],
  };
  assert.deepEqual(span(trace, deploy), { slots: 5, seconds: 2.05, isReadBack: true });
});

test('who never reads the bytes back is measured to the slot in which they were confirmed', () => {
  const trace = { calls: [call('getLatestBlockhash', 450)], transactions: [tx(2), tx(8), tx(9, { err: 'failed' })] };
  assert.deepEqual(span(trace, deploy), { slots: 9, seconds: 3.6, isReadBack: false });
});

test('failed transactions cost, too, and those of others do not', () => {
  const { landed, failed, fees } = spending({ calls: [], transactions: [tx(1), tx(2, { err: { InstructionError: [0, 'x'] } }), tx(3, { feePayer: 'somebody else' })] }, 'payer');
  assert.deepEqual({ landed, failed, fees }, { landed: 1, failed: 1, fees: 10_000 });
});

test('sending again is not signing again', () => {
  const send = (content, signature) => call('sendTransaction', 1, { content, signature });
  assert.equal(signedTwice({ calls: [send('a', '1'), send('a', '1'), send('b', '2')], transactions: [] }), 0);
  assert.equal(signedTwice({ calls: [send('a', '1'), send('a', '3'), send('b', '2')], transactions: [] }), 1);
});

test('429s close together are one burst', () => {
  const limited = (t) => call('sendTransaction', t, { status: 429 });
  assert.deepEqual(throttled({ calls: [limited(0), limited(100), call('sendTransaction', 150), limited(900), limited(2500)], transactions: [] }),
    { sendTransaction: { count: 4, bursts: 2, largest: 3 } });
});
