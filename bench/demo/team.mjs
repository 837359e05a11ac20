// What a team keeps in its repository: the release file and the smoke specs.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @param {string} workspace
 * @param {Record<'payer' | 'authority' | 'registry' | 'vault', { address: string }>} keys
 * @param {number} soak in seconds
 */
export function writeTeam(workspace, { payer, authority, registry, vault }, soak) {
  const environment = `{ registry: "${registry.address}", vault: "${vault.address}" }`;
  write(workspace, 'solana-release.yml', `version: 1
name: savings
programs:
  registry: { artifact: target/deploy/registry.so }
  vault: { artifact: target/deploy/vault.so }
environments:
  devnet:
    cluster: localnet
    program-ids: ${environment}
    upgrade-authority: "${authority.address}"
  testnet:
    cluster: localnet
    after: devnet
    program-ids: ${environment}
    upgrade-authority: "${authority.address}"
  mainnet:
    cluster: localnet
    after: testnet
    program-ids: ${environment}
    upgrade-authority: "${authority.address}"
    gates: { min-soak: ${soak}s }
smoke: { "*": smoke/common.yml, mainnet: smoke/mainnet.yml }
`);
  const refusal = `
      instructions: [{ program: "${vault.address}", accounts: [{ address: "${payer.address}", signer: true, writable: true }], data: { hex: ff } }]
      expect: error
      error: 12`;
  const common = `version: 1
checks:
  - name: registry runs
    program: { id: "${registry.address}", upgrade-authority: "${authority.address}" }
  - name: vault runs
    program: { id: "${vault.address}", upgrade-authority: "${authority.address}" }
  - name: nonsense is refused
    transaction:${refusal}
`;
  write(workspace, 'smoke/common.yml', common);
  write(workspace, 'smoke/mainnet.yml', `${common}  # The indexer, which only mainnet has, tells refusals apart by their words.
  - name: the indexer understands the refusal
    transaction:${refusal}
      logs: Invalid instruction
`);
}

/** @param {string} workspace @param {string} file @param {string} text */
function write(workspace, file, text) {
  mkdirSync(join(workspace, file, '..'), { recursive: true });
  writeFileSync(join(workspace, file), text);
}
