// Attestations of a digest. Where there are none, GitHub finds nothing.

import { invalidRequest, notFound } from './refusal.mjs';

/** @param {import('./call.mjs').Call} call @returns {import('./call.mjs').Answer} */
export function listAttestations({ repository, params, query, links }) {
  const digest = params.subject_digest;
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw invalidRequest(`"${digest.slice(0, 100)}" is not a valid digest.`);
  const wanted = query.get('predicate_type');
  const found = repository.attestations.filter((each) => each.digest === digest && [null, each.predicateType].includes(wanted));
  if (found.length === 0) throw notFound();
  const size = Math.min(Math.max(Number(query.get('per_page')) || 30, 1), 100);
  const after = Number(query.get('after') ?? 0);
  const page = found.filter((each) => each.id > after).slice(0, size);
  const more = found.some((each) => each.id > (page.at(-1)?.id ?? Infinity));
  const next = new URLSearchParams({ ...(wanted ? { predicate_type: wanted } : {}), per_page: String(size), after: String(page.at(-1)?.id) });
  return {
    body: { attestations: page.map(({ id, bundle }) => ({ repository_id: repository.id, bundle, bundle_url: `${links.storage}/attestations/${id}`, initiator: 'user' })) },
    headers: more ? { link: `<${links.api}/repositories/${repository.id}/attestations/${digest}?${next}>; rel="next"` } : {},
  };
}
