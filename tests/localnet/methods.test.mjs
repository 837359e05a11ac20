import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { decompress } from 'fzstd';
import { localnet } from './support/localnet.mjs';
import { ELF } from './support/programs.mjs';
import * as w from './support/wire.mjs';

const payer = w.keypair();
const TOKEN = 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA';
const TOKEN_DATA = '3gvYRKWyXRR9xKWe1ZjPhLY5ZJRN7KDB4rFZFGoJfFk2';
let net;
before(async () => { net = await localnet('--airdrop', `${payer.address}=1000`); });
after(() => net.stop());

const processed = { commitment: 'processed' };
const base64 = { encoding: 'base64', commitment: 'processed' };

test('GET /health and getHealth', async () => {
  const response = await fetch(`${net.http}/health`);
  assert.deepEqual([response.status, await response.text()], [200, 'ok']);
  assert.equal(await net.ask('getHealth'), 'ok');
});

test('the ready line tells where and which chain', async () => {
  assert.match(net.line, /^ready http=http:\/\/127\.0\.0\.1:\d+ ws=ws:\/\/127\.0\.0\.1:\d+ genesis=[1-9A-HJ-NP-Za-km-z]{32,44}$/);
  assert.equal(Number(new URL(net.ws).port), Number(new URL(net.http).port) + 1);
  assert.equal(await net.ask('getGenesisHash'), net.genesis);
});

test('getAccountInfo in every encoding', async () => {
  const { value } = await net.ask('getAccountInfo', TOKEN_DATA, base64);
  const data = Buffer.from(value.data[0], 'base64');
  assert.equal(value.data[1], 'base64');
  assert.ok(data.subarray(45).equals(ELF['spl_token.so']));
  assert.deepEqual({ ...value, data: 0 }, {
    data: 0, executable: false, lamports: value.lamports, owner: 'BPFLoaderUpgradeab1e11111111111111111111111', rentEpoch: value.rentEpoch, space: 100_357,
  });

  const { value: packed } = await net.ask('getAccountInfo', TOKEN_DATA, { ...base64, encoding: 'base64+zstd' });
  assert.equal(packed.data[1], 'base64+zstd');
  assert.ok(data.equals(Buffer.from(decompress(Buffer.from(packed.data[0], 'base64')))));
  assert.ok(packed.data[0].length < value.data[0].length / 2);

  const { value: sliced } = await net.ask('getAccountInfo', TOKEN_DATA, { ...base64, dataSlice: { offset: 45, length: 4 } });
  assert.equal(Buffer.from(sliced.data[0], 'base64').toString('latin1'), '\x7fELF');
  assert.equal(sliced.space, 100_357);

  const { value: short } = await net.ask('getAccountInfo', TOKEN, { ...processed, encoding: 'base58' });
  assert.deepEqual([w.unbase58(short.data[0]).readUInt32LE(0), short.data[1]], [2, 'base58']);
  const { value: bare } = await net.ask('getAccountInfo', TOKEN, processed);
  assert.equal(bare.data, short.data[0]);
  const { error } = await net.call('getAccountInfo', TOKEN_DATA, { encoding: 'base58' });
  assert.deepEqual([error.code, error.message], [-32600, 'Encoded binary (base 58) data should be less than 128 bytes, please use Base64 encoding.']);
  const { value: parsed } = await net.ask('getAccountInfo', TOKEN, { ...processed, encoding: 'jsonParsed' });
  assert.equal(parsed.data[1], 'base64');
  assert.equal((await net.ask('getAccountInfo', w.keypair().address)).value, null);
});

test('64-bit numbers arrive whole', async () => {
  const tx = w.transaction([payer], [w.transfer(payer.key, w.keypair().key, 1_000_000)], await net.blockhash());
  await net.land(tx);
  const text = await (await net.post({ jsonrpc: '2.0', id: 1, method: 'getAccountInfo', params: [payer.address, base64] })).text();
  assert.match(text, /"rentEpoch":18446744073709551615[,}]/);
});

