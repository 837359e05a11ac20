// Squads v4 through its own client. With LOCALNET_SQUADS_SO the same tests run against the real program.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { localnet } from './support/localnet.mjs';
import { ELF, deploy, writeBuffer } from './support/programs.mjs';
import { ALL, EXECUTE, INITIATE, Team, VOTE, funded, keyOf, sqds, transaction, web3 } from './support/squads.mjs';
import * as w from './support/wire.mjs';

const { ComputeBudgetProgram, Keypair, PublicKey, SystemProgram, TransactionInstruction } = web3;
const SOL = 1_000_000_000;
const custom = (number, instruction = 0) => ({ InstructionError: [instruction, { Custom: number }] });

let net;
let payer;
before(async () => {
  net = await localnet('--emulate', 'squads');
  payer = await funded(net);
});
after(() => net.stop());

const team = (permissions, options) => Team.create(net, payer, permissions, options);
const give = (to, lamports) => SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: to, lamports });
const spend = (from, to, lamports) => SystemProgram.transfer({ fromPubkey: from.vault, toPubkey: to, lamports });

/** A vault with money and a transfer for it to sign. */
async function withTransfer(permissions, options) {
  const one = await team(permissions, options);
  await one.pass([], give(one.vault, SOL));
  const to = Keypair.generate().publicKey;
  return { one, to, index: await one.propose(one.members[0], spend(one, to, SOL / 2)) };
}

test('a multisig is what its creator asked for, with its members in order', async () => {
  const collector = Keypair.generate().publicKey;
  const one = await team([ALL, VOTE, EXECUTE], { threshold: 2, timeLock: 60, rentCollector: collector });
  const state = await one.state();
  assert.equal(state.threshold, 2);
  assert.equal(state.timeLock, 60);
  assert.ok(state.rentCollector.equals(collector));
  assert.ok(state.configAuthority.equals(PublicKey.default));
  assert.deepEqual(state.members.map(({ key }) => key.toBase58()),
    one.members.map(({ publicKey }) => publicKey).sort((a, b) => Buffer.compare(a.toBytes(), b.toBytes())).map((key) => key.toBase58()));
  assert.equal((await one.raw(one.multisig)).data.length, 132 + 3 * 33);
});

test('a multisig that could never act is refused', async () => {
  for (const [permissions, options, error] of [
    [[VOTE | EXECUTE], {}, 6017], [[INITIATE | VOTE], {}, 6018], [[INITIATE | EXECUTE], {}, 6016], [[ALL], { threshold: 2 }, 6003],
    [[ALL], { threshold: 0 }, 6003], [[ALL, 8], {}, 6028], [[ALL], { timeLock: 90 * 24 * 3600 + 1 }, 6030],
  ]) await assert.rejects(team(permissions, options), new RegExp(`"Custom":${error}`));
});

test('propose, approve, execute: the vault signs, and the transaction shows what it did', async () => {
  const { one, to, index } = await withTransfer([ALL, VOTE, VOTE], { threshold: 2 });
  const [first, second] = one.members;
  assert.equal(index, 1n);
  assert.equal(await one.status(index), 'Active');
  await one.approve(first, index);
  assert.equal(await one.status(index), 'Active');
  assert.deepEqual(await one.fail([first], await one.execution(first, index)), custom(6008), 'not approved yet');
  await one.approve(second, index);
  assert.equal(await one.status(index), 'Approved');

  const { signature } = await one.execute(first, index);
  assert.equal(await one.status(index), 'Executed');
  assert.equal(await one.balance(to), SOL / 2);
  const { transaction: { message }, meta } = await one.transactionOf(signature);
  const [{ index: at, instructions }] = meta.innerInstructions;
  assert.equal(at, 0);
  assert.deepEqual(instructions.map((inner) => [message.accountKeys[inner.programIdIndex], inner.accounts.map((i) => message.accountKeys[i]), inner.stackHeight]),
    [[SystemProgram.programId.toBase58(), [one.vault.toBase58(), to.toBase58()], 2]]);
  assert.ok(meta.logMessages.includes('Program 11111111111111111111111111111111 invoke [2]'), meta.logMessages.join('\n'));
  assert.deepEqual(await one.fail([first], await one.execution(first, index)), custom(6008), 'only once');
});

