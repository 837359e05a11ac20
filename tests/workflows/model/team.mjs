// A team whose actions do nothing but answer: what the wiring of a workflow is tried with. The real actions are tried in jobs.test.mjs.

import { run } from './run.mjs';

const CLUSTERS = { dev: 'devnet', staging: 'devnet', beta: 'mainnet-beta', production: 'mainnet-beta' };

/**
 * @param {object} how
 * @param {string[]} [how.chain] environments in order @param {Record<string, string[]>} [how.approvals] @param {string[]} [how.specs] environments with a smoke spec
 * @param {string[]} [how.vaults] environments whose programs a vault owns, by the release file
 * @param {string[]} [how.fails] steps that fail, as <job>/<step> or <step> @param {Record<string, string>} [how.outputs] of steps, by <step>.<output>
 * @param {string[]} [how.rejects] environments whose reviewers refuse @param {string} [how.cancelAt] the run is cancelled in this step
 */
export function team(how = {}) {
  const { chain = ['staging', 'production'], approvals = {}, specs = chain, vaults = [], fails = [], outputs = {}, rejects = [], cancelAt, github = {}, secrets = {} } = how;
  let cancelled = false;
  const execute = async ({ name, step, job, env, with: inputs }) => {
    cancelled ||= name === cancelAt;
    const action = /^\$\/actions\/([\w-]+)/.exec(step.uses ?? '')?.[1];
    const failing = fails.some((each) => each === name || each === `${job.job}/${name}` || each === `${inputs.environment ?? inputs.to}/${name}`);
    const more = Object.fromEntries(Object.entries(outputs).filter(([key]) => key.startsWith(`${name}.`)).map(([key, value]) => [key.slice(name.length + 1), value]));
    return { outcome: failing ? 'failure' : 'success', outputs: { ...(failing && !action ? {} : OUTPUTS[action]?.(inputs, { chain, approvals, specs, vaults, failing })), ...(failing ? {} : SCRIPTS[name]?.(env)), ...more } };
  };
  return { execute, approve: (environment) => !rejects.includes(environment), cancelled: () => cancelled, github: { event_name: 'workflow_dispatch', run_attempt: '1', ...github }, secrets };
}

const SCRIPTS = {
  version: () => ({ version: '1.2.0' }),
  mode: ({ MODE }) => ({ mode: MODE }),
  live: ({ RESULTS }) => {
    const hashes = Object.fromEntries(Object.entries(JSON.parse(RESULTS)).filter(([, { state }]) => state === 'succeeded').map(([name, each]) => [name, each['executable-hash']]));
    return { hashes: JSON.stringify(hashes), programs: JSON.stringify(Object.keys(hashes)) };
  },
  members: ({ WAIT_FOR }) => ({ executed: String(WAIT_FOR === 'executed'), proposed: String(WAIT_FOR !== 'executed'), 'executable-at': WAIT_FOR === 'executed' ? '' : '2026-12-01T08:00:00Z' }),
};

const OUTPUTS = {
  'release-plan': ({ environment, until }, { chain, approvals, specs, vaults }) => ({
    name: 'perps',
    environments: JSON.stringify(until ? chain.slice(0, chain.indexOf(until) + 1) : chain),
    variants: JSON.stringify(['default', 'main']),
    artifacts: 'perps=target/perps.so',
    idls: '',
    cluster: CLUSTERS[environment] ?? '',
    from: environment ? chain[chain.indexOf(environment) - 1] ?? 'build' : '',
    approvals: environment ? JSON.stringify(approvals[environment] ?? []) : '',
    spec: specs.includes(environment) ? 'smoke.yml' : '',
    'program-ids': environment ? 'perps=PerpsId' : '',
    mode: environment ? (vaults.includes(environment) ? 'propose' : 'deploy') : '',
  }),
  'promote-artifact': ({ version }, { failing }) => ({ version, eligible: String(!failing), manifest: failing ? '' : 'solana-release/manifest.json', replaces: '1.1.0', 'replaces-commit': 'c'.repeat(40) }),
  'verify-program': ({ programs }, { failing }) => (programs ? { verified: String(!failing), findings: '2', 'new-findings': '1', 'resolved-findings': '0', 'stale-lamports': '5' } : {}),
  notify: ({ issue }) => (issue ? { 'issue-url': 'https://github.com/octo/perps/issues/1' } : {}),
  'solana-deploy': ({ mode }, { failing }) => (failing ? {} : mode === 'reclaim' ? { 'reclaimable-lamports': '5', 'refunded-lamports': '5' } : mode === 'propose' ? { changed: 'true', proposal: 'P', results: '{"perps":{}}', record: 'R1' } : { changed: 'true', signature: 'sig', results: '{"perps":{}}', record: 'R1', 'executable-hash': 'hash' }),
  doctor: (_, { failing }) => ({ passed: '15', failed: failing ? '1' : '0', warnings: '0', skipped: '0', results: '{}' }),
  'security-scan': (_, { failing }) => ({ clean: String(!failing), findings: failing ? '2' : '0', errors: failing ? '1' : '0', sarif: '.solana-actions/security.sarif' }),
  'smoke-test': (_, { failing }) => ({ passed: '3', failed: failing ? '1' : '0', skipped: '0' }),
  continue: (_, { failing }) => ({ settled: failing ? '0' : '1', executed: failing ? '0' : '1', pending: '0', 'executable-at': '', unreturned: '0', results: JSON.stringify({ perps: { state: failing ? 'pending' : 'succeeded', 'executable-hash': 'hash' } }) }),
  rollback: (_, { failing }) => (failing ? {} : { changed: 'true', 'restored-version': '1.1.0' }),
};

/** What ran, a line for each job: its steps in order, with ! where one failed. */
export async function story(source, { workflow, inputs, attempts = [{}] }) {
  const trace = [];
  let before;
  for (const how of attempts) before = await run({ source, ...team(how) }, `.github/workflows/${workflow}.yml`, inputs, before, trace);
  return { lines: [...trace.map(line), before.result], outputs: before.outputs, trace };
}

function line({ path, job, uses, environment, matrix, steps, with: given }) {
  const where = `${path.replace('.github/workflows/', '').replace('.yml', '')}.${job}`;
  if (uses) return `${where} -> ${uses.replace('.github/workflows/', '').replace('.yml', '')}${given.environment ? `(${given.environment})` : ''}`;
  const leg = Object.values(matrix ?? {}).join();
  return `${where}${leg ? `(${leg})` : ''}${environment ? ` [${environment}]` : ''}: ${steps.filter(({ outcome }) => outcome !== 'skipped').map((step) => short(step.name) + told(step) + (step.outcome === 'failure' ? '!' : '')).join(', ')}`;
}

/** Of a notice what it says, and whether somebody is woken up. */
const told = ({ uses, with: given }) => (uses?.endsWith('/notify') ? `(${given.event}${given.issue ? `, ${given.issue}` : ''}${Object.hasOwn(given, 'pagerduty-routing-key') ? `, pager ${given['pagerduty-action'] || 'by event'}` : ''})` : '');
const short = (name) => name.replace(/@.*/, '').replace(/^actions\//, '');