test('getMultipleAccounts keeps order and gaps', async () => {
  const { value } = await net.ask('getMultipleAccounts', [TOKEN, w.keypair().address, payer.address], processed);
  assert.deepEqual(value.map((account) => account?.owner ?? null), ['BPFLoaderUpgradeab1e11111111111111111111111', null, '11111111111111111111111111111111']);
  assert.equal(value[0].data[1], 'base64');
});

test('getProgramAccounts filters and slices', async () => {
  const seeds = ['a', 'b', 'c'].map((each) => Buffer.from(each));
  const buffers = seeds.map((seed) => w.withSeed(payer.key, seed, w.LOADER));
  const rent = await net.ask('getMinimumBalanceForRentExemption', 137);
  const authority = w.keypair();
  for (const [i, seed] of seeds.entries()) {
    const status = await net.land(w.transaction([payer], [
      w.createAccountWithSeed(payer.key, payer.key, seed, rent, 137, w.LOADER),
      w.loader.initializeBuffer(buffers[i], i === 2 ? authority.key : payer.key),
    ], await net.blockhash()));
    assert.equal(status.err, null);
  }
  const LOADER = 'BPFLoaderUpgradeab1e11111111111111111111111';
  const by = (key) => [{ memcmp: { offset: 0, bytes: w.base58(Buffer.from([1, 0, 0, 0])) } }, { memcmp: { offset: 5, bytes: w.base58(key) } }];
  const mine = await net.ask('getProgramAccounts', LOADER, { ...base64, filters: by(payer.key), dataSlice: { offset: 0, length: 37 } });
  assert.deepEqual(mine.map(({ pubkey }) => pubkey).sort(), buffers.slice(0, 2).map(w.base58).sort());
  assert.ok(mine.every(({ account }) => Buffer.from(account.data[0], 'base64').length === 37 && account.space === 137));
  const theirs = await net.ask('getProgramAccounts', LOADER, { ...base64, withContext: true, filters: [{ dataSize: 137 }, { memcmp: { offset: 5, bytes: authority.key.toString('base64'), encoding: 'base64' } }] });
  assert.equal(theirs.value[0].pubkey, w.base58(buffers[2]));
  assert.equal(typeof theirs.context.slot, 'number');
  assert.deepEqual(await net.ask('getProgramAccounts', LOADER, { ...base64, filters: [{ dataSize: 12345 }] }), []);
  assert.equal((await net.ask('getProgramAccounts', LOADER, { ...base64, commitment: 'processed', dataSlice: { offset: 0, length: 0 } })).length > 6, true);
});

test('rent is 5,080 lamports per byte, everywhere the same', async () => {
  assert.equal(await net.ask('getMinimumBalanceForRentExemption', 0), 650_240);
  assert.equal(await net.ask('getMinimumBalanceForRentExemption', 100_000), 5080 * 100_128);
  const { value } = await net.ask('getAccountInfo', 'SysvarRent111111111111111111111111111111111', base64);
  const data = Buffer.from(value.data[0], 'base64');
  assert.deepEqual([data.readBigUInt64LE(0), data.readDoubleLE(8)], [5080n, 1]);
  const land = async (lamports) => (await net.land(w.transaction([payer], [w.transfer(payer.key, w.keypair().key, lamports)], await net.blockhash()))).err;
  assert.deepEqual(await land(650_239), { InsufficientFundsForRent: { account_index: 1 } });
  assert.equal(await land(650_240), null);
});

