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
