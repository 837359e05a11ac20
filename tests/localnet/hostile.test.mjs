// Bytes from outside must never end the process: LiteSVM's own decoders do.

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { localnet } from './support/localnet.mjs';
import { ELF, deploy } from './support/programs.mjs';
import { socket } from './support/socket.mjs';
import * as w from './support/wire.mjs';

const payer = w.keypair();
let net;
before(async () => { net = await localnet('--airdrop', `${payer.address}=1000`, '--seed', 'hostile'); });
after(async () => assert.equal(await net.stop(), 0));

/** mulberry32, so that a failure can be repeated. */
function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
const below = (dice, n) => Math.floor(dice() * n);
const alive = async () => assert.equal(await net.ask('getHealth'), 'ok');

test('bodies that are not JSON-RPC are answered with the fitting error', async () => {
  const code = async (body) => (await (await net.post(body)).json()).error?.code;
  assert.equal(await code('{'), -32700);
  assert.equal(await code(''), -32700);
  assert.equal(await code('\u0000\uffff'), -32700);
  for (const body of ['1', 'null', '"x"', '{}', '[]', '{"jsonrpc":"1.0","id":1,"method":"getSlot"}', '{"jsonrpc":"2.0","id":{},"method":"getSlot"}', '{"jsonrpc":"2.0","id":1,"method":5}'])
    assert.equal(await code(body), -32600, body);
  assert.equal(await code('{"jsonrpc":"2.0","id":1,"method":"noSuchMethod"}'), -32601);
  assert.equal(await code('{"jsonrpc":"2.0","id":1,"method":"constructor"}'), -32601);
  assert.equal(await code('{"jsonrpc":"2.0","id":1,"method":"__proto__"}'), -32601);
  assert.equal(await code('{"jsonrpc":"2.0","id":1,"method":"getBalance","params":{"a":1}}'), -32602);
  await alive();
});

test('deep, long and many', async () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000);
  const deepObject = '{"a":'.repeat(20_000) + '1' + '}'.repeat(20_000);
  for (const params of [deep, deepObject, `[${deep}]`, `[${deepObject}]`, `["${payer.address}", ${deepObject}]`]) {
    const answer = await (await net.post(`{"jsonrpc":"2.0","id":1,"method":"getAccountInfo","params":${params}}`)).json();
    assert.equal(typeof answer.error?.code === 'number' || answer.result !== undefined, true);
  }
  assert.equal((await net.post(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'getSlot', params: ['x'.repeat(300_000)] }))).status, 413);
  assert.equal((await net.post(`[${'1,'.repeat(600_000)}1]`)).status, 413);
  const many = await (await net.post(`[${'1,'.repeat(5000)}1]`)).json();
  assert.equal(many.error.code, -32600);
  const mixed = await (await net.post(`[1,{"jsonrpc":"2.0","id":7,"method":"getHealth"},[]]`)).json();
  assert.deepEqual(mixed.map(({ id, result, error }) => [id, result ?? error.code]), [[null, -32600], [7, 'ok'], [null, -32600]]);
  await alive();
});

test('limits on lists', async () => {
  const { error: accounts } = await net.call('getMultipleAccounts', Array(101).fill(payer.address));
  assert.deepEqual([accounts.code, accounts.message], [-32602, 'Too many inputs provided; max 100']);
  const { error: statuses } = await net.call('getSignatureStatuses', Array(257).fill(w.base58(Buffer.alloc(64, 1))));
  assert.deepEqual([statuses.code, statuses.message], [-32602, 'Too many inputs provided; max 256']);
  assert.equal((await net.call('getSignaturesForAddress', payer.address, { limit: 1001 })).error.code, -32602);
});

test('parameters of the wrong kind are -32602 (or, at worst, answered), never an internal error', async () => {
  const methods = ['getAccountInfo', 'getMultipleAccounts', 'getProgramAccounts', 'getBalance', 'getLatestBlockhash', 'isBlockhashValid',
    'getBlockHeight', 'getSlot', 'getBlockTime', 'getEpochInfo', 'getGenesisHash', 'getHealth', 'getVersion', 'getMinimumBalanceForRentExemption',
    'getFeeForMessage', 'getRecentPrioritizationFees', 'getSignatureStatuses', 'getSignaturesForAddress', 'getTransaction', 'requestAirdrop',
    'sendTransaction', 'simulateTransaction', 'localnetStats'];
  const dice = random(1);
  const values = [null, true, 0, -1, 1.5, 2 ** 60, 1e308, '', 'x', '1'.repeat(32), '1'.repeat(5000), 'é'.repeat(40), payer.address, payer.address.slice(1),
    w.base58(Buffer.alloc(64, 3)), [], [[]], [null], {}, { encoding: 5 }, { encoding: 'base64' }, { commitment: 'x' }, { commitment: {} }, { commitment: 'toString' },
    { dataSlice: 1 }, { dataSlice: { offset: -1, length: 1 } }, { encoding: 'base64', dataSlice: { offset: 9e15, length: 9e15 } },
    { filters: [{ memcmp: { offset: 0, bytes: [256] } }] }, { filters: [{ memcmp: { offset: 1e9, bytes: '1' } }] }, { filters: [1, 2] }, { minContextSlot: 'a' },
    { limit: 0 }, { before: 5 }, { until: 'x' }, { accounts: 5 }, { accounts: { addresses: ['x'] } }, { accounts: { addresses: [payer.address], encoding: 'base58' } },
    { maxSupportedTransactionVersion: -1 }, { searchTransactionHistory: 'yes' }, { replaceRecentBlockhash: true, sigVerify: true }, { __proto__: null, toString: 1 }];
  for (let i = 0; i < 3000; i++) {
    const method = methods[below(dice, methods.length)];
    const params = Array.from({ length: below(dice, 4) }, () => values[below(dice, values.length)]);
    const { error } = await net.call(method, ...params);
    if (error) assert.ok([-32602, -32600, -32601, -32004, -32016, -32002, -32003].includes(error.code), `${method} ${JSON.stringify(params)}: ${JSON.stringify(error)}`);
  }
  await alive();
});

