#!/usr/bin/env node
// node .ci/workflows-local.mjs <folder> [image] [github-api]: a complete repository that a runner engine other than GitHub's can run, with sample
// programs, throw-away keys and callers to start by hand. README.md in it says with what.

import { spawnSync } from 'node:child_process';
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

// Better said here than by every job.
if (githubApi !== undefined && !/^https:\/\/|^http:\/\/([\w-]+|127\.0\.0\.1|\[::1\])(:\d+)?(\/|$)/.test(githubApi)) {
  process.stderr.write('GITHUB_API: the actions will refuse it; they take https, or http on loopback or on a host name without a dot, such as http://github:8080\n');
}

const to = resolve(folder);
const keys = { payer: makeKey('local payer'), authority: makeKey('local authority'), registry: makeKey('local registry'), perps: makeKey('local perps') };
const put = (/** @type {string} */ path, /** @type {string | Buffer} */ content) => {
  mkdirSync(dirname(join(to, path)), { recursive: true });
  writeFileSync(join(to, path), content);
};

const called = ['build', 'compliance', 'continue', 'deploy', 'doctor', 'release', 'rollback', 'security', 'smoke-test'].map((name) => `.github/workflows/${name}.yml`);
for (const path of called) put(path, plainWorkflow(readFileSync(join(root, path), 'utf8'), { githubApi }));
for (const path of actionFiles(root).filter((each) => existsSync(join(root, each)))) put(path, withImage(readFileSync(join(root, path), 'utf8'), image));

for (const path of readdirSync(join(samples, '.github/workflows')).map((name) => `.github/workflows/${name}`)) put(path, plainWorkflow(readFileSync(join(samples, path), 'utf8')));
for (const name of ['build.sh', '.gitignore']) cpSync(join(samples, name), join(to, name));
const others = [...new Set(called.flatMap((path) => thirdParty(readFileSync(join(to, path), 'utf8'))))].sort();
const values = {
  PAYER: keys.payer.address, AUTHORITY: keys.authority.address, REGISTRY: keys.registry.address, PERPS: keys.perps.address, IMAGE: image,
  GITHUB_API: githubApi ? `\`${githubApi}\`` : 'the engine\'s own (`GITHUB_API=…` names another)', THIRD_PARTY: others.map((uses) => `- \`${uses}\``).join('\n'),
};
const filled = (/** @type {string} */ template, /** @type {Record<string, string>} */ more = {}) =>
  readFileSync(join(samples, `${template}.tmpl`), 'utf8').replaceAll(/@@(\w+)@@/g, (_, key) => ({ ...values, ...more })[key]);
for (const name of ['README.md', 'works.yml', 'broken.yml']) put(name, filled(name));
// One chain, and what stops it in four ways.
for (const [name, GATE, SMOKE] of [
  ['solana-release.yml', 'phrase: DEPLOY TO PRODUCTION', '"*": works.yml'],
  ['release-soak.yml', 'min-soak: 3m', '"*": works.yml'],
  ['release-quorum.yml', 'approvals: { environments: [production-legal, production-ops] }', '"*": works.yml'],
  ['release-broken.yml', 'phrase: DEPLOY TO PRODUCTION', '"*": works.yml, staging: broken.yml'],
]) put(name, filled('solana-release.yml', { GATE, SMOKE }));
// What runs is what is declared, and one program that somebody else should own.
for (const [name, EXPECTED] of [['fleet.yml', keys.authority.address], ['fleet-wrong.yml', keys.payer.address]]) put(name, filled('fleet.yml', { EXPECTED }));
for (const [, name, json] of filled('README.md').matchAll(/^`events\/([\w-]+)\.json`.*?```json\n(.*?)```$/gms)) put(`events/${name}.json`, json);

const elves = programs();
put('programs/registry.so', elves['spl_token.so']);
put('programs/perps.so', elves['address_lookup_table.so']);
put('.secrets', [
  `SOLANA_PAYER='${keys.payer.json}'`, `SOLANA_UPGRADE_AUTHORITY='${keys.authority.json}'`, `SOLANA_PROGRAM_KEYPAIRS='registry=${keys.registry.json}\nperps=${keys.perps.json}'`, '',
].join('\n'));
// Workflows check a commit out, so there is one. Times that change nothing leave none.
const git = (/** @type {string[]} */ ...words) => spawnSync('git', ['-c', 'user.name=sample', '-c', 'user.email=sample@example.com', '-c', 'commit.gpgsign=false', ...words], { cwd: to, encoding: 'utf8' });
if (!existsSync(join(to, '.git'))) git('init', '--quiet', '--initial-branch', 'main');
git('add', '.');
git('commit', '--quiet', '--message', 'Sample');
const commit = git('rev-parse', 'HEAD');
if (commit.status !== 0) throw new Error(`git made no commit: ${commit.stderr}`);
console.log(`${to}: ${called.length} workflows, ${actionFiles(root).length} actions on ${image}, commit ${commit.stdout.trim()}`);
