import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { address, getProgramDerivedAddress } from '@solana/kit';
import { localnet, refused } from './support/localnet.mjs';
import { ELF, programDataOf, writeBuffer } from './support/programs.mjs';
import * as w from './support/wire.mjs';

const payer = w.keypair();
const dir = mkdtempSync(join(tmpdir(), 'localnet-'));
after(() => rmSync(dir, { recursive: true }));

async function withNet(flags, use) {
  const net = await localnet('--airdrop', `${payer.address}=100.5`, ...flags);
  try {
    return await use(net);
  } finally {
    assert.equal(await net.stop(), 0);
  }
}
const base64 = { encoding: 'base64', commitment: 'processed' };
const SBPF_V3 = '5cC3foj77CWun58pC51ebHFUWavHWKarWyR5UUik7dnC';
const NO_OLD_SBPF = 'B8JJXCy5amZyWG9r7EnUYLwzXSXTxG7GZ1qZ1qggo83g';

test('what is wrong with the command line is one sentence and exit code 2', async () => {
  for (const [flags, expected] of [
    [['--wat', '1'], /^localnet: unknown flag --wat/],
    [['positional'], /^localnet: unknown flag positional/],
    [['--port'], /^localnet: --port needs a value/],
    [['--port', '99999'], /^localnet: --port 99999/],
    [['--loss', '2'], /^localnet: --loss 2: expected a number from 0 to 1/],
    [['--slot-ms', 'fast'], /^localnet: --slot-ms fast/],
    [['--profile', 'private'], /the only profile is public/],
    [['--feature', SBPF_V3], /expected <feature id>=on or =off/],
    [['--genesis', 'zzz'], /not base58 of 32 bytes/],
    [['--airdrop', `${payer.address}=1.0000000001`], /at most 9 decimal places/],
    [['--program', `${payer.address}=/no/such.so`], /ENOENT/],
    [['--account', '/no/such.json'], /ENOENT/],
    [['--accounts', '/no/such/dir'], /not a readable directory/],
    [['--lag-slots', '3'], /--lag-slots needs --lag-port/],
    [['--emulate', 'squads,quads'], /--emulate squads,quads: quads is none of squads, metadata, otter/],
    [['--toString', 'x'], /unknown flag --toString/],
  ]) {
    const { code, stderr } = await refused(...flags);
    assert.equal(code, 2, flags.join(' '));
    assert.match(stderr, expected);
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
  }
});

test('a port in use is exit code 2', () => withNet([], async (net) => {
  const { code, stderr } = await refused('--port', new URL(net.http).port);
  assert.equal(code, 2);
  assert.match(stderr, /cannot listen on 127\.0\.0\.1:\d+: EADDRINUSE/);
}));

test('SIGINT and SIGTERM end it in order', async () => {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    const net = await localnet();
    const hanging = fetch(net.http, { method: 'POST', body: '{}' });
    await hanging;
    assert.equal(await net.stop(signal), 0);
  }
});

test('--seed makes the chain repeatable, --genesis names it', async () => {
  const genesis = async (...flags) => withNet(flags, ({ genesis: hash }) => hash);
  assert.equal(await genesis('--seed', 'x'), await genesis('--seed', 'x'));
  assert.notEqual(await genesis('--seed', 'x'), await genesis('--seed', 'y'));
  assert.notEqual(await genesis(), await genesis());
  const mainnet = '5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d';
  await withNet(['--genesis', mainnet], async (net) => assert.deepEqual([net.genesis, await net.ask('getGenesisHash')], [mainnet, mainnet]));
});

test('--time-offset moves the chain’s clock', () => withNet(['--time-offset', '-2d'], async (net) => {
  const slot = await net.ask('getSlot', { commitment: 'processed' });
  assert.ok(Math.abs(await net.ask('getBlockTime', slot) - (Date.now() / 1000 - 172_800)) <= 2);
  const { value } = await net.ask('getAccountInfo', 'SysvarC1ock11111111111111111111111111111111', base64);
  assert.ok(Math.abs(Number(Buffer.from(value.data[0], 'base64').readBigInt64LE(32)) - (Date.now() / 1000 - 172_800)) <= 2);
}));

