// Sets up what is the case. Seeds add up: what is there stays, and what has the same name or number is changed.

import { newAsset } from './assets.mjs';
import { addStatus } from './deployments.mjs';
import { createEnvironment } from './environments.mjs';
import { Repository } from './state.mjs';

export class SeedError extends Error {}

/** @typedef {import('./state.mjs').State} State @typedef {Record<string, any>} Json */

/** @param {State} state @param {Json} json @returns {Json} what was given numbers */
export function seed(state, json) {
  only('the seed', json, 'now', 'users', 'tokens', 'repositories', 'moved');
  if (json.now !== undefined) state.setNow(json.now);
  for (const [login, id] of Object.entries(json.users ?? {})) state.user(login, id);
  const repositories = Object.fromEntries(Object.entries(json.repositories ?? {}).map(([name, fields]) => [name, seedRepository(state, name, fields)]));
  for (const [secret, fields] of Object.entries(json.tokens ?? {})) state.tokens.set(secret, token(state, secret, fields));
  for (const [from, to] of Object.entries(json.moved ?? {})) state.moved.set(from.toLowerCase(), to);
  return { repositories };
}

/** @param {State} state @param {string} secret @param {Json} json */
function token(state, secret, json) {
  only(`token ${secret}`, json, 'user', 'kind', 'permissions', 'repositories', 'expired');
  const user = state.user(json.user ?? 'github-actions[bot]');
  const isBot = user.type === 'Bot';
  return {
    user, app: isBot ? user.login.replace('[bot]', '') : null, kind: json.kind ?? (isBot ? 'installation' : 'fine-grained'), permissions: json.permissions ?? {},
    repositories: json.repositories?.map((/** @type {string} */ name) => name.toLowerCase()) ?? null, expired: json.expired ?? false,
  };
}

/** @param {State} state @param {string} name @param {Json} json */
function seedRepository(state, name, json) {
  only(name, json, 'private', 'default_branch', 'description', 'immutable_releases', 'commits', 'refs', 'environments', 'runs', 'check_runs', 'statuses', 'attestations', 'deployments', 'releases');
  if (!/^[\w.-]+\/[\w.-]+$/.test(name)) throw new SeedError(`${name}: expected owner/name`);
  const repository = state.repositories.get(name.toLowerCase()) ?? new Repository(name, state.id(), state.user(name.split('/')[0]), state.now());
  state.repositories.set(name.toLowerCase(), repository);
  Object.assign(repository, given({ isPrivate: json.private, defaultBranch: json.default_branch, description: json.description, immutableReleases: json.immutable_releases }));
  for (const [sha, commit] of Object.entries(json.commits ?? {})) {
    only(`commit ${sha}`, commit, 'date', 'workflows');
    repository.commits.set(sha, { sha, date: commit.date ?? state.now(), workflows: commit.workflows ?? false });
  }
  for (const [ref, value] of Object.entries(json.refs ?? {})) {
    const { sha, merge = 'up-to-date' } = typeof value === 'string' ? { sha: value } : value;
    commit(state, repository, sha);
    repository.refs.set(ref, { sha, merge });
  }
  for (const [environment, fields] of Object.entries(json.environments ?? {})) seedEnvironment(state, repository, environment, fields);
  for (const run of json.runs ?? []) seedRun(state, repository, run);
  for (const each of json.check_runs ?? []) seedCheckRun(state, repository, each);
  for (const each of json.statuses ?? []) seedStatus(state, repository, each);
  for (const each of json.attestations ?? []) repository.attestations.push({ id: state.id(), digest: each.digest, predicateType: each.predicate_type, bundle: each.bundle });
  return {
    id: repository.id,
    deployments: (json.deployments ?? []).map((/** @type {Json} */ each) => seedDeployment(state, repository, each)),
    releases: (json.releases ?? []).map((/** @type {Json} */ each) => seedRelease(state, repository, each)),
  };
}

