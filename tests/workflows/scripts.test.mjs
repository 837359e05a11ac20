// The scripts of the workflows, run as the runner runs them, with values that somebody else chose: nothing of them is executed.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parse } from 'yaml';
import { BOT, SEED, SHA, standIn } from '../github/support/stand-in.mjs';
import { read } from './support/files.mjs';

const HOSTILE = ['$(touch pwned)', '`touch pwned`', '"; touch pwned; "', "'; touch pwned; '", 'a\nb=c', '${IFS}touch${IFS}pwned', '&& touch pwned', '../../pwned', '::error::x', '-rf', '*'];
const missing = ['curl', 'jq'].filter((tool) => spawnSync(tool, ['--version']).error);
const skip = missing.length > 0 && !process.env.CI ? `not installed: ${missing.join(', ')}` : false;
const folders = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

/** Runs a step's script in a folder of its own. */
function runner(workflow, job, step) {
  const found = parse(read(`.github/workflows/${workflow}.yml`)).jobs[job].steps.find(({ name }) => name === step);
  const folder = mkdtempSync(join(tmpdir(), 'script-'));
  folders.push(folder);
  mkdirSync(join(folder, '_temp'));
  return {
    folder,
    put: (path, text) => (mkdirSync(join(folder, path, '..'), { recursive: true }), writeFileSync(join(folder, path), text)),
    git: (...args) => spawnSync('git', args, { cwd: folder, encoding: 'utf8', env: { ...process.env, GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@example', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@example', GIT_CONFIG_GLOBAL: '/dev/null' } }),
    run(env) {
      for (const file of ['output', 'summary']) writeFileSync(join(folder, '_temp', file), '');
      assert.deepEqual(Object.keys(found.env ?? {}).filter((name) => env[name] === undefined), [], 'every variable of the step is given');
      // https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
      const { status, stdout, stderr } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', found.run], {
        cwd: folder, encoding: 'utf8', env: { PATH: process.env.PATH, GITHUB_OUTPUT: join(folder, '_temp/output'), GITHUB_STEP_SUMMARY: join(folder, '_temp/summary'), RUNNER_TEMP: join(folder, '_temp'), ...env },
      });
      assert.ok(!existsSync(join(folder, 'pwned')) && !existsSync(join(folder, '../pwned')), 'nothing was executed');
      return { status, said: stdout + stderr, outputs: outputs(readFileSync(join(folder, '_temp/output'), 'utf8')), summary: readFileSync(join(folder, '_temp/summary'), 'utf8') };
    },
  };
}

/** As the runner reads the file (actions/runner, FileCommandManager). */
function outputs(text) {
  const found = {};
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const heredoc = /^([^=]*?)<<(.+)$/.exec(lines[at]);
    if (heredoc) {
      const end = lines.indexOf(heredoc[2], at + 1);
      assert.ok(end > at, 'the delimiter comes');
      found[heredoc[1]] = lines.slice(at + 1, end).join('\n');
      at = end;
    } else if (lines[at]) {
      const [name, ...value] = lines[at].split('=');
      found[name] = value.join('=');
    }
  }
  return found;
}

const RUN = { GITHUB_REF_TYPE: 'branch', GITHUB_REF_NAME: 'main', GITHUB_RUN_NUMBER: '42', GITHUB_RUN_ATTEMPT: '1', GITHUB_SHA: SHA };

