// How long the image takes: from starting the executable to its first output, measured inside a container, and the whole `docker run`.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const docker = fileURLToPath(new URL('../.ci/docker', import.meta.url));
const IMAGE = 'solana-actions:local';
const LOCALNET = 'solana-actions-localnet:local';
const WATCHED = 'solana-actions-bench:local';

/** Why there is nothing to measure here, or null. */
export function missing() {
  return [IMAGE, LOCALNET].every((image) => spawnSync(docker, ['image', 'inspect', image], { stdio: 'ignore' }).status === 0) ? null : 'no Docker engine with our images (make image)';
}

/** @param {number} runs @returns {{ first: number[], whole: number[], bytes: number, base: string }} seconds */
export function measureContainer(runs) {
  const [{ Size: bytes, Config: { Labels: labels } }] = JSON.parse(run(['image', 'inspect', IMAGE]));
  return { first: insideSeconds(runs), whole: wholeSeconds(runs), bytes, base: labels['org.opencontainers.image.base.name'] };
}

/** The image with Node.js beside the executable: somebody must hold the watch in there. @param {number} runs @returns {number[]} */
function insideSeconds(runs) {
  const node = run(['run', '--rm', '--entrypoint', 'node', LOCALNET, '--print', 'process.execPath']).trim();
  run(['build', '--quiet', '--tag', WATCHED, '-'], `FROM ${IMAGE}\nCOPY --from=${LOCALNET} ${node} /watch/node\n`);
  const watch = readFileSync(new URL('container-watch.mjs', import.meta.url), 'utf8');
  const seconds = JSON.parse(run(['run', '--rm', '--network', 'none', '-e', 'GITHUB_ACTIONS=true', '--entrypoint', '/watch/node', WATCHED, '--input-type=module', '--eval', watch, '--', String(runs)]));
  run(['image', 'rm', WATCHED]);
  return seconds;
}

/** What a step costs at least: the client, the engine, the container, and a run that ends with its inputs. @param {number} runs @returns {number[]} */
function wholeSeconds(runs) {
  return Array.from({ length: runs }, () => {
    const start = performance.now();
    spawnSync(docker, ['run', '--rm', '--network', 'none', '-e', 'GITHUB_ACTIONS=true', IMAGE, 'verify-program'], { stdio: 'ignore' });
    return (performance.now() - start) / 1000;
  });
}

/** @param {string[]} command @param {string} [input] */
function run(command, input) {
  const { status, stdout, stderr } = spawnSync(docker, command, { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`docker ${command[0]}: exit ${status}\n${stderr}`);
  return stdout;
}
