// program-metadata through its own client. With LOCALNET_METADATA_SO the same tests run against the real program, of any released
// version: where they differ, each answer will do. Only the emulation must be as strict as the strictest.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { metadata } from '../oracle/clients.mjs';
import { localnet } from './support/localnet.mjs';
import { ELF, deploy } from './support/programs.mjs';
import * as w from './support/wire.mjs';

const ID = w.unbase58(metadata.PROGRAM_METADATA_PROGRAM_ADDRESS);
const emulated = !process.env.LOCALNET_METADATA_SO;
const JSON_FORM = { encoding: 1, compression: 2, format: 1, dataSource: 0 };
const owner = w.keypair();
const stranger = w.keypair();
let net;
let program;
let programData;
before(async () => {
  net = await localnet('--emulate', 'metadata', '--airdrop', `${owner.address}=1000`, '--airdrop', `${stranger.address}=1000`);
  const deployed = await deploy(net, owner, ELF['spl_token.so']);
  [program, programData] = [w.base58(deployed.program.key), w.base58(deployed.programData)];
});
after(() => net.stop());

const signer = ({ address }) => ({ address, signTransactions: async () => { throw new Error('signed elsewhere'); } });
const ROLES = ['', 'w', 's', 'ws'];
const toWire = ({ programAddress, accounts, data }) =>
  w.instruction(w.unbase58(programAddress), accounts.map(({ address, role }) => [w.unbase58(address), ROLES[role]]), Buffer.from(data));
const run = async (by, ...instructions) =>
  (await net.land(w.transaction([by].flat(), instructions.map((one) => one.programAddress ? toWire(one) : one), await net.blockhash()))).err;
const pass = async (by, ...instructions) => assert.equal(await run(by, ...instructions), null);
const fail = (error) => ({ InstructionError: [0, error] });
/** What one version or another answers. */
const failsAs = async (by, instruction, ...errors) => {
  const found = JSON.stringify(await run(by, instruction));
  assert.ok(errors.some((error) => JSON.stringify(fail(error)) === found), found);
};
const accountOf = async (address) => (await net.ask('getAccountInfo', address, { encoding: 'base64', commitment: 'processed' })).value;
const dataOf = async (address) => Buffer.from((await accountOf(address)).data[0], 'base64');
const published = async (address) => metadata.getMetadataDecoder().decode(await dataOf(address));
const fund = (by, address, bytes) => w.transfer(by.key, w.unbase58(address), 5080 * (128 + bytes));

let serial = 0;
/** A name of its own for each test, and where it stands. */
async function named() {
  const seed = `name-${serial++}`;
  const [canonical] = await metadata.findCanonicalPda({ program, seed });
  const [other] = await metadata.findNonCanonicalPda({ program, authority: stranger.address, seed });
  return { seed, canonical, other };
}

const own = (by = owner) => ({ authority: signer(by), program, programData });
const initialize = (at, seed, data, by = owner) => metadata.getInitializeInstruction({ metadata: at, ...own(by), seed, ...JSON_FORM, data });
const content = (text) => metadata.packDirectData({ content: text }).data;

test('the upgrade authority publishes, changes, closes', async () => {
  const { seed, canonical } = await named();
  const first = content('{"a":1}');
  await pass(owner, fund(owner, canonical, 96 + first.length), initialize(canonical, seed, first));
  const one = await published(canonical);
  assert.deepEqual([one.program, one.authority.__option ?? one.authority, one.mutable, one.canonical, one.seed, one.format, one.dataLength],
    [program, 'None', true, true, seed, 1, first.length]);
  assert.equal(metadata.unpackDirectData({ ...JSON_FORM, data: one.data }), '{"a":1}');

  const longer = content(JSON.stringify(Array.from({ length: 60 }, (_, i) => `word ${i * 7919}`)));
  assert.ok(longer.length > first.length);
  const change = (data) => metadata.getSetDataInstruction({ metadata: canonical, ...own(), ...JSON_FORM, data });
  assert.deepEqual(await run(owner, change(longer)), { InsufficientFundsForRent: { account_index: 1 } });
  await pass(owner, fund(owner, canonical, longer.length), change(longer));
  assert.ok(Buffer.from((await published(canonical)).data).equals(Buffer.from(longer)));

  const before = (await accountOf(canonical)).lamports;
  await pass(owner, change(first), metadata.getTrimInstruction({ account: canonical, ...own(), destination: stranger.address }));
  assert.equal((await accountOf(canonical)).lamports, 5080 * (128 + 96 + first.length));
  assert.ok(before > 5080 * (128 + 96 + first.length));
  await pass(owner, metadata.getCloseInstruction({ account: canonical, ...own(), destination: owner.address }));
  assert.equal(await accountOf(canonical), null);
});