test('a vault upgrades a program; what a program may not call is refused', async () => {
  const one = await team([ALL]);
  const owner = w.keypair();
  await one.pass([], give(keyOf(owner.key), 20 * SOL));
  const { program, programData } = await deploy(net, owner, ELF['spl_token.so']);
  const { buffer } = await writeBuffer(net, owner, ELF['spl_token.so']);
  const vault = one.vault.toBuffer();
  const handover = [w.loader.setAuthority(programData, owner.key, vault), w.loader.setAuthority(buffer, owner.key, vault)];
  assert.equal((await net.land(w.transaction([owner], handover, await net.blockhash()))).err, null);

  const toClient = ({ program: id, accounts, data }) => new TransactionInstruction({
    programId: keyOf(id), keys: accounts.map(([key, flags]) => ({ pubkey: keyOf(key), isSigner: flags.includes('s'), isWritable: flags.includes('w') })), data,
  });
  const before = (await one.raw(keyOf(programData))).data;
  const spill = Keypair.generate().publicKey;
  const upgrade = toClient(w.loader.upgrade(programData, program.key, buffer, spill.toBuffer(), vault));
  const index = await one.propose(one.members[0], upgrade);
  await one.approve(one.members[0], index);
  await net.reach(await net.ask('getSlot', { commitment: 'processed' }) + 2);
  const { slot } = await one.execute(one.members[0], index);
  const after = (await one.raw(keyOf(programData))).data;
  assert.equal(Number(after.readBigUInt64LE(4)), slot);
  assert.notEqual(Number(before.readBigUInt64LE(4)), slot);
  assert.ok(after.subarray(45).equals(ELF['spl_token.so']));
  assert.ok(after.subarray(13, 45).equals(vault));
  assert.equal(await one.raw(keyOf(buffer)), null, 'the buffer is spent');
  assert.ok(await one.balance(spill) > 0);

  const refused = await one.propose(one.members[0], toClient(w.loader.extend(programData, program.key, vault, 10_240)));
  await one.approve(one.members[0], refused);
  assert.deepEqual(await one.fail([one.members[0]], await one.execution(one.members[0], refused)), { InstructionError: [0, 'ProgramFailedToComplete'] });
  const called = await net.land(w.transaction([owner], [w.instruction(program.key, [], Buffer.from([255]))], await net.blockhash()));
  assert.deepEqual(called.err, { InstructionError: [0, { Custom: 12 }] }, 'the upgraded program runs');
});

test('the lock counts from the last approval', async () => {
  const { one, index } = await withTransfer([ALL], { timeLock: 2 });
  const [member] = one.members;
  await one.approve(member, index);
  const approved = Number((await one.proposal(index)).status.timestamp);
  assert.deepEqual(await one.fail([member], await one.execution(member, index)), custom(6021));
  const clock = async () => net.ask('getBlockTime', await net.ask('getSlot', { commitment: 'processed' }));
  while (await clock() < approved + 2) await sleep(50);
  await one.execute(member, index);
  assert.equal(await one.status(index), 'Executed');
});

test('each step asks for its permission, and all of them for membership', async () => {
  const { one, index } = await withTransfer([INITIATE | EXECUTE, VOTE], {});
  const [maker, voter] = one.members;
  const stranger = Keypair.generate();
  assert.deepEqual(await one.fail([maker], one.vote('Approve', maker, index)), custom(6004));
  assert.deepEqual(await one.fail([stranger], give(stranger.publicKey, SOL), one.vote('Approve', stranger, index)), custom(6005, 1));
  assert.deepEqual(await one.fail([voter], one.creation(voter, index + 1n, [])), custom(6004));
  assert.deepEqual(await one.fail([stranger], one.creation(stranger, index + 1n, [])), custom(6005));
  await one.approve(voter, index);
  assert.deepEqual(await one.fail([voter], await one.execution(voter, index)), custom(6004));
  assert.deepEqual(await one.fail([stranger], await one.execution(stranger, index)), custom(6005));
  await one.execute(maker, index);
});

