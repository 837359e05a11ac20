// Plays one step: runs the action, comments on it, holds what came out against what was told, and keeps everything.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startAction, stopwatch } from '../harness/action.mjs';
import { style } from './terminal.mjs';

export class DemoFailed extends Error {}

/** An input whose value is a secret: workflows name it, and so does everything that the demo leaves behind. */
export const secret = (/** @type {{ json: string }} */ key, /** @type {string} */ name) => ({ value: key.json, shown: `\${{ secrets.${name} }}` });

/**
 * @typedef {{ value: string, shown: string }} Secret
 * @typedef {import('../harness/action.mjs').Finished} Finished
 * @typedef {[sentence: string, holds: boolean][]} Checks
 * @typedef {{
 *   name: string, title: string, tells: string, action: string, inputs: Record<string, string | Secret>,
 *   exit: number | 'killed', killAt?: number, outputs?: Record<string, string>, checks?: (result: Finished, spent: bigint) => Promise<Checks> | Checks,
 * }} Told
 * @typedef {Told & { number: number, shown: Record<string, string>, result: Finished, verdicts: Checks, spent: bigint, startedAt: number }} Played
 */

export class Stage {
  /** @type {Played[]} */
  steps = [];
  #seconds = stopwatch();

  /** @param {{ net: Awaited<ReturnType<typeof import('../harness/localnet.mjs').startLocalnet>>, workspace: string, directory: string, payer: string }} world */
  constructor({ net, workspace, directory, payer }) {
    this.net = net;
    this.workspace = workspace;
    this.directory = directory;
    this.payer = payer;
  }

  /** @param {Told} told */
  async play(told) {
    const number = this.steps.length + 1;
    console.log(`\n${style.bold(`${number}. ${told.title}`)}\n   ${told.tells}`);
    const before = await this.net.rpc.lamports(this.payer);
    const startedAt = this.#seconds();
    const result = await this.#run(told);
    if (told.exit === 'killed') await this.waitSlots(5); // what was in flight lands, or never will
    const spent = before - (await this.net.rpc.lamports(this.payer));

    const verdicts = [...expected(told, result), ...accounted(result, spent), ...((await told.checks?.(result, spent)) ?? [])];
    const shown = Object.fromEntries(Object.entries(told.inputs).map(([name, value]) => [name, typeof value === 'string' ? value : value.shown]));
    const played = { ...told, number, shown, result, verdicts, spent, startedAt };
    this.steps.push(played);
    this.#keep(played);
    console.log(verdicts.map(([sentence, holds]) => `   ${holds ? style.good('✓') : style.bad('✗')} ${sentence}`).join('\n'));
    const broken = verdicts.filter(([, holds]) => !holds);
    if (broken.length > 0) throw new DemoFailed(`step ${number}, ${told.name}: not so: ${broken.map(([sentence]) => sentence).join('; ')}`);
    return result;
  }

  /** @param {number} count */
  async waitSlots(count) {
    const until = (await this.net.rpc.slot()) + count;
    while ((await this.net.rpc.slot()) < until) await sleep(100);
  }

  /** @param {Told} told @returns {Promise<Finished>} */
  async #run({ action, inputs, killAt }) {
    const values = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, typeof value === 'string' ? value : value.value]));
    const step = startAction(action, {
      inputs: values,
      workspace: this.workspace,
      onLine(line) {
        if (line !== '::endgroup::') console.log(style.dim(`   │ ${line.replace(/^::group::/, '▾ ')}`));
        if (killAt !== undefined && progress(line) >= killAt) step.kill('SIGKILL');
      },
    });
    const result = await step.finished;
    console.log(style.dim(`   └ ${result.signal ?? `exit ${result.code}`} after ${result.seconds.toFixed(1)} s`));
    return result;
  }

  /** @param {Played} step */
  #keep({ number, name, result, shown }) {
    const folder = join(this.directory, folderOf(number, name));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'inputs.json'), `${JSON.stringify(shown, null, 2)}\n`);
    writeFileSync(join(folder, 'log.txt'), result.log.map(({ line, at }) => `${at.toFixed(3).padStart(8)}  ${line}\n`).join(''));
    writeFileSync(join(folder, 'summary.md'), result.summary);
    writeFileSync(join(folder, 'outputs.json'), `${JSON.stringify(result.outputs, null, 2)}\n`);
  }
}

export const folderOf = (/** @type {number} */ number, /** @type {string} */ name) => `${String(number).padStart(2, '0')}-${name}`;

/** How much of the writing a log line says is done, 0 to 1. @param {string} line */
export function progress(line) {
  const [, done, all] = /^Writing: ([\d,]+)\/([\d,]+)/.exec(line) ?? [];
  return done === undefined ? 0 : Number(done.replaceAll(',', '')) / Number(all.replaceAll(',', ''));
}

/** What the summary says the run cost, against what it did cost. @param {Finished} result @param {bigint} spent @returns {Checks} */
function accounted({ summary }, spent) {
  const [, net] = /^\| \*\*Net\*\* .*\| \*\*([-\\\d.]+) SOL\*\* \|$/m.exec(summary) ?? [];
  if (net === undefined || !summary.includes('| This run |')) return [];
  const said = BigInt(Math.round(Number(net.replaceAll('\\', '')) * 1e9));
  return [[`the summary's net, ${net.replaceAll('\\', '')} SOL, is what the payer spent`, said === spent]];
}

/** @param {Told} told @param {Finished} result @returns {Checks} */
function expected({ exit, outputs = {} }, { code, signal, outputs: found }) {
  return [
    exit === 'killed' ? ['the process was killed (SIGKILL)', signal === 'SIGKILL'] : [`exit code ${exit}`, code === exit],
    ...Object.entries(outputs).map(([name, value]) => /** @type {[string, boolean]} */ ([`output ${name} is ${value}${found[name] === value ? '' : `, found ${found[name] ?? 'none'}`}`, found[name] === value])),
  ];
}
