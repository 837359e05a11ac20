import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readHistory, tellHistory } from '../../bench/demo/history.mjs';
import { drawHistory, layOut, widthOf } from '../../bench/demo/picture.mjs';

const START = Date.parse('2026-01-01T00:00:00.000Z');
const at = (/** @type {number} */ seconds) => new Date(START + seconds * 1000).toISOString();
const line = (/** @type {Record<string, unknown>} */ event) => JSON.stringify({ schema: 1, environment: 'mainnet', 'program-id': 'P', ...event });
const released = (/** @type {string} */ id, /** @type {string} */ version, /** @type {number} */ from, more = {}) => [
  line({ id, kind: 'release', state: 'started', version, at: at(from), 'started-at': at(from), 'release-id': `R${version}`, ...more }),
  line({ id, kind: 'release', state: 'succeeded', at: at(from + 2), 'finished-at': at(from + 2), ...more }),
];
const checked = (/** @type {string} */ id, /** @type {string} */ about, /** @type {string} */ check, /** @type {string} */ state, /** @type {number} */ when, more = {}) =>
  line({ id, kind: 'check', check, state, 'refers-to': about, at: at(when), 'finished-at': at(when), ...more });

const undone = [
  ...released('a', '1.0.0', 0), checked('c', 'a', 'smoke', 'succeeded', 3),
  ...released('b', '1.1.0', 10), checked('d', 'b', 'smoke', 'failed', 13),
  line({ id: 'r', kind: 'rollback', state: 'started', restores: 'a', version: '1.0.0', at: at(20), 'started-at': at(20) }),
  line({ id: 'r', kind: 'rollback', state: 'succeeded', at: at(24), 'finished-at': at(24) }),
  line({ id: 'b', kind: 'release', state: 'undone', 'undone-by': 'r', at: at(24) }),
];

test('events become what ran when, and what was found out about it', () => {
  const [lane, ...others] = readHistory(undone.join('\n'));
  assert.deepEqual(others, []);
  assert.deepEqual(lane.attempts.map(({ kind, version, live, isUndone }) => [kind, version, live, isUndone]), [
    ['release', '1.0.0', START + 2000, false], ['release', '1.1.0', START + 12_000, true], ['rollback', '1.0.0', START + 24_000, false],
  ]);
  assert.deepEqual(lane.checks.map(({ version, isPositive }) => [version, isPositive]), [['1.0.0', true], ['1.1.0', false]]);
  assert.deepEqual(tellHistory([lane]).map(({ seconds, what }) => [seconds, what]), [
    [2, '1.0.0 runs'], [3, '1.0.0 passes its smoke test'], [12, '1.1.0 runs, until it is rolled back'], [13, '1.1.0 fails its smoke test'], [24, 'rolled back: 1.0.0 runs again'],
  ]);
});

test('the same history comes of records, of events, and of events that are told twice', () => {
  const lane = readHistory(undone.join('\n'));
  assert.deepEqual(readHistory([...undone, ...undone].join('\n')), lane);
});

test('the programs of a release are one attempt, which is live when the last of them is', () => {
  const two = [...released('a', '1.0.0', 0), ...released('b', '1.0.0', 5, { 'program-id': 'Q' }), checked('c', 'a', 'verify', 'succeeded', 8), checked('d', 'b', 'verify', 'failed', 9, { 'program-id': 'Q' }), checked('e', 'a', 'verify', 'succeeded', 20)];
  const [{ attempts, checks }] = readHistory(two.join('\n'));
  assert.deepEqual(attempts.map(({ from, live, programs }) => [from, live, programs]), [[START, START + 7000, 2]]);
  assert.deepEqual(checks.map(({ isPositive }) => isPositive), [false, true]);
});

test('a release of which one program failed never ran', () => {
  const [{ attempts: [attempt] }] = readHistory([...released('a', '1.0.0', 0), line({ id: 'b', 'program-id': 'Q', kind: 'release', state: 'failed', version: '1.0.0', 'release-id': 'R1.0.0', at: at(4) })].join('\n'));
  assert.equal(attempt.live, null);
  assert.equal(attempt.programs, 2);
});

for (const width of [330, 650, 1040]) {
  test(`nothing overlaps or is cut off, ${width} pixels wide, however close the events are`, () => {
    const crowd = [
      ...Array.from({ length: 9 }, (_, i) => [...released(`a${i}`, `1.${i}.0-rc.${i}`, i * 0.2), checked(`c${i}`, `a${i}`, 'smoke', 'failed', i * 0.2 + 2.1)]).flat(),
      ...released('z', '2.0.0', 60), checked('y', 'z', 'verify', 'failed', 62.1), checked('x', 'z', 'smoke', 'failed', 62.2),
    ];
    const [lane] = readHistory(crowd.join('\n'));
    const { above, below, marks } = layOut(lane, (time) => 10 + ((time - START) / 62_200) * (width - 20), width);
    for (const labels of [above, below]) {
      for (const [i, one] of labels.entries()) {
        assert.ok(one.left >= 0 && one.left + widthOf(one.text) <= width, `${one.text} is cut off`);
        for (const other of labels.slice(i + 1)) assert.ok(one.row !== other.row || one.left + widthOf(one.text) <= other.left || other.left + widthOf(other.text) <= one.left, `${one.text} overlaps ${other.text}`);
      }
    }
    for (const [i, { x }] of marks.entries()) assert.ok(x >= 7 && x <= width - 7 && (i === 0 || x - marks[i - 1].x >= 15.9), `mark ${i} at ${x}`);
  });
}

test('the picture says in words what it shows, and markup in a name stays text', () => {
  const svg = drawHistory(readHistory(undone.map((each) => each.replaceAll('mainnet', '<b>')).join('\n')), 650);
  assert.match(svg, /role="img" aria-labelledby="history-650-title history-650-desc"/);
  assert.match(svg, /<desc id="history-650-desc">.*24 s, &lt;b&gt;: rolled back: 1\.0\.0 runs again\./);
  assert.doesNotMatch(svg, /<b>/);
});
