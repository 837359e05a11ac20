// The demo's second chapter: a team's releases through three environments, a release that should not have been made, and the way back.
// Every sentence is checked.

import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from '../harness/action.mjs';
import { Environment, PROGRAMS, isBytes } from './environment.mjs';
import { writeTeam } from './team.mjs';
import { build, makeReleases } from './versions.mjs';

/** Long enough for the next release's build meanwhile, and short enough to wait for. */
const SOAK = 8;

/**
 * @param {import('./stage.mjs').Stage} stage
 * @param {Record<'devnet' | 'testnet' | 'mainnet', import('./stage.mjs').Net>} nets
 * @param {Record<'payer' | 'authority' | 'registry' | 'vault', import('./stage.mjs').Key>} keys
 * @returns the ledger's export
 */
export async function playReleasing(stage, nets, keys) {
  stage.chapter('Releasing', 'Two programs in one release file, three environments with a node each. The same bytes move on; mainnet wants them to have run in testnet for a while.');
  const releases = makeReleases(keys);
  writeTeam(stage.workspace, keys, SOAK);
  const devnet = new Environment(stage, 'devnet', nets.devnet, null, keys);
  const testnet = new Environment(stage, 'testnet', nets.testnet, devnet, keys);
  const mainnet = new Environment(stage, 'mainnet', nets.mainnet, testnet, keys);

  build(stage.workspace, releases['1.0.0']);
  await devnet.release('1.0.0', { isFirst: true });
  await testnet.release('1.0.0', { isFirst: true });

  const refused = await mainnet.promote('1.0.0', {
    name: 'soak-refused', title: '1.0.0 may not go to mainnet yet', tells: `The release file wants it to have run in testnet for ${SOAK} s (a day, in life). The checklist says what is missing, and from when on it is not.`,
    exit: 4, isRoutine: false, outputs: { eligible: 'false', soaked: 'false' },
    checks: ({ log, summary, outputs }) => [
      ['only time is missing: everything else on the checklist is met', /\| Soak \| \*\*not met\*\*/.test(summary) && (summary.match(/\*\*not met\*\*|\*\*cannot be known\*\*/g) ?? []).length === 1],
      [`the summary says when to come back: ${earliest(summary)?.toISOString() ?? 'it does not'}`, earliest(summary) !== null],
      ['the job\'s page shows an error', log.some(({ line }) => line.startsWith('::error title=gate-unmet::'))],
      ['nothing was handed out to deploy', outputs.manifest === ''],
    ],
  });

  build(stage.workspace, releases['1.1.0']);
  await devnet.release('1.1.0', { tells: 'Work goes on while 1.0.0 soaks.' });
  await until((earliest(refused.summary)?.getTime() ?? 0) + 1000);

  const good = await mainnet.release('1.0.0', {
    isFirst: true, tells: 'The same command again, when it said.',
    deployed: async (running) => [['mainnet runs the very bytes that were built: registry and vault, to the last byte', PROGRAMS.every((name) => isBytes(running[name], releases['1.0.0'][name]))]],
  });

  await testnet.release('1.1.0');
  await until(testnet.liveSince + (SOAK + 1) * 1000);
  await mainnet.release('1.1.0', { isHealthy: false, tells: '1.1.0 words an error message anew. All that devnet and testnet were asked holds.' });

  await mainnet.rollBack({ to: good, version: '1.0.0', deployed: async (running) => [['mainnet runs the bytes of 1.0.0 again', PROGRAMS.every((name) => isBytes(running[name], releases['1.0.0'][name]))]] });
  return runCommand(['ledger', 'export', '--ledger', 'file:.solana-actions'], stage.workspace);
}

const until = (/** @type {number} */ time) => sleep(Math.max(0, time - Date.now()));

/** When a refused promotion says that it only needs time. @param {string} summary @returns {Date | null} */
function earliest(summary) {
  const [, day, time] = /promote again at (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC or later/.exec(summary.replaceAll('\\', '')) ?? [];
  return day === undefined ? null : new Date(`${day}T${time}Z`);
}
