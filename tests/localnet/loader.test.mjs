import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { localnet } from './support/localnet.mjs';
import { ELF, deploy, deployment, programDataOf, writeBuffer } from './support/programs.mjs';
import * as w from './support/wire.mjs';

const payer = w.keypair();
const elf = ELF['spl_token.so'];
let net;
before(async () => { net = await localnet('--airdrop', `${payer.address}=1000`, '--slot-ms', '40'); });
after(() => net.stop());

const run = async (instructions, signers = [payer]) => net.land(w.transaction(signers, instructions, await net.blockhash()));
const accountOf = async (key, commitment = 'processed') => (await net.ask('getAccountInfo', w.base58(key), { encoding: 'base64', commitment })).value;
const dataOf = async (key) => Buffer.from((await accountOf(key)).data[0], 'base64');
const logsOf = async ({ signature }) => (await net.ask('getTransaction', signature, { commitment: 'confirmed' })).meta.logMessages;
/** A call that SPL Token refuses with its own error: it ran. */
const invoke = (program, n = 0) => w.instruction(program.key, [], Buffer.from([255, n]));
const ran = (err) => assert.deepEqual(err, { InstructionError: [0, { Custom: 12 }] });

test('the four programs have the sizes that the deploy engine is measured with', () => {
  assert.deepEqual(Object.fromEntries(Object.entries(ELF).map(([file, bytes]) => [file, bytes.length])),
    { 'spl_token.so': 100_312, 'address_lookup_table.so': 170_144, 'stake.so': 202_280, 'spl_token_2022.so': 615_936 });
});

test('create, write, deploy, extend, upgrade, hand over, close', async () => {
  const { buffer, writes } = await writeBuffer(net, payer, elf);
  assert.equal(writes[0].wire.length, 1232, 'a full chunk fills a packet');
  assert.ok((await dataOf(buffer)).subarray(37).equals(elf));

  const before = (await net.ask('getBalance', payer.address, { commitment: 'processed' })).value;
  const program = w.keypair();
  const programData = await programDataOf(program.key);
  const deployed = await net.land(await deployment(net, payer, program, elf, buffer));
  assert.equal(deployed.err, null);
  assert.equal(await accountOf(buffer), null, 'the buffer is drained');
  const data = await dataOf(programData);
  assert.deepEqual([data.readUInt32LE(0), Number(data.readBigUInt64LE(4)), data[12]], [3, deployed.slot, 1]);
  assert.ok(data.subarray(13, 45).equals(payer.key) && data.subarray(45).equals(elf));
  const rent = (n) => 5080 * (128 + n);
  const spent = before - (await net.ask('getBalance', payer.address, { commitment: 'processed' })).value;
  assert.equal(spent, rent(36) + rent(45 + elf.length) - rent(37 + elf.length) + 2 * 5000);
  ran((await run([invoke(program)])).err);

  const extended = await run([w.loader.extend(programData, program.key, payer.key, 10_240)]);
  assert.equal(extended.err, null);
  assert.equal((await dataOf(programData)).length, 45 + elf.length + 10_240);
  ran((await run([invoke(program, 1)])).err);

  const second = await writeBuffer(net, payer, elf);
  assert.equal((await run([w.loader.upgrade(programData, program.key, second.buffer, payer.key, payer.key)])).err, null);
  ran((await run([invoke(program, 2)])).err);

  const owner = w.keypair();
  assert.equal((await run([w.loader.setAuthority(programData, payer.key, owner.key)])).err, null);
  assert.ok((await dataOf(programData)).subarray(13, 45).equals(owner.key));
  const third = await writeBuffer(net, payer, elf);
  assert.deepEqual((await run([w.loader.upgrade(programData, program.key, third.buffer, payer.key, payer.key)])).err,
    { InstructionError: [0, 'IncorrectAuthority'] });

  assert.equal((await run([w.loader.close(programData, payer.key, owner.key, program.key)], [payer, owner])).err, null);
  assert.equal(await accountOf(programData), null);
  assert.deepEqual((await run([invoke(program, 3)])).err, { InstructionError: [0, 'UnsupportedProgramId'] });
});

test('an extension below 10,240 bytes is refused', async () => {
  const { program, programData } = await deploy(net, payer, elf);
  await net.reach(await net.ask('getSlot', { commitment: 'processed' }) + 1);
  const tx = w.transaction([payer], [w.loader.extend(programData, program.key, payer.key, 10_239)], await net.blockhash());
  assert.deepEqual((await net.land(tx, 'confirmed')).err, { InstructionError: [0, 'InvalidArgument'] });
  assert.match((await logsOf(tx)).join(), /minimum of 10240 additional bytes/);
});

test('a program changes once per slot, and cannot be invoked in that slot', async () => {
  const { program, programData } = await deploy(net, payer, elf);
  const { buffer } = await writeBuffer(net, payer, elf);
  const blockhash = await net.blockhash();
  const upgrade = w.transaction([payer], [w.loader.upgrade(programData, program.key, buffer, payer.key, payer.key)], blockhash);
  const call = w.transaction([payer], [invoke(program, 9)], blockhash);
  const fund = w.transaction([payer], [w.transfer(payer.key, program.key, 1_000_000)], blockhash);
  const callAgain = w.transaction([payer], [invoke(program, 10)], blockhash);
  const extend = w.transaction([payer], [w.loader.extend(programData, program.key, payer.key, 10_240)], blockhash);
  const all = [upgrade, call, fund, callAgain, extend];

  await net.reach(await net.ask('getSlot', { commitment: 'processed' }) + 1); // the start of a slot
  await Promise.all(all.map((tx) => net.send(tx, { skipPreflight: true })));
  const statuses = [];
  for (const tx of all) statuses.push(await net.settle(tx.signature, 'confirmed'));
  assert.equal(new Set(statuses.map(({ slot }) => slot)).size, 1, 'all in one slot');
  assert.deepEqual(statuses.map(({ err }) => err), [
    null, { InstructionError: [0, 'UnsupportedProgramId'] }, null, { InstructionError: [0, 'UnsupportedProgramId'] },
    { InstructionError: [0, 'InvalidArgument'] },
  ]);
  assert.ok((await logsOf(call)).includes('Program is not deployed'));
  assert.match((await logsOf(extend)).join(), /in this block already/);
  ran((await run([invoke(program, 11)])).err);
});

