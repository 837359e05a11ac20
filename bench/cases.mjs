// What is measured, and the bar for each number (issue 2, "Must show").

const SLOT_SECONDS = 0.4;
const reference = ['--slot-ms', '400', '--latency-ms', '50'];

/**
 * @typedef {import('./measure.mjs').Run} Run
 * @typedef {{ name: string, of: (runs: Run[]) => number | null, at?: 'most' | 'exactly', bar: (runs: Run[]) => number, unit?: string, isSpeed?: true }} Bar isSpeed: depends on how busy the machine is
 * @typedef {{ name: string, title: string, program: string, runs: number, flags: string[], bars: Bar[], isTransit?: true }} Case isTransit: the payer signs inside Vault, and each run is paired with one that signs here
 */

const median = (/** @type {(run: Run) => number} */ of) => (/** @type {Run[]} */ runs) => middle(runs.map(of));
const worst = (/** @type {(run: Run) => number} */ of) => (/** @type {Run[]} */ runs) => Math.max(...runs.map(of));
const fixed = (/** @type {number} */ value) => () => value;

/** @type {Bar[]} what every deploy owes, whatever the network does */
const ALWAYS = [
  { name: 'runs that failed', of: (runs) => runs.filter((run) => run.code !== 0 || !run.isOnChain).length, at: 'exactly', bar: fixed(0) },
  { name: 'buffers left', of: worst((run) => run.buffersLeft), at: 'exactly', bar: fixed(0) },
  { name: 'lamports unexplained', of: worst((run) => Math.abs(run.unexplainedLamports)), at: 'exactly', bar: fixed(0) },
  { name: 'lamports misreported as fees', of: worst((run) => Math.abs(run.misreportedFees ?? 0)), at: 'exactly', bar: fixed(0) },
];

const slots = (/** @type {number} */ bar) => ({ isSpeed: /** @type {const} */ (true), name: 'slots (median)', of: median((run) => run.slots), bar: fixed(bar) });
const exactTransactions = {
  name: 'transactions beyond non-zero chunks + 2 (worst)', of: worst((run) => run.landed + run.failed - run.chunks - 2), at: /** @type {const} */ ('exactly'), bar: fixed(0),
};
const nothingSignedTwice = { name: 'contents signed twice (worst)', of: worst((run) => run.signedTwice), at: /** @type {const} */ ('exactly'), bar: fixed(0) };
const paced = (/** @type {(run: Run) => number} */ ideal) => ({
  isSpeed: /** @type {const} */ (true), name: 'seconds (median)', unit: 's', of: median((run) => run.seconds), bar: (/** @type {Run[]} */ runs) => 1.15 * middle(runs.map(ideal)) + 5 * SLOT_SECONDS,
});

/** @type {Case[]} */
export const CASES = [
  {
    name: 'token-2022', title: 'Token-2022, first deploy', program: 'spl_token_2022.so', runs: 5, flags: reference,
    bars: [slots(8), exactTransactions, nothingSignedTwice, { name: 'VmHWM (worst)', unit: 'MB', of: worst((run) => run.peakMegabytes), bar: fixed(120) }],
  },
  {
    name: 'token-2022-transit', title: 'Token-2022, every write signed by a Transit key at 20 ms', program: 'spl_token_2022.so', runs: 5, flags: reference, isTransit: /** @type {const} */ (true),
    bars: [
      exactTransactions, nothingSignedTwice,
      { name: 'seconds, Transit ÷ local (medians)', isSpeed: /** @type {const} */ (true), of: (/** @type {any[]} */ runs) => middle(runs.map((run) => run.seconds)) / middle(runs.map((run) => run.localSeconds)), bar: fixed(1.5) },
    ],
  },
  {
    name: 'token-2022-loss', title: 'Token-2022, 5 % loss', program: 'spl_token_2022.so', runs: 10, flags: [...reference, '--loss', '0.05'],
    bars: [slots(10), exactTransactions, nothingSignedTwice],
  },
  {
    name: 'token-2022-heavy-loss', title: 'Token-2022, 20 % loss', program: 'spl_token_2022.so', runs: 10, flags: [...reference, '--loss', '0.2'],
    bars: [slots(18), exactTransactions, nothingSignedTwice],
  },
  {
    name: 'stake-loss', title: 'Stake, 20 % loss', program: 'stake.so', runs: 10, flags: [...reference, '--loss', '0.2'],
    bars: [slots(18), exactTransactions, nothingSignedTwice],
  },
  {
    name: 'stake-rps', title: 'Stake, 10 requests/s', program: 'stake.so', runs: 3, flags: [...reference, '--rps', '10'],
    bars: [paced((run) => (run.landed + run.failed) / 10), exactTransactions],
  },
  {
    name: 'stake-public', title: 'Stake, a public endpoint\'s limits', program: 'stake.so', runs: 2, flags: [...reference, '--profile', 'public'],
    bars: [
      paced((run) => run.chunks / 4),
      exactTransactions,
      { name: 'bursts of 429s of one method (worst)', of: worst((run) => Math.max(0, ...Object.values(run.throttled).map(({ bursts }) => bursts))), bar: fixed(1) },
      { name: 'largest burst of 429s (worst)', of: worst((run) => Math.max(0, ...Object.values(run.throttled).map(({ largest }) => largest))), bar: fixed(3) },
    ],
  },
  {
    name: 'spl-token-hostile', title: 'SPL Token, 20 % loss and 5 % HTTP errors', program: 'spl_token.so', runs: 50, flags: [...reference, '--loss', '0.2', '--error-rate', '0.05'],
    bars: [exactTransactions],
  },
].map((each) => ({ ...each, bars: [...each.bars, ...ALWAYS] }));

/** @param {number[]} values */
export function middle(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
