// Runs the executable as GitHub's runner would: inputs as environment variables, command files to write to, a log
// whose masks are obeyed.

import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readFileCommand } from './file-command.mjs';
import { logReader } from './job-log.mjs';

export const EXECUTABLE = fileURLToPath(new URL('../../artifacts/solana-actions', import.meta.url));

/** Whether `make publish` has run. */
export const isBuilt = () => existsSync(EXECUTABLE);

/**
 * @typedef {{ inputs: Record<string, string>, variables?: Record<string, string>, workspace: string, onLine?: (line: string) => void }} Step
 * @typedef {{ line: string, at: number }} LogLine at: seconds after the start
 * @typedef {{ code: number | null, signal: string | null, seconds: number, log: LogLine[], outputs: Record<string, string>, summary: string }} Finished
 */

/** @param {string} action @param {Step} step */
export function startAction(action, { inputs, variables = {}, workspace, onLine }) {
  const environment = { ...runnerEnvironment(inputs, workspace), ...variables };
  const child = spawn(EXECUTABLE, [action], { cwd: workspace, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  /** @type {LogLine[]} */
  const log = [];
  const seconds = stopwatch();
  const read = logReader((line) => {
    log.push({ line, at: seconds() });
    onLine?.(line);
  });
  for (const stream of [child.stdout, child.stderr]) read(stream);
  /** @type {Promise<Finished>} */
  const finished = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({
      code, signal, log, seconds: seconds(),
      outputs: readFileCommand(readFileSync(environment.GITHUB_OUTPUT, 'utf8')),
      summary: readFileSync(environment.GITHUB_STEP_SUMMARY, 'utf8'),
    }));
  });
  return { pid: child.pid ?? 0, kill: (/** @type {NodeJS.Signals} */ signal) => child.kill(signal), finished };
}

/** Runs a command for people and gives what it prints. @param {string[]} words @param {string} workspace */
export async function runCommand(words, workspace) {
  const { stdout } = await promisify(execFile)(EXECUTABLE, words, { cwd: workspace, env: { PATH: process.env.PATH }, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/** @returns a function that gives the seconds since now */
export function stopwatch() {
  const start = performance.now();
  return () => (performance.now() - start) / 1000;
}

let serial = 1;

/** Nothing of our own environment but the path, as in a container. @param {Record<string, string>} inputs @param {string} workspace */
function runnerEnvironment(inputs, workspace) {
  const temp = join(workspace, '..', 'runner', `step-${serial++}`);
  mkdirSync(temp, { recursive: true });
  const [output, summary, environment, state, path] = ['output', 'step_summary', 'env', 'state', 'path'].map((name) => join(temp, name));
  for (const file of [output, summary, environment, state, path]) writeFileSync(file, '');
  return {
    PATH: process.env.PATH, HOME: temp, CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: workspace, RUNNER_TEMP: temp,
    GITHUB_REPOSITORY: 'example/programs', GITHUB_SERVER_URL: 'https://github.com', GITHUB_RUN_ID: '1', GITHUB_RUN_ATTEMPT: '1',
    GITHUB_JOB: 'deploy', GITHUB_ACTOR: 'octocat', GITHUB_SHA: '0'.repeat(40),
    GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary, GITHUB_ENV: environment, GITHUB_STATE: state, GITHUB_PATH: path,
    ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
  };
}