test('fees: 5,000 per signature, and the price of the compute units asked for, rounded up', async () => {
  const other = w.keypair();
  await net.land(w.transaction([payer], [w.transfer(payer.key, other.key, 10_000_000)], await net.blockhash()));
  const cases = [
    [[payer], [w.transfer(payer.key, payer.key, 1)], 5000],
    [[payer, other], [w.transfer(payer.key, payer.key, 1), w.transfer(other.key, payer.key, 1)], 10_000],
    [[payer], [w.unitPrice(1_000_000), w.unitLimit(3000), w.transfer(payer.key, payer.key, 2)], 8000],
    [[payer], [w.unitPrice(1), w.unitLimit(450), w.transfer(payer.key, payer.key, 2)], 5001],
    [[payer], [w.unitPrice(1_000_000), w.transfer(payer.key, payer.key, 2)], 5000 + 2 * 3000],
    [[payer], [w.unitPrice(10_000), w.instruction(w.unbase58(TOKEN), [], Buffer.from([255]))], 5000 + 2030],
    [[payer], [w.unitLimit(500), w.transfer(payer.key, payer.key, 10n ** 15n)], 5000],
  ];
  for (const [signers, instructions, fee] of cases) {
    const tx = w.transaction(signers, instructions, await net.blockhash());
    assert.equal((await net.ask('getFeeForMessage', tx.message.toString('base64'), processed)).value, fee);
    const moved = instructions.length === 2 && signers.length === 2 ? 1 : 0;
    await net.land(tx, 'confirmed');
    const { meta } = await net.ask('getTransaction', tx.signature, { commitment: 'confirmed' });
    assert.equal(meta.fee, fee);
    assert.equal(meta.preBalances[0] - meta.postBalances[0], fee - moved, 'what the account really paid');
  }
  const unknown = w.message([payer], [w.transfer(payer.key, payer.key, 1)], Buffer.alloc(32, 5)).bytes;
  assert.equal((await net.ask('getFeeForMessage', unknown.toString('base64'))).value, null);
});

test('a failed transaction pays; one that cannot pay leaves no trace', async () => {
  const poor = w.keypair();
  const tx = w.transaction([poor], [w.transfer(poor.key, payer.key, 1)], await net.blockhash());
  assert.equal(await net.send(tx, { skipPreflight: true }), tx.signature);
  const missing = w.transaction([payer], [w.instruction(w.keypair().key, [], Buffer.alloc(1))], await net.blockhash());
  assert.equal((await net.land(missing, 'confirmed')).err, 'ProgramAccountNotFound');
  const { meta } = await net.ask('getTransaction', missing.signature, { commitment: 'confirmed' });
  assert.equal(meta.preBalances[0] - meta.postBalances[0], 5000);
  assert.equal((await net.ask('getSignatureStatuses', [tx.signature])).value[0], null);
  assert.equal((await net.ask('localnetStats')).transactions.AccountNotFound, 1);
});

test('getTransaction, in each encoding', async () => {
  const to = w.keypair();
  const tx = w.transaction([payer], [w.transfer(payer.key, to.key, 3_000_000)], await net.blockhash());
  const { slot } = await net.land(tx, 'confirmed');
  const at = { commitment: 'confirmed', maxSupportedTransactionVersion: 0 };
  const json = await net.ask('getTransaction', tx.signature, at);
  assert.deepEqual(Object.keys(json).sort(), ['blockTime', 'meta', 'slot', 'transaction', 'version']);
  assert.deepEqual([json.slot, json.version, json.transaction.signatures], [slot, 'legacy', [tx.signature]]);
  assert.deepEqual(json.transaction.message.accountKeys, [payer.address, to.address, '11111111111111111111111111111111']);
  assert.deepEqual(json.transaction.message.header, { numReadonlySignedAccounts: 0, numReadonlyUnsignedAccounts: 1, numRequiredSignatures: 1 });
  assert.deepEqual(json.meta.logMessages, ['Program 11111111111111111111111111111111 invoke [1]', 'Program 11111111111111111111111111111111 success']);
  assert.deepEqual([json.meta.err, json.meta.status, json.meta.computeUnitsConsumed], [null, { Ok: null }, 150]);
  assert.equal(json.meta.postBalances[1] - json.meta.preBalances[1], 3_000_000);
  assert.deepEqual((await net.ask('getTransaction', tx.signature, { ...at, encoding: 'base64' })).transaction, [tx.wire.toString('base64'), 'base64']);
  assert.deepEqual((await net.ask('getTransaction', tx.signature, { ...at, encoding: 'base58' })).transaction, [w.base58(tx.wire), 'base58']);
  const parsed = await net.ask('getTransaction', tx.signature, { ...at, encoding: 'jsonParsed' });
  assert.deepEqual(parsed.transaction.message.accountKeys[0], { pubkey: payer.address, signer: true, source: 'transaction', writable: true });
  assert.equal('version' in await net.ask('getTransaction', tx.signature, { commitment: 'confirmed' }), false);
  assert.equal((await net.call('getTransaction', tx.signature, { commitment: 'processed' })).error.code, -32602);
  assert.equal(await net.ask('getTransaction', w.base58(Buffer.alloc(64, 8))), null);
});

