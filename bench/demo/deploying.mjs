// The demo's first chapter: one deploy after the other on one cluster, some of which go wrong. Every sentence is checked.

import { createHash } from 'node:crypto';
import { isBytes } from './environment.mjs';
import { secret } from './stage.mjs';
import { writeVersions } from './versions.mjs';

/** A gentle rate, so that there is a middle to be killed in. */
const RATE = '60';

/** What a deploy by two keys lands beside its writes: create, hand over, deploy. */
const OTHERS = 3;

const sol = (/** @type {bigint | number} */ lamports) => `${Number(lamports) / 1e9} SOL`;
const sha256 = (/** @type {Buffer} */ bytes) => createHash('sha256').update(bytes).digest('hex');

/** Chunks that hold anything but zeros: the writes of a deploy. @param {Buffer} bytes */
function chunks(bytes) {
  let count = 0;
  for (let at = 0; at < bytes.length; at += 1012) if (bytes.subarray(at, at + 1012).some((byte) => byte !== 0)) count++;
  return count;
}

/** solana-verify's hash. @param {Buffer} bytes */
function executableHash(bytes) {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return sha256(bytes.subarray(0, end));
}

/**
 * @param {import('./stage.mjs').Stage} stage
 * @param {import('./stage.mjs').Net} net
 * @param {Record<'payer' | 'authority' | 'token' | 'stake', import('./stage.mjs').Key>} keys
 */
