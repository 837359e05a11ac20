// Starts the stand-in as a user would: as a process, waiting for its ready line.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** None outlives a test run that breaks off. */
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export const SHA = 'a'.repeat(40);
export const OLD = 'b'.repeat(40);
export const BOT = 'ghs_workflow';
export const ALICE = 'github_pat_alice';

/** A private repository with a workflow's token that may do anything here, and a person's. */
export const SEED = {
  users: { alice: 101, bob: 102, carol: 103 },
  tokens: {
    [BOT]: { permissions: { actions: 'read', attestations: 'read', checks: 'read', contents: 'write', deployments: 'write', issues: 'write', statuses: 'read' } },
    [ALICE]: { user: 'alice', permissions: 'write-all' },
  },
  repositories: { 'octo/perps': { refs: { 'heads/main': SHA, 'tags/v1': OLD } } },
};

export async function standIn(...flags) {
  return start('../stand-in.mjs', ...flags);
}

export async function start(script, ...flags) {
  const child = spawn(process.execPath, [fileURLToPath(new URL(script, import.meta.url)), '--port', '0', ...flags.map(String)], { stdio: ['ignore', 'pipe', 'inherit'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([once(lines, 'line'), once(child, 'exit').then(([code]) => { throw new Error(`${script} exited with ${code}`); })]);
  const facts = Object.fromEntries([...line.matchAll(/([a-z-]+)=(\S+)/g)].map(([, name, value]) => [name, value]));
  const door = (method, path, body) => fetch(`${facts['stand-in'] ?? facts.http}/_stand-in/${path}`, { method, body: Buffer.isBuffer(body) ? body : body && JSON.stringify(body) })
    .then(async (response) => (response.status === 204 ? undefined : response.json()));
  const stop = async () => {
    if (child.exitCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    await exit;
  };
  return { ...facts, line, child, stop, door, as: (token, repository = 'octo/perps') => client(facts, token, repository) };
}

/** Calls of one token on one repository. */
function client(facts, token, repository) {
  const at = (base) => async (method, path, body, headers = {}) => {
    const response = await fetch(path.startsWith('http') ? path : `${base}/repos/${repository}${path}`, {
      method, redirect: 'manual',
      headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), accept: 'application/vnd.github+json, application/json;q=0.9', 'user-agent': 'test', ...(body && !Buffer.isBuffer(body) ? { 'content-type': 'application/json' } : {}), ...headers },
      body: Buffer.isBuffer(body) || typeof body === 'string' ? body : body && JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : undefined };
  };
  const call = at(facts.http);
  const upload = (release, name, bytes, headers = {}) => at(facts.uploads ?? facts.http)('POST', `/releases/${release}/assets?name=${encodeURIComponent(name)}`, bytes, { 'content-type': 'application/octet-stream', ...headers });
  const all = async (path) => {
    const items = [];
    for (let next = path; next;) {
      const { json, headers } = await call('GET', next);
      items.push(...(Array.isArray(json) ? json : Object.values(json).find(Array.isArray)));
      next = /<([^>]*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
    }
    return items;
  };
  return { call, get: (path, headers) => call('GET', path, undefined, headers), post: (path, body) => call('POST', path, body), patch: (path, body) => call('PATCH', path, body), remove: (path) => call('DELETE', path), upload, all };
}

/** A test with a stand-in of its own, seeded. */
export async function withStandIn(flags, seed, use) {
  const gitHub = await standIn(...flags);
  try {
    const answer = await gitHub.door('POST', 'seed', SEED);
    const more = seed ? await gitHub.door('POST', 'seed', seed) : answer;
    if (more.message) throw new Error(more.message);
    return await use({ ...gitHub, bot: gitHub.as(BOT), alice: gitHub.as(ALICE), seeded: more.repositories['octo/perps'] });
  } finally {
    await gitHub.stop();
  }
}