test('--airdrop gives SOL at genesis', () => withNet([], async (net) => {
  assert.equal((await net.ask('getBalance', payer.address, { commitment: 'finalized' })).value, 100_500_000_000);
}));

test('--account and --accounts take the Solana CLI’s JSON', async () => {
  const [one, two] = [w.keypair(), w.keypair()];
  const file = (key, bytes) => JSON.stringify({ pubkey: key.address, account: {
    lamports: 5_000_000, data: [Buffer.from(bytes).toString('base64'), 'base64'], owner: payer.address, executable: false, rentEpoch: 1844, space: bytes.length } })
    .replace('1844', '18446744073709551615');
  writeFileSync(join(dir, 'one.json'), file(one, [1, 2, 3]));
  const many = mkdtempSync(join(dir, 'many-'));
  writeFileSync(join(many, 'two.json'), file(two, [4]));
  writeFileSync(join(many, 'notes.txt'), 'not an account');
  await withNet(['--account', join(dir, 'one.json'), '--accounts', many], async (net) => {
    const text = await (await net.post({ jsonrpc: '2.0', id: 1, method: 'getAccountInfo', params: [one.address, base64] })).text();
    assert.match(text, /"rentEpoch":18446744073709551615/);
    assert.deepEqual(JSON.parse(text).result.value.data, ['AQID', 'base64']);
    const owned = await net.ask('getProgramAccounts', payer.address, base64);
    assert.deepEqual(owned.map(({ pubkey }) => pubkey).sort(), [one.address, two.address].sort());
  });
  writeFileSync(join(dir, 'bad.json'), '{"pubkey": 5}');
  const { code, stderr } = await refused('--account', join(dir, 'bad.json'));
  assert.deepEqual([code, /no `pubkey`/.test(stderr)], [2, true]);
});

test('--program loads an upgradeable program, immutable or with an authority', async () => {
  const [fixed, open] = [w.keypair(), w.keypair()];
  const path = join(dir, 'token.so');
  writeFileSync(path, ELF['spl_token.so']);
  await withNet(['--program', `${fixed.address}=${path}`, '--program', `${open.address}=${path}:${payer.address}`], async (net) => {
    for (const { key, address } of [fixed, open]) {
      const { value: program } = await net.ask('getAccountInfo', address, base64);
      assert.equal(program.executable, true);
      const data = Buffer.from((await net.ask('getAccountInfo', w.base58(await programDataOf(key)), base64)).value.data[0], 'base64');
      assert.ok(data.subarray(45).equals(ELF['spl_token.so']));
      assert.equal(data[12], key === open.key ? 1 : 0);
      const call = w.transaction([payer], [w.instruction(key, [], Buffer.from([255]))], await net.blockhash());
      assert.deepEqual((await net.land(call)).err, { InstructionError: [0, { Custom: 12 }] });
    }
    const { buffer } = await writeBuffer(net, payer, ELF['spl_token.so']);
    const upgrade = async ({ key }) => (await net.land(w.transaction([payer],
      [w.loader.upgrade(await programDataOf(key), key, buffer, payer.key, payer.key)], await net.blockhash()))).err;
    assert.deepEqual(await upgrade(fixed), { InstructionError: [0, 'Immutable'] });
    assert.equal(await upgrade(open), null);
  });
  writeFileSync(join(dir, 'no.so'), 'not an ELF');
  const { code, stderr } = await refused('--program', `${fixed.address}=${join(dir, 'no.so')}`);
  assert.deepEqual([code, /the SVM refuses this account/.test(stderr)], [2, true]);
});

