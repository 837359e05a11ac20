// Workflow runs: their attempts, their jobs, and who approved what in them.

import { idOf, orNotFound } from './call.mjs';
import { createEnvironment, environmentMention } from './environments.mjs';
import { pageOf } from './pages.mjs';
import { nodeId, repositoryShape, userShape } from './shapes.mjs';

/** @typedef {import('./call.mjs').Call} Call @typedef {import('./call.mjs').Answer} Answer */

/** @param {Call} call @returns {Answer} */
export const getRun = (call) => {
  const run = find(call);
  return { body: runShape(run, run.attempts.at(-1), call) };
};

/** @param {Call} call @returns {Answer} */
export const getAttempt = (call) => {
  const run = find(call);
  return { body: runShape(run, attemptOf(run, call), call) };
};

/** @param {Call} call @returns {Answer} */
export const listApprovals = (call) => ({
  body: find(call).approvals.map((/** @type {any} */ { environments, state, user, comment }) => ({
    state, comment, user: userShape(user),
    environments: environments.map((/** @type {string} */ name) => environmentMention(createEnvironment(call.state, call.repository, name), call)),
  })),
});

/** Of the last attempt, unless all are asked for. @param {Call} call @returns {Answer} */
export function listJobs(call) {
  const run = find(call);
  const jobs = call.query.get('filter') === 'all' ? run.attempts.flatMap((/** @type {any} */ attempt) => attempt.jobs) : run.attempts.at(-1).jobs;
  return jobPage(run, jobs, call);
}

/** @param {Call} call @returns {Answer} */
export function listAttemptJobs(call) {
  const run = find(call);
  return jobPage(run, attemptOf(run, call).jobs, call);
}

const find = (/** @type {Call} */ { repository, params }) => orNotFound(repository.runs.get(idOf(params.run_id)));
const attemptOf = (/** @type {any} */ run, /** @type {Call} */ { params }) => orNotFound(run.attempts[idOf(params.attempt_number) - 1]);

function jobPage(/** @type {any} */ run, /** @type {any[]} */ jobs, /** @type {Call} */ call) {
  const { items, headers } = pageOf(jobs, call);
  return { body: { total_count: jobs.length, jobs: items.map((each) => jobShape(each, run, call)) }, headers };
}

/** @param {any} run @param {any} attempt @param {Call} call */
function runShape(run, attempt, { repository, links, repoUrl }) {
  const { id, headSha, path } = run;
  const url = `${repoUrl}/actions/runs/${id}`;
  const mention = repositoryShape(repository, links);
  const workflowId = [...path].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_000_007, 7);
  const number = run.attempts.indexOf(attempt) + 1;
  return {
    id, name: run.name, node_id: nodeId('WorkflowRun', id), head_branch: run.headBranch, head_sha: headSha, path, display_title: run.name, run_number: 1,
    event: run.event, status: attempt.status, conclusion: attempt.conclusion, workflow_id: workflowId, check_suite_id: id + 1,
    check_suite_node_id: nodeId('CheckSuite', id + 1), url, html_url: `https://github.com/${repository.fullName}/actions/runs/${id}`, pull_requests: [],
    created_at: run.createdAt, updated_at: attempt.startedAt, actor: userShape(run.actor), run_attempt: number, referenced_workflows: [],
    run_started_at: attempt.startedAt, triggering_actor: userShape(attempt.triggeringActor), jobs_url: `${url}/jobs`, logs_url: `${url}/logs`,
    check_suite_url: `${repoUrl}/check-suites/${id + 1}`, artifacts_url: `${url}/artifacts`, cancel_url: `${url}/cancel`, rerun_url: `${url}/rerun`,
    previous_attempt_url: number > 1 ? `${url}/attempts/${number - 1}` : null, workflow_url: `${repoUrl}/actions/workflows/${workflowId}`,
    head_commit: {
      id: headSha, tree_id: headSha, message: 'A commit', timestamp: run.createdAt,
      author: { name: run.actor.login, email: 'someone@example.com' }, committer: { name: 'GitHub', email: 'noreply@github.com' },
    },
    repository: mention, head_repository: mention,
  };
}

/** @param {any} job @param {any} run @param {Call} call */
function jobShape(job, run, { repository, repoUrl }) {
  const { id } = job;
  return {
    id, run_id: run.id, workflow_name: run.name, head_branch: run.headBranch, run_url: `${repoUrl}/actions/runs/${run.id}`, run_attempt: job.attempt,
    node_id: nodeId('CheckRun', id), head_sha: run.headSha, url: `${repoUrl}/actions/jobs/${id}`,
    html_url: `https://github.com/${repository.fullName}/actions/runs/${run.id}/job/${id}`, status: job.status, conclusion: job.conclusion,
    created_at: job.startedAt, started_at: job.startedAt, completed_at: job.status === 'completed' ? job.startedAt : null, name: job.name, steps: [],
    check_run_url: `${repoUrl}/check-runs/${id}`, labels: ['ubuntu-24.04'], runner_id: 1, runner_name: 'GitHub Actions 1', runner_group_id: 0, runner_group_name: 'GitHub Actions',
  };
}
