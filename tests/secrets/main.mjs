#!/usr/bin/env node
// Stand-ins for GitHub's OIDC provider, HashiCorp Vault, AWS and Azure, for the tests: they check what the real services check, really sign, and
// write a note about every request that a real service would not understand. They share no code with the clients.
//
//   node tests/secrets/main.mjs [<certificate and key>.pem]
//
// prints one line, `ready {"oidc":…,"vault":…,"aws":…,"azure":…,"control":…,…}`, and serves until its stdin ends. With a certificate every service is there a second time, as
// `vault-tls` and so on, with https.
// `trap` is where nobody should ever come: every request there is a note.

import { readFileSync } from 'node:fs';
import { createAws } from './aws.mjs';
import { createAzure } from './azure.mjs';
import { createControl } from './control.mjs';
import { createOidc } from './oidc.mjs';
import { listen, Notes } from './serve.mjs';
import { createVault } from './vault.mjs';

const notes = new Notes();
const oidc = createOidc(notes);
const vault = createVault(notes);
const aws = createAws(notes, oidc);
const azure = createAzure(notes, oidc);
const faults = { vault: null, aws: null, azure: null, oidc: null, latencyMs: 0 };
const pem = process.argv[2] === undefined ? null : readFileSync(process.argv[2]);
const tls = pem && { key: pem, cert: pem };
/** @type {Record<string, string>} */
const urls = {
  oidc: await listen('oidc', oidc.handle, faults, notes),
  vault: await listen('vault', vault.handle, faults, notes),
  aws: await listen('aws', aws.handle, faults, notes),
  azure: await listen('azure', azure.handle, faults, notes),
  trap: await listen('trap', (request) => {
    notes.add('trap', `${request.method} ${request.path} ${JSON.stringify(request.headers)}`);
    return { status: 200, body: {} };
  }, {}, notes),
};
urls.control = await listen('control', createControl({ notes, faults, oidc, vault, aws, azure }), {}, notes);
azure.setOrigin(urls.azure);
if (tls) for (const [service, { handle }] of Object.entries({ oidc, vault, aws, azure })) urls[`${service}-tls`] = await listen(service, handle, faults, notes, tls);
console.log(`ready ${JSON.stringify({ ...urls, 'oidc-request-url': `${urls.oidc}/token?api-version=2.0`, 'oidc-request-token': oidc.requestToken, 'oidc-public-key': oidc.publicKeyPem, 'vault-root-token': vault.rootToken })}`);
process.stdin.resume();
process.stdin.once('end', () => process.exit(0));
