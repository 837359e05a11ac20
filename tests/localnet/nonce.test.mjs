import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { localnet } from './support/localnet.mjs';
import * as w from './support/wire.mjs';

const RECENT_BLOCKHASHES = w.unbase58('SysvarRecentB1ockHashes11111111111111111111');
const RENT = w.unbase58('SysvarRent111111111111111111111111111111111');
const [payer, authority] = [w.keypair(), w.keypair()];
const u32 = (n) => Buffer.from([n, 0, 0, 0]);
const advance = (nonce, signer = authority.key) => w.instruction(w.SYSTEM, [[nonce, 'w'], [RECENT_BLOCKHASHES, ''], [signer, 's']], u32(4));
let net;
before(async () => { net = await localnet('--airdrop', `${payer.address}=10`); });
after(() => net.stop());

async function nonceAccount() {
  const account = w.keypair();
  const rent = await net.ask('getMinimumBalanceForRentExemption', 80);
  const made = await net.land(w.transaction([payer, account], [
    w.createAccount(payer.key, account.key, rent, 80, w.SYSTEM),
    w.instruction(w.SYSTEM, [[account.key, 'w'], [RECENT_BLOCKHASHES, ''], [RENT, '']], Buffer.concat([u32(6), authority.key])),
  ], await net.blockhash()));
  assert.equal(made.err, null);
  return account.key;
}

const valueOf = async (nonce) => {
  const { value } = await net.ask('getAccountInfo', w.base58(nonce), { encoding: 'base64', commitment: 'processed' });
  return w.base58(Buffer.from(value.data[0], 'base64').subarray(40, 72));
};

const later = async (slots) => net.reach(await net.ask('getSlot', { commitment: 'processed' }) + slots);

test('a transaction with a nonce lands long after every blockhash of its time, and once', async () => {
  const nonce = await nonceAccount();
  const value = await valueOf(nonce);
  const tx = w.transaction([payer, authority], [advance(nonce), w.transfer(payer.key, authority.key, 1_000_000)], value);
  await later(160);
  const simulated = await net.ask('simulateTransaction', tx.wire.toString('base64'), { encoding: 'base64', commitment: 'processed', sigVerify: true });
  assert.equal(simulated.value.err, null);

  assert.equal((await net.land(tx)).err, null);

  assert.notEqual(await valueOf(nonce), value);
  const again = w.transaction([payer, authority], [advance(nonce), w.transfer(payer.key, authority.key, 2_000_000)], value);
  await net.send(again, { skipPreflight: true });
  await later(3);
  assert.equal((await net.ask('getSignatureStatuses', [again.signature])).value[0], null, 'the value was used');
});

test('a transaction that fails uses its nonce, too', async () => {
  const nonce = await nonceAccount();
  const value = await valueOf(nonce);
  const { err } = await net.land(w.transaction([payer, authority], [advance(nonce), w.transfer(payer.key, authority.key, 10n ** 15n)], value));
  assert.deepEqual(err, { InstructionError: [1, { Custom: 1 }] });
  assert.notEqual(await valueOf(nonce), value);
});

test('a nonce counts only first, with its authority, and in its own account', async () => {
  const nonce = await nonceAccount();
  const value = await valueOf(nonce);
  const wrong = [
    w.transaction([payer, authority], [w.transfer(payer.key, authority.key, 1), advance(nonce)], value),
    w.transaction([payer], [advance(nonce, payer.key)], value),
    w.transaction([payer], [w.transfer(payer.key, authority.key, 1)], value),
    w.transaction([payer, authority], [advance(authority.key)], value),
  ];
  for (const tx of wrong) {
    const { error } = await net.call('sendTransaction', tx.wire.toString('base64'), { encoding: 'base64', preflightCommitment: 'processed' });
    assert.equal(error?.data?.err, 'BlockhashNotFound');
  }
  assert.equal(await valueOf(nonce), value);
});
