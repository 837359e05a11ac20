// otter-verify. With LOCALNET_OTTER_SO the same tests run against the real program.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { address, getProgramDerivedAddress } from '@solana/kit';
import { localnet } from './support/localnet.mjs';
import { ELF, deploy } from './support/programs.mjs';
import * as w from './support/wire.mjs';

const OTTER = 'verifycLy8mB96wd9wqq3WDXQwM4oU6r42Th37Db9fC';
const NAMES = { initialize: 'afaf6d1f0d989bed', update: 'dbc858b09e3ffd7f', close: '62a5c9b16c41ce60' };
const owner = w.keypair();
let net;
let program;
before(async () => {
  net = await localnet('--emulate', 'otter', '--airdrop', `${owner.address}=1000`);
  program = (await deploy(net, owner, ELF['spl_token.so'])).program.key;
});
after(() => net.stop());

const claimOf = async (uploader, about = program) => w.unbase58((await getProgramDerivedAddress({ programAddress: address(OTTER), seeds: ['otter_verify', uploader.key, about] }))[0]);
const u32 = (n) => Buffer.from(Uint32Array.of(n).buffer);
const text = (value) => Buffer.concat([u32(Buffer.byteLength(value)), Buffer.from(value)]);
const claim = ({ commit = 'c0ffee', args = ['--library-name', 'token'], slot = 7n }) => Buffer.concat([
  text('0.4.12'), text('https://github.com/x/y'), text(commit), u32(args.length), ...args.map(text), Buffer.from(BigUint64Array.of(slot).buffer),
]);
const call = async (name, fields, { by = owner, about = program, at } = {}) => w.instruction(w.unbase58(OTTER),
  [[at ?? await claimOf(by, about), 'w'], [by.key, 'ws'], [about, ''], ...(name === 'close' ? [] : [[w.SYSTEM, '']])],
  Buffer.concat([Buffer.from(NAMES[name], 'hex'), fields ? claim(fields) : Buffer.alloc(0)]));
const run = async (instruction, signers = [owner]) => (await net.land(w.transaction(signers, [await instruction], await net.blockhash()))).err;
const accountOf = async (key) => (await net.ask('getAccountInfo', w.base58(key), { encoding: 'base64', commitment: 'processed' })).value;
const fail = (number) => ({ InstructionError: [0, { Custom: number }] });
const SIZE = 8 + 64 + 9;

test('a claim is made, replaced by longer and shorter ones, closed', async () => {
  const at = await claimOf(owner);
  assert.equal(await run(call('initialize', {})), null);
  const first = await accountOf(at);
  const data = Buffer.from(first.data[0], 'base64');
  assert.equal(first.owner, OTTER);
  assert.equal(data.subarray(0, 8).toString('hex'), 'ce65c2888771730c');
  assert.ok(data.subarray(8, 40).equals(program) && data.subarray(40, 72).equals(owner.key));
  assert.ok(data.subarray(72, -1).equals(claim({})));
  assert.equal(first.lamports, 5080 * (128 + data.length));
  assert.equal(data.length, SIZE - 8 + claim({}).length);
  assert.deepEqual(await run(call('initialize', {})), fail(0), 'there is one already');

  for (const fields of [{ commit: 'a'.repeat(40), args: Array(9).fill('--arg') }, { commit: 'b', args: [] }]) {
    assert.equal(await run(call('update', fields)), null);
    const changed = await accountOf(at);
    assert.ok(Buffer.from(changed.data[0], 'base64').subarray(72, -1).equals(claim(fields)));
    assert.equal(changed.lamports, 5080 * (128 + SIZE - 8 + claim(fields).length));
  }
  assert.equal(await run(call('close')), null);
  assert.equal(await accountOf(at), null);
  assert.deepEqual(await run(call('update', {})), fail(3012));
});

test('everyone claims under their own name, about programs only', async () => {
  const other = w.keypair();
  await net.land(w.transaction([owner], [w.transfer(owner.key, other.key, 1e9)], await net.blockhash()));
  assert.equal(await run(call('initialize', { commit: 'mine' }, { by: other }), [other]), null);
  assert.deepEqual(await run(call('update', { commit: 'yours' }, { at: await claimOf(other) })), fail(2006));
  assert.deepEqual(await run(call('close', null, { at: await claimOf(other) })), fail(2006));
  assert.deepEqual(await run(call('initialize', {}, { about: other.key })), fail(2007));
});

test('no bytes at all end the node', async () => {
  for (const name of Object.keys(NAMES)) {
    for (const tail of ['', 'ffffffff', '00'.repeat(12), 'ff'.repeat(200)]) {
      const { program: id, accounts } = await call(name);
      await net.send(w.transaction([owner], [w.instruction(id, accounts, Buffer.from(NAMES[name] + tail, 'hex'))], await net.blockhash()), { skipPreflight: true });
    }
  }
  assert.equal(await run(call('initialize', {})), null);
});