test('--feature switches a gate and its account', async () => {
  const gate = async (net, id) => (await net.ask('getAccountInfo', id, base64)).value;
  await withNet([], async (net) => {
    const account = await gate(net, SBPF_V3);
    assert.equal(account.owner, 'Feature111111111111111111111111111111111111');
    assert.deepEqual(Buffer.from(account.data[0], 'base64'), Buffer.from([1, 0, 0, 0, 0, 0, 0, 0, 0]));
    assert.equal(await gate(net, NO_OLD_SBPF), null);
  });
  await withNet(['--feature', `${SBPF_V3}=off`, '--feature', `${NO_OLD_SBPF}=on`], async (net) => {
    assert.equal(await gate(net, SBPF_V3), null);
    assert.equal((await gate(net, NO_OLD_SBPF)).space, 9);
    const { buffer } = await writeBuffer(net, payer, ELF['spl_token.so']);
    const { deployment } = await import('./support/programs.mjs');
    const status = await net.land(await deployment(net, payer, w.keypair(), ELF['spl_token.so'], buffer));
    assert.deepEqual(status.err, { InstructionError: [1, 'InvalidAccountData'] }, 'SBPF v0 can no longer be deployed');
  });
});

test('--loss drops submissions after a normal answer, repeatably', async () => {
  const round = () => withNet(['--loss', '0.5', '--seed', 'loss'], async (net) => {
    const blockhash = await net.blockhash();
    const sent = Array.from({ length: 40 }, (_, i) => w.transaction([payer], [w.transfer(payer.key, payer.key, i)], blockhash));
    for (const tx of sent) assert.equal(await net.send(tx, { skipPreflight: true }), tx.signature);
    await net.reach(await net.ask('getSlot', { commitment: 'processed' }) + 2);
    const { value } = await net.ask('getSignatureStatuses', sent.map(({ signature }) => signature));
    const landed = value.map((status) => status !== null);
    const { sends, transactions } = await net.ask('localnetStats');
    assert.equal(transactions.lost, landed.filter((each) => !each).length);
    assert.equal(sends.accepted + sends.lost, 40);
    return landed;
  });
  const first = await round();
  assert.ok(first.includes(true) && first.includes(false));
  assert.deepEqual(await round(), first);
});

test('--error-rate answers 503 instead of executing, whatever the method', () => withNet(['--error-rate', '0.5', '--seed', 'e'], async (net) => {
  const statuses = [];
  for (let i = 0; i < 60; i++) statuses.push((await net.call(['getSlot', 'getHealth', 'getBalance'][i % 3], payer.address)).status);
  const failed = statuses.filter((status) => status === 503).length;
  assert.ok(failed > 15 && failed < 45, `${failed} of 60`);
  assert.ok(statuses.every((status) => status === 200 || status === 503));
  assert.equal((await net.ask('localnetStats')).status[503], failed, 'localnetStats itself is exempt');
}));

test('--error-rate 1 executes nothing', () => withNet(['--error-rate', '1'], async (net) => {
  const { status, error } = await net.call('requestAirdrop', payer.address, 1);
  assert.deepEqual([status, error.code], [503, 503]);
  assert.equal((await net.ask('localnetStats')).transactions.landed, 0);
}));

test('--latency-ms is a full round trip that requests take side by side', () => withNet(['--latency-ms', '100'], async (net) => {
  await net.ask('getSlot');
  const start = performance.now();
  await Promise.all(Array.from({ length: 30 }, () => net.ask('getSlot')));
  const took = performance.now() - start;
  assert.ok(took >= 98 && took < 220, `${took} ms`);
}));

