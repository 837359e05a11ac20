// Transit against a local key: the same deploy, once with a payer that signs inside Vault at a latency, once with one in the process.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { encodeBase58 } from '../src/localnet/base58.mjs';
import { solanaActions } from './deployers.mjs';
import { measure } from './measure.mjs';

const STAND_INS = fileURLToPath(new URL('../tests/secrets/main.mjs', import.meta.url));
const LATENCY_MS = 20;

/** @typedef {import('./measure.mjs').Run & { localSeconds: number }} PairedRun */

/** One run of each, one after the other so that both meet the same machine. @param {import('./cases.mjs').Case} bench @param {{ elf: Buffer, directory: string, seed: string }} options @returns {Promise<PairedRun>} */
export async function measureTransit(bench, options) {
  const vault = await startVault();
  try {
    const local = await measure(bench, solanaActions, { ...options, directory: `${options.directory}-local` });
    const payer = await vault.newKey();
    const transit = await measure(bench, (task) => solanaActions({ ...task, ...vault.access }), { ...options, payer });
    return { ...transit, localSeconds: local.seconds };
  } finally {
    vault.stop();
  }
}

async function startVault() {
  const child = spawn(process.execPath, [STAND_INS], { stdio: ['pipe', 'pipe', 'inherit'] });
  const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  const ready = JSON.parse(String(value).slice('ready '.length));
  const root = ready['vault-root-token'];
  const ask = async (/** @type {string} */ url, /** @type {object | undefined} */ body, headers = {}) => {
    const response = await fetch(url, { method: body ? 'POST' : 'GET', body: body && JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } });
    if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? null : response.json();
  };
  const vault = (/** @type {string} */ path, /** @type {object | undefined} */ body) => ask(`${ready.vault}/v1/${path}`, body, { 'x-vault-token': root, 'x-vault-request': 'true' });
  await vault('sys/mounts/transit', { type: 'transit' });
  return {
    access: { inputs: { payer: 'vault-transit:transit/payer', 'vault-addr': ready.vault }, variables: { VAULT_TOKEN: root } },
    async newKey() {
      await vault('transit/keys/payer', { type: 'ed25519' });
      const { data } = await vault('transit/keys/payer', undefined);
      await ask(`${ready.control}/latency`, { ms: LATENCY_MS });
      return { address: encodeBase58(Buffer.from(data.keys['1'].public_key, 'base64')), json: '' };
    },
    stop: () => child.kill(),
  };
}
