import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parse } from 'yaml';
import { actionFiles, isPinned, plainWorkflow, thirdParty, withImage, writeImage } from '../../.ci/rewrite.mjs';
import { complaints } from './rules.mjs';
import { actionErrors, workflowErrors } from './support/parser.mjs';
import { actionFiles as known, read, reusable, root } from './support/files.mjs';

const PINNED = `ghcr.io/acme/solana-actions:v1.2.3@sha256:${'a1'.repeat(32)}`;
const scratch = mkdtempSync(join(tmpdir(), 'rewrite-'));
after(() => rmSync(scratch, { recursive: true }));

function clone(name) {
  const to = join(scratch, name);
  mkdirSync(to);
  cpSync(join(root, 'action.yml'), join(to, 'action.yml'));
  cpSync(join(root, 'actions'), join(to, 'actions'), { recursive: true });
  return to;
}

const images = (folder) => actionFiles(folder).map((path) => parse(readFileSync(join(folder, path), 'utf8')).runs.image);

test('a release writes its image into every action, and nothing else into any', () => {
  const folder = clone('release');
  assert.deepEqual(writeImage(folder, PINNED), known);
  assert.deepEqual(images(folder), known.map(() => `docker://${PINNED}`));
  for (const path of known) {
    const [before, after] = [read(path), readFileSync(join(folder, path), 'utf8')].map((text) => text.split('\n'));
    assert.deepEqual(after.filter((line, index) => line !== before[index]), [`  image: docker://${PINNED}`], path);
    assert.deepEqual(actionErrors(path, after.join('\n')), []);
  }
});

test('a second time changes nothing, another image all of them', () => {
  const folder = clone('again');
  writeImage(folder, PINNED);
  assert.deepEqual(writeImage(folder, PINNED), []);
  const next = PINNED.replace('v1.2.3', 'v1.2.4');
  assert.deepEqual(writeImage(folder, next), known);
  assert.deepEqual(images(folder), known.map(() => `docker://${next}`));
});

test('a new action cannot be forgotten', () => {
  const folder = clone('new');
  mkdirSync(join(folder, 'actions/new'));
  assert.throws(() => writeImage(folder, PINNED), /ENOENT/, 'a folder without an action file');
  writeFileSync(join(folder, 'actions/new/action.yml'), 'name: x\ndescription: y\nruns:\n  using: composite\n  steps: []\n');
  assert.throws(() => writeImage(folder, PINNED), /expected one image/);
  writeFileSync(join(folder, 'actions/new/action.yml'), 'name: x\ndescription: y\nruns:\n  using: docker\n  image: ../../Dockerfile\n');
  writeImage(folder, PINNED);
  assert.equal(images(folder)[actionFiles(folder).indexOf('actions/new/action.yml')], `docker://${PINNED}`);
});

test('main builds its image, so that what is pinned is only ever a release', () => {
  for (const path of known) assert.match(parse(read(path)).runs.image, /^(\.\.\/\.\.\/)?Dockerfile$/, path);
});

test('a release names a version and a digest', () => {
  assert.ok(isPinned(PINNED));
  for (const image of ['ghcr.io/acme/solana-actions:v1.2.3', `ghcr.io/acme/solana-actions@sha256:${'a1'.repeat(32)}`, PINNED.replace(':v1.2.3', ':latest'), PINNED.slice(0, -1), `${PINNED}\n  x: y`, '']) {
    assert.ok(!isPinned(image), image);
    assert.equal(spawnSync(process.execPath, [join(root, '.ci/pin.mjs'), image]).status, 2, image);
  }
  assert.throws(() => withImage('runs:\n  using: docker\n  image: a\n  image: b\n', PINNED), /found 2/);
});

const local = join(scratch, 'local');
const made = spawnSync(process.execPath, [join(root, '.ci/workflows-local.mjs'), local, 'example:local', 'http://github:8080'], { encoding: 'utf8' });
const inLocal = (path) => readFileSync(join(local, path), 'utf8');
const workflows = made.status === 0 ? readdirSync(join(local, '.github/workflows')).map((name) => `.github/workflows/${name}`) : [];

test('a repository for another engine is complete', async () => {
  assert.equal(made.status, 0, made.stderr);
  assert.deepEqual(reusable.filter((path) => !workflows.includes(path)), []);
  for (const path of workflows) {
    assert.deepEqual(await workflowErrors(path, inLocal(path)), []);
    for (const [, uses] of inLocal(path).matchAll(/uses: \.\/(\S+)/g)) assert.ok(existsSync(join(local, uses.endsWith('.yml') ? uses : `${uses}/action.yml`)), `${path}: ${uses}`);
  }
  for (const path of known) assert.equal(parse(inLocal(path)).runs.image, 'docker://example:local');
  for (const name of ['solana-release.yml', 'release-soak.yml', 'release-quorum.yml', 'release-broken.yml']) {
    const { programs, environments, smoke } = parse(inLocal(name));
    assert.deepEqual([Object.keys(programs), Object.keys(environments)], [['registry', 'perps'], ['dev', 'staging', 'production']], name);
    for (const spec of Object.values(smoke)) assert.equal(parse(inLocal(spec)).version, 1, spec);
  }
  assert.equal(new Set(['solana-release.yml', 'release-soak.yml', 'release-quorum.yml', 'release-broken.yml'].map(inLocal)).size, 4);
});