test('a version comes from the input, the tag or the run', () => {
  const step = runner('build', 'plan', 'Choose the version');
  const version = (env) => step.run({ ...RUN, VERSION: '', ...env }).outputs.version;
  assert.equal(version({ VERSION: 'v1.2.3-rc.1+x' }), '1.2.3-rc.1+x');
  assert.equal(version({ GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v2.0.0' }), '2.0.0');
  assert.equal(version({}), '0.0.0-run.42.1.gaaaaaaa');
});

test('a version or a tag that is none stops the build', () => {
  const step = runner('build', 'plan', 'Choose the version');
  for (const hostile of [...HOSTILE, '1.2', '1.2.3\nname=x', '1.2.3 x']) {
    for (const env of [{ VERSION: hostile }, { VERSION: '', GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: hostile }]) {
      const { status, said, outputs: set } = step.run({ ...RUN, ...env });
      assert.equal(status, 1, hostile);
      assert.deepEqual(set, {});
      assert.ok(hostile.startsWith('1.2') || !said.includes(hostile), 'it is not repeated');
    }
  }
});

test('arguments of a recipe are arguments, and a recipe is one of three', () => {
  const step = runner('build', 'build', 'Build');
  step.put('bin/cargo', '#!/bin/sh\nfor each; do echo "<$each>"; done\n');
  spawnSync('chmod', ['+x', join(step.folder, 'bin/cargo')]);
  const env = { PATH: `${step.folder}/bin:${process.env.PATH}`, RECIPE: 'build-sbf', COMMAND: '', BUILD_ARGS: '', VARIANT: 'main', VERSION: '1.0.0' };
  assert.equal(step.run({ ...env, BUILD_ARGS: '--features mainnet' }).said, '<build-sbf>\n<--features>\n<mainnet>\n');
  assert.equal(step.run(env).said, '<build-sbf>\n');
  for (const hostile of HOSTILE) {
    assert.equal(step.run({ ...env, BUILD_ARGS: hostile }).status, 0, hostile);
    assert.equal(step.run({ ...env, RECIPE: hostile }).status, 1, hostile);
  }
});

test('what a command ends with, the build ends with', () => {
  const step = runner('build', 'build', 'Build');
  const env = { RECIPE: 'anchor', COMMAND: 'false; true', BUILD_ARGS: '', VARIANT: 'main', VERSION: '1.0.0' };
  assert.equal(step.run(env).status, 1);
  assert.equal(step.run({ ...env, COMMAND: 'echo "$VARIANT $VERSION"' }).said, 'main 1.0.0\n');
});

test('what was built is collected under the names of the store', () => {
  const step = runner('build', 'build', 'Collect what the release file lists');
  const env = { ARTIFACTS: 'vault=out dir/vault.so\ncore=core.so', IDLS: '', VARIANT: 'main' };
  step.put('out dir/vault.so', 'v');
  assert.match(step.run(env).said, /title=file-unreadable::.*the so of core/);
  step.put('core.so', 'c');
  rmSync(join(step.folder, 'solana-build'), { recursive: true });
  assert.equal(step.run(env).status, 0);
  assert.equal(readFileSync(join(step.folder, 'solana-build/main.programs'), 'utf8'), 'vault@main=solana-build/vault.main.so\ncore@main=solana-build/core.main.so\n');
  for (const hostile of HOSTILE) assert.equal(step.run({ ...env, ARTIFACTS: `core=${hostile}` }).status, 1, hostile);
});

test('no build ends the list of what was built', () => {
  const step = runner('build', 'keep', 'List what was built');
  const list = ['core@main=solana-build/core.main.so', 'EOF', 'program=x', ...HOSTILE].join('\n');
  step.put('solana-build/main.programs', `${list}\n`);
  step.put('solana-build/other.programs', 'core@other=solana-build/core.other.so\n');
  assert.deepEqual(step.run({}).outputs, { program: `${list}\ncore@other=solana-build/core.other.so`, idl: '' });
});

test('a build whose list was lost is not made up of what lies in the repository', () => {
  const step = runner('build', 'keep', 'List what was built');
  step.put('solana-build/core.main.so', 'a program');
  const { status, said, outputs: made } = step.run({});
  assert.deepEqual([status, made], [1, {}]);
  assert.match(said, /title=file-unreadable::/);
});

test('only the version\'s tag is the version\'s tag', () => {
  const step = runner('deploy', 'plan', 'Only the version\'s tag goes to mainnet');
  assert.equal(step.run({ VERSION: '1.2.0', GITHUB_REF: 'refs/tags/v1.2.0' }).status, 0);
  for (const ref of ['refs/heads/v1.2.0', 'refs/tags/1.2.0', 'refs/tags/v1.2.0-rc', ...HOSTILE.map((name) => `refs/heads/${name}`)]) assert.equal(step.run({ VERSION: '1.2.0', GITHUB_REF: ref }).status, 1, ref);
  assert.match(step.run({ VERSION: '1.2.0', GITHUB_REF: 'refs/heads/a%0A::notice::b' }).said, /a%250A::notice/);
});

test('whoever comes to a failed deploy is told what to do', () => {
  const step = runner('deploy', 'deploy', 'What to do now');
  const told = (env) => step.run({ GATES: 'success', DEPLOY: 'success', VERIFY: 'success', SMOKE: 'success', ROLLBACK: 'skipped', BACK: '', MODE: 'deploy', PROPOSED: '', AT: '', ...env }).summary;
  step.put('back.json', '{"schema":1,"exit-code":4}');
  step.put('stopped.json', '{"schema":1,"exit-code":40}');
  step.put('refused.json', '{"schema":1,"exit-code":3}');
  const all = [{ GATES: 'failure' }, { DEPLOY: 'failure' }, { VERIFY: 'failure' }, { SMOKE: 'failure' }, { SMOKE: 'failure', ROLLBACK: 'success' }, { SMOKE: 'failure', ROLLBACK: 'failure', BACK: 'stopped.json' }, { SMOKE: 'failure', ROLLBACK: 'failure', BACK: 'back.json' }, {},
    { PROPOSED: 'true' }, { SMOKE: 'failure', ROLLBACK: 'failure', BACK: 'refused.json', MODE: 'propose' }].map(told);
  assert.equal(new Set(all).size, 10);
  assert.equal(told({ SMOKE: 'failure', ROLLBACK: 'failure', BACK: 'refused.json' }), all[5], 'without a vault nobody has to agree');
  assert.match(told({ PROPOSED: 'true', AT: '2026-12-01T08:00:00Z' }), /can be executed from 2026-12-01T08:00:00Z on; .*start the release again with the same version/);
  assert.ok(!all[8].includes('executed from'));
  assert.match(all[0], /Nothing was sent/);
  assert.match(all[4], /runs again/);
});

test('a release is deployed or proposed, and nothing else', () => {
  const step = runner('deploy', 'plan', 'Deploy, or propose');
  for (const mode of ['deploy', 'propose']) assert.deepEqual([step.run({ MODE: mode }).status, step.run({ MODE: mode }).outputs], [0, { mode }]);
  for (const mode of ['', 'export', 'reclaim', 'deploy\nx=y', 'proposed', ...HOSTILE]) {
    const { status, outputs: set, said } = step.run({ MODE: mode });
    assert.deepEqual([status, set], [1, {}], mode);
    assert.match(said, /^::error title=input-unknown-value::Expected deploy or propose/);
  }
});

test('what waits for members is neither what ran before nor what this run executed', { skip }, () => {
  const step = runner('deploy', 'deploy', 'What waits for the members');
  const of = (results, wait = '') => {
    const { status, outputs: set, said } = step.run({ RESULTS: JSON.stringify(results), WAIT_FOR: wait });
    assert.equal(status, 0, said);
    return [set.executed, set.proposed, set['executable-at']];
  };
  const waits = { changed: 'true', signature: '', proposal: 'P', 'executable-hash': 'new', 'previous-executable-hash': 'old', 'executable-at': '' };
  const approved = (at) => ({ ...waits, 'executable-at': at });
  const ran = { ...waits, proposal: '', 'previous-executable-hash': 'new' };
  assert.deepEqual(of({ perps: waits }), ['false', 'true', '']);
  assert.deepEqual(of({ perps: ran }), ['false', 'false', '']);
  assert.deepEqual(of({ perps: { ...approved('2026-12-01T08:00:00Z'), signature: 'S' } }), ['false', 'false', '']);
  assert.deepEqual(of({ perps: waits }, 'executed'), ['true', 'false', '']);
  assert.deepEqual(of({ perps: ran }, 'executed'), ['false', 'false', '']);
  assert.deepEqual(of({ core: ran, perps: approved('2026-12-01T08:00:00Z') }, 'approved'), ['false', 'true', '2026-12-01T08:00:00Z']);
  assert.deepEqual(of({ core: approved('2026-12-02T08:00:00Z'), perps: approved('2026-12-01T08:00:00Z') }), ['false', 'true', '2026-12-02T08:00:00Z'], 'when all of them can');
  assert.deepEqual(of({ core: approved('2026-12-02T08:00:00Z'), perps: waits }), ['false', 'true', ''], 'one is not approved');
  for (const hostile of HOSTILE) assert.deepEqual(of({ [hostile]: approved(hostile) }), ['false', 'true', ''], hostile);
  for (const broken of ['', '[1]', 'x']) assert.notEqual(step.run({ RESULTS: broken, WAIT_FOR: '' }).status, 0, 'nothing is guessed');
});

test('what went live is named with its bytes, and whoever reads it is told what comes next', { skip }, () => {
  const step = runner('continue', 'continue', 'What went live');
  const of = (results) => step.run({ RESULTS: JSON.stringify(results) });
  const row = (state, hash = 'ab') => ({ state, 'executable-hash': hash });
  const live = of({ core: row('succeeded', 'cd'), 'core 01ABC': row('cancelled'), perps: row('pending'), vault: row('failed') });
  assert.deepEqual([live.status, live.outputs, /Start the release again with the same version/.test(live.summary)], [0, { hashes: '{"core":"cd"}', programs: '["core"]' }, true]);
  assert.deepEqual(of({ core: row('cancelled'), 'core 01ABC': row('succeeded', 'ef') }).outputs, { hashes: '{"core":"ef"}', programs: '["core"]' }, 'one program has one live record');
  const none = of({ perps: row('pending') });
  assert.deepEqual([none.outputs.programs, none.summary], ['[]', '']);
  for (const hostile of HOSTILE) assert.equal(of({ [hostile]: row('succeeded', hostile) }).status, 0, hostile);
});

test('whoever comes to a failed rollback is told what to do', () => {
  const step = runner('rollback', 'rollback', 'What to do now');
  step.put('back.json', '{"schema":1,"exit-code":4}');
  assert.match(step.run({ BACK: 'back.json' }).summary, /The earlier release runs again/);
  for (const none of ['', 'nowhere.json']) assert.match(step.run({ BACK: none }).summary, /emergency-rollback\.md/);
});

test('release notes are text, whatever commits are called', { skip }, () => {
  const step = runner('release', 'publish', 'Write the notes');
  const subjects = [...HOSTILE.filter((each) => !each.includes('\n')), '~~~~', '</pre><script>x</script>', '@everybody look', '# heading', '![x](http://example)'];
  step.git('init', '-q', '-b', 'main');
  const commit = (subject) => (step.git('commit', '-q', '--allow-empty', '--cleanup=verbatim', '-m', subject), step.git('rev-parse', 'HEAD').stdout.trim());
  const before = commit('what ran');
  subjects.forEach(commit);
  const head = commit('the last');
  step.put('reports/solana-release/manifest.json', JSON.stringify({ version: '1.2.0', artifacts: [{ sha256: 'ab'.repeat(32), file: 'core.main.so' }] }));
  const notes = (env) => {
    rmSync(join(step.folder, 'release'), { recursive: true, force: true });
    assert.equal(step.run({ GITHUB_SHA: head, FIRST: `staging=${before}`, SECOND: '=', THIRD: '=', FOURTH: '=', FIFTH: '=', RECORD: '{"perps":{"slot":"7"}}', ...env }).status, 0);
    return readFileSync(join(step.folder, 'notes.md'), 'utf8');
  };
  const text = notes({});
  const block = /^~~~~text\n(.*?)\n~~~~$/ms.exec(text)[1].split('\n');
  assert.deepEqual(block.map((line) => line.replace(/^[0-9a-f]{7,} /, '')), ['the last', ...subjects.toReversed()]);
  assert.ok(block.every((line) => /^[0-9a-f]{7,} /.test(line)), 'no line begins with what somebody wrote');
  assert.equal(readFileSync(join(step.folder, 'release/SHA256SUMS'), 'utf8'), `${'ab'.repeat(32)}  core.main.so\n`);
  assert.ok(notes({ SECOND: `production=${'f'.repeat(40)}` }).includes('what ran'), 'a commit that is not there is not looked from');
  assert.ok(notes({ SECOND: 'production=' }).includes('what ran'), 'nothing ran there before');
  for (const hostile of HOSTILE) notes({ SECOND: `production=${hostile}` });
  assert.ok(!text.includes('callers'), 'no IDL changed');
  const changes = [{ kind: 'breaking', what: 'account Config: fee is u32, before u16' }, ...subjects.map((what) => ({ kind: 'notable', what }))];
  const told = notes({ RECORD: JSON.stringify({ perps: { 'idl-changes': JSON.stringify(changes) }, core: { 'idl-changes': '' } }) });
  const lines = /^## What changes for callers\n\n~~~~text\n(.*?)\n~~~~$/ms.exec(told)[1].split('\n');
  assert.equal(lines[0], 'perps: breaking: account Config: fee is u32, before u16');
  assert.ok(lines.length === changes.length && lines.every((line) => /^perps: [a-z]+: [ -}]*$/.test(line)), 'one line each, and nothing that could end the block');
  for (const hostile of [...HOSTILE, '[1]', '{}', 'null']) notes({ RECORD: JSON.stringify({ perps: { 'idl-changes': hostile } }) });
});

test('a GitHub Release is published once, with everything attached', { skip }, async (t) => {
  const github = await standIn();
  t.after(() => github.stop());
  await github.door('POST', 'seed', SEED);
  const step = runner('release', 'publish', 'Publish them');
  step.put('notes.md', 'what is "new"\n');
  for (const name of ['manifest.json', 'SHA256SUMS', 'record.json']) step.put(`release/${name}`, name);
  const env = { API: github.http, TOKEN: BOT, VERSION: '1.2.0', GITHUB_REPOSITORY: 'octo/perps', GITHUB_SHA: SHA };
  const first = step.run(env);
  assert.equal(first.status, 0, first.said);
  const { json: release } = await github.as(BOT).call('GET', '/releases/tags/v1.2.0');
  assert.deepEqual([release.draft, release.body, release.assets.map(({ name }) => name).sort()], [false, 'what is "new"\n', ['SHA256SUMS', 'manifest.json', 'record.json']]);
  assert.equal(first.outputs.url, release.html_url);
  const again = step.run(env);
  assert.deepEqual([again.status, again.outputs.url], [0, release.html_url], again.said);
  assert.equal((await github.as(BOT).call('GET', '/releases')).json.length, 1);
  const refused = step.run({ ...env, TOKEN: 'nobody', VERSION: '1.3.0' });
  assert.notEqual(refused.status, 0);
  assert.ok(![first, again, refused].some(({ said }) => said.includes(BOT)), 'the token is not told');
  assert.ok(!existsSync(join(step.folder, '_temp/curl')), 'nor left behind');
});

test('hypercare ends with its window', { skip }, async (t) => {
  const github = await standIn();
  t.after(() => github.stop());
  await github.door('POST', 'seed', SEED);
  const step = runner('smoke-test', 'test', 'Is the newest release still new?');
  const due = (environment, window = '24') => step.run({ API: github.http, TOKEN: BOT, ENVIRONMENT: environment, WINDOW: window, GITHUB_REPOSITORY: 'octo/perps' });
  const released = (hours) => ({ repositories: { 'octo/perps': { deployments: [{ sha: SHA, task: 'solana-release', environment: 'production', payload: {}, creator: 'github-actions[bot]', created_at: new Date(Date.now() - hours * 3_600_000).toISOString() }] } } });
  assert.equal(due('production').outputs.due, 'false', 'there was none');
  await github.door('POST', 'seed', released(30));
  assert.equal(due('production').outputs.due, 'false');
  assert.equal(due('production', '48').outputs.due, 'true');
  await github.door('POST', 'seed', released(1));
  assert.equal(due('production').outputs.due, 'true');
  assert.equal(due('staging').outputs.due, 'false');
  for (const hostile of HOSTILE) assert.equal(due(hostile).outputs.due, 'false', hostile);
});
