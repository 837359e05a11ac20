// Runs the executable as GitHub's runner would: inputs as environment variables, command files to write to.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const EXECUTABLE = fileURLToPath(new URL('../../artifacts/solana-actions', import.meta.url));

/**
 * @param {{ inputs: Record<string, string>, workspace: string, runId?: string }} step
 * @returns {NodeJS.ProcessEnv} nothing of our own environment, as in a container
 */
export function runnerEnvironment({ inputs, workspace, runId = '1' }) {
  const commands = join(workspace, '..', 'runner', `step-${serial++}`);
  mkdirSync(commands, { recursive: true });
  const files = Object.fromEntries(['GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY', 'GITHUB_ENV', 'GITHUB_STATE', 'GITHUB_PATH'].map((name) => [name, join(commands, name)]));
  for (const file of Object.values(files)) writeFileSync(file, '');
  const named = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));
  return {
    PATH: process.env.PATH, HOME: workspace, CI: 'true',
    GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: workspace, GITHUB_REPOSITORY: 'example/programs', GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_RUN_ID: runId, GITHUB_RUN_ATTEMPT: '1', GITHUB_JOB: 'deploy', GITHUB_ACTOR: 'octocat', GITHUB_SHA: '0'.repeat(40), RUNNER_TEMP: commands,
    ...files, ...named,
  };
}

let serial = 1;

/**
 * @param {string} action
 * @param {{ inputs: Record<string, string>, workspace: string, runId?: string, onLine?: (line: string) => void }} step
 */
export function startAction(action, { onLine, ...step }) {
  const env = runnerEnvironment(step);
  const child = spawn(EXECUTABLE, [action], { cwd: step.workspace, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const log = [];
  const seconds = stopwatch();
  for (const stream of [child.stdout, child.stderr]) byLine(stream, (line) => { log.push({ line, at: seconds() }); onLine?.(line); });
  const finished = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({
      code, signal, log, seconds: seconds(),
      outputs: readOutputs(env.GITHUB_OUTPUT), summary: readFileSync(env.GITHUB_STEP_SUMMARY, 'utf8'),
    }));
  });
  return { pid: child.pid, kill: (signal) => child.kill(signal), finished };
}

/** Whether `make publish` has run. */
export const isBuilt = () => existsSync(EXECUTABLE);

export function stopwatch() {
  const start = performance.now();
  return () => (performance.now() - start) / 1000;
}

/** The runner's own reading of GITHUB_OUTPUT: `name<<delimiter`, value, `delimiter`; or `name=value`. @param {string} file */
function readOutputs(file) {
  const outputs = {};
  const lines = readFileSync(file, 'utf8').split('\n');
  for (let i = 0; i < lines.length; i++) {
    const [, name, delimiter] = /^([^=<]+)<<(.+)$/.exec(lines[i]) ?? [];
    if (name !== undefined) {
      const end = lines.indexOf(delimiter, i + 1);
      outputs[name] = lines.slice(i + 1, end).join('\n');
      i = end;
    } else if (lines[i].includes('=')) {
      const split = lines[i].indexOf('=');
      outputs[lines[i].slice(0, split)] = lines[i].slice(split + 1);
    }
  }
  return outputs;
}

function byLine(stream, take) {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    lines.forEach(take);
  });
  stream.on('end', () => { if (rest !== '') take(rest); });
}
