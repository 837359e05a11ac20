// The house rules of workflows, each as a function of one file that says what breaks it.

import { readFileSync } from 'node:fs';
import { parse, parseDocument } from 'yaml';
import { action, isCaller } from './support/files.mjs';
import { callee, permissionsOf } from './needs.mjs';
import { hasStatus } from './model/expressions.mjs';
import { everybodyBefore } from './model/run.mjs';

const pins = JSON.parse(readFileSync(new URL('pins.json', import.meta.url), 'utf8'));
const OWN = /^\$\/(actions\/[\w-]+|\.github\/workflows\/[\w-]+\.yml)$/;
const OWN_BY_NAME = /^OWNER\/REPO\/(actions\/[\w-]+|\.github\/workflows\/[\w-]+\.yml)@v1$/;
const IN_CHECKOUT = /^\.\/(actions\/[\w-]+|\.github\/workflows\/[\w-]+\.yml)$/;
const KEYS = /secrets\.(SOLANA_PAYER|SOLANA_MEMBER|SOLANA_UPGRADE_AUTHORITY|SOLANA_PROGRAM_KEYPAIRS)\b/;

/** @typedef {{ path: string, text: string, workflow: any, source: (path: string) => string }} File */

/** @type {Record<string, (file: File) => string[]>} */
export const rules = {
  'an action is pinned by the SHA of the version beside it'({ path, text }) {
    return text.split('\n').flatMap((line, index) => {
      const uses = /^\s*(?:- )?uses: (.*)$/.exec(line)?.[1];
      if (uses === undefined || OWN.test(uses) || IN_CHECKOUT.test(uses) || (isCaller(path) && OWN_BY_NAME.test(uses))) return [];
      const [, repository, sha, version] = /^([\w.-]+\/[\w.-]+)(?:\/[\w/-]+)?@([0-9a-f]{40}) # (v[\d.]+)$/.exec(uses) ?? [];
      const pin = pins[repository];
      return pin && pin.sha === sha && pin.version === version ? [] : [`${index + 1}: ${uses} is not the pin of pins.json`];
    });
  },
  'no script has an expression in it': ({ workflow }) => steps(workflow).flatMap(({ at, step }) => (step.run?.includes('${{') ? [`${at}: an expression in run`] : [])),
  'nothing is granted at the top'({ workflow }) {
    return workflow.permissions && Object.keys(workflow.permissions).length === 0 ? [] : ['permissions: {} is not at the top'];
  },
  'every job says what it is granted, and why'({ workflow, text }) {
    const grants = text.split('\n').filter((line) => /^\s+[a-z-]+: (read|write)\b/.test(line));
    return [...jobs(workflow).filter(([, job]) => job.permissions === undefined).map(([id]) => `${id} has no permissions`), ...grants.filter((line) => !/ # \S/.test(line)).map((line) => `no reason:${line}`)];
  },
  'a job is granted what its steps need, and no more': ({ workflow, source }) => jobs(workflow).flatMap(([id, job]) => same(id, job.permissions ?? {}, permissionsOf(job, source))),
  'everything has a name': ({ workflow }) => [...(workflow.name ? [] : ['the workflow has none']), ...jobs(workflow).filter(([, job]) => !job.name).map(([id]) => `${id} has none`)],
  'every job ends': ({ workflow }) => jobs(workflow).filter(([, job]) => job.steps && !job['timeout-minutes']).map(([id]) => `${id} has no timeout-minutes`),
  'a checkout leaves no credentials behind': ({ workflow }) => steps(workflow).filter(({ step }) => step.uses?.startsWith('actions/checkout@') && step.with?.['persist-credentials'] !== false).map(({ at }) => `${at}: persist-credentials is not false`),
  'a job that deploys waits in a queue and cancels nobody'({ workflow }) {
    return jobs(workflow).filter(([, job]) => (job.steps ?? []).some(isChange)).flatMap(([id, { concurrency: queue }]) => [
      ...(queue?.['cancel-in-progress'] === false ? [] : [`${id} may be cancelled by the next`]),
      ...(queue?.queue === 'max' ? [] : [`${id} is dropped when a third one comes`]),
      ...(queue?.group?.endsWith('-${{ needs.plan.outputs.name }}-${{ inputs.environment }}') ? [] : [`${id} has no group of its release and environment`]),
    ]);
  },
  'one group is never two kinds of work': ({ workflow }) => jobs(workflow).flatMap(([id, job]) => (job.concurrency && (job.steps ?? []).some(isChange)
    ? [['solana-deploy', 'deploy-'], ['rollback', 'rollback-']].filter(([name, group]) => job.steps.filter(isChange)[0].uses === `$/actions/${name}` && !job.concurrency.group?.startsWith(`solana-${group}`)).map(() => `${id} shares another group`) : [])),
  'a job that deploys is behind its environment': ({ workflow }) => jobs(workflow).filter(([, job]) => (job.steps ?? []).some(isChange) && job.environment?.name !== '${{ inputs.environment }}').map(([id]) => `${id} is not`),
  'what is reclaimed is approved, in a queue of its own': ({ workflow }) => jobs(workflow).filter(([, job]) => (job.steps ?? []).some(isReclaim)).flatMap(([id, { environment, concurrency: queue }]) => [
    ...(environment?.name === '${{ inputs.reclaim-environment }}' ? [] : [`${id} is not behind its environment`]),
    ...(queue?.group === 'solana-reclaim-${{ inputs.reclaim-environment }}' && queue['cancel-in-progress'] === false ? [] : [`${id} is in another queue, or cancelled by the next`]),
  ]),
  'what members decided is carried out behind an environment of its own, one run at a time': ({ path, workflow }) => (isCaller(path) ? [] : jobs(workflow)).filter(([, job]) => (job.steps ?? []).some(({ uses }) => uses === '$/actions/continue')).flatMap(([id, { environment, concurrency: queue }]) => [
    ...(environment?.name === '${{ inputs.member-environment || format(\'{0}-continue\', inputs.environment) }}' ? [] : [`${id} is not behind it`]),
    ...(queue?.group?.startsWith('solana-continue-') && queue.group.endsWith('-${{ inputs.environment }}') && queue['cancel-in-progress'] === false ? [] : [`${id} is in another queue, or cancelled by the next`]),
  ]),
  'no channel can fail a job': ({ path, workflow }) => (isCaller(path) ? [] : steps(workflow).filter(({ step }) => step.uses === '$/actions/notify' && step['continue-on-error'] !== true).map(({ at }) => `${at} can`)),
  'GitHub adds a deployment of its own only where it is asked to': ({ workflow }) => (workflow.on?.workflow_call === undefined ? [] : jobs(workflow).filter(([, job]) => job.environment && job.environment.deployment !== '${{ inputs.github-deployment }}').map(([id]) => `${id} does`)),
  'keys are in reach of jobs behind an environment only': ({ workflow }) => jobs(workflow).filter(([, job]) => !job.environment && KEYS.test(JSON.stringify(job.steps ?? ''))).map(([id]) => `${id} names a key`),
  'a script sees no secret but the job\'s token': ({ workflow }) => steps(workflow).filter(({ step }) => step.run && /secrets\./.test(JSON.stringify(step.env ?? {}))).map(({ at }) => `${at} sees one`),
  'a build sees no secret': ({ path, workflow }) => (path.endsWith('/build.yml') && /secrets|"environment"/.test(JSON.stringify({ ...workflow.on.workflow_call, jobs: workflow.jobs, inputs: undefined })) ? ['it names one'] : []),
  'a deploy is never skipped because what it needs was'({ workflow }) {
    const all = Object.fromEntries(jobs(workflow));
    return jobs(workflow).flatMap(([id, job]) => [job.needs ?? []].flat().filter((name) => all[name]?.if !== undefined && !hasStatus(String(job.if ?? ''))).map((name) => `${id} is skipped whenever ${name} is`));
  },
  'what is published was checked, and what is tagged was tried'({ path, workflow }) {
    if (!path.endsWith('/publish.yml')) return [];
    const isMissing = (id, name) => id !== name && !everybodyBefore(workflow.jobs, id).includes(name);
    return jobs(workflow).flatMap(([id, job]) => [
      ...(isMissing(id, 'check') ? [`${id} does not wait for check`] : []),
      ...(JSON.stringify(job).includes('refs/tags/v$VERSION') && isMissing(id, 'self-test') ? [`${id} does not wait for self-test`] : []),
    ]);
  },
  'what is fetched was kept by a job that is waited for'({ workflow }) {
    const names = (job, action) => (job.steps ?? []).filter(({ uses, with: given }) => uses?.startsWith(`actions/${action}-artifact@`) && given?.name).map(({ with: given }) => given.name);
    const keeps = (name) => jobs(workflow).filter(([, job]) => names(job, 'upload').includes(name)).map(([id]) => id);
    return jobs(workflow).flatMap(([id, job]) => names(job, 'download').filter((name) => keeps(name).length > 0 && !keeps(name).some((keeper) => everybodyBefore(workflow.jobs, id).includes(keeper))).map((name) => `${id} does not wait for ${name}`));
  },
  'dependencies are compared where there are two sides': ({ workflow }) => jobs(workflow)
    .filter(([, job]) => (job.steps ?? []).some(({ uses }) => uses?.startsWith('actions/dependency-review-action@')) && job.if !== 'github.event_name == \'pull_request\'').map(([id]) => `${id} runs without a pull request`),
  'every input is used, and none that is not there'({ path, workflow }) {
    if (workflow.on?.workflow_call === undefined) return [];
    const { inputs = {}, secrets = {} } = workflow.on.workflow_call;
    const used = (kind) => new Set([...JSON.stringify(workflow.jobs).matchAll(new RegExp(`\\b${kind}\\.([A-Za-z][\\w-]*)`, 'g'))].map(([, name]) => name));
    const inherits = JSON.stringify(workflow.jobs).includes('"secrets":"inherit"');
    return [
      ...differ('input', Object.keys(inputs), used('inputs')),
      ...differ('secret', inherits ? [] : Object.keys(secrets), inherits ? new Set() : used('secrets')),
      ...(inherits ? [...used('secrets')].filter((name) => !secrets[name]).map((name) => `the secret ${name} is not declared`) : []),
      ...[...Object.entries(inputs), ...Object.entries(secrets), ...Object.entries(workflow.on.workflow_call.outputs ?? {})].filter(([, each]) => !/\S.*\.$/.test(each.description ?? '')).map(([name]) => `${path}: ${name} is not described`),
    ];
  },
  'what an expression refers to is there'({ workflow, source }) {
    const outputs = (job) => job.uses ? Object.keys(called(job, source)?.on.workflow_call.outputs ?? {}) : Object.keys(job.outputs ?? {});
    const wrong = [];
    for (const [id, job] of jobs(workflow)) {
      const needs = [job.needs ?? []].flat();
      for (const [, name, kind, output] of JSON.stringify(job).matchAll(/\bneeds\.([\w-]+)\.(outputs|result)(?:\.([\w-]+))?/g)) {
        if (!needs.includes(name)) wrong.push(`${id} does not need ${name}`);
        else if (kind === 'outputs' && !outputs(workflow.jobs[name]).includes(output)) wrong.push(`${id}: ${name} has no output ${output}`);
      }
      for (const [, step, output] of JSON.stringify(job).matchAll(/\bsteps\.([\w-]+)\.(?:outputs\.([\w-]+)|outcome|conclusion)/g)) {
        const found = (job.steps ?? []).find((each) => each.id === step);
        if (!found) wrong.push(`${id} has no step ${step}`);
        else if (output && !outputsOf(found).includes(output)) wrong.push(`${id}: the step ${step} has no output ${output}`);
      }
    }
    for (const [, job, output] of JSON.stringify(workflow.on?.workflow_call?.outputs ?? {}).matchAll(/\bjobs\.([\w-]+)\.outputs\.([\w-]+)/g)) {
      if (!outputs(workflow.jobs[job] ?? {}).includes(output)) wrong.push(`the job ${job} has no output ${output}`);
    }
    return wrong;
  },
  'what is called is given what it takes'({ workflow, source }) {
    const ofSteps = steps(workflow).flatMap(({ at, step }) => {
      const name = /^(?:\$\/|\.\/|OWNER\/REPO\/)actions\/([\w-]+)/.exec(step.uses ?? '')?.[1];
      const declared = name && action(name);
      if (name && !declared) return [`${at}: there is no action ${name}`];
      // A release file or a step that exists to see a refusal supplies the rest.
      return declared ? given(at, step.with ?? {}, Object.fromEntries(declared.inputs.map((input) => [input.name, { required: input.required && !input['release-file'] && !step['continue-on-error'] && name !== 'smoke-test' }]))) : [];
    });
    const ofJobs = jobs(workflow).flatMap(([id, job]) => {
      const declared = job.uses && called(job, source)?.on.workflow_call;
      return declared ? given(id, job.with ?? {}, declared.inputs ?? {}) : [];
    });
    return [...ofSteps, ...ofJobs];
  },
  'a caller grants what it calls is granted': ({ workflow, source }) => jobs(workflow).filter(([, job]) => job.uses && called(job, source)).flatMap(([id, job]) => same(id, job.permissions ?? {}, callee(job.uses, source))),
};

/** Everything that is wrong with a file. */
export function complaints(path, text, source) {
  const file = { path, text, workflow: parse(text), source };
  return Object.entries(rules).flatMap(([rule, check]) => check(file).map((complaint) => `${rule}: ${complaint}`));
}

/** The file again, as the library writes it: what mutants are compared with. */
export const rewritten = (text, change = () => {}) => {
  const document = parseDocument(text);
  change(document);
  return document.toString({ lineWidth: 0 });
};

const jobs = (workflow) => Object.entries(workflow.jobs ?? {});
const steps = (workflow) => jobs(workflow).flatMap(([id, job]) => (job.steps ?? []).map((step, index) => ({ at: `${id}, step ${index + 1}`, step })));
const isSent = (step) => /^\$\/actions\/(solana-deploy|rollback)$/.test(step.uses ?? '') && step.with?.['dry-run'] !== true;
const isReclaim = (step) => isSent(step) && step.with?.mode === 'reclaim';
const isChange = (step) => isSent(step) && !isReclaim(step);
const called = (job, source) => (/^[$.]\/|^OWNER\/REPO\//.test(job.uses) ? parse(source(/(\.github\/workflows\/.*?)(@|$)/.exec(job.uses)[1])) : undefined);
const same = (id, found, needed) => [...new Set([...Object.keys(found), ...Object.keys(needed)])].filter((key) => found[key] !== needed[key]).map((key) => `${id}: ${key} is ${found[key] ?? 'not granted'}, needed is ${needed[key] ?? 'nothing'}`);
const differ = (kind, declared, used) => [...declared.filter((name) => !used.has(name)).map((name) => `the ${kind} ${name} is not used`), ...[...used].filter((name) => !declared.includes(name) && kind === 'input').map((name) => `the ${kind} ${name} is not declared`)];
const given = (at, values, declared) => [
  ...Object.keys(values).filter((name) => !declared[name]).map((name) => `${at}: there is no input ${name}`),
  ...Object.keys(declared).filter((name) => declared[name].required && values[name] === undefined).map((name) => `${at}: ${name} is missing`),
];

/** What actions of others hand on, where a workflow asks for it. */
const THEIRS = { 'docker/build-push-action': ['digest'] };

/** What a step can hand on: an action's by the contract, a script's by what it writes. */
function outputsOf(step) {
  if (THEIRS[step.uses?.split('@')[0]]) return THEIRS[step.uses.split('@')[0]];
  const name = /actions\/([\w-]+)/.exec(step.uses ?? '')?.[1];
  if (name && action(name)) return action(name).outputs.map((output) => output.name);
  return [...(step.run ?? '').matchAll(/echo "([\w-]+)=|^ *put ([\w-]+) /gm)].map(([, echoed, put]) => echoed ?? put);
}
