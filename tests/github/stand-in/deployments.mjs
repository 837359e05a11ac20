// Deployments and their statuses. A deployment never changes: there is no PATCH, only statuses.

import { author, idOf, orNotFound } from './call.mjs';
import { createEnvironment } from './environments.mjs';
import { contextsOf } from './commits.mjs';
import { pageOf } from './pages.mjs';
import { custom, Refusal, unprocessable } from './refusal.mjs';
import { appShape, nodeId, userShape } from './shapes.mjs';

/** @typedef {import('./call.mjs').Call} Call @typedef {import('./call.mjs').Answer} Answer */

const MOST_DESCRIPTION = 140;

export const deploymentForm = {
  ref: 'string!', task: 'string', auto_merge: 'boolean', required_contexts: 'strings?', payload: 'object|string', environment: 'string',
  description: 'string?', transient_environment: 'boolean', production_environment: 'boolean',
};

export const statusForm = {
  state: 'one:error,failure,inactive,in_progress,queued,pending,success!', target_url: 'string', log_url: 'string', description: 'string',
  environment: 'string', environment_url: 'string', auto_inactive: 'boolean',
};

/** @param {Call} call @returns {Answer} */
export function createDeployment(call) {
  const { state, repository, body, caller } = call;
  const target = repository.resolve(body.ref);
  if (target === undefined) throw unprocessable(`No ref found for: ${body.ref}`);
  requireShort('Deployment', body.description);
  const merged = body.auto_merge ?? true ? merge(call, target) : undefined;
  if (merged !== undefined) return merged;
  requireGreen(call, target.sha);
  const environment = body.environment ?? 'production';
  createEnvironment(state, repository, environment);
  const now = state.now();
  const deployment = {
    id: state.id(), sha: target.sha, ref: body.ref, task: body.task ?? 'deploy', payload: body.payload ?? {}, environment, originalEnvironment: environment,
    description: body.description ?? null, creator: author(caller), createdAt: now, updatedAt: now, statuses: /** @type {any[]} */ ([]),
    isTransient: body.transient_environment ?? false, isProduction: body.production_environment ?? environment === 'production',
  };
  repository.deployments.push(deployment);
  return { status: 201, body: deploymentShape(deployment, call) };
}

/** What `auto_merge` does when the ref is not up to date with the default branch. @param {Call} call @param {import('./state.mjs').Ref} target */
function merge({ state, repository, body }, target) {
  if (target.merge === 'conflict') throw new Refusal(409, { message: `Conflict merging ${repository.defaultBranch} into ${body.ref}.` });
  if (target.merge !== 'behind') return undefined;
  const sha = state.id().toString(16).padStart(40, '0');
  repository.commits.set(sha, { sha, date: state.now(), workflows: false });
  Object.assign(target, { sha, merge: 'up-to-date' });
  return { status: 202, body: { message: `Auto-merged ${repository.defaultBranch} into ${body.ref} on deployment.` } };
}

/** @param {Call} call @param {string} sha */
function requireGreen({ repository, body }, sha) {
  const known = contextsOf(repository, sha);
  const wanted = body.required_contexts ?? [...known.keys()];
  const contexts = wanted.map((/** @type {string} */ context) => ({ context, state: known.get(context) ?? 'pending' }));
  if (contexts.every((/** @type {{ state: string }} */ each) => each.state === 'success')) return;
  throw new Refusal(409, {
    message: `Conflict: Commit status checks failed for ${body.ref}.`,
    errors: [{ contexts, resource: 'Deployment', field: 'required_contexts', code: 'invalid' }],
  });
}

/** @param {Call} call @returns {Answer} */
export function listDeployments(call) {
  const { repository, query } = call;
  const wanted = /** @type {const} */ (['sha', 'ref', 'task', 'environment']).filter((name) => !['', 'none', null].includes(query.get(name)));
  const found = repository.deployments.filter((each) => wanted.every((name) => each[name] === query.get(name))).reverse();
  const { items, headers } = pageOf(found, call);
  return { body: items.map((each) => deploymentShape(each, call)), headers };
}

/** @param {Call} call @returns {Answer} */
export const getDeployment = (call) => ({ body: deploymentShape(find(call), call) });

