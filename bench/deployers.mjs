// Who deploys: the executable of this repository, or a peer's command line.

import { spawn } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { startAction } from './harness/action.mjs';

const TAIL = 15;

/** @type {import('./measure.mjs').Deployer} */
export function solanaActions({ workspace, http, program, payer, programKey, inputs = {}, variables = {} }) {
  const { pid, finished } = startAction('solana-deploy', {
    workspace,
    inputs: {
      cluster: 'localnet', 'rpc-url': http, program, payer: payer.json, 'program-keypair': programKey.json, ledger: 'file:.solana-actions', ...inputs,
    },
    variables,
  });
  return { pid, finished: finished.then(({ code, outputs, log }) => ({ code, outputs, tail: log.slice(-TAIL).map(({ line }) => line) })) };
}

/**
 * @param {string} template a shell command with {url} {ws} {program} {payer} {program-keypair}
 * @param {{ root: string, limitSeconds: number }} options root: the directory that is / for the command, for a tool in a chroot
 * @returns {import('./measure.mjs').Deployer}
 */
export const peer = (template, { root, limitSeconds }) => ({ workspace, http, ws, program, payer, programKey }) => {
  const visible = (/** @type {string} */ path) => (root === '/' ? path : `/${relative(root, path)}`);
  const keyFile = (/** @type {string} */ name, /** @type {import('./measure.mjs').Key} */ key) => {
    const file = join(workspace, name);
    writeFileSync(file, key.json);
    chmodSync(file, 0o600);
    return visible(file);
  };
  /** @type {Record<string, string>} */
  const values = {
    url: http, ws, program: visible(join(workspace, program)), payer: keyFile('payer.json', payer), 'program-keypair': keyFile('program-keypair.json', programKey),
  };
  const command = template.replace(/\{([a-z-]+)\}/g, (whole, name) => values[name] ?? whole);
  const child = spawn('bash', ['-c', command], { cwd: workspace, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  /** @type {string[]} */
  const tail = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text) => {
      tail.push(...String(text).split('\n').filter((line) => line.trim() !== ''));
      tail.splice(0, tail.length - TAIL);
    });
  const limit = setTimeout(() => process.kill(-(/** @type {number} */ (child.pid)), 'SIGKILL'), limitSeconds * 1000);
  return {
    pid: /** @type {number} */ (child.pid),
    finished: new Promise((resolve) => child.once('close', (code) => {
      clearTimeout(limit);
      resolve({ code, tail });
    })),
  };
};
