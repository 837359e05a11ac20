// Pages of 30 by default and 100 at most, with the links to the others. GitHub writes them with the repository's number, not its name.

const DEFAULT = 30;
const MOST = 100;

/**
 * @template T
 * @param {T[]} items @param {import('./call.mjs').Call} call
 * @returns {{ items: T[], headers: Record<string, string> }}
 */
export function pageOf(items, { query, links, path, repository }) {
  const asked = Number.parseInt(query.get('per_page') ?? '', 10);
  const size = asked >= 1 ? Math.min(asked, MOST) : DEFAULT;
  const page = Math.max(1, Number.parseInt(query.get('page') ?? '', 10) || 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const link = (/** @type {number} */ number, /** @type {string} */ rel) => {
    const others = new URLSearchParams(query);
    others.set('page', String(number));
    const numbered = path.replace(/^\/repos\/[^/]+\/[^/]+/, `/repositories/${repository.id}`);
    return `<${links.api}${numbered}?${others}>; rel="${rel}"`;
  };
  const rels = [
    ...(page > 1 ? [link(page - 1, 'prev')] : []),
    ...(page < last ? [link(page + 1, 'next'), link(last, 'last')] : []),
    ...(page > 1 ? [link(1, 'first')] : []),
  ];
  return { items: items.slice((page - 1) * size, page * size), headers: rels.length ? { link: rels.join(', ') } : {} };
}
