// A repository as such.

import { repositoryShape } from './shapes.mjs';
import { mayDo } from './tokens.mjs';

/** @param {import('./call.mjs').Call} call @returns {import('./call.mjs').Answer} */
export function getRepository({ repository, links, caller }) {
  const { fullName, createdAt } = repository;
  const web = `https://github.com/${fullName}`;
  const push = mayDo(caller, repository, 'contents', 'write');
  return {
    body: {
      ...repositoryShape(repository, links), git_url: `git://github.com/${fullName}.git`, ssh_url: `git@github.com:${fullName}.git`, clone_url: `${web}.git`,
      svn_url: web, mirror_url: null, homepage: null, language: 'Rust', forks_count: 0, stargazers_count: 0, watchers_count: 0, size: 1,
      default_branch: repository.defaultBranch, open_issues_count: repository.issues.filter(({ state }) => state === 'open').length, is_template: false, topics: [],
      has_issues: true, has_projects: true, has_wiki: false, has_pages: false, has_discussions: false, archived: false, disabled: false,
      visibility: repository.isPrivate ? 'private' : 'public', pushed_at: createdAt, created_at: createdAt, updated_at: createdAt,
      permissions: { admin: false, maintain: false, push, triage: push, pull: true }, subscribers_count: 1, network_count: 0, license: null, forks: 0,
      open_issues: 0, watchers: 0,
    },
  };
}
