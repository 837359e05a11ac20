// Runs a workflow as GitHub does, except for its steps: which jobs and steps run, with what, and what they hand on. What a step does is up to `execute`.

import { parse } from 'yaml';
import { fill, holds, text } from './expressions.mjs';

/**
 * @typedef {object} World
 * @property {(path: string) => string} source a workflow file's text
 * @property {(call: object) => Promise<{ outcome?: 'success' | 'failure', outputs?: object }>} execute does a step
 * @property {(environment: string) => boolean | Promise<boolean>} [approve] what its reviewers say; everybody approves by default
 * @property {object} [github] @property {object} [secrets] @property {object} [vars]
 * @property {() => boolean} [cancelled]
 */

/** Runs a file; with the result of an attempt before, what failed in it and what did not run for that reason. @param {World} world */
export async function run(world, path, inputs = {}, before = undefined, trace = []) {
  const workflow = parse(world.source(path));
  const isByHand = (world.github?.event_name ?? 'workflow_dispatch') === 'workflow_dispatch';
  const declared = (workflow.on?.workflow_call ?? (isByHand ? workflow.on?.workflow_dispatch : undefined))?.inputs ?? {};
  const known = Object.fromEntries(Object.entries(declared).map(([name, { type, default: value }]) => [name, typed(inputs[name] ?? value, type)]));
  for (const [name, input] of Object.entries(declared)) {
    if (input.required && inputs[name] === undefined) throw new Error(`${path}: the input ${name} is required`);
  }
  for (const name of Object.keys(inputs)) if (!declared[name]) throw new Error(`${path}: there is no input ${name}`);

  const jobs = {};
  for (const id of ordered(workflow.jobs, path)) {
    const kept = before?.jobs[id];
    jobs[id] = kept?.result === 'success' ? kept : await runJob(world, path, workflow, id, jobs, known, kept, trace);
  }
  const results = Object.values(jobs).map(({ result }) => result);
  const outputs = fill(Object.fromEntries(Object.entries(workflow.on?.workflow_call?.outputs ?? {}).map(([name, { value }]) => [name, value])), { jobs, ...contexts(world, known) });
  return { result: results.includes('failure') ? 'failure' : results.includes('cancelled') ? 'cancelled' : 'success', jobs, outputs, trace };
}

function contexts(world, inputs) {
  return { github: { event_name: 'workflow_dispatch', run_attempt: '1', ...world.github }, inputs, secrets: world.secrets ?? {}, vars: world.vars ?? {}, runner: { os: 'Linux', temp: '/tmp' } };
}

async function runJob(world, path, workflow, id, jobs, inputs, before, trace) {
  const job = workflow.jobs[id];
  const needed = names(job.needs);
  const ancestors = everybodyBefore(workflow.jobs, id);
  const base = { ...contexts(world, inputs), needs: Object.fromEntries(needed.map((name) => [name, { result: jobs[name].result, outputs: jobs[name].outputs }])) };
  const status = {
    // A skipped job anywhere before is no success (actions/runner#491).
    success: ancestors.every((name) => jobs[name].result === 'success') && !world.cancelled?.(),
    failure: ancestors.some((name) => jobs[name].result === 'failure'),
    cancelled: world.cancelled?.() === true,
  };
  if (!holds(job.if, base, status)) return { result: world.cancelled?.() ? 'cancelled' : 'skipped', outputs: {} };

  const entry = { path, job: id, name: text(fill(job.name ?? id, base)), steps: [], permissions: job.permissions };
  if (job.uses) {
    const called = job.uses.replace(/^[$.]\//, '').replace(/^[^.]*(?=\.github\/)|@.*$/g, '');
    const given = fill(job.with ?? {}, base);
    trace.push({ ...entry, uses: called, with: given });
    const inner = await run({ ...world, secrets: job.secrets === 'inherit' ? world.secrets : fill(job.secrets ?? {}, base) }, called, given, before?.inner, trace);
    return { result: inner.result, outputs: inner.outputs, inner };
  }

  const legs = matrix(fill(job.strategy?.matrix, base));
  if (legs.length === 0) return { result: 'failure', outputs: {} }; // GitHub: "Matrix vector does not contain any values"
  const results = [];
  let outputs = {};
  for (const leg of legs) {
    const here = { ...base, matrix: leg, strategy: {} };
    const environment = fill(typeof job.environment === 'string' ? { name: job.environment } : job.environment, here);
    const run = { ...entry, name: text(fill(job.name ?? id, here)), environment: environment?.name, concurrency: fill(job.concurrency, here), matrix: leg, steps: [] };
    trace.push(run);
    if (environment && world.approve && !(await world.approve(environment.name))) {
      results.push('failure');
      continue;
    }
    const ended = await runSteps(world, job, here, run);
    results.push(ended.result);
    outputs = { ...outputs, ...fill(job.outputs ?? {}, { ...here, steps: ended.steps }) };
  }
  return { result: results.includes('failure') ? 'failure' : results.includes('cancelled') ? 'cancelled' : 'success', outputs };
}

async function runSteps(world, job, base, run) {
  const steps = {};
  let failed = false;
  for (const step of job.steps) {
    const cancelled = world.cancelled?.() === true;
    const here = { ...base, steps, job: { status: cancelled ? 'cancelled' : failed ? 'failure' : 'success' } };
    const name = step.id ?? text(fill(step.name ?? step.uses ?? step.run, here));
    let outcome = 'skipped';
    let outputs = {};
    const call = { name, step, job: run, env: {}, with: {} };
    if (holds(step.if, here, { success: !failed && !cancelled, failure: failed, cancelled })) {
      Object.assign(call, { env: strings(fill({ ...job.env, ...step.env }, here)), with: strings(fill(step.with ?? {}, here)), contexts: here });
      const ended = await world.execute(call);
      outcome = ended?.outcome ?? 'success';
      outputs = ended?.outputs ?? {};
    }
    run.steps.push({ name, outcome, uses: step.uses, with: call.with, env: call.env, outputs });
    if (step.id) steps[step.id] = { outcome, conclusion: outcome === 'failure' && step['continue-on-error'] === true ? 'success' : outcome, outputs };
    failed ||= outcome === 'failure' && step['continue-on-error'] !== true;
  }
  return { result: failed ? 'failure' : world.cancelled?.() ? 'cancelled' : 'success', steps };
}

const strings = (map) => Object.fromEntries(Object.entries(map).map(([key, value]) => [key, text(value)]));
const names = (needs) => (needs === undefined ? [] : [needs].flat());

function typed(value, type) {
  if (value === undefined || value === null) return type === 'boolean' ? false : type === 'number' ? 0 : '';
  return type === 'boolean' ? value === true || value === 'true' : type === 'number' ? Number(value) : String(value);
}

function matrix(axes) {
  return axes === undefined || axes === null ? [{}]
    : Object.entries(axes).reduce((legs, [axis, values]) => legs.flatMap((leg) => [values].flat().map((value) => ({ ...leg, [axis]: value }))), [{}]);
}

export function everybodyBefore(jobs, id, seen = new Set()) {
  for (const name of names(jobs[id].needs)) {
    if (!seen.has(name)) {
      seen.add(name);
      everybodyBefore(jobs, name, seen);
    }
  }
  return [...seen];
}

function ordered(jobs, path) {
  const done = [];
  while (done.length < Object.keys(jobs).length) {
    const next = Object.keys(jobs).filter((id) => !done.includes(id) && names(jobs[id].needs).every((name) => done.includes(name)));
    if (next.length === 0) throw new Error(`${path}: jobs need each other, or one that is not there`);
    done.push(...next);
  }
  return done;
}