test('--trace tells of calls, transactions and losses', async () => {
  const path = join(dir, 'trace.jsonl');
  let signature;
  await withNet(['--trace', path], async (net) => {
    signature = await net.ask('requestAirdrop', payer.address, 7);
    await net.settle(signature);
    await net.ask('getAccountInfo', payer.address, base64);
    await net.call('noSuchMethod');
  });
  const lines = readFileSync(path, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  const tx = lines.find(({ kind }) => kind === 'tx');
  assert.deepEqual([tx.signature, tx.err, tx.fee, tx.signers], [signature, null, 5000, 1]);
  const read = lines.find(({ method }) => method === 'getAccountInfo');
  assert.deepEqual([read.transport, read.status, read.error, read.address, read.commitment, read.length], ['http', 200, null, payer.address, 'processed', 0]);
  assert.equal(lines.find(({ method }) => method === 'noSuchMethod').error, -32601);
  assert.ok(lines.every(({ t, slot }) => typeof t === 'number' && typeof slot === 'number'));
  assert.ok(lines.every(({ t }, i) => i === 0 || t >= lines[i - 1].t));
});

test('LOCALNET_FLAGS come before the command line’s', async () => {
  await withEnvironment({ LOCALNET_FLAGS: ' --slot-ms 50  --airdrop ' + `${w.keypair().address}=1 --wat` }, async () => {
    assert.match((await refused('--port', '0')).stderr, /unknown flag --wat/);
  });
});

/** Runs with these variables, undefined for none, and puts back what there was. */
async function withEnvironment(variables, run) {
  const before = Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]]));
  const set = (values) => {
    for (const [name, value] of Object.entries(values)) value === undefined ? delete process.env[name] : process.env[name] = value;
  };
  set(variables);
  try {
    return await run();
  } finally {
    set(before);
  }
}

test('--emulate gives way to a real program, which a variable names', async () => {
  const elf = join(dir, 'real.so');
  writeFileSync(elf, ELF['spl_token.so']);
  const squads = 'SQDS4ep65T869zMMBKyuUq6aD6EgTu8psMjkvj52pCf';
  const call = async (net) => (await net.land(w.transaction([payer], [w.instruction(w.unbase58(squads), [], Buffer.from([255]))], await net.blockhash()))).err;
  const [config] = await getProgramDerivedAddress({ programAddress: address(squads), seeds: ['multisig', 'program_config'] });
  const owner = async (net, key) => (await net.ask('getAccountInfo', key, base64)).value?.owner;
  const withoutFlag = await withNet([], (net) => owner(net, squads));
  assert.equal(withoutFlag, undefined);
  await withEnvironment({ LOCALNET_SQUADS_SO: undefined }, () => withNet(['--emulate', 'squads'], async (net) => {
    assert.equal(await owner(net, squads), 'NativeLoader1111111111111111111111111111111');
    assert.equal(await owner(net, config), squads);
    assert.deepEqual(await call(net), { InstructionError: [0, { Custom: 100 }] }, 'no instruction in so few bytes');
  }));
  await withEnvironment({ LOCALNET_SQUADS_SO: elf }, () => withNet(['--emulate', 'squads'], async (net) => {
    assert.equal(await owner(net, squads), 'BPFLoaderUpgradeab1e11111111111111111111111');
    assert.equal(await owner(net, config), squads);
    assert.deepEqual(await call(net), { InstructionError: [0, { Custom: 12 }] }, 'SPL Token answers');
  }));
});

test('a real program that cannot be read is named by its variable, one that could call nobody by whom', async () => {
  const elf = join(dir, 'alone.so');
  writeFileSync(elf, ELF['spl_token.so']);
  const none = { LOCALNET_SQUADS_SO: undefined, LOCALNET_METADATA_SO: undefined, LOCALNET_OTTER_SO: undefined };
  const answer = (variables, names) => withEnvironment({ ...none, ...variables }, () => refused('--port', '0', '--emulate', names));
  const missing = await answer({ LOCALNET_OTTER_SO: join(dir, 'none.so') }, 'otter');
  assert.deepEqual([missing.code, missing.stderr.split('\n').at(-2)], [2, `localnet: LOCALNET_OTTER_SO ${join(dir, 'none.so')}: ENOENT`]);
  const alone = await answer({ LOCALNET_SQUADS_SO: elf }, 'squads,metadata,otter');
  assert.deepEqual([alone.code, alone.stderr],
    [2, 'localnet: LOCALNET_SQUADS_SO: a real Squads cannot call an emulated program; set LOCALNET_METADATA_SO and LOCALNET_OTTER_SO, too, or do not ask for what it names\n']);
});
