// security.yml with everything in it that can be had here: our executable, git, Bash; the audits and scanners of others are stand-ins that write what they are told.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { isBuilt } from '../../bench/harness/action.mjs';
import { makeKey } from '../../bench/harness/keys.mjs';
import { realWorld } from './model/real.mjs';
import { run } from './model/run.mjs';
import { root } from './support/files.mjs';

const skip = isBuilt() ? false : 'the executable is not built (make publish)';
const WORKFLOW = '.github/workflows/security.yml';
const AUTHOR = ['-c', 'user.name=a', '-c', 'user.email=a@x'];
const folders = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const sarif = (tool, results = []) => JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: tool } }, results: results.map(([ruleId, uri, level]) => ({ ruleId, level, message: { text: 'Something.' }, locations: [{ physicalLocation: { artifactLocation: { uri }, region: { startLine: 1 } } }] })) }] });
const CLEAN = {
  npm: JSON.stringify({ auditReportVersion: 2, vulnerabilities: {} }),
  cargo: JSON.stringify({ lockfile: { 'dependency-count': 1 }, vulnerabilities: { list: [] }, warnings: {} }),
  dotnet: JSON.stringify({ version: 1, parameters: '--vulnerable --include-transitive', projects: [] }),
  gitleaks: sarif('gitleaks'),
};
const VULNERABLE = JSON.stringify({ auditReportVersion: 2, vulnerabilities: { ms: { via: [{ dependency: 'ms', title: 'ReDoS', url: 'https://github.com/advisories/GHSA-w9mr-4mfr-499f', severity: 'high', range: '<2' }] } } });

