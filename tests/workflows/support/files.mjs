// The files that these tests are about.

import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

export const root = fileURLToPath(new URL('../../..', import.meta.url));
export const read = (path) => readFileSync(join(root, path), 'utf8');
export const exists = (path) => existsSync(join(root, path));

const list = (directory, ending) => (exists(directory) ? readdirSync(join(root, directory)).filter((name) => name.endsWith(ending)).map((name) => `${directory}/${name}`).sort() : []);

/** Every workflow of the repository: its own, those that others call, templates and examples. */
export const workflows = [
  ...list('.github/workflows', '.yml'),
  ...list('.ci/local/.github/workflows', '.yml'),
  ...list('docs/workflow-templates', '.yml'),
  ...(exists('docs/examples') ? readdirSync(join(root, 'docs/examples'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).flatMap(({ name }) => list(`docs/examples/${name}/.github/workflows`, '.yml')) : []),
];

/** What others call. */
export const reusable = workflows.filter((path) => path.startsWith('.github/') && parse(read(path)).on?.workflow_call !== undefined);

/** What somebody copies: it calls ours by owner and repository. */
export const isCaller = (path) => path.startsWith('docs/');

export const actionFiles = ['action.yml', ...readdirSync(join(root, 'actions')).map((name) => `actions/${name}/action.yml`).filter(exists).sort()];

const contract = parse(read('docs/contract.yml'));

/** An action of the contract, with every input it takes; undefined when there is none of the name. */
export function action(name) {
  const found = contract.actions.find((each) => each.name === name);
  if (!found) return undefined;
  const common = contract.common.inputs.filter((input) => !found.takes || found.takes.includes(input.name));
  return { ...found, inputs: [...found.inputs, ...common, ...(found.takes ? [] : contract.providers.inputs)] };
}

/** A file, or a part of it, that is made: with UPDATE_GOLDEN=1 it is made again. */
export function generated(path, mark, content) {
  const text = read(path);
  const [start, end] = [`<!-- ${mark} -->\n`, `<!-- /${mark.split(':')[0]} -->`];
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${path} has no part "${mark}"`);
  const made = text.slice(0, from + start.length) + content + text.slice(to);
  if (process.env.UPDATE_GOLDEN === '1' && made !== text) writeFileSync(join(root, path), made);
  return { made, found: read(path) };
}

export const shown = (path) => relative(root, join(root, path));