test('a deploy and the first call in the same slot', async () => {
  const { buffer } = await writeBuffer(net, payer, elf);
  const program = w.keypair();
  const tx = await deployment(net, payer, program, elf, buffer);
  const call = w.transaction([payer], [invoke(program)], await net.blockhash());
  await net.reach(await net.ask('getSlot', { commitment: 'processed' }) + 1);
  await Promise.all([tx, call].map((each) => net.send(each, { skipPreflight: true })));
  const [deployed, called] = [await net.settle(tx.signature), await net.settle(call.signature)];
  assert.equal(deployed.slot, called.slot);
  assert.equal(deployed.err, null);
  assert.deepEqual(called.err, { InstructionError: [0, 'UnsupportedProgramId'] });
  ran((await run([invoke(program, 1)])).err);
});

test('an ELF that the verifier rejects is found by a simulation of the deploy, and refused', async () => {
  const broken = Buffer.from(elf).fill(0xff, 0x1000, 0x1100);
  const { buffer } = await writeBuffer(net, payer, broken);
  const program = w.keypair();
  const tx = await deployment(net, payer, program, broken, buffer);
  const { value } = await net.ask('simulateTransaction', tx.wire.toString('base64'), { encoding: 'base64', commitment: 'processed' });
  assert.deepEqual(value.err, { InstructionError: [1, 'InvalidAccountData'] });
  assert.match(value.logs.join(), /unknown eBPF opcode/);
  assert.deepEqual((await net.land(tx)).err, { InstructionError: [1, 'InvalidAccountData'] });
  assert.equal(await accountOf(program.key), null, 'a failed transaction leaves nothing but its fee');
  const before = (await net.ask('getBalance', payer.address, { commitment: 'processed' })).value;
  assert.equal((await run([w.loader.close(buffer, payer.key, payer.key)])).err, null);
  const after = (await net.ask('getBalance', payer.address, { commitment: 'processed' })).value;
  assert.equal(after - before, 5080 * (128 + 37 + broken.length) - 5000);
});

test('a simulated deploy of any buffer to an unused id runs the verifier and changes nothing', async () => {
  const { buffer } = await writeBuffer(net, payer, elf);
  const program = w.keypair();
  const tx = await deployment(net, payer, program, elf, buffer);
  const unsigned = Buffer.from(tx.wire).fill(0, 1, 129);
  const simulate = () => net.ask('simulateTransaction', unsigned.toString('base64'), { encoding: 'base64', commitment: 'processed' });
  assert.equal((await simulate()).value.err, null);
  assert.equal((await simulate()).value.err, null);
  assert.equal(await accountOf(program.key), null);
});

test('a closed program whose ProgramData is funded anew stays closed, and harms nothing', async () => {
  const { program, programData } = await deploy(net, payer, elf);
  await net.reach(await net.ask('getSlot', { commitment: 'processed' }) + 1);
  const closing = [w.loader.close(programData, payer.key, payer.key, program.key), w.transfer(payer.key, programData, 2_000_000_000)];
  assert.equal((await run(closing)).err, null);
  const before = (await accountOf(program.key)).lamports;
  assert.equal((await run([w.transfer(payer.key, program.key, 1_000_000)])).err, null);
  assert.equal((await accountOf(program.key)).lamports, before + 1_000_000);
  assert.deepEqual((await run([invoke(program)])).err, { InstructionError: [0, 'UnsupportedProgramId'] });
  const again = await net.ask('simulateTransaction', w.transaction([payer], [invoke(program, 2)], await net.blockhash()).wire.toString('base64'),
    { encoding: 'base64', commitment: 'processed' });
  assert.deepEqual(again.value.err, { InstructionError: [0, 'UnsupportedProgramId'] });
});

test('old states can be simulated after a program came into being', async () => {
  const { program } = await deploy(net, payer, elf);
  const probe = w.transaction([payer], [invoke(program)], await net.blockhash());
  const simulate = async (commitment) => (await net.ask('simulateTransaction', probe.wire.toString('base64'),
    { encoding: 'base64', commitment, replaceRecentBlockhash: true })).value.err;
  ran(await simulate('processed'));
  assert.equal(await simulate('finalized'), 'ProgramAccountNotFound');
  ran(await simulate('processed'));
});

test('a program can be simulated now, then, and now again', async () => {
  const { program, slot } = await deploy(net, payer, elf);
  await net.reach(slot + 35);
  await run([w.transfer(payer.key, program.key, 1_000_000)]); // another version of the same program account
  const probe = w.transaction([payer], [invoke(program)], await net.blockhash());
  for (const commitment of ['processed', 'finalized', 'processed', 'confirmed'])
    ran((await net.ask('simulateTransaction', probe.wire.toString('base64'), { encoding: 'base64', commitment, replaceRecentBlockhash: true })).value.err);
});