test('a version 0 transaction with a lookup table', async () => {
  const ALT = w.unbase58('AddressLookupTab1e1111111111111111111111111');
  const { address, getProgramDerivedAddress } = await import('@solana/kit');
  const slot = await net.ask('getSlot', processed);
  const recent = Buffer.alloc(8);
  recent.writeBigUInt64LE(BigInt(slot));
  const [table, bump] = await getProgramDerivedAddress({ programAddress: address('AddressLookupTab1e1111111111111111111111111'), seeds: [payer.key, recent] });
  const key = w.unbase58(table);
  const to = w.keypair();
  const accounts = [[key, 'w'], [payer.key, 's'], [payer.key, 'ws'], [w.SYSTEM, '']];
  const extend = Buffer.alloc(12);
  extend.writeUInt32LE(2);
  extend.writeBigUInt64LE(1n, 4);
  const made = await net.land(w.transaction([payer], [
    w.instruction(ALT, accounts, Buffer.concat([Buffer.alloc(4), recent, Buffer.from([bump])])),
    w.instruction(ALT, accounts, Buffer.concat([extend, to.key])),
  ], await net.blockhash()), 'confirmed');
  assert.equal(made.err, null);

  const transfer = Buffer.alloc(12);
  transfer.writeUInt32LE(2);
  transfer.writeBigUInt64LE(4_000_000n, 4);
  const message = Buffer.concat([Buffer.from([0x80, 1, 0, 1, 2]), payer.key, w.SYSTEM, w.unbase58(await net.blockhash()),
    Buffer.from([1, 1, 2, 0, 2, 12]), transfer, Buffer.from([1]), key, Buffer.from([1, 0, 0])]);
  const tx = { wire: Buffer.concat([Buffer.from([1]), payer.sign(message), message]) };
  tx.signature = w.base58(tx.wire.subarray(1, 65));
  const simulated = await net.ask('simulateTransaction', tx.wire.toString('base64'), { ...base64, sigVerify: true });
  assert.equal(simulated.value.err, null);
  assert.equal((await net.land(tx, 'confirmed')).err, null);
  assert.equal((await net.ask('getBalance', to.address, processed)).value, 4_000_000);
  const { error } = await net.call('getTransaction', tx.signature, { commitment: 'confirmed' });
  assert.equal(error.code, -32015);
  const { meta, version, transaction } = await net.ask('getTransaction', tx.signature, { commitment: 'confirmed', maxSupportedTransactionVersion: 0 });
  assert.deepEqual([version, meta.loadedAddresses], [0, { readonly: [], writable: [to.address] }]);
  assert.deepEqual(transaction.message.addressTableLookups, [{ accountKey: table, readonlyIndexes: [], writableIndexes: [0] }]);
  assert.equal((await net.ask('getSignaturesForAddress', to.address, { commitment: 'confirmed' })).length, 1);
});

test('getSignaturesForAddress: newest first, with before, until and limit', async () => {
  const to = w.keypair();
  const sent = [];
  for (let i = 0; i < 4; i++) {
    const tx = w.transaction([payer], [w.transfer(payer.key, to.key, 1_000_000 + i)], await net.blockhash());
    await net.land(tx, 'confirmed');
    sent.unshift(tx.signature);
  }
  const list = async (config) => (await net.ask('getSignaturesForAddress', to.address, { commitment: 'confirmed', ...config })).map(({ signature }) => signature);
  assert.deepEqual(await list(), sent);
  assert.deepEqual(await list({ limit: 2 }), sent.slice(0, 2));
  assert.deepEqual(await list({ before: sent[1] }), sent.slice(2));
  assert.deepEqual(await list({ until: sent[2] }), sent.slice(0, 2));
  const [first] = await net.ask('getSignaturesForAddress', to.address, { commitment: 'confirmed' });
  assert.deepEqual(Object.keys(first).sort(), ['blockTime', 'confirmationStatus', 'err', 'memo', 'signature', 'slot']);
  assert.deepEqual([first.err, first.memo], [null, null]);
});

