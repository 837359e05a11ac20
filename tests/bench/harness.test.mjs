import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { readFileCommand } from '../../bench/harness/file-command.mjs';
import { logReader } from '../../bench/harness/job-log.mjs';
import { makeKey } from '../../bench/harness/keys.mjs';

test('outputs are read as the runner reads them', () => {
  assert.deepEqual(readFileCommand('a=1=2\nb<<end\nline one\nx=y\nend\nc<<e\n\ne\n'), { a: '1=2', b: 'line one\nx=y', c: '' });
  assert.throws(() => readFileCommand('a<<end\nnever'), /never ends/);
});

test('what is masked is not in the log, and neither is the command that masks it', async () => {
  const lines = [];
  const stream = Readable.from(['before secret\n::add-mask::sec', 'ret\n::add-mask::100%25\nthe secret is 100% out', '\n']);
  logReader((line) => lines.push(line))(stream);
  await new Promise((resolve) => stream.once('close', resolve));
  assert.deepEqual(lines, ['before secret', 'the *** is *** out']);
});

test('a named key is always the same, an unnamed one never', () => {
  assert.equal(makeKey('a').address, makeKey('a').address);
  assert.notEqual(makeKey().address, makeKey().address);
  assert.equal(JSON.parse(makeKey().json).length, 64);
});