test('what does not fit into a packet is written into a buffer at its place, growing step by step', async () => {
  const { seed, canonical } = await named();
  const bytes = Buffer.alloc(25_000).map((_, i) => (i * 31) % 251);
  await pass(owner, fund(owner, canonical, 96 + bytes.length), metadata.getAllocateInstruction({ buffer: canonical, ...own(), seed }));
  assert.deepEqual(await run(owner, metadata.getAllocateInstruction({ buffer: canonical, ...own(), seed })), fail('AccountAlreadyInitialized'));
  const write = (offset) => metadata.getWriteInstruction({ buffer: canonical, authority: signer(owner), offset, data: bytes.subarray(offset, offset + 900) });
  assert.deepEqual(await run(owner, write(24_300)), fail('InvalidRealloc'), 'at most 10,240 bytes in one instruction');
  for (const length of [10_240, 10_240, bytes.length - 20_480]) await pass(owner, metadata.getExtendInstruction({ account: canonical, ...own(), length }));
  assert.deepEqual(await run(stranger, metadata.getWriteInstruction({ buffer: canonical, authority: signer(stranger), offset: 0, data: bytes.subarray(0, 5) })), fail('IncorrectAuthority'));
  for (let offset = 0; offset < bytes.length; offset += 900) await pass(owner, write(offset));
  await failsAs(owner, initialize(canonical, seed, bytes.subarray(0, 5)), 'InvalidInstructionData', 'InvalidAccountData'); // the buffer has the content already
  await pass(owner, metadata.getInitializeInstruction({ metadata: canonical, ...own(), seed, ...JSON_FORM, data: null, system: metadata.PROGRAM_METADATA_PROGRAM_ADDRESS }));
  const one = await published(canonical);
  assert.equal(one.dataLength, bytes.length);
  assert.ok(Buffer.from(one.data).equals(bytes));
  assert.deepEqual(await run(owner, initialize(canonical, seed, bytes.subarray(0, 5))), fail('AccountAlreadyInitialized'));
});

test('a published text is replaced by what a buffer with its own key holds', async () => {
  const { seed, canonical } = await named();
  const first = content('"old"');
  await pass(owner, fund(owner, canonical, 96 + 3000), initialize(canonical, seed, first));
  const buffer = w.keypair();
  const bytes = Buffer.alloc(3000, 'new ');
  const none = { program: undefined, programData: undefined };
  await pass([owner, buffer], fund(owner, buffer.address, 96 + bytes.length), w.instruction(ID, [[buffer.key, 'ws'], [buffer.key, 's'], [ID, ''], [ID, ''], [w.SYSTEM, '']], Buffer.of(7)),
    metadata.getSetAuthorityInstruction({ account: buffer.address, authority: signer(buffer), ...none, newAuthority: owner.address }));
  for (let offset = 0; offset < bytes.length; offset += 900)
    await pass(owner, metadata.getWriteInstruction({ buffer: buffer.address, authority: signer(owner), offset, data: bytes.subarray(offset, offset + 900) }));
  await pass(owner, metadata.getSetDataInstruction({ metadata: canonical, ...own(), buffer: buffer.address, ...JSON_FORM, compression: 0, data: null }),
    metadata.getCloseInstruction({ account: buffer.address, authority: signer(owner), destination: owner.address }));
  assert.ok(Buffer.from((await published(canonical)).data).equals(bytes));
  assert.equal(await accountOf(buffer.address), null);
});

test('nobody but the upgrade authority speaks for a program; others speak under their own name', async () => {
  const { seed, canonical, other } = await named();
  const data = content('"mine"');
  assert.deepEqual(await run(stranger, fund(stranger, canonical, 96 + data.length), initialize(canonical, seed, data, stranger)), { InstructionError: [1, 'InvalidSeeds'] });
  await pass(stranger, fund(stranger, other, 96 + data.length), initialize(other, seed, data, stranger));
  const one = await published(other);
  assert.deepEqual([one.canonical, one.authority.value], [false, stranger.address]);

  await pass(owner, fund(owner, canonical, 96 + data.length), initialize(canonical, seed, data));
  const change = (by, at = canonical) => metadata.getSetDataInstruction({ metadata: at, ...own(by), ...JSON_FORM, data });
  assert.deepEqual(await run(stranger, change(stranger)), fail('IncorrectAuthority'));
  assert.deepEqual(await run(owner, change(owner, other)), fail('IncorrectAuthority'), 'nor the upgrade authority in the name of others');
  const delegate = (next) => metadata.getSetAuthorityInstruction({ account: canonical, ...own(), newAuthority: next });
  await pass(owner, delegate(stranger.address));
  await pass(stranger, change(stranger));
  await pass(owner, change(owner));
  await pass(owner, delegate(null));
  assert.deepEqual(await run(stranger, change(stranger)), fail('IncorrectAuthority'));
  assert.deepEqual(await run(stranger, metadata.getSetAuthorityInstruction({ account: other, ...own(stranger), newAuthority: owner.address })), fail('InvalidAccountData'));
});

