// What a step needs of its job's permissions: the least that its action or its script works with.

import { parse } from 'yaml';

const READS = { contents: 'read', deployments: 'read', actions: 'read', checks: 'read', statuses: 'read' };

/** Of our actions; a plan sends nothing, so it writes nothing. */
const OURS = {
  'release-plan': () => ({}),
  'security-scan': () => ({}),
  'promote-artifact': (inputs) => (inputs.from === 'build' ? { ...READS, contents: 'write' } : READS),
  notify: (inputs) => (inputs.issue ? { issues: 'write' } : {}),
  'solana-deploy': (inputs) => (inputs['dry-run'] === true ? { deployments: 'read' } : inputs.mode === 'reclaim' ? { deployments: 'read', 'id-token': 'write' } : { deployments: 'write', actions: 'read', 'id-token': 'write' }),
  'verify-program': (inputs) => (inputs.programs ? { contents: 'write', deployments: 'read', actions: 'read', 'id-token': 'write' } : { deployments: 'write' }),
  doctor: (inputs) => (inputs['dry-run'] === true ? READS : { ...READS, contents: 'write', deployments: 'write', 'id-token': 'write' }),
  'smoke-test': () => ({ deployments: 'write', actions: 'read' }),
  continue: () => ({ deployments: 'write', actions: 'read', 'id-token': 'write' }),
  rollback: (inputs) => (inputs['dry-run'] === true ? { contents: 'read', deployments: 'read', actions: 'read' } : { contents: 'write', deployments: 'write', actions: 'read', 'id-token': 'write' }),
};

const OTHERS = {
  'actions/checkout': { contents: 'read' },
  'actions/attest': { 'id-token': 'write', attestations: 'write' },
  'actions/dependency-review-action': { contents: 'read' },
  'docker/login-action': { packages: 'write' },
  'github/codeql-action/init': { actions: 'read' },
  'github/codeql-action/analyze': { actions: 'read', 'security-events': 'write' },
  'github/codeql-action/upload-sarif': { actions: 'read', 'security-events': 'write' },
  'ossf/scorecard-action': { actions: 'read', contents: 'read', 'id-token': 'write' },
};

/** Scripts that call GitHub's API with the job's token. */
const SCRIPTS = [
  [/"\$releases"|createCommitOnBranch|gh release create/, { contents: 'write' }], [/\/deployments"/, { deployments: 'read' }],
  [/\/check-runs"/, { checks: 'read' }], [/git\/ref\/tags/, { contents: 'read' }],
];

const ORDER = ['none', 'read', 'write'];
const more = (one = 'none', other = 'none') => ORDER[Math.max(ORDER.indexOf(one), ORDER.indexOf(other))];
const join = (all) => all.reduce((sum, each) => Object.fromEntries([...Object.keys(sum), ...Object.keys(each)].map((key) => [key, more(sum[key], each[key])])), {});

/** @param source the text of a workflow file of ours */
export function permissionsOf(job, source) {
  if (job.uses) return callee(job.uses, source);
  return join((job.steps ?? []).map((step) => {
    const ours = /^(?:\$|OWNER\/REPO)\/actions\/([\w-]+)(?:@v1)?$/.exec(step.uses ?? '')?.[1];
    if (ours) return OURS[ours](step.with ?? {});
    if (step.uses) return OTHERS[step.uses.split('@')[0]] ?? {};
    return join(SCRIPTS.filter(([pattern]) => pattern.test(step.run)).map(([, permissions]) => permissions));
  }));
}

/** The sum over the jobs of a workflow that is called: a caller that grants less is refused at its start. */
export function callee(uses, source) {
  const path = /(\.github\/workflows\/[\w-]+\.yml)/.exec(uses)[1];
  return join(Object.values(parse(source(path)).jobs).map(({ permissions }) => permissions ?? {}));
}