test('whoever takes an index first has it', async () => {
  const { one, to, index } = await withTransfer([ALL, ALL]);
  const [first, second] = one.members;
  await one.propose(first, spend(one, to, 1));
  assert.deepEqual(await one.fail([second], one.creation(second, index + 1n, [spend(one, to, 2)])), custom(2006));
  assert.deepEqual(await one.fail([second], one.creation(second, index + 3n, [])), custom(2006), 'nor can one be skipped');
  assert.deepEqual(await one.fail([second], one.opening(second, index + 1n)), custom(0), 'a proposal exists once');
  assert.deepEqual(await one.fail([second], one.opening(second, index + 9n)), custom(6009), 'and not before its transaction');
  assert.equal(await one.propose(second, spend(one, to, 3)), index + 2n);
});

test('a change of the multisig makes what is open stale; what was approved before can still be executed', async () => {
  const { one, to, index: approved } = await withTransfer([ALL, ALL, ALL], { threshold: 2 });
  const [first, second, third] = one.members;
  const open = await one.propose(first, spend(one, to, 1));
  await one.approve(first, approved);
  await one.approve(second, approved);
  await one.approve(first, open);
  await one.configure({ __kind: 'ChangeThreshold', newThreshold: 1 });
  const state = await one.state();
  assert.equal(state.threshold, 1);
  assert.equal(Number(state.staleTransactionIndex), Number(open) + 1);
  assert.deepEqual(await one.fail([second], one.vote('Approve', second, open)), custom(6007));
  assert.deepEqual(await one.fail([third], one.vote('Reject', third, open)), custom(6007));
  await one.execute(first, approved);
  assert.equal(await one.balance(to), SOL / 2);
});

test('members come and go by vote', async () => {
  const one = await team([ALL]);
  const added = Keypair.generate().publicKey;
  await one.configure({ __kind: 'AddMember', newMember: { key: added, permissions: { mask: VOTE } } });
  assert.equal((await one.state()).members.length, 2);
  assert.equal((await one.raw(one.multisig)).data.length, 132 + 33 * 11, 'room for ten more is made at once');
  await one.configure({ __kind: 'RemoveMember', oldMember: added }, { __kind: 'SetTimeLock', newTimeLock: 5 });
  const state = await one.state();
  assert.deepEqual([state.members.length, state.timeLock], [1, 5]);
});

test('a config authority changes the multisig alone, and then nobody else can', async () => {
  const authority = Keypair.generate();
  const one = await team([ALL, ALL], { threshold: 2, configAuthority: authority.publicKey });
  const lock = (by) => sqds.instructions.multisigSetTimeLock({ multisigPda: one.multisig, configAuthority: by.publicKey, timeLock: 7 });
  assert.deepEqual(await one.fail([one.members[0]], lock(one.members[0])), custom(6004));
  await one.pass([authority], lock(authority));
  assert.equal((await one.state()).timeLock, 7);
  await assert.rejects(one.configure({ __kind: 'SetTimeLock', newTimeLock: 0 }), /"Custom":6020/);
});

test('what stands last in an instruction may be left out: its accounts, but not its memo', async () => {
  const authority = Keypair.generate();
  const one = await team([ALL], { configAuthority: authority.publicKey });
  const lock = () => sqds.instructions.multisigSetTimeLock({ multisigPda: one.multisig, configAuthority: authority.publicKey, timeLock: 9 });
  const [withoutMemo, withoutRest] = [lock(), lock()];
  withoutMemo.data = withoutMemo.data.subarray(0, -1);
  assert.deepEqual(await one.fail([authority], withoutMemo), custom(102));
  withoutRest.keys = withoutRest.keys.slice(0, 2);
  await one.pass([authority], withoutRest);
  assert.equal((await one.state()).timeLock, 9);
});