/** A repository with a caller that is fine, and tools that find what `tools` says; null for one that is not there. */
function stage({ files = {}, tools = {}, before = {} } = {}) {
  const work = mkdtempSync(join(tmpdir(), 'security-'));
  folders.push(work);
  const repository = join(work, 'repository');
  const put = (path, text) => (mkdirSync(dirname(join(repository, path)), { recursive: true }), writeFileSync(join(repository, path), text));
  const git = (...words) => assert.equal(spawnSync('git', [...AUTHOR, ...words], { cwd: repository }).status, 0, words.join(' '));
  for (const path of [WORKFLOW, 'actions/security-scan/action.yml']) put(path, readFileSync(join(root, path), 'utf8'));
  put('package-lock.json', '{}');
  put('.github/workflows/ci.yml', 'on: push\npermissions: {}\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: npm ci\n');
  git('init', '-q', '-b', 'main');
  for (const [path, text] of Object.entries(before)) put(path, text);
  git('add', '-A');
  git('commit', '-q', '-m', 'before');
  for (const path of Object.keys(before)) rmSync(join(repository, path));
  for (const [path, text] of Object.entries(files)) put(path, text);
  git('add', '-A');
  git('commit', '-q', '--allow-empty', '-m', 'now');

  const bin = join(work, 'bin');
  mkdirSync(bin);
  const tool = (name, script) => (writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`), chmodSync(join(bin, name), 0o755));
  tool('sudo', 'exec "$@"');
  tool('apt-get', 'exit 0');
  for (const [name, said] of Object.entries({ ...CLEAN, ...tools })) {
    writeFileSync(join(bin, `${name}.out`), said ?? '');
    const out = `"${join(bin, `${name}.out`)}"`;
    tool(name, said === null ? 'echo not here >&2; exit 127' : name === 'gitleaks' ? `while [ "$1" != --report-path ]; do shift; done; cat ${out} > "$2"` : `[ "$1" = restore ] || cat ${out}; exit 1`);
  }
  return { work, repository, bin };
}

async function scan({ work, repository, bin }, inputs = {}, { codeScanning = true, artifacts = {} } = {}) {
  const uploaded = [];
  const others = {
    'taiki-e/install-action': () => ({ outcome: 'success', outputs: {} }),
    'actions/setup-dotnet': () => ({ outcome: 'success', outputs: {} }),
    'github/codeql-action/upload-sarif'({ sarif_file: path }, folder) {
      uploaded.push(JSON.parse(readFileSync(join(folder, path), 'utf8')));
      return { outcome: codeScanning ? 'success' : 'failure', outputs: {} };
    },
  };
  const path = process.env.PATH;
  process.env.PATH = `${bin}:${path}`;
  try {
    const world = realWorld({ repository, work, api: 'http://127.0.0.1:1', token: 'none', secrets: {}, others, github: { run_id: '1', run_attempt: '1', sha: 'a'.repeat(40), workflow: WORKFLOW } });
    for (const [name, files] of Object.entries(artifacts)) {
      const folder = mkdtempSync(join(work, 'given-'));
      for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
      world.artifacts.set(name, folder);
    }
    const ended = await run(world, WORKFLOW, inputs);
    const step = (name) => world.log.findLast((each) => each.name === name);
    const kept = world.artifacts.get('solana-security-1');
    return { ...ended, step, uploaded, kept, found: [...(step('scan')?.said ?? '').matchAll(/title=findings-open::(.+?):\d+: Expected .*?\(([^()]+) [0-9a-f]{16}\)/g)].map(([, at, rule]) => `${at} ${rule}`).sort(), everything: world.log.map(({ said = '', summary = '' }) => said + summary).join('\n') };
  } finally {
    process.env.PATH = path;
  }
}

test('a repository with nothing wrong is green, and its verdict is kept', { skip }, async () => {
  const ended = await scan(stage({ files: { 'programs/Cargo.lock': '', 'src/api/packages.lock.json': '{}' } }), { 'fail-on': 'warning' });
  assert.equal(ended.result, 'success', ended.everything);
  assert.deepEqual([ended.outputs.clean, ended.outputs.findings, ended.outputs.errors], ['true', '0', '0']);
  assert.match(ended.step('scan').summary, /\*\*Clean:\*\* 0 errors, 0 warnings, 0 waived\./);
  assert.match(ended.step('scan').summary, /\| \*\*Dependencies\*\* \| 3 lock files \|/);
  assert.deepEqual(ended.uploaded.map(({ runs }) => runs.map(({ tool, results }) => [tool.driver.name, results.length])), [[['solana-actions security-scan', 0], ['gitleaks', 0]]]);
  assert.ok(existsSync(join(ended.kept, '.solana-actions/security.sarif')));
});

test('a bad caller, a committed key, a vulnerable package and what other tools found are one red verdict', { skip }, async () => {
  const key = makeKey('committed');
  const ended = await scan(stage({
    files: {
      '.github/workflows/bad.yml': 'on: push\npermissions: write-all\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo ${{ github.event.issue.title }}\n',
      'keys/deployer.json': key.json, 'reports/semgrep.sarif': sarif('Semgrep OSS', [['rust.unsafe', 'src/lib.rs', 'error']]), 'src/lib.rs': '',
    },
    tools: { npm: VULNERABLE, gitleaks: sarif('gitleaks', [['generic-api-key', 'src/lib.rs', 'error']]) },
  }), { 'sarif-files': 'reports/*.sarif', 'sarif-artifacts': 'sarif-*' }, { artifacts: { 'sarif-clippy': { 'clippy.sarif': sarif('clippy', [['clippy::unwrap_used', 'src/lib.rs', 'warning']]) }, other: { 'x.sarif': 'x' } } });
  assert.equal(ended.result, 'failure');
  assert.equal(ended.step('scan').code, 4, ended.everything);
  assert.deepEqual(ended.found, [
    '.github/workflows/bad.yml permissions-all', '.github/workflows/bad.yml script-injection', 'keys/deployer.json keypair-committed', 'package-lock.json dependency-vulnerable',
    'src/lib.rs Semgrep OSS/rust.unsafe', 'src/lib.rs clippy/clippy::unwrap_used', 'src/lib.rs gitleaks/generic-api-key',
  ].sort());
  assert.deepEqual([ended.outputs.clean, ended.outputs.findings, ended.outputs.errors], ['false', '7', '6']);
  assert.equal(ended.uploaded[0].runs.length, 4, 'alerts are shown although the verdict is red');
  assert.ok(!ended.everything.includes(key.json.slice(1, 60)) && !JSON.stringify(ended.uploaded).includes(key.json.slice(1, 60)), 'the key is not told');
});

test('a key that was removed is found in the history, where it is asked for', { skip }, async () => {
  const removed = stage({ before: { 'keys/old.json': makeKey('removed').json } });
  const ended = await scan(removed);
  assert.deepEqual([ended.result, ended.found], ['failure', ['keys/old.json keypair-committed']], ended.everything);
  const now = await scan(removed, { history: false });
  assert.equal(now.result, 'success', now.everything);
});

test('a tool that did not work is no clean one', { skip }, async () => {
  const ended = await scan(stage({ tools: { npm: null, gitleaks: null } }));
  assert.deepEqual([ended.result, ended.found], ['failure', ['.solana-actions/evidence/scanners/gitleaks.sarif report-missing', 'package-lock.json audit-missing']], ended.everything);
  assert.equal(ended.jobs.collect.result, 'success');
  const without = await scan(stage({ tools: { gitleaks: null } }), { gitleaks: false });
  assert.equal(without.result, 'success', without.everything);
});

test('artifacts that were asked for and never came are no clean ones', { skip }, async () => {
  const ended = await scan(stage(), { 'sarif-artifacts': 'sarif-*' });
  assert.deepEqual([ended.result, ended.found], ['failure', ['.solana-actions/evidence/others/**/*.sarif report-missing']], ended.everything);
});

test('where code scanning is off it is a warning, and the verdict stands', { skip }, async () => {
  const ended = await scan(stage(), {}, { codeScanning: false });
  assert.equal(ended.result, 'success', ended.everything);
  assert.match(ended.step('Say where alerts are not shown').said, /^::warning title=code scanning::/);
});

test('a waiver keeps the verdict green until its day', { skip }, async () => {
  const waivers = (until) => ({ 'waivers.yml': `version: 1\nwaivers:\n  - { rule: dependency-vulnerable, path: package-lock.json, reason: There is no update, until: ${until} }\n` });
  const ended = await scan(stage({ files: waivers('2100-01-01'), tools: { npm: VULNERABLE } }), { waivers: 'waivers.yml' });
  assert.equal(ended.result, 'success', ended.everything);
  const late = await scan(stage({ files: waivers('2020-01-01'), tools: { npm: VULNERABLE } }), { waivers: 'waivers.yml' });
  assert.deepEqual([late.result, late.found], ['failure', ['package-lock.json dependency-vulnerable', 'waivers.yml waiver-expired']], late.everything);
});

test('names of files are names: none of them runs', { skip }, async () => {
  const ended = await scan(stage({ files: { '$(touch pwned)/package-lock.json': '{}', 'a b/`touch pwned`/Cargo.lock': '', '; touch pwned/packages.lock.json': '{}' } }));
  assert.equal(ended.result, 'success', ended.everything);
  assert.match(ended.step('scan').summary, /\| \*\*Dependencies\*\* \| 4 lock files \|/);
  assert.equal(spawnSync('find', [folders.at(-1), '-name', 'pwned'], { encoding: 'utf8' }).stdout, '');
});
