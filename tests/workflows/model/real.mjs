// Does steps for real: our actions by the executable, scripts by Bash, and the four actions of others by what the workflows need of them.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { startAction } from '../../../bench/harness/action.mjs';
import { readFileCommand } from '../../../bench/harness/file-command.mjs';
import { fill, text } from './expressions.mjs';

/**
 * @param {object} how
 * @param {string} how.repository a folder with a commit @param {string} how.work where jobs get their folders @param {string} how.api GitHub's address
 * @param {string} how.token the job's @param {object} how.github the context of the run @param {string[][]} [how.alerts] what code scanning was given; without it, it is off @param {object} [how.others] actions of others, by name
 */
export function realWorld({ repository, work, api, token, github, secrets, alerts, others = {} }) {
  const folders = new Map();
  let child; // of the step that runs
  let isCancelled = false;
  const artifacts = new Map();
  const log = [];
  const context = { api_url: api, token, repository: 'octo/perps', repository_owner: 'octo', actor: 'alice', event_name: 'workflow_dispatch', ref: 'refs/heads/main', ref_name: 'main', ref_type: 'branch', ...github };

  const variables = () => ({
    CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_API_URL: api, GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: context.repository, GITHUB_RUN_ID: context.run_id, GITHUB_RUN_NUMBER: '1',
    GITHUB_RUN_ATTEMPT: context.run_attempt, GITHUB_SHA: context.sha, GITHUB_REF: context.ref, GITHUB_REF_NAME: context.ref_name, GITHUB_REF_TYPE: context.ref_type, GITHUB_ACTOR: context.actor, GITHUB_TRIGGERING_ACTOR: context.actor,
    GITHUB_WORKFLOW_REF: `${context.repository}/${context.workflow}@${context.ref}`,
  });

  async function execute(call) {
    const folder = folderOf(call.job);
    const done = await one(call, folder);
    // Cancelled is what GitHub calls a step that a cancelled run took with it.
    if (isCancelled && done.outcome === 'failure') done.outcome = 'cancelled';
    log.push({ job: call.job.job, environment: call.job.environment, name: call.name, ...done });
    return done;
  }

  function folderOf(job) {
    if (!folders.has(job)) folders.set(job, mkdtempSync(join(work, `${job.job}-`)));
    const folder = join(folders.get(job), 'workspace');
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  async function one({ step, with: inputs, env, contexts }, folder) {
    const own = /^[$.]\/(actions\/([\w-]+))$/.exec(step.uses ?? '');
    if (own) return action(own[1], own[2], inputs, env, contexts, folder);
    if (step.run) return script(step.run, env, folder);
    const other = OTHERS[step.uses.split('@')[0]];
    if (!other) throw new Error(`nobody plays ${step.uses}`);
    return other(inputs, folder);
  }

  async function action(path, name, inputs, env, contexts, folder) {
    const file = parse(readFileSync(join(repository, path, 'action.yml'), 'utf8'));
    for (const input of Object.keys(inputs)) if (!file.inputs[input]) throw new Error(`${name} has no input ${input}`);
    const defaults = Object.fromEntries(Object.entries(file.inputs).map(([input, declared]) => [input, text(fill(declared.default ?? '', contexts))]));
    child = startAction(name, { inputs: { ...defaults, ...inputs }, variables: { ...variables(), ...env }, workspace: folder });
    const { code, outputs, summary, log: lines } = await child.finished;
    child = undefined;
    return { outcome: code === 0 ? 'success' : 'failure', outputs, code, summary, said: lines.map(({ line }) => line).join('\n') };
  }

  async function script(run, env, folder) {
    const temp = mkdtempSync(join(work, 'step-'));
    const files = Object.fromEntries(['output', 'summary', 'path'].map((name) => [name, join(temp, name)]));
    for (const file of Object.values(files)) writeFileSync(file, '');
    child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', run], {
      cwd: folder, stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, HOME: temp, RUNNER_TEMP: temp, GITHUB_OUTPUT: files.output, GITHUB_STEP_SUMMARY: files.summary, GITHUB_PATH: files.path, ...variables(), ...env },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => { said += text; });
    const [code] = await once(child, 'close');
    child = undefined;
    return { outcome: code === 0 ? 'success' : 'failure', code, outputs: readFileCommand(readFileSync(files.output, 'utf8')), summary: readFileSync(files.summary, 'utf8'), said };
  }

  const OTHERS = {
    'actions/checkout'(_, folder) {
      for (const name of readdirSync(repository)) cpSync(join(repository, name), join(folder, name), { recursive: true });
      return { outcome: 'success', outputs: {} };
    },
    // Where code scanning is off GitHub refuses the file.
    'github/codeql-action/upload-sarif'({ sarif_file: path }, folder) {
      const log = JSON.parse(readFileSync(join(folder, path), 'utf8'));
      if (alerts) alerts.push(log.runs.flatMap(({ results }) => results.map(({ ruleId }) => ruleId)));
      return { outcome: alerts ? 'success' : 'failure', outputs: {} };
    },
    'actions/cache': () => ({ outcome: 'success', outputs: {} }),
    ...others,
    // What several paths have in common is left out of the names in an artifact; here that is the workspace.
    'actions/upload-artifact'({ name, path, 'include-hidden-files': hidden }, folder) {
      const paths = path.split('\n').filter(Boolean).filter((each) => existsSync(join(folder, each)));
      const to = mkdtempSync(join(work, 'artifact-'));
      for (const each of paths) {
        if (each.startsWith('.') && hidden !== 'true') continue;
        const alone = path.trim().split('\n').length === 1 && statSync(join(folder, each)).isDirectory();
        mkdirSync(join(to, alone ? '' : dirname(each)), { recursive: true });
        cpSync(join(folder, each), alone ? to : join(to, each), { recursive: true });
      }
      artifacts.set(name, to);
      return { outcome: 'success', outputs: {} };
    },
    'actions/download-artifact'({ name, pattern, path }, folder) {
      const wanted = pattern ? new RegExp(`^${pattern.replaceAll(/[.+]/g, '\\$&').replaceAll('*', '.*')}$`) : undefined;
      const found = [...artifacts].filter(([each]) => (wanted ? wanted.test(each) : each === name));
      for (const [, from] of found) cpSync(from, join(folder, path), { recursive: true });
      return { outcome: found.length > 0 || wanted ? 'success' : 'failure', outputs: {} };
    },
  };

  return {
    log, artifacts, secrets, execute,
    source: (path) => readFileSync(join(repository, path), 'utf8'),
    get github() { return context; },
    cancelled: () => isCancelled,
    attempt(number) {
      context.run_attempt = String(number);
      isCancelled = false;
    },
    /** As a person who cancels the run: the step is asked to end, and after 7.5 s told to. */
    cancel() {
      if (isCancelled) return;
      isCancelled = true;
      const asked = child;
      asked?.kill('SIGINT');
      setTimeout(() => { if (child && child === asked) asked.kill('SIGTERM'); }, 7500).unref();
    },
    /** As a runner that dies: the step says nothing any more. */
    kill: () => child?.kill('SIGKILL'),
  };
}
