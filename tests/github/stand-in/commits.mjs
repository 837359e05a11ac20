// What was found out about a commit: check runs of apps, and statuses.

import { appShape, nodeId, repositoryShape, userShape } from './shapes.mjs';
import { pageOf } from './pages.mjs';
import { unprocessable } from './refusal.mjs';

/** @typedef {import('./call.mjs').Call} Call @typedef {import('./call.mjs').Answer} Answer */

/** Every context of a commit with its newest state. @param {import('./state.mjs').Repository} repository @param {string} sha @returns {Map<string, string>} */
export function contextsOf(repository, sha) {
  /** @type {Map<string, string>} */
  const contexts = new Map();
  for (const { context, state } of repository.statuses.filter((each) => each.sha === sha)) contexts.set(context, state);
  for (const { name, status, conclusion } of newest(repository.checkRuns.filter((each) => each.sha === sha)))
    contexts.set(name, status !== 'completed' ? 'pending' : ['success', 'neutral', 'skipped'].includes(conclusion) ? 'success' : 'failure');
  return contexts;
}

/** @param {Call} call @returns {Answer} */
export function listCheckRuns(call) {
  const { repository, query } = call;
  const sha = commitOf(call);
  const all = repository.checkRuns.filter((each) => each.sha === sha
    && [null, each.name].includes(query.get('check_name')) && [null, each.status].includes(query.get('status'))
    && [null, String(appShape(each.app).id)].includes(query.get('app_id')));
  const found = (query.get('filter') === 'all' ? all : newest(all)).reverse();
  const { items, headers } = pageOf(found, call);
  return { body: { total_count: found.length, check_runs: items.map((each) => checkRunShape(each, call)) }, headers };
}

/** The newest of each app and name. @param {any[]} runs oldest first @returns {any[]} */
const newest = (runs) => [...new Map(runs.map((each) => [`${each.app} ${each.name}`, each])).values()].sort((a, b) => a.id - b.id);

/** @param {Call} call @returns {Answer} */
export function combinedStatus(call) {
  const { repository, links, repoUrl } = call;
  const sha = commitOf(call);
  const latest = [...new Map(repository.statuses.filter((each) => each.sha === sha).map((each) => [each.context, each])).values()];
  const { items, headers } = pageOf(latest, call);
  const states = latest.map(({ state }) => state);
  const state = states.some((each) => each === 'failure' || each === 'error') ? 'failure' : states.length === 0 || states.includes('pending') ? 'pending' : 'success';
  return {
    body: {
      state, statuses: items.map((each) => simpleStatusShape(each, call)), sha, total_count: latest.length, repository: repositoryShape(repository, links),
      commit_url: `${repoUrl}/commits/${sha}`, url: `${repoUrl}/commits/${sha}/status`,
    }, headers,
  };
}

/** Also those that later ones replaced. @param {Call} call @returns {Answer} */
export function listStatuses(call) {
  const sha = commitOf(call);
  const { items, headers } = pageOf(call.repository.statuses.filter((each) => each.sha === sha).reverse(), call);
  return { body: items.map((each) => ({ ...simpleStatusShape(each, call), creator: userShape(each.creator) })), headers };
}

/** @param {Call} call */
function commitOf({ repository, params }) {
  const target = repository.resolve(params.ref);
  if (target === undefined) throw unprocessable(`No commit found for SHA: ${params.ref}`);
  return target.sha;
}

/** @param {any} run @param {Call} call */
function checkRunShape(run, { repoUrl, repository }) {
  const { id, sha } = run;
  const url = `${repoUrl}/check-runs/${id}`;
  const page = `https://github.com/${repository.fullName}/runs/${id}`;
  return {
    id, name: run.name, node_id: nodeId('CheckRun', id), head_sha: sha, external_id: '', url, html_url: page, details_url: page, status: run.status,
    conclusion: run.conclusion, started_at: run.startedAt, completed_at: run.completedAt, check_suite: { id: run.suite }, app: appShape(run.app), pull_requests: [],
    output: { title: null, summary: null, text: null, annotations_count: 0, annotations_url: `${url}/annotations` },
  };
}

/** @param {any} status @param {Call} call */
function simpleStatusShape(status, { repoUrl }) {
  const { id, state, context, description, targetUrl, createdAt, sha } = status;
  return {
    url: `${repoUrl}/statuses/${sha}`, avatar_url: `https://avatars.githubusercontent.com/u/${status.creator.id}?v=4`, id, node_id: nodeId('StatusContext', id),
    state, description, target_url: targetUrl, context, created_at: createdAt, updated_at: createdAt,
  };
}
