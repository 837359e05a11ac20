// The runtime's rules that no program which is played today could break: with programs made for it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Emulator } from '../../src/localnet/emulation/emulator.mjs';
import { keyOf } from '../../src/localnet/keys.mjs';
import { parseTransaction } from '../../src/localnet/transaction.mjs';
import * as w from './support/wire.mjs';

const payer = w.keypair();
const [first, second, real] = Array.from({ length: 3 }, () => w.keypair().key);
const CLOCK = { slot: 1, time: 0 };
const wallet = { lamports: 1_000_000_000n, data: new Uint8Array(), owner: keyOf(w.SYSTEM), executable: false, rentEpoch: 0n };
const read = (key) => key === keyOf(payer.key) ? wallet : null;
/** What LiteSVM says of a whole transaction whose first call it cannot make. */
const stops = { err: { InstructionError: [0, 'UnsupportedProgramId'] }, logs: [] };

/** Runs a transaction that calls the first program, which is told what to call by its data. */
function run(programs, data, execute = () => stops) {
  const emulator = new Emulator(new Map(programs.map(([key, program]) => [keyOf(key), program])), execute);
  const { wire } = w.transaction([payer], [w.instruction(first, [], Buffer.from(data))], Buffer.alloc(32, 1));
  return emulator.run(parseTransaction(wire), read, CLOCK, false);
}

/** Calls programs one out of another, in this order. */
const calls = (...order) => (frame) => {
  const next = order[frame.data[0]];
  if (next !== undefined) frame.call({ program: keyOf(next), accounts: [], data: Buffer.of(frame.data[0] + 1) }, frame);
};

test('a program may call itself, but not be called again by what it called', () => {
  const both = (program) => [[first, program], [second, program]];
  assert.equal(run(both(calls(first, second, second)), [0]).err, null);
  const again = run(both(calls(second, first)), [0]);
  assert.deepEqual(again.err, { InstructionError: [0, 'ReentrancyNotAllowed'] });
  assert.equal(again.posts().size, 0);
});

test('calls go five deep', () => {
  const each = [[first, calls(first, first, first, first, first)]];
  assert.equal(run(each, [1]).err, null);
  assert.deepEqual(run(each, [0]).err, { InstructionError: [0, 'CallDepth'] });
});

test('a call takes 1,000 units and one for each 250 bytes of its accounts and data; a bump more takes 1,500', () => {
  const bytes = { ...wallet, data: new Uint8Array(7_600) };
  const big = w.keypair().key;
  const callee = () => {};
  const caller = (frame) => frame.call({ program: keyOf(second), accounts: frame.accounts, data: Buffer.alloc(500) }, frame);
  const emulator = new Emulator(new Map([[keyOf(first), caller], [keyOf(second), callee]]), () => stops);
  const { wire } = w.transaction([payer], [w.instruction(first, [[big, 'w'], [big, '']], Buffer.alloc(0))], Buffer.alloc(32, 1));
  const { err, units } = emulator.run(parseTransaction(wire), (key) => key === keyOf(big) ? bytes : read(key), CLOCK, false);
  assert.deepEqual([err, units], [null, 1_000n + 30n + 2n]);

  let tried = 0;
  const searching = (frame) => { for (let seed = 0; seed < 8; seed++) tried += 255 - frame.find([Buffer.of(seed)]).bump; };
  const searched = run([[first, searching]], []);
  assert.equal(searched.units, 1_500n * BigInt(tried));
  const costly = Array.from({ length: 256 }, (_, seed) => Buffer.of(seed)).map((seed) => (frame) => frame.find([seed]));
  assert.ok(costly.some((program) => run([[first, program]], []).units > 0n));
});

test('a program that LiteSVM runs gets the units that are left and the heap that was asked for', () => {
  const asked = [];
  const execute = (transaction) => {
    asked.push(transaction.message.instructions.map(({ data }) => Buffer.from(data)));
    return asked.length === 1 ? { ...stops, err: { InstructionError: [2, 'UnsupportedProgramId'] } }
      : { err: null, logs: [], inner: [], keys: transaction.message.keys, units: 800n, posts: () => new Map() };
  };
  const emulator = new Emulator(new Map([[keyOf(first), calls(real)]]), execute);
  const heap = w.instruction(w.COMPUTE_BUDGET, [], Buffer.of(1, 0, 0, 4, 0));
  const { wire } = w.transaction([payer], [heap, w.unitLimit(50_000), w.instruction(first, [], Buffer.of(0))], Buffer.alloc(32, 1));
  const { err, units } = emulator.run(parseTransaction(wire), read, CLOCK, false);
  // 300 for the budget's own instructions, of which LiteSVM gets two more; 1,000 for the call; 500 for the program.
  assert.deepEqual([err, units], [null, 300n + 1_000n + 500n]);
  assert.deepEqual(asked[1].slice(0, 2), [heap.data, w.unitLimit(50_000 - 1_300 + 300).data]);
});

test('a fault of what runs a call is a fault of the call, not the end of the node', (context) => {
  context.mock.method(process.stderr, 'write', () => true);
  let asked = 0;
  const execute = () => {
    if (asked++ === 0) return stops;
    throw new TypeError('cannot');
  };
  const { err, logs } = run([[first, calls(real)]], [0], execute);
  assert.deepEqual(err, { InstructionError: [0, 'ProgramFailedToComplete'] });
  assert.match(logs.at(-1), /failed: Program failed to complete$/);
  assert.equal(process.stderr.write.mock.callCount(), 1);
});