/** Commits that are only mentioned exist too. @param {State} state @param {Repository} repository @param {string} sha */
function commit(state, repository, sha) {
  if (!/^[0-9a-f]{40}$/.test(sha)) throw new SeedError(`${sha}: expected a commit's 40 hex digits`);
  if (!repository.commits.has(sha)) repository.commits.set(sha, { sha, date: state.now(), workflows: false });
}

/** @param {State} state @param {Repository} repository @param {string} name @param {Json} json */
function seedEnvironment(state, repository, name, json) {
  only(`environment ${name}`, json, 'reviewers', 'prevent_self_review', 'wait_timer', 'branch_policy', 'can_admins_bypass', 'custom_rules');
  const environment = createEnvironment(state, repository, name);
  const { reviewers, branch_policy: policy } = json;
  Object.assign(environment, given({
    preventSelfReview: json.prevent_self_review, waitTimer: json.wait_timer, canAdminsBypass: json.can_admins_bypass,
    reviewers: reviewers?.map((/** @type {string} */ who) => {
      const user = who.startsWith('team:') ? undefined : state.user(who);
      return user ? { type: 'User', user, id: user.id } : { type: 'Team', team: who.slice(5), id: state.id() };
    }),
    branchPolicy: Array.isArray(policy)
      ? policy.map((pattern) => ({ id: state.id(), name: pattern.replace(/^tag:/, ''), type: pattern.startsWith('tag:') ? 'tag' : 'branch' })) : policy,
    customRules: json.custom_rules?.map((/** @type {string} */ app) => ({ id: state.id(), app })),
  }));
}

/** Approvals add up; attempts are replaced. @param {State} state @param {Repository} repository @param {Json} json */
function seedRun(state, repository, json) {
  only(`run ${json.id}`, json, 'id', 'name', 'path', 'event', 'head_branch', 'head_sha', 'actor', 'created_at', 'attempts', 'approvals');
  const id = json.id ?? state.id();
  const known = repository.runs.get(id) ?? {
    id, name: 'Release', path: '.github/workflows/release.yml', event: 'workflow_dispatch', headBranch: repository.defaultBranch,
    headSha: repository.refs.get(`heads/${repository.defaultBranch}`)?.sha ?? '0'.repeat(40), actor: state.user('octocat'), createdAt: state.now(), attempts: [], approvals: [],
  };
  Object.assign(known, given({
    name: json.name, path: json.path, event: json.event, headBranch: json.head_branch, headSha: json.head_sha, createdAt: json.created_at,
    actor: json.actor === undefined ? undefined : state.user(json.actor),
  }));
  if (json.attempts !== undefined || known.attempts.length === 0)
    known.attempts = (json.attempts ?? [{}]).map((/** @type {Json} */ each, /** @type {number} */ at) => attempt(state, known, each, at + 1));
  for (const each of json.approvals ?? [])
    known.approvals.push({ environments: each.environments, state: each.state ?? 'approved', user: state.user(each.user), comment: each.comment ?? '' });
  repository.runs.set(id, known);
}

/** @param {State} state @param {any} run @param {Json} json @param {number} number */
function attempt(state, run, json, number) {
  only(`an attempt of run ${run.id}`, json, 'status', 'conclusion', 'triggering_actor', 'started_at', 'jobs');
  const startedAt = json.started_at ?? run.createdAt;
  const conclusion = json.conclusion ?? null;
  return {
    status: json.status ?? (conclusion ? 'completed' : 'in_progress'), conclusion, startedAt, triggeringActor: json.triggering_actor ? state.user(json.triggering_actor) : run.actor,
    jobs: (json.jobs ?? []).map((/** @type {Json} */ job) => ({
      id: state.id(), name: job.name, attempt: number, startedAt, conclusion: job.conclusion ?? null, status: job.status ?? (job.conclusion ? 'completed' : 'in_progress'),
    })),
  };
}