test('it has nothing that only GitHub knows, and is otherwise what is released', () => {
  for (const path of reusable) {
    const [ours, theirs] = [parse(read(path)), parse(inLocal(path))];
    assert.doesNotMatch(inLocal(path), /\$\/|^\s+queue:|^\s+deployment:/m, path);
    for (const job of Object.values(ours.jobs)) {
      if (job.environment) delete job.environment.deployment;
      if (job.concurrency) delete job.concurrency.queue;
      if (job.uses) job.uses = job.uses.replace('$/', './');
      // Fetched at the start of its job whether it is switched on or not, and only GitHub can do it, or it downloads.
      if (job.steps) job.steps = job.steps.filter(({ uses }) => !/^(actions\/attest|github\/codeql-action\/upload-sarif|anchore\/(sbom|scan)-action|taiki-e\/install-action|actions\/setup-dotnet)@/.test(uses ?? ''));
      for (const step of job.steps ?? []) {
        if (step.uses?.startsWith('$/') && !/\/(release-plan|security-scan)$/.test(step.uses)) step.with = { 'github-api-url': 'http://github:8080', ...step.with };
        if (step.uses) step.uses = step.uses.replace('$/', './');
        if (step.env?.API) step.env.API = 'http://github:8080';
      }
    }
    assert.deepEqual(theirs, ours, path);
    assert.ok(Object.values(theirs.jobs).filter(({ steps }) => steps).every((job) => job['runs-on'] === '${{ inputs.runs-on }}'), path);
  }
});

test('it is a commit that changes only when something does, and keeps its keys to itself', () => {
  const git = (...words) => spawnSync('git', words, { cwd: local, encoding: 'utf8' }).stdout.trim();
  assert.deepEqual([git('status', '--short'), git('rev-list', '--count', 'HEAD'), git('branch', '--show-current')], ['', '1', 'main']);
  assert.ok(!git('ls-files').split('\n').includes('.secrets') && existsSync(join(local, '.secrets')));
  assert.equal(spawnSync(process.execPath, [join(root, '.ci/workflows-local.mjs'), local, 'example:local', 'http://github:8080']).status, 0);
  assert.equal(git('rev-list', '--count', 'HEAD'), '1');
});

test('an address that every job will refuse is told at once', () => {
  const told = (api) => spawnSync(process.execPath, [join(root, '.ci/workflows-local.mjs'), join(scratch, 'told'), 'example:local', api], { encoding: 'utf8' }).stderr;
  for (const api of ['http://10.0.0.1:8080', 'http://github.internal', 'github:8080']) assert.match(told(api), /^GITHUB_API: the actions will refuse it/, api);
  for (const api of ['http://github:8080', 'http://127.0.0.1:8080', 'https://github.internal/api/v3']) assert.equal(told(api), '', api);
});

test('without a stand-in for GitHub its own address is asked', () => {
  assert.doesNotMatch(reusable.map((path) => plainWorkflow(read(path))).join('\n'), /github-api-url|# github-api/);
});

test('its README has the inputs that its callers take, and every action of others', () => {
  const readme = inLocal('README.md');
  assert.doesNotMatch(readme, /@@|undefined/);
  const events = { release: 'try-release', rollback: 'try-rollback', 'smoke-test': 'try-smoke-test' };
  for (const [event, name] of Object.entries(events)) {
    assert.ok(readme.includes(`\`events/${event}.json\` for \`${name}.yml\``), name);
    const { inputs } = JSON.parse(inLocal(`events/${event}.json`));
    const declared = parse(inLocal(`.github/workflows/${name}.yml`)).on.workflow_dispatch.inputs;
    assert.deepEqual(Object.keys(inputs).filter((input) => !declared[input]), [], name);
    assert.deepEqual(Object.keys(declared).filter((input) => declared[input].required && inputs[input] === undefined), [], name);
    if (inputs.settings) assert.deepEqual(Object.keys(JSON.parse(inputs.settings)), ['dev', 'staging', 'production']);
  }
  const { action, client_payload: payload } = JSON.parse(inLocal('events/alert.json'));
  const { on, jobs } = parse(inLocal('.github/workflows/try-rollback.yml'));
  assert.ok(on.repository_dispatch.types.includes(action));
  const asked = [...JSON.stringify(jobs).matchAll(/client_payload\.([\w-]+)/g)].map(([, key]) => key);
  assert.deepEqual(Object.keys(payload).sort(), asked.sort());
  for (const uses of new Set(reusable.flatMap((path) => thirdParty(inLocal(path))))) assert.ok(readme.includes(`- \`${uses}\``), uses);
});

test('its sample programs are programs, and each version has other bytes', () => {
  const build = (version) => {
    const { status, stderr } = spawnSync('bash', ['build.sh'], { cwd: local, env: { PATH: process.env.PATH, VERSION: version, VARIANT: 'default' }, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    return readFileSync(join(local, 'target/deploy/perps.so'));
  };
  const [one, two] = [build('1.0.0'), build('1.1.0')];
  assert.equal(one.subarray(0, 4).toString('latin1'), '\x7fELF');
  assert.notDeepEqual(one, two);
});

test('its callers keep the house rules', () => {
  for (const name of ['try-release', 'try-rollback', 'try-smoke-test']) assert.deepEqual(complaints(`.github/workflows/${name}.yml`, read(`.ci/local/.github/workflows/${name}.yml`), read), []);
});