test('enough rejections end a proposal; an approval can be taken back by as many as gave it', async () => {
  const { one, to, index } = await withTransfer([ALL, ALL, ALL], { threshold: 2 });
  const [first, second, third] = one.members;
  await one.approve(first, index);
  assert.deepEqual(await one.fail([first], one.vote('Approve', first, index)), custom(6010));
  await one.pass([first], one.vote('Reject', first, index));
  assert.deepEqual((await one.proposal(index)).approved, [], 'a vote is changed, not added');
  assert.equal(await one.status(index), 'Active');
  await one.pass([second], one.vote('Reject', second, index));
  assert.equal(await one.status(index), 'Rejected');
  assert.deepEqual(await one.fail([third], one.vote('Approve', third, index)), custom(6008));

  const next = await one.propose(first, spend(one, to, 1));
  assert.deepEqual(await one.fail([first], one.vote('CancelV2', first, next)), custom(6008), 'only what is approved');
  await one.approve(first, next);
  await one.approve(second, next);
  await one.pass([third], one.vote('CancelV2', third, next));
  assert.deepEqual(await one.fail([third], one.vote('CancelV2', third, next)), custom(6012));
  assert.equal(await one.status(next), 'Approved');
  await one.pass([first], one.vote('CancelV2', first, next));
  assert.equal(await one.status(next), 'Cancelled');
  assert.deepEqual(await one.fail([first], await one.execution(first, next)), custom(6008));
});

test('a draft is voted on when it is activated', async () => {
  const { one, to, index } = await withTransfer([ALL]);
  const [member] = one.members;
  const next = index + 1n;
  await one.pass([member], one.creation(member, next, [spend(one, to, 1)]), one.opening(member, next, true));
  assert.deepEqual(await one.fail([member], one.vote('Approve', member, next)), custom(6008));
  await one.pass([member], sqds.instructions.proposalActivate({ multisigPda: one.multisig, transactionIndex: next, member: member.publicKey }));
  await one.approve(member, next);
});

test('the rent of what is over goes to the rent collector, and to nobody else', async () => {
  const collector = Keypair.generate().publicKey;
  const { one, index } = await withTransfer([ALL], { rentCollector: collector });
  const [member] = one.members;
  const close = (rentCollector, team = one) => sqds.instructions.vaultTransactionAccountsClose({ multisigPda: team.multisig, rentCollector, transactionIndex: index });
  assert.deepEqual(await one.fail([], close(collector)), custom(6008), 'it is still open');
  await one.approve(member, index);
  assert.deepEqual(await one.fail([], close(collector)), custom(6008), 'it can be executed');
  await one.execute(member, index);
  const rents = await one.balance(one.proposalAt(index)) + await one.balance(one.transactionAt(index));
  assert.deepEqual(await one.fail([], close(payer.publicKey)), custom(6033));
  await one.pass([], close(collector));
  assert.equal(await one.balance(collector), rents);
  assert.equal(await one.raw(one.transactionAt(index)), null);

  const other = (await withTransfer([ALL])).one;
  assert.deepEqual(await one.fail([], close(collector, other)), custom(6032), 'no collector, no rent back');
});

test('accounts stand in their order, sign and may be written', async () => {
  const { one, index } = await withTransfer([ALL]);
  const [member] = one.members;
  const changed = (instruction, change) => { change(instruction.keys); return instruction; };
  const approve = () => one.vote('Approve', member, index);
  assert.deepEqual(await one.fail([member], changed(approve(), (keys) => { keys[2].isWritable = false; })), custom(2000));
  assert.deepEqual(await one.fail([member], changed(approve(), (keys) => { keys.pop(); })), custom(3005));
  assert.deepEqual(await one.fail([member], changed(approve(), (keys) => { [keys[0], keys[2]] = [keys[2], keys[0]]; })), custom(3002));
  assert.deepEqual(await one.fail([], changed(approve(), (keys) => { keys[1].isSigner = false; })), custom(3010));
  assert.deepEqual(await one.fail([member], changed(approve(), (keys) => { keys[0].pubkey = payer.publicKey; })), custom(3007));
  await one.approve(member, index);

  const run = async (change) => one.fail([member], changed(await one.execution(member, index), change));
  assert.deepEqual(await run((keys) => { keys[4].isWritable = false; keys[5].isWritable = false; }), custom(6014), 'the vault is read only');
  assert.deepEqual(await run((keys) => { [keys[4], keys[5]] = [keys[5], keys[4]]; }), custom(6014));
  assert.deepEqual(await run((keys) => { keys.pop(); }), custom(6013));
  await one.execute(member, index);
});

