#!/usr/bin/env node
// node .ci/workflows-local.mjs <folder> [image] [github-api]: a complete repository that a runner engine other than GitHub's can run, with sample
// programs, throw-away keys and callers to start by hand. README.md in it says with what.

import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeKey } from '../bench/harness/keys.mjs';
import { programs } from '../src/localnet/programs.mjs';
import { actionFiles, plainWorkflow, thirdParty, withImage } from './rewrite.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const samples = fileURLToPath(new URL('local', import.meta.url));
const [folder, image = 'solana-actions:local', githubApi] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('usage: node .ci/workflows-local.mjs <folder> [image] [address of GitHub\'s API]\n');
  process.exit(2);
}

const to = resolve(folder);
const keys = { payer: makeKey('local payer'), authority: makeKey('local authority'), registry: makeKey('local registry'), perps: makeKey('local perps') };
const put = (/** @type {string} */ path, /** @type {string | Buffer} */ content) => {
  mkdirSync(dirname(join(to, path)), { recursive: true });
  writeFileSync(join(to, path), content);
};

const called = ['build', 'deploy', 'release', 'rollback', 'smoke-test'].map((name) => `.github/workflows/${name}.yml`);
for (const path of called) put(path, plainWorkflow(readFileSync(join(root, path), 'utf8'), { githubApi }));
for (const path of actionFiles(root).filter((each) => existsSync(join(root, each)))) put(path, withImage(readFileSync(join(root, path), 'utf8'), image));

for (const path of readdirSync(join(samples, '.github/workflows')).map((name) => `.github/workflows/${name}`)) put(path, plainWorkflow(readFileSync(join(samples, path), 'utf8')));
for (const name of ['build.sh', '.gitignore']) cpSync(join(samples, name), join(to, name));
const others = [...new Set(called.flatMap((path) => thirdParty(readFileSync(join(to, path), 'utf8'))))].sort();
const values = {
  PAYER: keys.payer.address, AUTHORITY: keys.authority.address, REGISTRY: keys.registry.address, PERPS: keys.perps.address, IMAGE: image,
  GITHUB_API: githubApi ?? 'not given: the engine\'s own', THIRD_PARTY: others.map((uses) => `- \`${uses}\``).join('\n'),
};
for (const name of readdirSync(samples).filter((each) => each.endsWith('.tmpl'))) {
  put(name.slice(0, -'.tmpl'.length), readFileSync(join(samples, name), 'utf8').replaceAll(/@@(\w+)@@/g, (_, key) => values[/** @type {keyof typeof values} */ (key)]));
}

const elves = programs();
put('programs/registry.so', elves['spl_token.so']);
put('programs/perps.so', elves['address_lookup_table.so']);
put('.secrets', [
  `SOLANA_PAYER='${keys.payer.json}'`, `SOLANA_UPGRADE_AUTHORITY='${keys.authority.json}'`, `SOLANA_PROGRAM_KEYPAIRS='registry=${keys.registry.json}\nperps=${keys.perps.json}'`, '',
].join('\n'));
console.log(`${to}: ${called.length} workflows, ${actionFiles(root).length} actions on ${image}`);
