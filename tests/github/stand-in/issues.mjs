// Issues and their comments.

import { author, idOf, orNotFound } from './call.mjs';
import { pageOf } from './pages.mjs';
import { custom, validationFailed } from './refusal.mjs';
import { appShape, nodeId, userShape } from './shapes.mjs';

/** @typedef {import('./call.mjs').Call} Call @typedef {import('./call.mjs').Answer} Answer */

const MOST_BODY = 65_536;
const MOST_TITLE = 256;

export const issueForm = { title: 'string|integer!', body: 'string?', labels: 'labels', assignees: 'strings', assignee: 'string?', milestone: 'string|integer?', type: 'string?' };
export const issueChangeForm = { ...issueForm, title: 'string|integer?', state: 'one:open,closed', state_reason: 'one:completed,not_planned,duplicate,reopened?' };
export const commentForm = { body: 'string!' };

/** @param {Call} call @returns {Answer} */
export function createIssue(call) {
  const { state, repository, body, caller } = call;
  const now = state.now();
  const issue = {
    id: state.id(), number: repository.issues.length + 1, title: '', body: null, labels: [], state: 'open', reason: null, author: author(caller),
    comments: [], createdAt: now, updatedAt: now, closedAt: null, closedBy: null,
  };
  change(issue, call);
  repository.issues.push(issue);
  return { status: 201, body: issueShape(issue, call) };
}

/** @param {Call} call @returns {Answer} */
export function updateIssue(call) {
  const issue = find(call);
  change(issue, call);
  const { state } = call.body;
  if (state !== undefined && state !== issue.state)
    Object.assign(issue, state === 'closed' ? { closedAt: call.state.now(), closedBy: author(call.caller).user } : { closedAt: null, closedBy: null });
  if (state !== undefined) Object.assign(issue, { state, reason: call.body.state_reason ?? (state === 'closed' ? 'completed' : null) });
  issue.updatedAt = call.state.now();
  return { body: issueShape(issue, call) };
}

/** @param {any} issue @param {Call} call */
function change(issue, { body }) {
  const title = body.title === undefined || body.title === null ? issue.title : String(body.title);
  if (title.trim() === '') throw validationFailed({ resource: 'Issue', code: 'missing_field', field: 'title' });
  if ([...title].length > MOST_TITLE) throw custom('Issue', 'title', `is too long (maximum is ${MOST_TITLE} characters)`);
  requireShort('Issue', body.body);
  issue.title = title;
  if (body.body !== undefined) issue.body = body.body;
  if (body.labels !== undefined) issue.labels = [...new Set(body.labels.map((/** @type {any} */ label) => label.name ?? label))];
}

/** @param {Call} call @returns {Answer} */
export function listIssues(call) {
  const { repository, query } = call;
  const labels = (query.get('labels') ?? '').split(',').filter((label) => label !== '');
  const state = query.get('state') ?? 'open';
  const since = query.get('since') ?? '';
  const key = query.get('sort') === 'updated' ? 'updatedAt' : 'createdAt';
  const found = repository.issues.filter((each) => (state === 'all' || each.state === state) && [null, each.author.user.login].includes(query.get('creator'))
    && labels.every((label) => each.labels.includes(label)) && each.updatedAt >= since)
    .sort((a, b) => (b[key].localeCompare(a[key]) || b.number - a.number) * (query.get('direction') === 'asc' ? -1 : 1));
  const { items, headers } = pageOf(found, call);
  return { body: items.map((each) => issueShape(each, call)), headers };
}

/** @param {Call} call @returns {Answer} */
export const getIssue = (call) => ({ body: issueShape(find(call), call) });

/** @param {Call} call @returns {Answer} */
export function createComment(call) {
  const issue = find(call);
  requireShort('IssueComment', call.body.body);
  const now = call.state.now();
  const comment = { id: call.state.id(), body: call.body.body, author: author(call.caller), createdAt: now, updatedAt: now };
  issue.comments.push(comment);
  issue.updatedAt = now;
  return { status: 201, body: commentShape(comment, issue, call) };
}

/** @param {Call} call @returns {Answer} */
export function listComments(call) {
  const issue = find(call);
  const since = call.query.get('since') ?? '';
  const { items, headers } = pageOf(issue.comments.filter((/** @type {any} */ each) => each.updatedAt >= since), call);
  return { body: items.map((each) => commentShape(each, issue, call)), headers };
}

/** @param {Call} call @returns {Answer} */
export function updateComment(call) {
  const { issue, comment } = findComment(call);
  requireShort('IssueComment', call.body.body);
  Object.assign(comment, { body: call.body.body, updatedAt: call.state.now() });
  return { body: commentShape(comment, issue, call) };
}

/** @param {Call} call @returns {Answer} */
export function deleteComment(call) {
  const { issue, comment } = findComment(call);
  issue.comments.splice(issue.comments.indexOf(comment), 1);
  return { status: 204 };
}

const find = (/** @type {Call} */ { repository, params }) => orNotFound(repository.issues.find((each) => each.number === idOf(params.issue_number)));

function findComment(/** @type {Call} */ { repository, params }) {
  const id = idOf(params.comment_id);
  const issue = orNotFound(repository.issues.find((each) => each.comments.some((/** @type {any} */ comment) => comment.id === id)));
  return { issue, comment: issue.comments.find((/** @type {any} */ each) => each.id === id) };
}

function requireShort(/** @type {string} */ resource, /** @type {string | null | undefined} */ body) {
  if ([...(body ?? '')].length > MOST_BODY) throw custom(resource, 'body', `is too long (maximum is ${MOST_BODY} characters)`);
}

/** @param {any} issue @param {Call} call */
function issueShape(issue, { repoUrl, repository }) {
  const url = `${repoUrl}/issues/${issue.number}`;
  return {
    url, repository_url: repoUrl, labels_url: `${url}/labels{/name}`, comments_url: `${url}/comments`, events_url: `${url}/events`,
    html_url: `https://github.com/${repository.fullName}/issues/${issue.number}`, id: issue.id, node_id: nodeId('Issue', issue.id), number: issue.number,
    title: issue.title, user: userShape(issue.author.user), state: issue.state, state_reason: issue.reason, locked: false, assignee: null, assignees: [], milestone: null,
    labels: issue.labels.map((/** @type {string} */ name) => ({
      id: [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_000_007, 7), node_id: nodeId('Label', name),
      url: `${repoUrl}/labels/${encodeURIComponent(name)}`, name, color: 'ededed', default: false, description: null,
    })),
    comments: issue.comments.length, created_at: issue.createdAt, updated_at: issue.updatedAt, closed_at: issue.closedAt,
    closed_by: issue.closedBy ? userShape(issue.closedBy) : null, author_association: 'NONE', body: issue.body,
    performed_via_github_app: issue.author.app ? appShape(issue.author.app) : null,
  };
}

/** @param {any} comment @param {any} issue @param {Call} call */
function commentShape({ id, body, author: by, createdAt, updatedAt }, issue, { repoUrl, repository }) {
  return {
    url: `${repoUrl}/issues/comments/${id}`, html_url: `https://github.com/${repository.fullName}/issues/${issue.number}#issuecomment-${id}`,
    issue_url: `${repoUrl}/issues/${issue.number}`, id, node_id: nodeId('IssueComment', id), user: userShape(by.user), created_at: createdAt, updated_at: updatedAt,
    author_association: 'NONE', body, performed_via_github_app: by.app ? appShape(by.app) : null,
  };
}