test('a vault of another number signs for nothing of this one', async () => {
  const { one, to, index } = await withTransfer([ALL]);
  const [member] = one.members;
  const next = index + 1n;
  await one.pass([member], one.creation(member, next, [spend(one, to, 1)], { vaultIndex: 1 }), one.opening(member, next));
  await one.approve(member, next);
  const execution = await one.execution(member, next);
  execution.keys.find(({ pubkey }) => pubkey.equals(one.vault)).isSigner = false; // the client takes it for a member
  assert.deepEqual(await one.fail([member], execution), custom(6014));
});

test('all of a transaction counts, or nothing but its fee; simulations change nothing', async () => {
  const { one, to, index } = await withTransfer([ALL]);
  const [member] = one.members;
  await one.approve(member, index);
  const before = await one.balance(payer.publicKey);
  const bad = await one.execution(member, index);
  assert.deepEqual(await one.fail([member], bad, spendTooMuch(member)), { InstructionError: [1, { Custom: 1 }] });
  assert.equal(await one.balance(payer.publicKey), before - 10_000);
  assert.equal(await one.status(index), 'Approved');
  assert.equal(await one.balance(to), 0);

  await net.reach(await net.ask('getSlot', { commitment: 'processed' }) + 2);
  const tx = await transaction(net, payer, [member], [await one.execution(member, index)]);
  const { value } = await net.ask('simulateTransaction', tx.wire.toString('base64'), { encoding: 'base64', commitment: 'processed' });
  assert.equal(value.err, null, value.logs.join('\n'));
  assert.ok(value.unitsConsumed > 0);
  assert.equal(await one.status(index), 'Approved');
  await net.send(tx);
  await net.settle(tx.signature, 'processed');
  assert.equal(await one.balance(to), SOL / 2);
});

const spendTooMuch = (member) => SystemProgram.transfer({ fromPubkey: member.publicKey, toPubkey: payer.publicKey, lamports: 1 });

/** How the runtime tells of units that ran out: in the program's code, or in what it asked the runtime for. */
const outOfUnits = (err, index) => assert.ok(err?.InstructionError?.[0] === index && ['ProgramFailedToComplete', 'ComputationalBudgetExceeded'].includes(err.InstructionError[1]), JSON.stringify(err));
const units = (limit) => ComputeBudgetProgram.setComputeUnitLimit({ units: limit });

test('compute units are limited, and counted', async () => {
  const { one, to, index } = await withTransfer([ALL]);
  const [member] = one.members;
  const proposed = () => [one.creation(member, index + 1n, [spend(one, to, 1)]), one.opening(member, index + 1n)];
  outOfUnits(await one.fail([member], units(100), ...proposed()), 0);
  outOfUnits(await one.fail([member], units(10_000), ...proposed()), 1);
  outOfUnits(await one.fail([member], units(await unitsOf(one, ...proposed()) + 149), ...proposed()), 2);
  const { signature } = await one.pass([member], ComputeBudgetProgram.setComputeUnitPrice({ microLamports: 1000 }), units(80_000), ...proposed());
  const { meta } = await one.transactionOf(signature);
  assert.equal(meta.fee, 2 * 5000 + 80);
  assert.ok(meta.computeUnitsConsumed > 35_000 && meta.computeUnitsConsumed <= 80_000, String(meta.computeUnitsConsumed));
  assert.ok(meta.logMessages.some((line) => /^Program SQDS\w+ consumed \d+ of 79700 compute units$/.test(line)), meta.logMessages.join('\n'));
  assert.deepEqual(meta.innerInstructions.map(({ index: at, instructions }) => [at, instructions.length]), [[2, 1], [3, 1]], 'each makes one account');

  await one.approve(member, index);
  outOfUnits(await one.fail([member], units(10_000), await one.execution(member, index)), 1);
  await one.pass([member], units(80_000), await one.execution(member, index));
});

