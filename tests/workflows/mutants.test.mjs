// Takes away, one at a time, every condition, every `needs` and every permission of every workflow: each must be missed by a rule or a story.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isMap, isSeq, parseDocument } from 'yaml';
import { story } from './model/team.mjs';
import { complaints, rewritten } from './rules.mjs';
import { scenarios } from './scenarios.mjs';
import { read, reusable, workflows } from './support/files.mjs';

const expected = JSON.parse(readFileSync(new URL('scenarios.golden.json', import.meta.url), 'utf8'));

for (const path of workflows) {
  const found = mutants(path);
  test(`nothing can be taken away from ${path} (${found.length} tries)`, async () => {
    const survivors = [];
    for (const at of found) {
      const text = rewritten(read(path), (document) => document.deleteIn(at));
      if (!(await isMissed(path, text))) survivors.push(`${path}: ${at.join('.')}`);
    }
    assert.deepEqual(survivors, []);
  });
}

test('there is something to take away', () => {
  assert.ok(reusable.flatMap(mutants).length > 100 && workflows.flatMap(mutants).length > 200);
});

function mutants(path) {
  const document = parseDocument(read(path));
  const jobs = document.get('jobs');
  return jobs.items.flatMap(({ key, value: job }) => {
    const at = ['jobs', key.value];
    const needs = job.get('needs', true);
    const permissions = job.get('permissions', true);
    return [
      ...(job.has('if') ? [[...at, 'if']] : []),
      ...(job.has('needs') ? (isSeq(needs) ? needs.items.map((_, index) => [...at, 'needs', index]) : [[...at, 'needs']]) : []),
      ...(isMap(permissions) ? permissions.items.map(({ key: name }) => [...at, 'permissions', name.value]) : []),
      ...(job.get('steps')?.items ?? []).flatMap((step, index) => (step.has('if') ? [[...at, 'steps', index, 'if']] : [])),
    ];
  });
}

async function isMissed(path, text) {
  const source = (name) => (name === path ? text : read(name));
  if (complaints(path, text, source).length > 0) return true;
  if (!reusable.includes(path)) return false;
  const own = path.replace('.github/workflows/', '').replace('.yml', '');
  for (const [name, scenario] of Object.entries(scenarios).sort(([, one], [, other]) => (other.workflow === own) - (one.workflow === own))) {
    try {
      if (JSON.stringify((await story(source, scenario)).lines) !== JSON.stringify(expected[name])) return true;
    } catch {
      return true;
    }
  }
  return false;
}