/** Valid transactions of many kinds, as raw material. */
async function specimens() {
  const { program, programData } = await deploy(net, payer, ELF['spl_token.so']);
  const other = w.keypair();
  const blockhash = await net.blockhash();
  const seed = Buffer.from('f'.repeat(32));
  const buffer = w.withSeed(payer.key, seed, w.LOADER);
  const legacy = [
    [[payer], [w.transfer(payer.key, other.key, 2_000_000)]],
    [[payer], [w.unitLimit(3000), w.unitPrice(1000), w.transfer(payer.key, other.key, 1)]],
    [[payer], [w.createAccountWithSeed(payer.key, payer.key, seed, 10_000_000, 500, w.LOADER), w.loader.initializeBuffer(buffer, payer.key)]],
    [[payer], [w.loader.write(buffer, payer.key, 0, Buffer.alloc(900, 7))]],
    [[payer, other], [w.createAccount(payer.key, other.key, 2_000_000, 36, w.LOADER), w.loader.deploy(payer.key, programData, other.key, buffer, payer.key, 500)]],
    [[payer], [w.loader.extend(programData, program.key, payer.key, 10_240)]],
    [[payer], [w.loader.close(programData, payer.key, payer.key, program.key)]],
    [[payer], [w.loader.upgrade(programData, program.key, buffer, payer.key, payer.key)]],
    [[payer], [w.loader.setAuthority(programData, payer.key, other.key)]],
    [[payer], [w.instruction(program.key, [[payer.key, 'ws'], [program.key, 'w'], [programData, 'w']], Buffer.from([1, 2, 3]))]],
    [[payer], [w.instruction(w.unbase58('AddressLookupTab1e1111111111111111111111111'), [[payer.key, 'ws']], Buffer.alloc(13))]],
    [[payer], [w.instruction(w.unbase58('Ed25519SigVerify111111111111111111111111111'), [], Buffer.from([255, 0, 1, 2, 3]))]],
    [[payer], [w.instruction(w.unbase58('Vote111111111111111111111111111111111111111'), [[payer.key, 'ws']], Buffer.alloc(4))]],
    [[payer], [w.instruction(w.unbase58('TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb'), [[other.key, 'w']], Buffer.from([0, 9]))]],
  ].map(([signers, instructions]) => w.transaction(signers, instructions, blockhash).wire);
  const signatures = 1 + 64;
  const versioned = legacy.filter((wire) => wire[0] === 1).flatMap((wire) => [
    Buffer.concat([wire.subarray(0, signatures), Buffer.from([0x80]), wire.subarray(signatures), Buffer.from([0])]),
    Buffer.concat([wire.subarray(0, signatures), Buffer.from([0x80]), wire.subarray(signatures), Buffer.from([1]), other.key, Buffer.from([1, 0, 1, 1])]),
    Buffer.concat([wire.subarray(0, signatures), Buffer.from([0x80]), wire.subarray(signatures), Buffer.from([1]), payer.key, Buffer.from([1, 255, 0])]),
  ]);
  return [...legacy, ...versioned];
}

function mutate(dice, wire, all) {
  let bytes = Buffer.from(wire);
  for (let n = 1 + below(dice, 4); n > 0; n--) {
    const at = below(dice, bytes.length);
    switch (below(dice, 7)) {
      case 0: bytes[at] = below(dice, 256); break;
      case 1: bytes[at] ^= 1 << below(dice, 8); break;
      case 2: bytes = bytes.subarray(0, at); break;
      case 3: bytes = Buffer.concat([bytes, Buffer.alloc(below(dice, 64), below(dice, 256))]); break;
      case 4: bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff, 0xff, 0x03]), bytes.subarray(at)]); break;
      case 5: { const other = all[below(dice, all.length)]; bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(Math.min(at, other.length))]); break; }
      default: if (bytes.length > 140) bytes[65 + below(dice, 75)] = [0, 1, 2, 127, 128, 129, 255][below(dice, 7)];
    }
    if (bytes.length === 0) return Buffer.alloc(1);
  }
  return bytes;
}