/** @param {State} state @param {Repository} repository @param {Json} json */
function seedCheckRun(state, repository, json) {
  only(`check run ${json.name}`, json, 'sha', 'name', 'app', 'status', 'conclusion', 'started_at', 'completed_at');
  commit(state, repository, json.sha);
  const conclusion = json.conclusion ?? null;
  const status = json.status ?? (conclusion ? 'completed' : 'in_progress');
  repository.checkRuns.push({
    id: state.id(), sha: json.sha, name: json.name, app: json.app ?? 'github-actions', status, conclusion, suite: state.id(),
    startedAt: json.started_at ?? state.now(), completedAt: json.completed_at ?? (status === 'completed' ? state.now() : null),
  });
}

/** @param {State} state @param {Repository} repository @param {Json} json */
function seedStatus(state, repository, json) {
  only(`status ${json.context}`, json, 'sha', 'context', 'state', 'creator', 'description', 'target_url', 'created_at');
  commit(state, repository, json.sha);
  repository.statuses.push({
    id: state.id(), sha: json.sha, context: json.context, state: json.state, creator: state.user(json.creator ?? 'octocat'), description: json.description ?? null,
    targetUrl: json.target_url ?? null, createdAt: json.created_at ?? state.now(),
  });
}

/** One that another user or another time made. @param {State} state @param {Repository} repository @param {Json} json */
function seedDeployment(state, repository, json) {
  only('a deployment', json, 'sha', 'ref', 'task', 'payload', 'environment', 'description', 'creator', 'created_at', 'transient', 'production', 'state');
  commit(state, repository, json.sha);
  const user = state.user(json.creator ?? 'github-actions[bot]');
  const creator = { user, app: user.type === 'Bot' ? user.login.replace('[bot]', '') : null };
  const createdAt = json.created_at ?? state.now();
  createEnvironment(state, repository, json.environment);
  const deployment = {
    id: state.id(), sha: json.sha, ref: json.ref ?? json.sha, task: json.task ?? 'deploy', payload: json.payload ?? {}, environment: json.environment,
    originalEnvironment: json.environment, description: json.description ?? null, creator, createdAt, updatedAt: createdAt, statuses: [],
    isTransient: json.transient ?? false, isProduction: json.production ?? false,
  };
  if (json.state !== undefined) addStatus(state, deployment, { state: json.state, creator });
  repository.deployments.push(deployment);
  return deployment.id;
}

/** Its assets keep their names, whatever they are. @param {State} state @param {Repository} repository @param {Json} json */
function seedRelease(state, repository, json) {
  only('a release', json, 'tag', 'name', 'body', 'draft', 'immutable', 'author', 'assets');
  const now = state.now();
  const author = state.user(json.author ?? 'github-actions[bot]');
  const assets = Object.entries(json.assets ?? {}).map(([name, base64]) => newAsset(state, { name, bytes: Buffer.from(base64, 'base64'), uploader: author }));
  const isDraft = json.draft ?? false;
  const release = {
    id: state.id(), tag: json.tag, target: repository.defaultBranch, name: json.name ?? null, body: json.body ?? null, isDraft, isPrerelease: false,
    isImmutable: json.immutable ?? false, author, createdAt: now, updatedAt: now, publishedAt: isDraft ? null : now, assets,
  };
  repository.releases.push(release);
  if (!isDraft) repository.refs.set(`tags/${json.tag}`, { sha: repository.refs.get(`heads/${repository.defaultBranch}`)?.sha ?? '0'.repeat(40), merge: 'up-to-date' });
  return { id: release.id, assets: Object.fromEntries(assets.map(({ name, id }) => [name, id])) };
}

/** @param {Json} fields */
const given = (fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** A key that nobody reads is a mistake in the test. @param {string} what @param {Json} json @param {...string} known */
function only(what, json, ...known) {
  const stranger = Object.keys(json).find((key) => !known.includes(key));
  if (stranger !== undefined) throw new SeedError(`${what}: unknown key ${stranger}; known are ${known.join(', ')}`);
}
