import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { localnet } from './support/localnet.mjs';
import * as w from './support/wire.mjs';

const payer = w.keypair();
let net;
before(async () => { net = await localnet('--airdrop', `${payer.address}=10`); });
after(() => net.stop());

const preflight = { encoding: 'base64', preflightCommitment: 'processed' };
const transferTo = async (key, lamports, signers = [payer]) => w.transaction(signers, [w.transfer(payer.key, key, lamports)], await net.blockhash());

test('a preflight that fails is -32002 with error, logs and units, and nothing is sent', async () => {
  const tx = await transferTo(w.keypair().key, 10n ** 12n);
  const { error } = await net.call('sendTransaction', tx.wire.toString('base64'), preflight);
  assert.equal(error.code, -32002);
  assert.equal(error.message, 'Transaction simulation failed: Error processing Instruction 0: custom program error: 0x1');
  assert.deepEqual(error.data.err, { InstructionError: [0, { Custom: 1 }] });
  assert.match(error.data.logs[1], /^Transfer: insufficient lamports/);
  assert.deepEqual([error.data.accounts, error.data.unitsConsumed], [null, 150]);
  await net.reach(await net.ask('getSlot', { commitment: 'processed' }) + 2);
  assert.equal((await net.ask('getSignatureStatuses', [tx.signature])).value[0], null);
});

test('the preflight runs at preflightCommitment: finalized does not know a fresh blockhash', async () => {
  const tx = await transferTo(payer.key, 1);
  const { error } = await net.call('sendTransaction', tx.wire.toString('base64'), { encoding: 'base64' });
  assert.deepEqual([error.code, error.data.err], [-32002, 'BlockhashNotFound']);
});

test('a wrong signature is -32003; without preflight it vanishes', async () => {
  const tx = await transferTo(payer.key, 2);
  tx.wire[10] ^= 1;
  const { error } = await net.call('sendTransaction', tx.wire.toString('base64'), preflight);
  assert.deepEqual([error.code, error.message], [-32003, 'Transaction signature verification failure']);
  const signature = await net.ask('sendTransaction', tx.wire.toString('base64'), { encoding: 'base64', skipPreflight: true });
  await net.reach(await net.ask('getSlot', { commitment: 'processed' }) + 2);
  assert.equal((await net.ask('getSignatureStatuses', [signature])).value[0], null);
  const unverified = await net.ask('simulateTransaction', tx.wire.toString('base64'), { encoding: 'base64', commitment: 'processed' });
  assert.equal(unverified.value.err, null);
  assert.equal((await net.call('simulateTransaction', tx.wire.toString('base64'), { encoding: 'base64', commitment: 'processed', sigVerify: true })).error.code, -32003);
});

test('what cannot be decoded is -32602 with the reason', async () => {
  const refuse = async (text, encoding = 'base64') => {
    const { error } = await net.call('sendTransaction', text, { encoding, skipPreflight: true });
    assert.equal(error?.code, -32602);
    return error.message;
  };
  assert.match(await refuse('!!!!'), /invalid base64 encoding/);
  assert.match(await refuse('0OIl', 'base58'), /invalid base58 encoding/);
  assert.match(await refuse('AAAA'), /failed to deserialize/);
  assert.match(await refuse(Buffer.alloc(1233).toString('base64')), /base64 encoded .* too large: 1644 bytes|decoded .* too large: 1233 bytes/);
  assert.match(await refuse(Buffer.alloc(1300).toString('base64')), /too large: 1736 bytes \(max: encoded\/raw 1644\/1232\)/);
  assert.match(await refuse('1'.repeat(1684), 'base58'), /too large: 1684 bytes \(max: encoded\/raw 1683\/1232\)/);
  const tx = await transferTo(payer.key, 3);
  const insane = Buffer.from(tx.wire);
  insane[tx.wire.length - 16] = 9; // an account index that does not exist
  assert.match(await refuse(insane.toString('base64')), /Transaction failed to sanitize accounts offsets correctly/);
  assert.match((await net.call('sendTransaction')).error.message, /`params` should have at least 1 argument/);
});

test('base58 is the default encoding of a transaction', async () => {
  const tx = await transferTo(payer.key, 4);
  assert.equal(await net.ask('sendTransaction', w.base58(tx.wire), { preflightCommitment: 'processed' }), tx.signature);
  assert.equal((await net.settle(tx.signature)).err, null);
});

test('addresses and signatures that are none', async () => {
  for (const [method, ...params] of [['getBalance', 'abc'], ['getAccountInfo', '0'.repeat(40)], ['getSignatureStatuses', ['abc']], ['getTransaction', payer.address], ['getSignaturesForAddress', 'x']]) {
    const { error } = await net.call(method, ...params);
    assert.equal(error?.code, -32602, method);
    assert.match(error.message, /^Invalid param: (WrongSize|Invalid)$/);
  }
  assert.equal((await net.call('getBalance', 5)).error.message, 'Invalid params: invalid type: number `5`, expected a string.');
});

test('simulateTransaction: accounts, replaced blockhash, and contradictions', async () => {
  const to = w.keypair();
  const stale = w.transaction([payer], [w.transfer(payer.key, to.key, 1_000_000)], Buffer.alloc(32, 1));
  const simulate = (config) => net.call('simulateTransaction', stale.wire.toString('base64'), { encoding: 'base64', commitment: 'processed', ...config });
  assert.equal((await simulate({})).result.value.err, 'BlockhashNotFound');
  const { value } = (await simulate({ replaceRecentBlockhash: true, accounts: { encoding: 'base64', addresses: [to.address, payer.address] } })).result;
  assert.equal(value.err, null);
  assert.equal(value.accounts[0].lamports, 1_000_000);
  assert.equal(value.accounts[0].owner, '11111111111111111111111111111111');
  assert.equal(typeof value.replacementBlockhash.blockhash, 'string');
  assert.equal(value.unitsConsumed, 150);
  assert.equal((await simulate({ replaceRecentBlockhash: true, sigVerify: true })).error.code, -32602);
  assert.equal((await simulate({ replaceRecentBlockhash: true, accounts: { encoding: 'base58', addresses: [] } })).error.code, -32602);
  assert.equal((await simulate({ replaceRecentBlockhash: true, accounts: { addresses: Array(9).fill(to.address) } })).error.message, 'Too many accounts provided; max 3');
});

test('a transaction that was processed is AlreadyProcessed to a simulation', async () => {
  const tx = await transferTo(payer.key, 6);
  await net.land(tx);
  const { value } = await net.ask('simulateTransaction', tx.wire.toString('base64'), { encoding: 'base64', commitment: 'processed' });
  assert.equal(value.err, 'AlreadyProcessed');
});