test('getRecentPrioritizationFees: what the accounts asked about cost at least', async () => {
  const busy = w.keypair();
  await net.reach(await net.ask('getSlot', processed) + 1);
  const blockhash = await net.blockhash();
  const both = [500, 900].map((price) => w.transaction([payer], [w.unitPrice(price), w.unitLimit(1000), w.transfer(payer.key, busy.key, 1_000_000 + price)], blockhash));
  const statuses = await Promise.all(both.map((tx) => net.land(tx, 'confirmed')));
  const at = async (slot, keys) => (await net.ask('getRecentPrioritizationFees', keys)).find((each) => each.slot === slot)?.prioritizationFee;
  if (statuses[0].slot === statuses[1].slot) assert.equal(await at(statuses[0].slot, [busy.address]), 500);
  else assert.equal(await at(statuses[1].slot, [busy.address]), 900);
  const all = await net.ask('getRecentPrioritizationFees');
  assert.ok(all.length <= 150 && all.every(({ slot }, i) => i === 0 || slot === all[i - 1].slot + 1));
});

test('requestAirdrop is a transaction like others', async () => {
  const to = w.keypair();
  const twins = await Promise.all([1, 2].map(() => net.ask('requestAirdrop', to.address, 1_000_000_000)));
  assert.notEqual(twins[0], twins[1]);
  for (const signature of twins) assert.equal((await net.settle(signature)).err, null);
  assert.equal((await net.ask('getBalance', to.address, processed)).value, 2_000_000_000);
});

test('the rest of the cluster’s facts', async () => {
  const epoch = await net.ask('getEpochInfo', processed);
  assert.deepEqual(Object.keys(epoch).sort(), ['absoluteSlot', 'blockHeight', 'epoch', 'slotIndex', 'slotsInEpoch', 'transactionCount']);
  assert.deepEqual([epoch.blockHeight, epoch.epoch, epoch.slotIndex, epoch.slotsInEpoch], [epoch.absoluteSlot, 0, epoch.absoluteSlot, 432_000]);
  assert.deepEqual(Object.keys(await net.ask('getVersion')), ['feature-set', 'solana-core']);
  const [slot, height] = await (await net.post(['getSlot', 'getBlockHeight'].map((method, id) => ({ jsonrpc: '2.0', id, method, params: [processed] })))).json();
  assert.equal(slot.result, height.result);
});

test('inner instructions and return data of a program that calls another', async () => {
  // A vault of the associated token program: it calls the system program and SPL Token.
  const ATA = w.unbase58('ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL');
  const { address, getProgramDerivedAddress } = await import('@solana/kit');
  const mint = w.keypair();
  const rent = await net.ask('getMinimumBalanceForRentExemption', 82);
  const token = w.unbase58(TOKEN);
  const initialize = Buffer.concat([Buffer.from([20, 9]), payer.key, Buffer.from([0])]);
  const made = await net.land(w.transaction([payer, mint], [
    w.createAccount(payer.key, mint.key, rent, 82, token), w.instruction(token, [[mint.key, 'w']], initialize),
  ], await net.blockhash()));
  assert.equal(made.err, null);
  const [vault] = await getProgramDerivedAddress({ programAddress: address('ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL'), seeds: [payer.key, token, mint.key] });
  const tx = w.transaction([payer], [w.instruction(ATA, [[payer.key, 'ws'], [w.unbase58(vault), 'w'], [payer.key, ''], [mint.key, ''], [w.SYSTEM, ''], [token, '']], Buffer.alloc(0))], await net.blockhash());
  const simulated = (await net.ask('simulateTransaction', tx.wire.toString('base64'), { ...base64, innerInstructions: true })).value;
  assert.equal(simulated.err, null);
  assert.ok(simulated.innerInstructions[0].instructions.length >= 3);
  assert.equal((await net.land(tx, 'confirmed')).err, null);
  const { meta } = await net.ask('getTransaction', tx.signature, { commitment: 'confirmed' });
  assert.equal(meta.innerInstructions[0].index, 0);
  assert.deepEqual(Object.keys(meta.innerInstructions[0].instructions[0]).sort(), ['accounts', 'data', 'programIdIndex', 'stackHeight']);
});