test('what the vault calls uses the units that are left', async () => {
  const one = await team([ALL]);
  const [member] = one.members;
  const memo = new TransactionInstruction({ programId: MEMO, keys: [], data: Buffer.alloc(300, 'a') });
  const index = await one.propose(member, memo);
  await one.approve(member, index);
  const execution = await one.execution(member, index);
  const used = await unitsOf(one, execution);
  assert.ok(used > 22_000, String(used));
  outOfUnits(await one.fail([member], units(used - 100), execution), 1);
  const { signature } = await one.pass([member], units(used + 150), execution);
  assert.equal((await one.transactionOf(signature)).meta.computeUnitsConsumed, used + 150);
});

/** As a simulation counts them. */
async function unitsOf(one, ...instructions) {
  const { wire } = await transaction(net, payer, [one.members[0]], instructions);
  const { value } = await net.ask('simulateTransaction', wire.toString('base64'), { encoding: 'base64', commitment: 'processed' });
  assert.equal(value.err, null, value.logs?.join('\n'));
  return value.unitsConsumed;
}

const MEMO = new PublicKey('MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr');

test('a transaction and all that it calls are at most 64 instructions', async () => {
  const { one, to } = await withTransfer([ALL]);
  const [member] = one.members;
  const index = await one.propose(member, ...[1, 2, 3, 4].map((lamports) => spend(one, to, lamports)));
  await one.approve(member, index);
  await one.pass([], give(to, SOL));
  const memos = (count) => Array.from({ length: count }, () => new TransactionInstruction({ programId: MEMO, keys: [], data: Buffer.alloc(0) }));
  const err = await one.fail([member], await one.execution(member, index), ...memos(60));
  assert.equal(err?.InstructionError?.[1], 'MaxInstructionTraceLengthExceeded', JSON.stringify(err));
  await one.pass([member], await one.execution(member, index), ...memos(59));
  assert.equal(await one.balance(to), SOL + 10);
});

test('what a vault calls may let an account grow by 10,240 bytes', async () => {
  const one = await team([ALL]);
  const [member] = one.members;
  await one.pass([], give(one.vault, SOL));
  const make = (fresh, space) => SystemProgram.createAccount({
    fromPubkey: one.vault, newAccountPubkey: fresh.publicKey, lamports: 5080 * (128 + space), space, programId: SystemProgram.programId,
  });
  for (const [space, expected] of [[10_241, { InstructionError: [0, 'InvalidRealloc'] }], [10_240, null]]) {
    const fresh = Keypair.generate();
    const index = await one.propose(member, make(fresh, space));
    await one.approve(member, index);
    assert.deepEqual(await one.fail([member, fresh], await one.execution(member, index)), expected);
  }
});

test('a vault calls no loader but the upgradeable one, and no precompile', async () => {
  const one = await team([ALL]);
  const [member] = one.members;
  for (const id of ['NativeLoader1111111111111111111111111111111', 'BPFLoader1111111111111111111111111111111111', 'BPFLoader2111111111111111111111111111111111',
    'Ed25519SigVerify111111111111111111111111111', 'KeccakSecp256k11111111111111111111111111111', 'Secp256r1SigVerify1111111111111111111111111']) {
    const index = await one.propose(member, new TransactionInstruction({ programId: new PublicKey(id), keys: [], data: Buffer.of(0, 0) }));
    await one.approve(member, index);
    assert.deepEqual(await one.fail([member], await one.execution(member, index)), { InstructionError: [0, 'ProgramFailedToComplete'] }, id);
  }
});

