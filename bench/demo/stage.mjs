// Plays one step: runs the action, comments on it, holds what came out against what was told, and keeps everything.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startAction, stopwatch } from '../harness/action.mjs';
import { style } from './terminal.mjs';

export class DemoFailed extends Error {}

/** An input whose value is a secret: workflows name it, and so does everything that the demo leaves behind. */
export const secret = (/** @type {Key} */ key, /** @type {string} */ name) => ({ value: key.json, shown: `\${{ secrets.${name} }}` });

/** An input that an earlier step of the same job gives. @param {Finished} result @param {string} step @param {string} name */
export const outputOf = (result, step, name) => ({ value: result.outputs[name] ?? '', shown: `\${{ steps.${step}.outputs.${name} }}` });

/**
 * @typedef {Awaited<ReturnType<typeof import('../harness/localnet.mjs').startLocalnet>>} Net
 * @typedef {ReturnType<typeof import('../harness/keys.mjs').makeKey>} Key
 * @typedef {{ value: string, shown: string }} Shown what is given, and how a workflow would write it
 * @typedef {import('../harness/action.mjs').Finished} Finished
 * @typedef {[sentence: string, holds: boolean][]} Checks
 * @typedef {{
 *   name: string, title: string, tells: string, action: string, inputs: Record<string, string | Shown>,
 *   exit: number | 'killed', killAt?: number, outputs?: Record<string, string>, checks?: (result: Finished, spent: bigint) => Promise<Checks> | Checks,
 *   isRoutine?: boolean,
 * }} Told isRoutine: it only has to work, so what it says is kept but not shown at once
 * @typedef {Told & { number: number, chapter: number, shown: Record<string, string>, result: Finished, verdicts: Checks, spent: bigint, startedAt: number }} Played
 */

export class Stage {
  /** @type {{ title: string, tells: string }[]} */
  chapters = [];
  /** @type {Played[]} */
  steps = [];
  #seconds = stopwatch();

  /** @param {{ directory: string, work: string, payer: string }} world directory: what is kept; work: what is needed meanwhile; payer: whose money is counted */
  constructor({ directory, work, payer }) {
    this.directory = directory;
    this.work = work;
    this.payer = payer;
  }

  /** The workspace of the chapter's jobs. */
  get workspace() {
    return join(this.work, `workspace-${this.chapters.length}`);
  }

  /** @param {string} title @param {string} tells */
  chapter(title, tells) {
    this.chapters.push({ title, tells });
    mkdirSync(this.workspace, { recursive: true });
    console.log(`\n${style.bold(`== ${title}`)}\n   ${tells}`);
  }

  /** @param {Net} net where it spends @param {Told} told */
  async play(net, told) {
    const number = this.steps.length + 1;
    console.log(`\n${style.bold(`${number}. ${told.title}`)}\n   ${told.tells}`);
    const before = await net.rpc.lamports(this.payer);
    const startedAt = this.#seconds();
    const result = await this.#run(told);
    if (told.exit === 'killed') await waitSlots(net, 5); // what was in flight lands, or never will
    const spent = before - (await net.rpc.lamports(this.payer));

    const verdicts = [...expected(told, result), ...accounted(result, spent), ...((await told.checks?.(result, spent)) ?? [])];
    const shown = Object.fromEntries(Object.entries(told.inputs).map(([name, value]) => [name, typeof value === 'string' ? value : value.shown]));
    const played = { ...told, number, chapter: this.chapters.length, shown, result, verdicts, spent, startedAt };
    this.steps.push(played);
    this.#keep(played);
    console.log(verdicts.map(([sentence, holds]) => `   ${holds ? style.good('✓') : style.bad('✗')} ${sentence}`).join('\n'));
    const broken = verdicts.filter(([, holds]) => !holds);
    if (broken.length > 0) throw new DemoFailed(`step ${number}, ${told.name}: not so: ${broken.map(([sentence]) => sentence).join('; ')}`);
    return result;
  }

  /** @param {Told} told @returns {Promise<Finished>} */
  async #run({ action, inputs, killAt, isRoutine = false }) {
    const values = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, typeof value === 'string' ? value : value.value]));
    const step = startAction(action, {
      inputs: values,
      workspace: this.workspace,
      onLine(line) {
        if (!isRoutine && line !== '::endgroup::') console.log(style.dim(`   │ ${line.replace(/^::group::/, '▾ ')}`));
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

/** @param {Net} net @param {number} count */
async function waitSlots({ rpc }, count) {
  const until = (await rpc.slot()) + count;
  while ((await rpc.slot()) < until) await sleep(100);
}

export const folderOf = (/** @type {number} */ number, /** @type {string} */ name) => `${String(number).padStart(2, '0')}-${name}`;

/** How much of the writing a log line says is done, 0 to 1. @param {string} line */
export function progress(line) {
  const [, done, all] = /^Writing: ([\d,]+)\/([\d,]+)/.exec(line) ?? [];
  return done === undefined ? 0 : Number(done.replaceAll(',', '')) / Number(all.replaceAll(',', ''));
}

/** What the summary says the run cost, of all its programs, against what it did cost. @param {Finished} result @param {bigint} spent @returns {Checks} */
function accounted({ summary }, spent) {
  const nets = [...summary.matchAll(/^\| \*\*Net\*\* .*\| \*\*([-\\\d.]+) SOL\*\* \|$/gm)].map(([, net]) => net.replaceAll('\\', ''));
  if (nets.length === 0 || !summary.includes('| This run |')) return [];
  const said = nets.reduce((sum, net) => sum + BigInt(Math.round(Number(net) * 1e9)), 0n);
  return [[`the summary's net, ${nets.join(' and ')} SOL, is what the payer spent`, said === spent]];
}

/** @param {Told} told @param {Finished} result @returns {Checks} */
function expected({ exit, outputs = {} }, { code, signal, outputs: found }) {
  return [
    exit === 'killed' ? ['the process was killed (SIGKILL)', signal === 'SIGKILL'] : [`exit code ${exit}`, code === exit],
    ...Object.entries(outputs).map(([name, value]) => /** @type {[string, boolean]} */ ([`output ${name} is ${value}${found[name] === value ? '' : `, found ${found[name] ?? 'none'}`}`, found[name] === value])),
  ];
}