test('what is immutable stays', async () => {
  const { seed, canonical } = await named();
  const data = content('"for ever"');
  await pass(owner, fund(owner, canonical, 96 + data.length), initialize(canonical, seed, data), metadata.getSetImmutableInstruction({ metadata: canonical, ...own() }));
  assert.equal((await published(canonical)).mutable, false);
  for (const change of [
    metadata.getSetDataInstruction({ metadata: canonical, ...own(), ...JSON_FORM, data }),
    metadata.getCloseInstruction({ account: canonical, ...own(), destination: owner.address }),
  ]) await failsAs(owner, change, { Custom: 3 }, 'InvalidAccountData');
  const before = await dataOf(canonical);
  // To 1.0 an immutable text may still change hands.
  const err = await run(owner, metadata.getSetAuthorityInstruction({ account: canonical, ...own(), newAuthority: stranger.address }));
  assert.ok(err === null ? !emulated : err.InstructionError[1].Custom === 3, JSON.stringify(err));
  assert.ok((await dataOf(canonical)).subarray(96).equals(before.subarray(96)));
});

test('the emulation wants the whole rent at the instruction, as 1.0.1 does', { skip: !emulated }, async () => {
  const { seed, canonical } = await named();
  const rest = fund(owner, canonical, 96); // more than enough, too late
  const soon = w.transfer(owner.key, w.unbase58(canonical), 5080 * 128);
  assert.deepEqual(await run(owner, soon, initialize(canonical, seed, content('1')), rest), { InstructionError: [1, 'AccountNotRentExempt'] });
  const allocate = metadata.getAllocateInstruction({ buffer: canonical, ...own(), seed });
  assert.deepEqual(await run(owner, soon, allocate, rest), { InstructionError: [1, 'AccountNotRentExempt'] });
  await pass(owner, fund(owner, canonical, 96), allocate);
  for (const longer of [
    metadata.getExtendInstruction({ account: canonical, ...own(), length: 10 }),
    metadata.getWriteInstruction({ buffer: canonical, authority: signer(owner), offset: 0, data: Buffer.alloc(10) }),
  ]) assert.deepEqual(await run(owner, longer, rest), fail('AccountNotRentExempt'));
});

test('a buffer may come with its size; what is left over is counted by the cluster’s rent alone', async () => {
  const buffer = w.keypair();
  await pass([owner, buffer], w.createAccount(owner.key, buffer.key, 5080 * (128 + 200), 200, w.SYSTEM),
    w.instruction(ID, [[buffer.key, 'ws'], [buffer.key, 's'], [ID, ''], [ID, ''], [w.SYSTEM, '']], Buffer.of(7)));
  assert.equal((await accountOf(buffer.address)).owner, w.base58(ID));
  assert.equal((await dataOf(buffer.address)).length, 200);

  const { seed, canonical } = await named();
  const data = content('1');
  await pass(owner, fund(owner, canonical, 96 + data.length), initialize(canonical, seed, data));
  const { program: id, accounts, data: bytes } = toWire(metadata.getTrimInstruction({ account: canonical, ...own(), destination: owner.address }));
  const trim = (rent) => w.instruction(id, [...accounts.slice(0, 5), [rent, '']], bytes);
  assert.deepEqual(await run(owner, trim(stranger.key)), fail('InvalidArgument'));
  await pass(owner, trim(accounts[5][0]));
});

test('accounts and bytes that do not fit are refused by name', async () => {
  const { seed, canonical } = await named();
  const data = content('1');
  const wire = toWire(initialize(canonical, seed, data));
  const changed = (change) => { const copy = { ...wire, accounts: wire.accounts.map((one) => [...one]), data: Buffer.from(wire.data) }; change(copy); return copy; };
  await pass(owner, fund(owner, canonical, 96 + data.length));
  assert.deepEqual(await run(stranger, changed(({ accounts }) => { accounts[1][1] = ''; })), fail('MissingRequiredSignature'));
  assert.deepEqual(await run(owner, changed(({ accounts }) => accounts.pop())), fail('NotEnoughAccountKeys'));
  await failsAs(owner, changed(({ accounts }) => { accounts[3][0] = stranger.key; }), { Custom: 2 }, 'InvalidAccountData');
  assert.deepEqual(await run(owner, changed((one) => { one.data = one.data.subarray(0, 12); })), fail('InvalidInstructionData'));
  assert.deepEqual(await run(owner, changed((one) => { one.data[17] = 9; })), fail('InvalidAccountData'), 'an encoding that there is not');
  await failsAs(owner, changed((one) => { one.data[20] = 2; }), { Custom: 4 }, 'InvalidAccountData'); // an external source takes 40 bytes
  await pass(owner, wire);
});

test('no bytes at all end the node', async () => {
  for (let kind = 0; kind < 12; kind++) {
    for (const tail of [[], Array(4).fill(255), Array(16).fill(1), Array(40).fill(0), Array(300).fill(3)]) {
      const keys = [[owner.key, 'ws'], [owner.key, 'ws'], [w.unbase58(program), ''], [w.unbase58(programData), ''], [w.SYSTEM, ''], [ID, '']];
      await net.send(w.transaction([owner], [w.instruction(ID, keys.slice(0, 1 + ((kind + tail.length) % 6)), Buffer.from([kind, ...tail]))], await net.blockhash()), { skipPreflight: true });
    }
  }
  await pass(owner, w.transfer(owner.key, stranger.key, 1));
});
