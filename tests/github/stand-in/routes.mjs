// Every operation: how it is reached, what a token needs for it, the form of its body. Anything else is not found, a change of a deployment among it.

import * as assets from './assets.mjs';
import { listAttestations } from './attestations.mjs';
import * as commits from './commits.mjs';
import * as deployments from './deployments.mjs';
import * as environments from './environments.mjs';
import * as issues from './issues.mjs';
import * as releases from './releases.mjs';
import { getRepository } from './repositories.mjs';
import * as runs from './runs.mjs';

/**
 * @typedef {{ method: string, path: RegExp, names: string[], needs: string, handle: (call: import('./call.mjs').Call) => import('./call.mjs').Answer,
 *   form: Record<string, string> | null }} Route needs: such as `deployments=write`; form: null where the body is no JSON
 */

/** @type {[string, string, string, Route['handle'], (Record<string, string> | null)?][]} */
const API = [
  ['GET', '', 'metadata=read', getRepository],
  ['GET', '/deployments', 'deployments=read', deployments.listDeployments],
  ['POST', '/deployments', 'deployments=write', deployments.createDeployment, deployments.deploymentForm],
  ['GET', '/deployments/{deployment_id}', 'deployments=read', deployments.getDeployment],
  ['DELETE', '/deployments/{deployment_id}', 'deployments=write', deployments.deleteDeployment],
  ['GET', '/deployments/{deployment_id}/statuses', 'deployments=read', deployments.listStatuses],
  ['POST', '/deployments/{deployment_id}/statuses', 'deployments=write', deployments.createStatus, deployments.statusForm],
  ['GET', '/deployments/{deployment_id}/statuses/{status_id}', 'deployments=read', deployments.getStatus],
  ['GET', '/releases', 'contents=read', releases.listReleases],
  ['POST', '/releases', 'contents=write', releases.createRelease, { ...releases.releaseForm, tag_name: 'string!' }],
  ['GET', '/releases/latest', 'contents=read', releases.getLatestRelease],
  ['GET', '/releases/tags/{tag+}', 'contents=read', releases.getReleaseByTag],
  ['GET', '/releases/{release_id}', 'contents=read', releases.getRelease],
  ['PATCH', '/releases/{release_id}', 'contents=write', releases.updateRelease, releases.releaseForm],
  ['DELETE', '/releases/{release_id}', 'contents=write', releases.deleteRelease],
  ['GET', '/releases/{release_id}/assets', 'contents=read', assets.listAssets],
  ['GET', '/releases/assets/{asset_id}', 'contents=read', assets.getAsset],
  ['PATCH', '/releases/assets/{asset_id}', 'contents=write', assets.updateAsset, assets.assetForm],
  ['DELETE', '/releases/assets/{asset_id}', 'contents=write', assets.deleteAsset],
  ['GET', '/immutable-releases', 'administration=read', releases.getImmutableReleases],
  ['GET', '/environments', 'actions=read', environments.listEnvironments],
  ['GET', '/environments/{environment_name}', 'actions=read', environments.getEnvironment],
  ['GET', '/environments/{environment_name}/deployment-branch-policies', 'actions=read', environments.listBranchPolicies],
  ['GET', '/environments/{environment_name}/deployment_protection_rules', 'actions=read', environments.listProtectionRules],
  ['GET', '/actions/runs/{run_id}', 'actions=read', runs.getRun],
  ['GET', '/actions/runs/{run_id}/attempts/{attempt_number}', 'actions=read', runs.getAttempt],
  ['GET', '/actions/runs/{run_id}/attempts/{attempt_number}/jobs', 'actions=read', runs.listAttemptJobs],
  ['GET', '/actions/runs/{run_id}/approvals', 'actions=read', runs.listApprovals],
  ['GET', '/actions/runs/{run_id}/jobs', 'actions=read', runs.listJobs],
  ['GET', '/commits/{ref+}/check-runs', 'checks=read', commits.listCheckRuns],
  ['GET', '/commits/{ref+}/status', 'statuses=read', commits.combinedStatus],
  ['GET', '/commits/{ref+}/statuses', 'statuses=read', commits.listStatuses],
  ['GET', '/attestations/{subject_digest}', 'attestations=read', listAttestations],
  ['GET', '/issues', 'issues=read', issues.listIssues],
  ['POST', '/issues', 'issues=write', issues.createIssue, issues.issueForm],
  ['GET', '/issues/{issue_number}', 'issues=read', issues.getIssue],
  ['PATCH', '/issues/{issue_number}', 'issues=write', issues.updateIssue, issues.issueChangeForm],
  ['GET', '/issues/{issue_number}/comments', 'issues=read', issues.listComments],
  ['POST', '/issues/{issue_number}/comments', 'issues=write', issues.createComment, issues.commentForm],
  ['PATCH', '/issues/comments/{comment_id}', 'issues=write', issues.updateComment, issues.commentForm],
  ['DELETE', '/issues/comments/{comment_id}', 'issues=write', issues.deleteComment],
];

/** @type {typeof API} */
const UPLOADS = [['POST', '/releases/{release_id}/assets', 'contents=write', assets.uploadAsset, null]];

/** @param {typeof API} table @returns {Route[]} */
const compile = (table) => table.map(([method, path, needs, handle, form = {}]) => {
  /** @type {string[]} */
  const names = [];
  const pattern = path.replace(/\{(\w+)(\+?)\}/g, (_, name, greedy) => {
    names.push(name);
    return greedy ? '(.+)' : '([^/]+)';
  });
  return { method, path: new RegExp(`^${pattern}$`), names, needs, handle, form };
});

/** Every operation by the words of GitHub's description. @returns {{ method: string, path: string }[]} */
export const operations = () => [...API, ...UPLOADS].map(([method, path]) => ({ method: method.toLowerCase(), path: `/repos/{owner}/{repo}${path.replaceAll('+}', '}')}` }));

const ROUTES = { api: compile(API), uploads: compile(UPLOADS) };

/**
 * @param {'api' | 'uploads'} host @param {string} method @param {string} path what follows `/repos/owner/name`
 * @returns {{ route: Route, params: Record<string, string> } | undefined}
 */
export function route(host, method, path) {
  for (const each of ROUTES[host]) {
    const found = each.method === method ? each.path.exec(path) : null;
    if (found === null) continue;
    try {
      return { route: each, params: Object.fromEntries(each.names.map((name, i) => [name, decodeURIComponent(found[i + 1])])) };
    } catch {
      return undefined; // a broken percent sign
    }
  }
  return undefined;
}