/** Puts right signatures on whatever the message now is, so that it gets past the verification. */
function sign(bytes) {
  const count = bytes[0];
  if (count === 0 || count > 2 || bytes.length < 1 + 64 * count + 4) return bytes;
  payer.sign(bytes.subarray(1 + 64 * count)).copy(bytes, 1);
  return bytes;
}

test('mutated transactions, simulated and sent, signed or not', async () => {
  const dice = random(20261121);
  const all = await specimens();
  for (const wire of all) await net.call('simulateTransaction', wire.toString('base64'), { encoding: 'base64', commitment: 'processed' });
  for (let round = 0; round < 60; round++) {
    const calls = Array.from({ length: 50 }, (_, id) => {
      const mutant = mutate(dice, all[below(dice, all.length)], all);
      const wire = dice() < 0.7 ? sign(mutant) : mutant;
      const params = [wire.toString('base64'), { encoding: 'base64', commitment: 'processed', preflightCommitment: 'processed' }];
      if (dice() < 0.5) return { jsonrpc: '2.0', id, method: 'simulateTransaction', params: [params[0], { ...params[1], replaceRecentBlockhash: dice() < 0.5, innerInstructions: true }] };
      return { jsonrpc: '2.0', id, method: 'sendTransaction', params: [params[0], { ...params[1], skipPreflight: dice() < 0.7 }] };
    });
    const response = await net.post(calls);
    assert.equal(response.status, 200);
    for (const { error } of await response.json())
      if (error) assert.ok([-32602, -32002, -32003].includes(error.code), JSON.stringify(error));
  }
  await net.reach(await net.ask('getSlot', { commitment: 'processed' }) + 3);
  await alive();
});

test('random bytes as transactions and messages', async () => {
  const dice = random(7);
  for (let i = 0; i < 600; i++) {
    const bytes = Buffer.from(Array.from({ length: below(dice, 1300) }, () => below(dice, dice() < 0.5 ? 4 : 256)));
    for (const method of ['sendTransaction', 'simulateTransaction', 'getFeeForMessage']) {
      const { error } = await net.call(method, bytes.toString('base64'), { encoding: 'base64', skipPreflight: true, commitment: 'processed' });
      if (method !== 'getFeeForMessage') assert.equal(error?.code, -32602);
    }
  }
  await alive();
});

test('what is not HTTP', async () => {
  for (const bytes of [Buffer.alloc(1000, 0xff), Buffer.from('GET\r\n\r\n'), Buffer.from('POST / HTTP/1.1\r\ncontent-length: -5\r\n\r\n'), Buffer.from(`GET /${'x'.repeat(100_000)} HTTP/1.1\r\n\r\n`)]) {
    await new Promise((resolve) => {
      const { hostname, port } = new URL(net.http);
      const raw = connect(Number(port), hostname, () => raw.write(bytes));
      raw.on('error', resolve).on('close', resolve);
      raw.on('data', () => {});
      setTimeout(() => raw.destroy(), 100);
    });
  }
  assert.equal((await fetch(net.http)).status, 405);
  const half = await new Promise((resolve) => {
    const { hostname, port } = new URL(net.http);
    const raw = connect(Number(port), hostname, () => { raw.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\n{"json'); setTimeout(() => { raw.destroy(); resolve(true); }, 50); });
  });
  assert.ok(half);
  await alive();
});

test('nonsense over WebSocket', async () => {
  const dice = random(3);
  const ears = await socket(net.ws);
  const methods = ['slotSubscribe', 'signatureSubscribe', 'accountSubscribe', 'logsSubscribe', 'slotUnsubscribe', 'accountUnsubscribe', 'getSlot', 'x'];
  const values = [null, 5, 'x', payer.address, w.base58(Buffer.alloc(64, 9)), {}, [], { mentions: [] }, { mentions: [payer.address] }, { mentions: 'all' }, 'all', { commitment: 'q' }, { encoding: 'base58' }, { encoding: 'jsonParsed' }];
  ears.ws.send('{'); ears.ws.send('[]'); ears.ws.send(Buffer.alloc(100, 0xff)); ears.ws.send('['.repeat(50_000));
  for (let i = 0; i < 300; i++)
    await ears.ask(methods[below(dice, methods.length)], ...Array.from({ length: below(dice, 3) }, () => values[below(dice, values.length)]));
  await net.land(w.transaction([payer], [w.transfer(payer.key, payer.key, 1)], await net.blockhash()));
  await alive();
  const big = await socket(net.ws);
  big.ws.send('x'.repeat(300 * 1024));
  await new Promise((resolve) => big.ws.on('close', resolve));
  ears.close();
  await alive();
});

test('an account subscription without an encoding survives an account that is too long for base58', async () => {
  const clock = 'SysvarS1otHashes111111111111111111111111111';
  const ears = await socket(net.ws);
  await ears.ask('accountSubscribe', clock, { commitment: 'processed' });
  const { params } = await ears.until(({ method }) => method === 'accountNotification');
  assert.equal(params.result.value.data, 'error: data too large for bs58 encoding');
  ears.close();
  await alive();
});
