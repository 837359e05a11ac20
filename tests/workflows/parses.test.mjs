// Every workflow and action file is one that GitHub takes, and every script of theirs one that ShellCheck has nothing to say about.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { parse } from 'yaml';
import { actionFiles, read, reusable, workflows } from './support/files.mjs';
import { actionErrors, workflowErrors } from './support/parser.mjs';

test('the workflows that others call are there', () => {
  assert.deepEqual(reusable.map((path) => path.replace('.github/workflows/', '')), ['build.yml', 'compliance.yml', 'continue.yml', 'deploy.yml', 'doctor.yml', 'release.yml', 'rollback.yml', 'security.yml', 'smoke-test.yml']);
});

for (const path of workflows) {
  test(`GitHub takes ${path}`, async () => assert.deepEqual(await workflowErrors(path, read(path)), []));
}

for (const path of actionFiles) {
  test(`GitHub takes ${path}`, () => assert.deepEqual(actionErrors(path, read(path)), []));
}

test('GitHub\'s parser does object', async () => {
  const job = (more) => `name: x\non: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo\n${more}`;
  assert.deepEqual(await workflowErrors('x.yml', job('')), []);
  for (const mistake of ['    permision: {}\n', '    if: nobody.knows\n', '    needs: b\n', '    permissions: { content: read }\n', '    concurrency: { group: x, queue: some }\n', '    environment: { name: x, deploy: false }\n']) {
    assert.notDeepEqual(await workflowErrors('x.yml', job(mistake)), [], mistake);
  }
  assert.notDeepEqual(actionErrors('action.yml', 'name: x\ndescription: y\nruns:\n  using: docker\n  image: Dockerfile\n  args: ["${{ secrets.x }}"]\n'), []);
});

const hasShellCheck = spawnSync('shellcheck', ['--version']).error === undefined;
const skip = hasShellCheck || process.env.CI ? false : 'ShellCheck is not installed (Debian: shellcheck)';

for (const path of workflows) {
  const scripts = scriptsOf(parse(read(path)));
  if (scripts.length === 0) continue;
  test(`ShellCheck has nothing to say about ${path}`, { skip }, () => {
    for (const { where, script } of scripts) {
      const { status, stdout, error } = spawnSync('shellcheck', ['--shell=bash', '--severity=style', '--exclude=SC2317', '-'], { input: script, encoding: 'utf8' });
      assert.ifError(error);
      assert.equal(status, 0, `${where}:\n${stdout}`);
    }
  });
}

function scriptsOf(workflow) {
  return Object.entries(workflow.jobs ?? {}).flatMap(([job, { steps }]) => (steps ?? []).flatMap((step, index) => (step.run ? [{ where: `${job}, ${step.name ?? index + 1}`, script: step.run }] : [])));
}
