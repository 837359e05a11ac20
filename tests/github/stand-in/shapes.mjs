// The objects that many answers hold.

import { createHash } from 'node:crypto';

const WEB = 'https://github.com';

/** @param {string} kind @param {number | string} id */
export const nodeId = (kind, id) => Buffer.from(`0${kind.length}:${kind}${id}`).toString('base64');

/** @param {import('./state.mjs').User} user */
export function userShape({ login, id, type }) {
  const path = encodeURIComponent(login);
  const url = `https://api.github.com/users/${path}`;
  return {
    login, id, node_id: nodeId('User', id), avatar_url: `https://avatars.githubusercontent.com/u/${id}?v=4`, gravatar_id: '', url,
    html_url: type === 'Bot' ? `${WEB}/apps/${login.replace('[bot]', '')}` : `${WEB}/${path}`,
    followers_url: `${url}/followers`, following_url: `${url}/following{/other_user}`, gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`, subscriptions_url: `${url}/subscriptions`, organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`, events_url: `${url}/events{/privacy}`, received_events_url: `${url}/received_events`,
    type, user_view_type: 'public', site_admin: false,
  };
}

/** @param {string} slug */
export function appShape(slug) {
  const id = slug === 'github-actions' ? 15_368 : createHash('sha256').update(slug).digest().readUInt32BE() % 1_000_000;
  return {
    id, slug, node_id: nodeId('App', id), client_id: `Iv1.${createHash('sha256').update(slug).digest('hex').slice(0, 16)}`,
    owner: userShape({ login: 'github', id: 9919, type: 'User' }), name: slug === 'github-actions' ? 'GitHub Actions' : slug, description: '',
    external_url: 'https://help.github.com/en/actions', html_url: `${WEB}/apps/${slug}`,
    created_at: '2018-07-30T09:30:17Z', updated_at: '2024-04-10T20:33:16Z', permissions: { checks: 'write', contents: 'write', metadata: 'read' }, events: [],
  };
}

/** What every mention of a repository has. @param {import('./state.mjs').Repository} repository @param {import('./call.mjs').Links} links */
export function repositoryShape(repository, links) {
  const { fullName, id, name, owner } = repository;
  const url = `${links.api}/repos/${fullName}`;
  const under = (/** @type {string[]} */ ...paths) => Object.fromEntries(paths.map((path) => [`${path.split(/[{/]/)[0]}_url`, `${url}/${path}`]));
  return {
    id, node_id: nodeId('Repository', id), name, full_name: fullName, owner: userShape(owner), private: repository.isPrivate,
    html_url: `${WEB}/${fullName}`, description: repository.description, fork: false, url,
    ...under('assignees{/user}', 'branches{/branch}', 'collaborators{/collaborator}', 'comments{/number}', 'commits{/sha}', 'compare/{base}...{head}',
      'contents/{+path}', 'contributors', 'deployments', 'downloads', 'events', 'forks', 'hooks', 'issues{/number}', 'keys{/key_id}', 'labels{/name}',
      'languages', 'merges', 'milestones{/number}', 'notifications{?since,all,participating}', 'pulls{/number}', 'releases{/id}', 'stargazers',
      'statuses/{sha}', 'subscribers', 'subscription', 'tags', 'teams'),
    archive_url: `${url}/{archive_format}{/ref}`, blobs_url: `${url}/git/blobs{/sha}`, git_commits_url: `${url}/git/commits{/sha}`,
    git_refs_url: `${url}/git/refs{/sha}`, git_tags_url: `${url}/git/tags{/sha}`, trees_url: `${url}/git/trees{/sha}`,
    issue_comment_url: `${url}/issues/comments{/number}`, issue_events_url: `${url}/issues/events{/number}`,
  };
}
