// One environment of the second chapter, and the jobs that change it: promote, deploy, verify and smoke-test, one after the other.

import { outputOf, secret } from './stage.mjs';

/** In the release file's order. */
export const PROGRAMS = /** @type {const} */ (['registry', 'vault']);

/** @typedef {Record<typeof PROGRAMS[number], Buffer | undefined>} Running */
/** @typedef {Partial<import('./stage.mjs').Told>} Change */

/** Whether a program account holds exactly a file; what an account has beyond it are zeros. @param {Buffer | undefined} running @param {Buffer} file */
export const isBytes = (running, file) => running !== undefined && running.subarray(0, file.length).equals(file) && running.subarray(file.length).every((byte) => byte === 0);

export class Environment {
  /** When the last deploy was through. */
  liveSince = 0;
  #stage;
  #net;
  #keys;

  /**
   * @param {import('./stage.mjs').Stage} stage @param {string} name @param {import('./stage.mjs').Net} net
   * @param {Environment | null} before @param {Record<'payer' | 'authority' | 'registry' | 'vault', import('./stage.mjs').Key>} keys
   */
  constructor(stage, name, net, before, keys) {
    this.#stage = stage;
    this.name = name;
    this.#net = net;
    this.before = before;
    this.#keys = keys;
  }

  get #common() {
    return { 'release-file': 'solana-release.yml', environment: this.name, 'rpc-url': this.#net.http, ledger: 'file:.solana-actions' };
  }

  get #signing() {
    return { payer: secret(this.#keys.payer, 'PAYER'), 'upgrade-authority': secret(this.#keys.authority, 'UPGRADE_AUTHORITY') };
  }

  /** The job of a release: all four steps. @returns what was promoted
   * @param {string} version @param {{ isFirst?: boolean, isHealthy?: boolean, tells?: string, deployed?: (running: Running) => Promise<import('./stage.mjs').Checks> }} [how] */
  async release(version, { isFirst = false, isHealthy = true, tells, deployed } = {}) {
    const promoted = await this.promote(version, tells === undefined ? {} : { tells });
    const manifest = outputOf(promoted, 'promote', 'manifest');
    await this.#deploy(version, manifest, isFirst, deployed);
    this.liveSince = Date.now();
    await this.#verify(version, manifest);
    await this.#smokeTest(version, isHealthy);
    return promoted;
  }

  /** @param {string} version @param {Change} change */
  promote(version, change) {
    const { environment: _, ...common } = this.#common;
    const from = this.before;
    return this.#play('promote', version, {
      title: from === null ? `${version} is built, and kept` : `${version} may go from ${from.name} to ${this.name}`,
      tells: from === null ? 'The bytes go into the store under their hash, with a manifest that names them.' : `What runs in ${from.name} is the manifest's bytes, was verified there and passed its smoke test.`,
      action: 'promote-artifact', exit: 0, outputs: { version, eligible: 'true' },
      inputs: { ...common, store: 'file:.solana-actions', to: this.name, ...(from === null ? { version } : { 'from-rpc-url': from.#net.http }) },
      ...change,
    });
  }

  /** @param {string} version @param {import('./stage.mjs').Shown} manifest @param {boolean} isFirst @param {((running: Running) => Promise<import('./stage.mjs').Checks>) | undefined} deployed */
  #deploy(version, manifest, isFirst, deployed) {
    return this.#play('deploy', version, {
      title: `${version} is deployed to ${this.name}`, tells: 'Both programs, in the release file\'s order, under one release-id.',
      action: 'solana-deploy', exit: 0, isRoutine: deployed === undefined,
      inputs: { ...this.#common, ...this.#signing, manifest, ...(isFirst ? { 'program-keypair': this.#newPrograms } : {}) },
      checks: async ({ outputs }) => [
        ['both programs were changed, the registry first', results(outputs).every(([name, { changed }], i) => name === PROGRAMS[i] && changed === 'true')],
        ...((await deployed?.(await this.#running())) ?? []),
      ],
    });
  }

  /** @param {string} version @param {import('./stage.mjs').Shown} manifest */
  #verify(version, manifest) {
    return this.#play('verify', version, {
      title: `${version} is verified in ${this.name}`, tells: 'Bytes by the manifest, authority by the release file.',
      action: 'verify-program', exit: 0, inputs: { ...this.#common, manifest },
      checks: ({ outputs }) => [['both programs are as the manifest has them', results(outputs).every(([, { verified, findings }]) => verified === 'true' && findings === '0')]],
    });
  }

  /** @param {string} version @param {boolean} isHealthy */
  #smokeTest(version, isHealthy) {
    return isHealthy
      ? this.#play('smoke', version, { title: `${version} is smoke-tested in ${this.name}`, tells: 'What the release file has for this environment.', action: 'smoke-test', exit: 0, outputs: { failed: '0' }, inputs: this.#common })
      : this.#play('smoke', version, {
        title: `${version} fails ${this.name}'s own smoke test`, tells: 'An indexer that only this environment has reads that message. The spec says so, and the job fails.',
        action: 'smoke-test', exit: 4, outputs: { failed: '1' }, inputs: this.#common, isRoutine: false,
        checks: ({ log }) => [['the job\'s page shows which check failed', log.some(({ line }) => line.startsWith('::error title=smoke-failed::') && line.includes('the indexer understands the refusal'))]],
      });
  }

  /** The job of a rollback, and a look at what it left. @param {{ to: import('./stage.mjs').Finished, version: string, deployed: (running: Running) => Promise<import('./stage.mjs').Checks> }} release what should run again */
  async rollBack({ to, version, deployed }) {
    const undone = await this.#play('rollback', version, {
      title: `Back to ${version} in ${this.name}`, tells: 'From stored bytes, the last program first, and smoke-tested in the same run.',
      action: 'rollback', exit: 0, isRoutine: false,
      inputs: { ...this.#common, ...this.#signing, store: 'file:.solana-actions', to: 'previous', reason: 'the indexer does not understand 1.1.0' },
      checks: async ({ outputs }) => [
        [`both programs are back at ${version}, the vault first`, results(outputs).every(([name, of], i) => name === PROGRAMS.toReversed()[i] && of.changed === 'true' && of['restored-version'] === version)],
        ...(await deployed(await this.#running())),
      ],
    });
    await this.#verify(version, outputOf(to, 'promote', 'manifest'));
    return undone;
  }

  /** @param {string} step @param {string} version @param {Omit<import('./stage.mjs').Told, 'name'> & { name?: string }} told */
  #play(step, version, told) {
    return this.#stage.play(this.#net, { name: `${this.name}-${version}-${step}`, isRoutine: true, ...told });
  }

  get #newPrograms() {
    const keys = PROGRAMS.map((name) => ({ name, ...secret(this.#keys[name], name.toUpperCase()) }));
    return { value: keys.map(({ name, value }) => `${name}=${value}`).join('\n'), shown: `|\n${keys.map(({ name, shown }) => `      ${name}=${shown}`).join('\n')}` };
  }

  /** @returns {Promise<Running>} */
  async #running() {
    const [registry, vault] = await Promise.all(PROGRAMS.map((name) => this.#net.rpc.program(this.#keys[name].address)));
    return { registry: registry?.bytes, vault: vault?.bytes };
  }
}

/** Program and its outputs, in the order that they are given. @param {Record<string, string>} outputs @returns {[string, Record<string, string>][]} */
const results = ({ results: json }) => Object.entries(JSON.parse(json));