export async function playDeploying(stage, net, keys) {
  stage.chapter('Deploying', 'One program at a time: what a deploy costs, and what is left when it is killed, given up, or done by somebody else.');
  const files = writeVersions(stage.workspace);
  const { rpc, http } = net;
  const cluster = { cluster: 'localnet', 'rpc-url': http };
  const spending = { ...cluster, ledger: 'file:.solana-actions', payer: secret(keys.payer, 'PAYER'), 'upgrade-authority': secret(keys.authority, 'UPGRADE_AUTHORITY') };
  const chainRuns = async (/** @type {string} */ id, /** @type {string} */ file) => isBytes((await rpc.program(id))?.bytes, files[file]);
  const buffers = async () => (await rpc.buffers()).length;
  const landed = async () => (await rpc.stats()).transactions;

  const plan = await stage.play(net, {
    name: 'dry-run', title: 'Dry run: what an approver reads', tells: 'Only addresses are given, no key is in reach. The plan names the buffer and the costs; nothing is sent.',
    action: 'solana-deploy', exit: 0, outputs: { changed: 'false', transactions: '0', 'executable-hash': executableHash(files['spl_token.so']) },
    inputs: { ...cluster, ledger: 'file:.solana-actions', program: 'spl_token.so', 'program-keypair': keys.token.address, payer: keys.payer.address, 'upgrade-authority': keys.authority.address, 'dry-run': 'true' },
    checks: async (_, spent) => [['the node received no transaction', Object.keys((await rpc.stats()).sends).length === 0], ['the payer paid nothing', spent === 0n]],
  });

  await stage.play(net, {
    name: 'first-deploy', title: 'First deploy of SPL Token', tells: 'The payer signs every write; the upgrade authority signs one transaction, over bytes that nobody else can change any more.',
    action: 'solana-deploy', exit: 0, outputs: { changed: 'true', buffer: plan.outputs.buffer, sha256: sha256(files['spl_token.so']), 'program-id': keys.token.address, 'upgrade-authority': keys.authority.address, 'stale-buffers': '[]' },
    inputs: { ...spending, program: 'spl_token.so', 'program-keypair': secret(keys.token, 'PROGRAM_KEYPAIR') },
    checks: async ({ outputs }, spent) => {
      const program = await rpc.program(keys.token.address);
      return [
        ['the chain runs exactly these bytes', await chainRuns(keys.token.address, 'spl_token.so')],
        [`the payer paid the rent and the fees and nothing else (${sol(spent)})`, program !== null && spent === program.lamports + BigInt(outputs['fee-lamports'])],
        ['no buffer is left', (await buffers()) === 0],
      ];
    },
  });

  await stage.play(net, {
    name: 'verify', title: 'Verify: file and chain agree', tells: 'Any machine with the file and an RPC URL can ask; no key is involved.',
    action: 'verify-program', exit: 0, outputs: { verified: 'true', findings: '0', 'executable-hash': executableHash(files['spl_token.so']), 'upgrade-authority': keys.authority.address },
    inputs: { ...cluster, ledger: 'file:.solana-actions', 'program-id': keys.token.address, program: 'spl_token.so', 'expected-authority': keys.authority.address },
  });

  await stage.play(net, {
    name: 'upgrade', title: 'Upgrade to Token-2022, six times the size', tells: 'The program has to be extended first. What the buffer held comes back with the upgrade.',
    action: 'solana-deploy', exit: 0, outputs: { changed: 'true', 'previous-executable-hash': executableHash(files['spl_token.so']), 'executable-hash': executableHash(files['spl_token_2022.so']) },
    inputs: { ...spending, program: 'spl_token_2022.so', 'program-id': keys.token.address },
    checks: async ({ outputs }) => [
      ['the chain runs exactly these bytes', await chainRuns(keys.token.address, 'spl_token_2022.so')],
      [`the buffer's rent came back (${sol(Number(outputs['refunded-lamports']))})`, Number(outputs['refunded-lamports']) > 0],
      ['no buffer is left', (await buffers()) === 0],
    ],
  });

  const stake = { ...spending, program: 'stake-1.0.so', 'program-keypair': secret(keys.stake, 'PROGRAM_KEYPAIR'), 'max-rps': RATE };
  const atStart = await landed();
  await stage.play(net, {
    name: 'killed', title: 'A deploy killed half way', tells: `The Stake program, at ${RATE} requests a second; kill -9 when half of it is written: no handler runs, nothing is saved.`,
    action: 'solana-deploy', exit: 'killed', killAt: 0.4, inputs: stake,
    checks: async () => [['its buffer, with the payer\'s SOL in it, is still on chain', (await buffers()) === 1], ['the program does not exist', (await rpc.program(keys.stake.address)) === null]],
  });

  await stage.play(net, {
    name: 'resumed', title: 'The same command again', tells: 'The buffer\'s address follows from what is deployed, so the run finds it, writes what is missing and deploys.',
    action: 'solana-deploy', exit: 0, outputs: { changed: 'true', 'stale-buffers': '[]' }, inputs: stake,
    checks: async () => {
      const now = await landed();
      return [
        ['the chain runs exactly these bytes', await chainRuns(keys.stake.address, 'stake-1.0.so')],
        [`no chunk was written twice: both runs together landed ${now.landed - atStart.landed} transactions`, now.landed - atStart.landed === chunks(files['stake-1.0.so']) + OTHERS],
        ['none failed', now.failed === atStart.failed],
        ['no buffer is left', (await buffers()) === 0],
      ];
    },
  });

  await stage.play(net, {
    name: 'abandoned', title: 'A release candidate, cancelled the hard way', tells: 'stake 1.1-rc1 is killed half way, and nobody wants it any more.',
    action: 'solana-deploy', exit: 'killed', killAt: 0.5, inputs: { ...spending, program: 'stake-1.1-rc1.so', 'program-id': keys.stake.address, 'max-rps': RATE },
  });

  const [abandoned] = await rpc.buffers();
  const release = { ...spending, program: 'stake-1.1.so', 'program-id': keys.stake.address };
  await stage.play(net, {
    name: 'stale-reported', title: 'stake 1.1 is deployed; the stale buffer is reported', tells: 'It is nobody\'s business to close a buffer unasked: another job may be writing it.',
    action: 'solana-deploy', exit: 0, outputs: { changed: 'true' }, inputs: release,
    checks: async ({ outputs }) => {
      const stale = JSON.parse(outputs['stale-buffers']);
      return [
        ['the chain runs exactly these bytes', await chainRuns(keys.stake.address, 'stake-1.1.so')],
        [`stale-buffers names ${abandoned.address} and its ${sol(abandoned.lamports)}`, stale.length === 1 && stale[0].address === abandoned.address && BigInt(stale[0].lamports) === abandoned.lamports],
        ['it is kept', (await buffers()) === 1],
      ];
    },
  });

  await stage.play(net, {
    name: 'reclaimed', title: 'The stale buffer is reclaimed by its address', tells: 'The same command with reclaim: there is nothing to deploy, and the rent comes back.',
    action: 'solana-deploy', exit: 0, outputs: { changed: 'false', 'refunded-lamports': String(abandoned.lamports), 'stale-buffers': '[]' }, inputs: { ...release, reclaim: abandoned.address },
    checks: async ({ outputs }, spent) => [['no buffer is left', (await buffers()) === 0], [`the payer has ${sol(-spent)} more`, -spent === abandoned.lamports - BigInt(outputs['fee-lamports'])]],
  });

  await stage.play(net, {
    name: 'tampered', title: 'Somebody who got hold of the keys deploys tampered bytes', tells: 'Four letters differ. The cluster cannot know, and the deploy succeeds.',
    action: 'solana-deploy', exit: 0, outputs: { changed: 'true' }, inputs: { ...spending, program: 'tampered.so', 'program-id': keys.stake.address },
    checks: async () => [['the chain runs the tampered bytes', await chainRuns(keys.stake.address, 'tampered.so')]],
  });

  await stage.play(net, {
    name: 'caught', title: 'verify-program catches it', tells: 'The scheduled check compares the chain with the released file and fails the job.',
    action: 'verify-program', exit: 4, outputs: { verified: 'false', 'executable-hash': executableHash(files['tampered.so']) },
    inputs: { ...cluster, ledger: 'file:.solana-actions', 'program-id': keys.stake.address, program: 'stake-1.1.so', 'expected-authority': keys.authority.address },
    checks: ({ log, outputs }) => [['the job\'s page shows an error', log.some(({ line }) => line.startsWith('::error title=hash-mismatch::'))], ['there is a finding', Number(outputs.findings) > 0]],
  });
}
