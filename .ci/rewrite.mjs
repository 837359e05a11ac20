// What becomes of action files and workflows elsewhere: images by digest in a release, plain paths for a runner engine that is not GitHub's.

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const IMAGE_LINE = /^( {2}image: ).*$/gm;

/** Every action of the repository, so that none has to be listed: the one at the root, and every folder of actions/. */
export const actionFiles = (/** @type {string} */ root) => ['action.yml', ...readdirSync(join(root, 'actions')).sort().map((name) => `actions/${name}/action.yml`)];

/** Whether released action files may name it: with a tag for people and a digest for machines. */
export const isPinned = (/** @type {string} */ image) => /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)+:v\d+\.\d+\.\d+(-[0-9a-z.-]+)?@sha256:[0-9a-f]{64}$/.test(image);

/** An action file whose image is taken instead of built. */
export function withImage(/** @type {string} */ text, /** @type {string} */ image) {
  const found = text.match(IMAGE_LINE) ?? [];
  if (found.length !== 1 || !/^ {2}using: docker$/m.test(text)) throw new Error(`expected one image of a docker action, found ${found.length}`);
  return text.replace(IMAGE_LINE, (_, start) => `${start}docker://${image}`);
}

/** Writes the image into every action file of a checkout, and says which of them changed. */
export function writeImage(/** @type {string} */ root, /** @type {string} */ image) {
  return actionFiles(root).filter((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    const made = withImage(text, image);
    writeFileSync(join(root, path), made);
    return made !== text;
  });
}

/**
 * A workflow for an engine that knows neither `$/` nor what GitHub added last.
 * @param {string} text @param {{ githubApi?: string, isWhole?: boolean }} [options] where GitHub's API is played; whether what only GitHub can do stays
 */
export function plainWorkflow(text, { githubApi, isWhole = false } = {}) {
  return text.replaceAll(isWhole ? /(?!)/g : ELSEWHERE, '').split('\n').flatMap((line) => {
    if (/^ {6}(deployment: |queue: max$)/.test(line)) return [];
    const [, indent, action] = /^( +)(?:- )?uses: \$\/(actions\/[\w-]+)$/.exec(line) ?? [];
    const plain = line.replace(/uses: \$\//, 'uses: ./').replace('${{ github.api_url }}', githubApi ?? '${{ github.api_url }}');
    return action && githubApi && !/\/(release-plan|security-scan)$/.test(action) ? [plain, `${indent}${GITHUB_API}`] : [plain];
  }).join('\n').replaceAll(new RegExp(`\\n +${GITHUB_API}\\n( +)with:\\n`, 'g'), (_, indent) => `\n${indent}with:\n${indent}  github-api-url: ${githubApi}\n`);
}

const GITHUB_API = '# github-api-url';

/** Steps that only GitHub can do, or that download. A runner fetches the actions of steps that are switched off, too. */
const ELSEWHERE = /^ {6}- name: .*\n(?: {8}.*\n)*? {8}uses: (?:actions\/attest|github\/codeql-action\/upload-sarif|anchore\/[\w-]+|taiki-e\/install-action|actions\/setup-dotnet)@.*\n(?: {8}.*\n)*/gm;

/** The actions of others that a workflow uses. */
export const thirdParty = (/** @type {string} */ text) => [...text.matchAll(/uses: ([\w.-]+\/[\w./-]+@[0-9a-f]{40} # v[\d.]+)$/gm)].map(([, uses]) => uses);
