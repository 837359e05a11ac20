// What the ledger's export says about a release, put together for a picture: per environment what ran from when on, and what was found out about it.

/** From weak to strong: which state a record has that several events speak of (docs/schema/record.schema.json). */
const STATES = ['started', 'pending', 'cancelled', 'failed', 'succeeded', 'undone'];

/**
 * @typedef {Record<string, unknown> & { id: string, kind: 'release' | 'rollback' | 'check', state: string, environment: string, 'program-id': string, at: string }} Line
 * @typedef {{ kind: 'release' | 'rollback', version: string, from: number, live: number | null, isUndone: boolean, programs: number }} Attempt
 *   one run's records of all programs; from, live: milliseconds, live is null when it never ran
 * @typedef {{ check: string, version: string, at: number, isPositive: boolean }} Check
 * @typedef {{ environment: string, attempts: Attempt[], checks: Check[] }} Lane
 */

/** @param {string} lines JSON, one event or record each @returns {Lane[]} in the order in which the environments were first released to */
export function readHistory(lines) {
  const records = fold(lines.split('\n').filter((line) => line.trim() !== '').map((line) => JSON.parse(line)));
  const environments = [...new Set(records.map(({ environment }) => environment))];
  return environments.map((environment) => lane(environment, records.filter((record) => record.environment === environment)));
}

/** The events of one id are one record. @param {Line[]} lines */
function fold(lines) {
  /** @type {Map<string, Line>} */
  const records = new Map();
  for (const line of lines.toSorted((a, b) => time(a.at) - time(b.at))) {
    const known = records.get(line.id);
    const state = known !== undefined && STATES.indexOf(known.state) > STATES.indexOf(line.state) ? known.state : line.state;
    records.set(line.id, { ...known, ...line, state, began: known?.began ?? line['started-at'] ?? line.at });
  }
  return [...records.values()];
}

/** @param {string} environment @param {Line[]} records @returns {Lane} */
function lane(environment, records) {
  const byId = new Map(records.map((record) => [record.id, record]));
  const releaseOf = (/** @type {Line | undefined} */ record) => String(record?.['release-id'] ?? record?.id);
  const versionOf = (/** @type {Line | undefined} */ record) => String(byId.get(String(record?.restores))?.version ?? record?.version ?? 'unknown bytes');
  const attempts = groups(records.filter(({ kind }) => kind !== 'check'), (record) => `${record.kind} ${releaseOf(record)}`).map((group) => ({
    kind: /** @type {'release' | 'rollback'} */ (group[0].kind),
    version: versionOf(group[0]),
    from: Math.min(...group.map((record) => time(record.began))),
    live: group.every(({ state }) => state === 'succeeded' || state === 'undone') ? Math.max(...group.map((record) => time(record['finished-at']))) : null,
    isUndone: group.some(({ state }) => state === 'undone'),
    programs: group.length,
  }));
  // A check of several programs has a record for each: the first of every program belong together, then the second.
  /** @type {Map<string, number>} */
  const seen = new Map();
  const checks = groups(records.filter(({ kind }) => kind === 'check'), (record) => {
    const about = `${record.check} ${releaseOf(byId.get(String(record['refers-to'])))}`;
    const turn = seen.get(`${about} ${record['program-id']}`) ?? 0;
    seen.set(`${about} ${record['program-id']}`, turn + 1);
    return `${about} ${turn}`;
  }).map((group) => ({
    check: String(group[0].check),
    version: versionOf(byId.get(String(group[0]['refers-to'])) ?? group[0]),
    at: Math.max(...group.map(({ at }) => time(at))),
    isPositive: group.every(({ state }) => state === 'succeeded'),
  }));
  return { environment, attempts: attempts.sort((a, b) => a.from - b.from), checks: checks.sort((a, b) => a.at - b.at) };
}

/** @template T @param {T[]} items @param {(item: T) => string} key */
function groups(items, key) {
  /** @type {Map<string, T[]>} */
  const found = new Map();
  for (const item of items) {
    const name = key(item);
    found.set(name, [...(found.get(name) ?? []), item]);
  }
  return [...found.values()];
}

const time = (/** @type {unknown} */ instant) => Date.parse(String(instant));

/** When everything began, and ended. @param {Lane[]} lanes */
export function spanOf(lanes) {
  const times = lanes.flatMap(({ attempts, checks }) => [...attempts.flatMap(({ from, live }) => [from, live ?? from]), ...checks.map(({ at }) => at)]);
  return { start: Math.min(...times), end: Math.max(...times) };
}

/** Every event as a sentence, in order: what the picture says to those who do not see it. @param {Lane[]} lanes */
export function tellHistory(lanes) {
  const { start } = spanOf(lanes);
  return lanes.flatMap(({ environment, attempts, checks }) => [
    ...attempts.map((attempt) => ({ at: attempt.live ?? attempt.from, environment, what: said(attempt), isGood: attempt.live !== null })),
    ...checks.map(({ at, check, version, isPositive }) => ({ at, environment, what: `${version} ${isPositive ? 'passes' : 'fails'} its ${nameOf(check)}`, isGood: isPositive })),
  ]).sort((a, b) => a.at - b.at).map(({ at, ...event }) => ({ seconds: (at - start) / 1000, ...event }));
}

/** @param {Attempt} attempt */
function said({ kind, version, live, isUndone }) {
  if (live === null) return `${kind === 'rollback' ? `the rollback to ${version}` : version} does not get there`;
  return kind === 'rollback' ? `rolled back: ${version} runs again` : `${version} runs${isUndone ? ', until it is rolled back' : ''}`;
}

export const nameOf = (/** @type {string} */ check) => (check === 'verify' ? 'verification' : `${check} test`);