/** @param {Call} call @returns {Answer} */
export function deleteDeployment(call) {
  const deployment = find(call);
  const { deployments } = call.repository;
  if (deployments.length > 1 && deployment.statuses.at(-1)?.state !== 'inactive')
    throw unprocessable('We cannot delete an active deployment unless it is the only deployment in a given environment.');
  deployments.splice(deployments.indexOf(deployment), 1);
  return { status: 204 };
}

/** @param {Call} call @returns {Answer} */
export function createStatus(call) {
  const { state, repository, body, caller } = call;
  const deployment = find(call);
  requireShort('DeploymentStatus', body.description);
  const environment = body.environment ?? deployment.environment;
  createEnvironment(state, repository, environment);
  deployment.environment = environment;
  const status = addStatus(state, deployment, { ...body, creator: author(caller) });
  if (body.state === 'success' && (body.auto_inactive ?? true)) retire(state, repository, deployment, author(caller));
  return { status: 201, body: statusShape(status, deployment, call) };
}

/** The others of the environment, unless they are transient or in production, are over. */
function retire(/** @type {import('./state.mjs').State} */ state, /** @type {import('./state.mjs').Repository} */ repository, /** @type {any} */ newest, /** @type {any} */ creator) {
  for (const each of repository.deployments)
    if (each !== newest && each.id < newest.id && each.environment === newest.environment && !each.isTransient && !each.isProduction && each.statuses.at(-1)?.state === 'success')
      addStatus(state, each, { state: 'inactive', creator });
}

/** @param {import('./state.mjs').State} state @param {any} deployment @param {any} fields */
export function addStatus(state, deployment, fields) {
  const now = state.now();
  const status = {
    id: state.id(), state: fields.state, description: fields.description ?? '', environment: deployment.environment, creator: fields.creator,
    logUrl: fields.log_url ?? fields.target_url ?? '', environmentUrl: fields.environment_url ?? '', createdAt: now,
  };
  deployment.statuses.push(status);
  deployment.updatedAt = now;
  return status;
}

/** @param {Call} call @returns {Answer} */
export function listStatuses(call) {
  const deployment = find(call);
  const { items, headers } = pageOf([...deployment.statuses].reverse(), call);
  return { body: items.map((each) => statusShape(each, deployment, call)), headers };
}

/** @param {Call} call @returns {Answer} */
export function getStatus(call) {
  const deployment = find(call);
  return { body: statusShape(orNotFound(deployment.statuses.find((/** @type {any} */ each) => each.id === idOf(call.params.status_id))), deployment, call) };
}

const find = (/** @type {Call} */ { repository, params }) => orNotFound(repository.deployments.find((each) => each.id === idOf(params.deployment_id)));

function requireShort(/** @type {string} */ resource, /** @type {string | null | undefined} */ description) {
  if ([...(description ?? '')].length > MOST_DESCRIPTION) throw custom(resource, 'description', `is too long (maximum is ${MOST_DESCRIPTION} characters)`);
}

/** @param {any} deployment @param {Call} call */
function deploymentShape(deployment, { repoUrl }) {
  const { id, creator } = deployment;
  const url = `${repoUrl}/deployments/${id}`;
  return {
    url, id, node_id: nodeId('Deployment', id), task: deployment.task, original_environment: deployment.originalEnvironment, environment: deployment.environment,
    description: deployment.description, created_at: deployment.createdAt, updated_at: deployment.updatedAt, statuses_url: `${url}/statuses`,
    repository_url: repoUrl, creator: userShape(creator.user), sha: deployment.sha, ref: deployment.ref, payload: deployment.payload,
    transient_environment: deployment.isTransient, production_environment: deployment.isProduction,
    performed_via_github_app: creator.app ? appShape(creator.app) : null,
  };
}

/** @param {any} status @param {any} deployment @param {Call} call */
function statusShape(status, deployment, { repoUrl }) {
  const { id, creator, logUrl } = status;
  const deploymentUrl = `${repoUrl}/deployments/${deployment.id}`;
  return {
    url: `${deploymentUrl}/statuses/${id}`, id, node_id: nodeId('DeploymentStatus', id), state: status.state, creator: userShape(creator.user),
    description: status.description, environment: status.environment, target_url: logUrl, created_at: status.createdAt, updated_at: status.createdAt,
    deployment_url: deploymentUrl, repository_url: repoUrl, environment_url: status.environmentUrl, log_url: logUrl,
    performed_via_github_app: creator.app ? appShape(creator.app) : null,
  };
}
