// docker export … | node sbom.mjs <base image>: what is in the image, as CycloneDX 1.6 JSON, read from the image itself:
// the packages its dpkg status names, the libraries the executable says it was linked from, and every file by its hash.
// The same image gives the same bytes, so there is no time of day in it.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundledLibraries } from './bundle.mjs';
import { entries } from './tar.mjs';

const EXECUTABLE = 'solana-actions';
const root = fileURLToPath(new URL('..', import.meta.url));
const base = process.argv[2] ?? 'unknown';

const files = [...entries(readFileSync(0))].filter(({ type, data, name }) => type === '0' && (data.length > 0 || name === EXECUTABLE));
const executable = files.find(({ name }) => name === EXECUTABLE);
if (!executable) throw new Error(`the image holds no /${EXECUTABLE}`);
const [self, ...libraries] = bundledLibraries(executable.data);

const components = [
  { type: 'container', 'bom-ref': `base:${base}`, name: base, description: 'the base image' },
  ...files.filter(({ name }) => /^var\/lib\/dpkg\/status(\.d\/[^.]*)?$/.test(name)).flatMap(({ data }) => debianPackages(data.toString())),
  ...libraries.map(nugetPackage),
  ...files.map(({ name, data }) => ({ type: 'file', 'bom-ref': `file:/${name}`, name: `/${name}`, hashes: [hash(data)] })),
];
components.sort((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1));
const content = createHash('sha256').update(JSON.stringify(components)).digest('hex');
process.stdout.write(`${JSON.stringify({
  bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, serialNumber: `urn:uuid:${uuid(content)}`,
  metadata: { component: { type: 'container', 'bom-ref': 'image', name: EXECUTABLE, version: self.version, licenses: [{ license: { id: 'Apache-2.0' } }], hashes: [hash(executable.data)] } },
  components,
  dependencies: [{ ref: 'image', dependsOn: components.filter(({ type }) => type !== 'file').map((component) => component['bom-ref']) }],
}, null, 1)}\n`);

/** @param {string} status */
function debianPackages(status) {
  return status.split(/\n\n+/).filter((stanza) => /^Package: /m.test(stanza)).map((stanza) => {
    const field = (/** @type {string} */ name) => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1] ?? '';
    const purl = `pkg:deb/debian/${field('Package')}@${encodeURIComponent(field('Version'))}?arch=${field('Architecture')}`;
    return { type: 'library', 'bom-ref': purl, name: field('Package'), version: field('Version'), purl, supplier: { name: field('Maintainer') } };
  });
}

/** A package's hash is the one that the lock file pins. @param {{ name: string, version: string, assemblies: string[] }} library */
function nugetPackage({ name, version, assemblies }) {
  const pinned = locked()[name] ?? locked()[name.toLowerCase()];
  if (pinned?.type === 'Project') return { type: 'library', 'bom-ref': name, name, version };
  if (pinned && pinned.resolved !== version) throw new Error(`the executable holds ${name} ${version}, the lock file says ${pinned.resolved}`);
  const purl = `pkg:nuget/${name}@${version}`;
  return {
    type: 'library', 'bom-ref': purl, name, version, purl,
    ...(pinned?.contentHash && { hashes: [{ alg: 'SHA-512', content: Buffer.from(pinned.contentHash, 'base64').toString('hex') }] }),
    properties: assemblies.map((value) => ({ name: 'assembly', value })),
  };
}

/** @returns {Record<string, { type?: string, resolved?: string, contentHash?: string }>} */
function locked() {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'src/Actions.Cli/packages.lock.json'), 'utf8'));
  return Object.assign({}, ...Object.values(dependencies));
}

/** @param {Buffer} data */
function hash(data) {
  return { alg: 'SHA-256', content: createHash('sha256').update(data).digest('hex') };
}

/** @param {string} hex */
function uuid(hex) {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