test('what the runtime refuses before anything runs costs nothing and ends nothing', async () => {
  const { one, index } = await withTransfer([ALL]);
  const [member] = one.members;
  const compiled = async (instructions, tables) => {
    const message = new web3.TransactionMessage({ payerKey: payer.publicKey, recentBlockhash: await net.blockhash(), instructions });
    return tables === undefined ? message.compileToLegacyMessage() : message.compileToV0Message(tables);
  };
  const refuse = async (message, expected) => {
    const tx = new web3.VersionedTransaction(message);
    tx.sign([payer, member]);
    const wire = Buffer.from(tx.serialize()).toString('base64');
    const { value } = await net.ask('simulateTransaction', wire, { encoding: 'base64', commitment: 'processed' });
    assert.deepEqual(value.err, expected);
    await net.ask('sendTransaction', wire, { encoding: 'base64', skipPreflight: true });
  };
  const approve = () => one.vote('Approve', member, index);
  const extra = (pubkey) => { const vote = approve(); vote.keys.push({ pubkey, isSigner: false, isWritable: false }); return vote; };
  const before = await one.balance(payer.publicKey);

  const twice = await compiled([extra(Keypair.generate().publicKey)]);
  twice.staticAccountKeys[twice.staticAccountKeys.length - 1] = one.multisig;
  await refuse(twice, 'AccountLoadedTwice');
  await refuse(await compiled([units(50_000), approve(), units(60_000)]), { DuplicateInstruction: 2 });
  const budget = (...data) => new TransactionInstruction({ programId: ComputeBudgetProgram.programId, keys: [], data: Buffer.from(data) });
  await refuse(await compiled([approve(), budget(9)]), { InstructionError: [1, 'InvalidInstructionData'] });
  await refuse(await compiled([approve(), budget(4, 0, 0, 0, 0)]), 'InvalidLoadedAccountsDataSizeLimit');

  const looked = Keypair.generate().publicKey;
  const table = (key) => new web3.AddressLookupTableAccount({
    key, state: { deactivationSlot: 2n ** 64n - 1n, lastExtendedSlot: 0, lastExtendedSlotStartIndex: 0, addresses: [looked] },
  });
  await refuse(await compiled([extra(looked)], [table(Keypair.generate().publicKey)]), 'AddressLookupTableNotFound');
  await refuse(await compiled([extra(looked)], [table(payer.publicKey)]), 'InvalidAddressLookupTableOwner');
  await net.reach(await net.ask('getSlot', { commitment: 'processed' }) + 3);
  assert.equal(await one.balance(payer.publicKey), before);
  await one.approve(member, index);
});

test('a nonce is used by what calls the program, whether it passes or fails', async () => {
  const { one, index } = await withTransfer([ALL]);
  const [member] = one.members;
  const nonce = Keypair.generate();
  const rent = await net.ask('getMinimumBalanceForRentExemption', 80);
  await one.pass([nonce], ...SystemProgram.createNonceAccount({ fromPubkey: payer.publicKey, noncePubkey: nonce.publicKey, authorizedPubkey: payer.publicKey, lamports: rent }).instructions);
  const valueOf = async () => new PublicKey((await one.raw(nonce.publicKey)).data.subarray(40, 72)).toBase58();
  const land = async (instruction) => {
    const recentBlockhash = await valueOf();
    const advance = SystemProgram.nonceAdvance({ noncePubkey: nonce.publicKey, authorizedPubkey: payer.publicKey });
    const tx = new web3.VersionedTransaction(new web3.TransactionMessage({ payerKey: payer.publicKey, recentBlockhash, instructions: [advance, instruction] }).compileToLegacyMessage());
    tx.sign([payer, member]);
    const { err } = await net.land({ wire: Buffer.from(tx.serialize()), signature: w.base58(tx.signatures[0]) });
    assert.notEqual(await valueOf(), recentBlockhash);
    return err;
  };
  assert.deepEqual(await land(one.vote('CancelV2', member, index)), custom(6008, 1));
  assert.equal(await land(one.vote('Approve', member, index)), null);
  assert.equal(await land(one.creation(member, index + 1n, [])), null);
});

test('a signature that is none is not taken', async () => {
  const { one, index } = await withTransfer([ALL]);
  const tx = await transaction(net, payer, one.members, [one.vote('Approve', one.members[0], index)]);
  tx.wire[70] ^= 1;
  await assert.rejects(net.send(tx), /signature verification/);
});

test('a message larger than a packet goes through a buffer', async () => {
  const { one, to } = await withTransfer([ALL]);
  const [member] = one.members;
  const { buffer, creation, opening, index } = await throughBuffer(one, [1, 2, 3].map((lamports) => padded(spend(one, to, lamports), 500)));
  await one.pass([], give(to, SOL));
  await one.pass([member], creation, opening);
  assert.equal(await one.raw(buffer), null);
  await one.approve(member, index);
  await one.execute(member, index);
  assert.equal(await one.balance(to), SOL + 6);
});

