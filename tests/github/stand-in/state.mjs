// What the stand-in remembers. Times are whole seconds, as in GitHub's answers; numbers are larger than 32 bits, as many of GitHub's are.

/**
 * @typedef {{ login: string, id: number, type: 'User' | 'Bot' }} User
 * @typedef {{ sha: string, date: string, workflows: boolean }} Commit workflows: it touches files under .github/workflows
 * @typedef {{ sha: string, merge: 'behind' | 'conflict' | 'up-to-date' }} Ref merge: what merging the default branch into it would do
 */

export class State {
  /** @type {Map<string, User>} */
  users = new Map();
  /** @type {Map<string, import('./tokens.mjs').Token>} */
  tokens = new Map();
  /** By name in lower case. @type {Map<string, Repository>} */
  repositories = new Map();
  /** Earlier names. @type {Map<string, string>} */
  moved = new Map();
  #nextId = 5_000_000_001;
  #offset = 0;

  id() {
    return this.#nextId++;
  }

  now() {
    return iso(Date.now() + this.#offset);
  }

  /** @param {string} time */
  setNow(time) {
    this.#offset = Date.parse(time) - Date.now();
  }

  /** @param {number} seconds */
  advance(seconds) {
    this.#offset += seconds * 1000;
  }

  /** Known people by their names; others come into being. @param {string} login @param {number} [id] @returns {User} */
  user(login, id) {
    const key = login.toLowerCase();
    const known = this.users.get(key);
    if (known !== undefined) return id === undefined ? known : Object.assign(known, { id });
    const isBot = login.endsWith('[bot]');
    /** @type {User} */
    const user = { login, id: id ?? (key === 'github-actions[bot]' ? 41_898_282 : this.id()), type: isBot ? 'Bot' : 'User' };
    this.users.set(key, user);
    return user;
  }

  /** @param {string} owner @param {string} name */
  repository(owner, name) {
    return this.repositories.get(`${owner}/${name}`.toLowerCase());
  }

  /** @param {number} id */
  repositoryById(id) {
    return [...this.repositories.values()].find((each) => each.id === id);
  }
}

export class Repository {
  isPrivate = true;
  immutableReleases = false;
  defaultBranch = 'main';
  description = '';
  /** `heads/main`, `tags/v1` → where it points. @type {Map<string, Ref>} */
  refs = new Map();
  /** @type {Map<string, Commit>} */
  commits = new Map();
  /** @type {Map<string, any>} */
  environments = new Map();
  /** Oldest first, as everything here. @type {any[]} */
  deployments = [];
  /** @type {any[]} */
  releases = [];
  /** Tags that an immutable release has used up. @type {Set<string>} */
  reservedTags = new Set();
  /** @type {number | null} */
  latestRelease = null;
  /** @type {Map<number, any>} */
  runs = new Map();
  /** @type {any[]} */
  checkRuns = [];
  /** @type {any[]} */
  statuses = [];
  /** @type {any[]} */
  attestations = [];
  /** @type {any[]} */
  issues = [];

  /** @param {string} fullName @param {number} id @param {User} owner @param {string} createdAt */
  constructor(fullName, id, owner, createdAt) {
    this.fullName = fullName;
    this.name = fullName.split('/')[1];
    this.id = id;
    this.owner = owner;
    this.createdAt = createdAt;
  }

  /** A branch, a tag, or a commit by its hash or the start of it. @param {string} ref @returns {{ sha: string, merge: Ref['merge'] } | undefined} */
  resolve(ref) {
    const bare = ref.replace(/^refs\//, '');
    for (const name of [bare, `heads/${bare}`, `tags/${bare}`]) {
      const found = this.refs.get(name);
      if (found !== undefined) return found;
    }
    if (!/^[0-9a-f]{7,40}$/.test(ref)) return undefined;
    const sha = [...this.commits.keys()].find((each) => each.startsWith(ref));
    if (sha === undefined) return undefined;
    return { sha, merge: sha === this.refs.get(`heads/${this.defaultBranch}`)?.sha ? 'up-to-date' : 'conflict' };
  }
}

/** @param {number} milliseconds */
export const iso = (milliseconds) => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
