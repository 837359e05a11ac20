// What documents say of workflows and faults is what there is.

import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { complaints } from './rules.mjs';
import { workflowErrors } from './support/parser.mjs';
import { exists, generated, read, reusable, root, workflows } from './support/files.mjs';

const table = (head, rows) => (rows.length === 0 ? '' : `| ${head.join(' | ')} |\n|${head.map(() => '---|').join('')}\n${rows.map((row) => `| ${row.join(' | ')} |\n`).join('')}\n`);

function section(path) {
  const { inputs = {}, secrets = {}, outputs = {} } = parse(read(path)).on.workflow_call;
  const value = ({ required, default: given }) => (required ? '**required**' : given === '' ? '' : `\`${given}\``);
  return `### ${path.replace('.github/workflows/', '')}\n\n${
    table(['Input', 'Type', 'Default', 'Description'], Object.entries(inputs).map(([name, input]) => [`\`${name}\``, input.type, value(input), input.description]))}${
    table(['Secret', 'Description'], Object.entries(secrets).map(([name, secret]) => [`\`${name}\``, secret.description]))}${
    table(['Output', 'Description'], Object.entries(outputs).map(([name, output]) => [`\`${name}\``, output.description]))}`;
}

test('docs/workflows.md lists what the workflows take and give', () => {
  const { made, found } = generated('docs/workflows.md', 'workflows: made from .github/workflows', reusable.map(section).join(''));
  assert.equal(found, made, 'rewrite it with UPDATE_GOLDEN=1');
});

const codes = (text) => [...text.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code]) => code);

test('callers in the README and in the documents are workflows that keep the house rules', async () => {
  const callers = ['README.md', 'docs/workflows.md', 'docs/squads.md'].flatMap((path) => [...read(path).matchAll(/```yaml\n(name:.*?)```/gs)].map(([, text]) => text)).filter((text) => text.includes('OWNER/REPO/.github/workflows/'));
  assert.deepEqual(callers.map((text) => parse(text).name), ['Release', 'Rollback', 'Release', 'Continue']);
  for (const text of callers) {
    assert.deepEqual(await workflowErrors('docs/caller.yml', text), []);
    assert.deepEqual(complaints('docs/caller.yml', text.replaceAll('@main', '@v1'), read), []);
  }
});

test('troubleshooting knows every fault, once, under the exit code that it has', () => {
  const known = new Map([...read('docs/faults.md').matchAll(/^\| `([a-z-]+)` \| (\d+) \|/gm)].map(([, code, exit]) => [code, exit]));
  const sections = read('docs/troubleshooting.md').split('\n## ').slice(1);
  assert.deepEqual(sections.flatMap(codes).sort(), [...known.keys()].sort());
  for (const part of sections) for (const code of codes(part)) assert.ok(/\(exit ([\d, ]+)\)/.exec(part)[1].split(', ').includes(known.get(code)), code);
});

test('runbooks name only faults that there are', () => {
  const known = codes(read('docs/faults.md'));
  for (const name of readdirSync(join(root, 'docs/runbooks'))) {
    for (const [, code] of read(`docs/runbooks/${name}`).matchAll(/`([a-z]+(?:-[a-z]+)+)`/g)) {
      if (/^(rpc|secret|key|gate|elf|program|authority|spend|transactions|buffer|input|address)-/.test(code)) assert.ok(known.includes(code) || INPUTS.has(code), `${name}: ${code}`);
    }
  }
});

const INPUTS = new Set(reusable.flatMap((path) => Object.keys(parse(read(path)).on.workflow_call.inputs)));

test('links lead somewhere', () => {
  const documents = ['docs/workflows.md', 'docs/getting-started.md', 'docs/troubleshooting.md', 'docs/not-run-here.md', ...readdirSync(join(root, 'docs/runbooks')).map((name) => `docs/runbooks/${name}`)];
  for (const document of documents) {
    for (const [, link] of read(document).matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)) assert.ok(existsSync(join(root, dirname(document), link)), `${document}: ${link}`);
  }
});

test('the release file and the spec of the first steps are the form they should have', () => {
  const blocks = [...read('docs/getting-started.md').matchAll(/```(?:yaml|json)\n(.*?)```/gs)].map(([, block]) => parse(block));
  const file = blocks.find((block) => block.programs);
  assert.deepEqual(Object.keys(file).sort(), ['environments', 'name', 'programs', 'smoke', 'version']);
  assert.deepEqual(Object.keys(file.programs), Object.keys(file.environments.devnet['program-ids']));
  assert.deepEqual(Object.keys(blocks.find((block) => block.devnet)), Object.keys(file.environments), 'settings are there for each environment');
});

test('settings in the documents are settings that release.yml reads', () => {
  const used = new Set([...read('.github/workflows/release.yml').matchAll(/fromJSON\(inputs\.settings\)\[needs\.plan\.outputs\.first\]\.([\w-]+)/g)].map(([, name]) => name));
  const listed = [...read('docs/workflows.md').split('| Setting |')[1].split('\n\n')[0].matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name);
  assert.deepEqual(listed.sort(), [...used].sort());
});

test('a caller is thirty lines at most', () => {
  for (const path of workflows.filter((each) => each.startsWith('docs/examples/'))) assert.ok(read(path).trimEnd().split('\n').length <= 30, path);
});

test('a caller names environments that its release file has', () => {
  for (const path of workflows.filter((each) => each.startsWith('docs/examples/'))) {
    const environments = Object.keys(parse(read(`${path.split('/.github/')[0]}/solana-release.yml`)).environments);
    const { on, jobs } = parse(read(path));
    const named = [...Object.values(jobs).flatMap((job) => [job.with?.environment, job.with?.until]).filter((each) => each && !each.includes('${{')), ...(on.workflow_dispatch?.inputs?.environment?.options ?? [])];
    for (const environment of named) assert.ok(environments.includes(environment), `${path}: ${environment}`);
  }
});

test('every trusted workflow is there', () => {
  for (const path of workflows.filter((each) => each.startsWith('docs/examples/'))) {
    for (const { with: given } of Object.values(parse(read(path)).jobs)) {
      for (const name of (given?.['trusted-workflows'] ?? '').split('\n').filter(Boolean)) assert.ok(exists(join(dirname(path), name)), `${path}: ${name}`);
    }
  }
});

test('every template says what it is', () => {
  const templates = workflows.filter((path) => path.startsWith('docs/workflow-templates/'));
  assert.equal(templates.length, 4);
  for (const path of templates) {
    const { name, description, categories, filePatterns } = JSON.parse(read(path.replace('.yml', '.properties.json')));
    assert.equal(name, parse(read(path)).name);
    assert.ok(description && categories.length > 0 && filePatterns.every((pattern) => new RegExp(pattern).test('solana-release.yml')));
  }
});
