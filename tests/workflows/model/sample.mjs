// The sample repository on a stage: its clusters, a stand-in for GitHub, runs of its workflows by real steps, and what the chain and the ledger say.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plainWorkflow } from '../../../.ci/rewrite.mjs';
import { isBuilt } from '../../../bench/harness/action.mjs';
import { programDataOf, rpcClient } from '../../../bench/harness/rpc.mjs';
import { parseFlags } from '../../../src/localnet/flags.mjs';
import { Node } from '../../../src/localnet/node.mjs';
import { BOT, SEED, standIn } from '../../github/support/stand-in.mjs';
import { root } from '../support/files.mjs';
import { realWorld } from './real.mjs';
import { run } from './run.mjs';

export const REPOSITORY = 'octo/perps';
const AUTHOR = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@x', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@x' };

const missing = ['curl', 'git', 'jq'].filter((tool) => spawnSync(tool, ['--version']).error);
/** Why nothing of this can be played here; false when it can. With CI=true it must. */
export const skip = !isBuilt() ? 'the executable is not built (make publish)' : missing.length > 0 && !process.env.CI ? `not installed: ${missing.join(', ')}` : false;

/** @param {{ flags?: Record<string, string[]>, change?: (files: object) => void }} [how] flags of clusters; what is different in the repository */
export async function sample({ flags = {}, change = () => {} } = {}) {
  const work = mkdtempSync(join(tmpdir(), 'sample-'));
  const repository = join(work, 'repository');
  const github = await standIn();
  const made = spawnSync(process.execPath, [join(root, '.ci/workflows-local.mjs'), repository, 'solana-actions:local', github.http], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  const text = (path) => readFileSync(join(repository, path), 'utf8');
  const put = (path, content) => writeFileSync(join(repository, path), content);
  const settings = JSON.parse(JSON.parse(text('events/release.json')).inputs.settings);
  const secrets = Object.fromEntries([...text('.secrets').matchAll(/^(\w+)='(.*?)'$/gms)].map(([, name, value]) => [name, value]));
  // What only GitHub can do is left out of the sample; a test that plays it wants it back.
  const putWhole = (path) => put(path, plainWorkflow(readFileSync(join(root, path), 'utf8'), { githubApi: github.http, isWhole: true }));
  change({ text, put, putWhole, secrets, settings });
  const programs = Object.fromEntries([...text('solana-release.yml').split('program-ids')[1].split('}')[0].matchAll(/(\w+): (\w+)/g)].map(([, name, id]) => [name, id]));

  const nets = {};
  for (const [name, setting] of Object.entries(settings)) {
    const node = new Node(parseFlags(['--port', '0', '--slot-ms', '60', '--airdrop', `${setting['payer-address']}=100`, ...(flags[name] ?? [])]));
    setting['rpc-url'] = (await node.start()).http;
    nets[name] = Object.assign(node, { rpc: rpcClient(setting['rpc-url']) });
  }
  await github.door('POST', 'seed', { ...SEED, repositories: { [REPOSITORY]: { default_branch: 'main', immutable_releases: true } } });

  let sha;
  const git = (...args) => {
    const { status, stdout, stderr } = spawnSync('git', args, { cwd: repository, encoding: 'utf8', env: { ...process.env, ...AUTHOR } });
    assert.equal(status, 0, stderr);
    return stdout.trim();
  };
  /** Files of the repository as they are now, on main. */
  async function commit(files = {}) {
    for (const [path, content] of Object.entries(files)) put(path, content);
    git('add', '.');
    git('commit', '-q', '--allow-empty', '-m', 'sample');
    sha = git('rev-parse', 'HEAD');
    await seed({ refs: { 'heads/main': sha } });
    return sha;
  }
  const seed = (fields) => github.door('POST', 'seed', { repositories: { [REPOSITORY]: fields } });
  await commit();

  let last = 100;
  /** Starts a workflow by hand, or with `event` by an alert. `approver` says who approves an environment: a login, nothing where nobody has to, or null to refuse; `meanwhile` gets the world before it turns; `github` is what else is said of the run. */
  async function start(workflow, inputs, { approver = () => undefined, event, meanwhile = () => {}, github: more = {}, alerts } = {}) {
    const id = ++last;
    const path = `.github/workflows/${workflow}.yml`;
    const folder = join(work, String(id));
    mkdirSync(folder);
    const about = { id, name: workflow, path, event: event ? 'repository_dispatch' : 'workflow_dispatch', head_branch: 'main', head_sha: sha, actor: 'alice' };
    const world = realWorld({ repository, work: folder, api: github.http, token: BOT, secrets, alerts, github: { run_id: String(id), run_attempt: '1', sha, workflow: path, event_name: about.event, event: { client_payload: event }, ...more } });
    meanwhile(world);
    const attempts = [];
    const go = async (earlier) => {
      attempts.push({ status: 'in_progress', triggering_actor: 'alice' });
      await seed({ runs: [{ ...about, attempts }] });
      world.attempt(attempts.length);
      // As a reviewer does: GitHub writes it down for the run, and the gate asks for that.
      const approve = async (environment) => {
        const user = approver(environment);
        if (user) await seed({ runs: [{ id, approvals: [{ environments: [environment], state: 'approved', user, comment: 'read it' }] }] });
        return user !== null;
      };
      const ended = await run({ ...world, github: { ...world.github }, approve }, path, inputs, earlier);
      attempts[attempts.length - 1] = { status: 'completed', conclusion: ended.result, triggering_actor: 'alice' };
      await seed({ runs: [{ ...about, attempts }] });
      return { ...ended, run: id, log: world.log, again: () => go(ended), step: (environment, name) => world.log.findLast((each) => each.environment === environment && each.name === name) };
    };
    return go();
  }

  /** The version whose bytes each program holds, by the mark that the sample build leaves behind the ELF: one word when all agree. */
  async function versionIn(environment) {
    const found = await Promise.all(Object.values(programs).map(async (program) => {
      const account = (await nets[environment].rpc.ask('getAccountInfo', programDataOf(program), { encoding: 'base64', commitment: 'confirmed' })).value;
      return account ? /default (\S+?)\0*$/.exec(Buffer.from(account.data[0], 'base64').toString('latin1').trimEnd())?.[1] : 'none';
    }));
    return [...new Set(found)].join(' and ');
  }

  /** The ledger's events of an environment as GitHub holds them, oldest first. */
  async function events(environment) {
    const { json } = await github.as(BOT).call('GET', `/deployments?environment=${environment}&per_page=100`);
    return json.map(({ payload }) => (typeof payload === 'string' ? JSON.parse(payload) : payload)).reverse();
  }

  return {
    work, github, nets, settings, secrets, programs, commit, seed, start, versionIn, events,
    bytes: (path) => readFileSync(join(repository, path)),
    states: async (environment, kind) => (await events(environment)).filter((event) => event.kind === kind).map(({ state }) => state),
    release: (version, inputs = {}, how = {}) => start('try-release', { version, settings: JSON.stringify(settings), phrase: 'DEPLOY TO PRODUCTION', 'github-release': false, ...inputs }, how),
    async stop() {
      await Promise.all([...Object.values(nets).map((node) => node.stop()), github.stop()]);
      rmSync(work, { recursive: true });
    },
  };
}

/** Which steps failed: job, environment, step. */
export const failed = ({ log }) => log.filter(({ outcome }) => outcome === 'failure').map(({ job, environment, name }) => [job, environment, name]);
/** Why, for a person who reads a test's output. */
export const why = ({ log }) => log.filter(({ outcome }) => outcome === 'failure').map(({ name, said, code }) => `${name}: ${code}\n${said}`).join('\n');
