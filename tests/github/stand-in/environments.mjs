// Environments and how they are protected. One that nobody made comes into being, without protection, when a deployment names it.

import { orNotFound } from './call.mjs';
import { pageOf } from './pages.mjs';
import { appShape, nodeId, userShape } from './shapes.mjs';

/** @typedef {import('./call.mjs').Call} Call @typedef {import('./call.mjs').Answer} Answer */
/**
 * @typedef {{ id: number, name: string, createdAt: string, reviewers: { type: 'User' | 'Team', user?: import('./state.mjs').User, team?: string, id: number }[],
 *   preventSelfReview: boolean, waitTimer: number, branchPolicy: null | 'protected' | { id: number, name: string, type: 'branch' | 'tag' }[],
 *   canAdminsBypass: boolean, customRules: { id: number, app: string }[], ruleIds: number[] }} Environment
 */

/** @param {import('./state.mjs').State} state @param {import('./state.mjs').Repository} repository @param {string} name @returns {Environment} */
export function createEnvironment(state, repository, name) {
  const key = name.toLowerCase();
  const known = repository.environments.get(key);
  if (known !== undefined) return known;
  const environment = {
    id: state.id(), name, createdAt: state.now(), reviewers: [], preventSelfReview: false, waitTimer: 0, branchPolicy: null, canAdminsBypass: true, customRules: [],
    ruleIds: [state.id(), state.id(), state.id()],
  };
  repository.environments.set(key, environment);
  return environment;
}

/** @param {Call} call @returns {Answer} */
export function listEnvironments(call) {
  const all = [...call.repository.environments.values()];
  const { items, headers } = pageOf(all, call);
  return { body: { total_count: all.length, environments: items.map((each) => environmentShape(each, call)) }, headers };
}

/** @param {Call} call @returns {Answer} */
export const getEnvironment = (call) => ({ body: environmentShape(find(call), call) });

/** @param {Call} call @returns {Answer} */
export function listBranchPolicies(call) {
  const { branchPolicy } = find(call);
  const policies = Array.isArray(branchPolicy) ? branchPolicy : [];
  const { items, headers } = pageOf(policies, call);
  return { body: { total_count: policies.length, branch_policies: items.map((each) => ({ ...each, node_id: nodeId('DeploymentBranchPolicy', each.id) })) }, headers };
}

/** @param {Call} call @returns {Answer} */
export function listProtectionRules(call) {
  const rules = find(call).customRules.map(({ id, app }) => {
    const { id: appId, slug, node_id } = appShape(app);
    return { id, node_id: nodeId('GateId', id), enabled: true, app: { id: appId, slug, integration_url: `${call.links.api}/apps/${slug}`, node_id } };
  });
  return { body: { total_count: rules.length, custom_deployment_protection_rules: rules } };
}

/** @returns {Environment} */
const find = (/** @type {Call} */ { repository, params }) => orNotFound(repository.environments.get(params.environment_name.toLowerCase()));

/** As the review history mentions it. @param {Environment} environment @param {Call} call */
export const environmentMention = ({ id, name, createdAt }, { repository, repoUrl }) => ({
  id, node_id: nodeId('Environment', id), name, url: `${repoUrl}/environments/${encodeURIComponent(name)}`,
  html_url: `https://github.com/${repository.fullName}/deployments/activity_log?environments_filter=${encodeURIComponent(name)}`,
  created_at: createdAt, updated_at: createdAt,
});

/** @param {Environment} environment @param {Call} call */
function environmentShape(environment, call) {
  const { reviewers, waitTimer, branchPolicy, ruleIds } = environment;
  const rule = (/** @type {number} */ at, /** @type {string} */ type, fields = {}) => ({ id: ruleIds[at], node_id: nodeId('Gate', ruleIds[at]), type, ...fields });
  return {
    ...environmentMention(environment, call), can_admins_bypass: environment.canAdminsBypass,
    protection_rules: [
      ...(waitTimer > 0 ? [rule(0, 'wait_timer', { wait_timer: waitTimer })] : []),
      ...(reviewers.length > 0
        ? [rule(1, 'required_reviewers', { prevent_self_review: environment.preventSelfReview, reviewers: reviewers.map((each) => reviewerShape(each, call)) })] : []),
      ...(branchPolicy !== null ? [rule(2, 'branch_policy')] : []),
    ],
    deployment_branch_policy: branchPolicy === null ? null : { protected_branches: branchPolicy === 'protected', custom_branch_policies: branchPolicy !== 'protected' },
  };
}

/** @param {Environment['reviewers'][number]} reviewer @param {Call} call */
function reviewerShape({ type, user, team, id }, { links, repository }) {
  if (user !== undefined) return { type, reviewer: userShape(user) };
  const url = `${links.api}/organizations/${repository.owner.id}/team/${id}`;
  return {
    type, reviewer: {
      id, node_id: nodeId('Team', id), name: team, slug: team, description: '', privacy: 'closed', notification_setting: 'notifications_enabled',
      permission: 'push', url, html_url: `https://github.com/orgs/${repository.owner.login}/teams/${team}`, members_url: `${url}/members{/member}`,
      repositories_url: `${url}/repos`, parent: null, type: 'organization', organization_id: repository.owner.id,
    },
  };
}