test('what a message makes of its account is at most what an instruction may allocate', async () => {
  const { one, to } = await withTransfer([ALL]);
  const { creation } = await throughBuffer(one, Array.from({ length: 40 }, () => padded(spend(one, to, 1), 230)), 10_000);
  const room = [ComputeBudgetProgram.requestHeapFrame({ bytes: 256 * 1024 }), ComputeBudgetProgram.setComputeUnitLimit({ units: 1_400_000 })];
  assert.deepEqual(await one.fail(one.members, ...room, creation), { InstructionError: [2, 'InvalidRealloc'] });
});

/** The system program does not mind bytes after an instruction. */
const padded = (instruction, bytes) => Object.assign(instruction, { data: Buffer.concat([instruction.data, Buffer.alloc(bytes)]) });

/** Writes a message into a buffer. */
async function throughBuffer(one, instructions, least = 1500) {
  const [member] = one.members;
  const index = await one.index() + 1n;
  const message = new web3.TransactionMessage({ payerKey: one.vault, recentBlockhash: PublicKey.default.toBase58(), instructions });
  const bytes = Buffer.from(sqds.utils.transactionMessageToMultisigTransactionMessageBytes({ message, vaultPda: one.vault }));
  assert.ok(bytes.length > least && bytes.length <= 10_128, String(bytes.length));
  const [buffer] = PublicKey.findProgramAddressSync([Buffer.from('multisig'), one.multisig.toBuffer(), Buffer.from('transaction_buffer'), member.publicKey.toBuffer(), Buffer.of(3)], sqds.PROGRAM_ID);
  const finalBufferHash = [...await sha256(bytes)];
  const accounts = { multisig: one.multisig, transactionBuffer: buffer, creator: member.publicKey, rentPayer: payer.publicKey };
  const part = 700;
  await one.pass([member], sqds.generated.createTransactionBufferCreateInstruction(accounts, {
    args: { bufferIndex: 3, vaultIndex: 0, finalBufferHash, finalBufferSize: bytes.length, buffer: bytes.subarray(0, part) },
  }));
  for (let at = part; at < bytes.length; at += part)
    await one.pass([member], sqds.generated.createTransactionBufferExtendInstruction(accounts, { args: { buffer: bytes.subarray(at, at + part) } }));
  await one.pass([], give(member.publicKey, SOL));
  const creation = sqds.generated.createVaultTransactionCreateFromBufferInstruction({
    vaultTransactionCreateItemMultisig: one.multisig, vaultTransactionCreateItemTransaction: one.transactionAt(index),
    vaultTransactionCreateItemCreator: member.publicKey, vaultTransactionCreateItemRentPayer: payer.publicKey,
    vaultTransactionCreateItemSystemProgram: SystemProgram.programId, transactionBuffer: buffer, creator: member.publicKey,
  }, { args: { vaultIndex: 0, ephemeralSigners: 0, transactionMessage: new Uint8Array(6), memo: null } });
  return { buffer, creation, opening: one.opening(member, index), index };
}

const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));

test('no bytes at all end the node', async () => {
  const one = await team([ALL]);
  const names = Object.keys(sqds.generated).filter((name) => /^\w+InstructionDiscriminator$/.test(name));
  assert.ok(names.length > 20);
  for (const name of names) {
    const discriminator = Buffer.from(sqds.generated[name]);
    for (const tail of [[], [255, 255, 255, 255, 255, 255, 255, 255], Array(300).fill(7), Array(60).fill(0)]) {
      const keys = [one.multisig, payer.publicKey, one.multisig, payer.publicKey, SystemProgram.programId, one.vault].map((pubkey) => ({ pubkey, isSigner: pubkey === payer.publicKey, isWritable: true }));
      const instruction = new TransactionInstruction({ programId: sqds.PROGRAM_ID, keys, data: Buffer.concat([discriminator, Buffer.from(tail)]) });
      await net.send(await transaction(net, payer, [], [instruction]), { skipPreflight: true });
    }
  }
  await one.propose(one.members[0], give(one.vault, 0)).catch(() => undefined);
  assert.equal((await one.state()).threshold, 1);
});
