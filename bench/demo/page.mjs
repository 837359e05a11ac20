// One self-contained page of everything the demo did.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readHistory, tellHistory } from './history.mjs';
import { escapeHtml as text, renderMarkdown } from './markdown.mjs';
import { drawHistory } from './picture.mjs';
import { folderOf } from './stage.mjs';

/** Beside the page. */
const EXPORT = 'history.jsonl';

const CSS = fileURLToPath(new URL('page.css', import.meta.url));

/** @typedef {import('./stage.mjs').Played} Played */
/** @typedef {import('./history.mjs').Lane} Lane */

/** For phones, tablets and desks: a picture is never scaled. */
const WIDTHS = [330, 650, 1040];

/** @param {{ directory: string, stage: import('./stage.mjs').Stage, history: string, seconds: number, failure: string | null }} demo history: the ledger's export @returns {string} the file */
export function writePage({ directory, stage: { steps, chapters }, history, seconds, failure }) {
  const checks = steps.flatMap((step) => step.verdicts);
  if (history !== '') writeFileSync(join(directory, EXPORT), history);
  const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Demo: deploying and releasing real programs</title>
<style>
${readFileSync(CSS, 'utf8')}</style>
</head>
<body>
<header>
<h1>Deploying and releasing real programs, end to end</h1>
<p>Local clusters with the real loader, throw-away keys, and the executable that the actions run, started as GitHub’s runner starts it. Below each step: what its job summary says, and what was checked afterwards on the chain.</p>
${failure === null ? '' : `<p class="failure">The demo failed: ${text(failure)}</p>`}
<dl class="facts">
${fact('Steps', String(steps.length))}${fact('Checks held', `${checks.filter(([, holds]) => holds).length} of ${checks.length}`)}${fact('Time', `${seconds.toFixed(0)} s`)}
</dl>
</header>
${history === '' ? '' : picture(readHistory(history))}
${timeline(steps, chapters)}
<main>
${chapters.map((chapter, i) => `<h2 class="chapter">${text(chapter.title)}</h2>\n<p class="tells">${text(chapter.tells)}</p>\n${steps.filter((step) => step.chapter === i + 1).map(section).join('\n')}`).join('\n')}
</main>
<footer>Explorer links point at clusters that are gone by now.</footer>
</body>
</html>
`;
  const file = join(directory, 'index.html');
  writeFileSync(file, page);
  return file;
}

/** @param {Lane[]} lanes */
function picture(lanes) {
  const rows = tellHistory(lanes).map(({ seconds, environment, what, isGood }) => `<tr><td class="number">${seconds.toFixed(1)} s</td><td>${text(environment)}</td><td${isGood ? '' : ' class="broken"'}>${text(what)}</td></tr>`);
  return `<section class="picture" id="history">
<h2>What ran where</h2>
<p class="tells">The second chapter, from <a href="${EXPORT}">what <code>solana-actions ledger export</code> wrote</a>: records of every deploy, check and rollback. A bar is a release that runs.</p>
${WIDTHS.map((width) => drawHistory(lanes, width)).join('\n')}
<ul class="legend"><li><span class="key release"></span>a release runs</li><li><span class="key bad"></span>it was rolled back</li><li><span class="key rollback"></span>an earlier one runs again</li><li><span class="key square"></span>verification</li><li><span class="key round"></span>smoke test</li></ul>
<details><summary>The same as a table</summary><div class="scroll"><table><thead><tr><th>After</th><th>Environment</th><th>What</th></tr></thead><tbody>${rows.join('')}</tbody></table></div></details>
</section>`;
}

/** @param {Played[]} steps @param {{ title: string }[]} chapters */
function timeline(steps, chapters) {
  const end = Math.max(...steps.map((step) => step.startedAt + step.result.seconds));
  const percent = (/** @type {number} */ value) => `${((100 * value) / end).toFixed(2)}%`;
  const row = (/** @type {Played} */ step) => `<li><a href="#${step.name}"><span class="label">${step.number}. ${text(step.title)}</span><span class="track"><span class="bar ${kind(step)}" style="left:${percent(step.startedAt)};width:${percent(step.result.seconds)}"></span></span><span class="seconds">${step.result.seconds.toFixed(1)} s</span><span class="sol">${change(step.spent)}</span></a></li>`;
  return `<nav aria-label="Steps"><h2>Steps</h2>
${chapters.map(({ title }, i) => `<ol>
<li class="head"><span class="label">${text(title)}</span><span class="track">0–${end.toFixed(0)} s</span><span class="seconds">Took</span><span class="sol">Payer, SOL</span></li>
${steps.filter((step) => step.chapter === i + 1).map(row).join('\n')}
</ol>`).join('\n')}</nav>`;
}

/** A step that only had to work is folded: its title and what came of it are enough. @param {Played} step */
function section(step) {
  const { number, name, title, tells, verdicts, isRoutine = false } = step;
  const head = `<h3>${number}. ${text(title)} <span class="badge ${kind(step)}">${ending(step)}</span></h3>`;
  const body = `<p class="tells">${text(tells)}</p>
<ul class="checks">${verdicts.map(([sentence, holds]) => `<li class="${holds ? 'held' : 'broken'}">${text(sentence)}</li>`).join('')}</ul>
${evidence(step)}`;
  return isRoutine && verdicts.every(([, holds]) => holds)
    ? `<section class="step folded" id="${name}"><details><summary>${head}</summary>\n${body}\n</details></section>`
    : `<section class="step" id="${name}">\n${head}\n${body}\n</section>`;
}

/** Everything the step left behind. @param {Played} step */
function evidence({ number, name, action, shown, result, spent }) {
  const folder = folderOf(number, name);
  return `<p class="measures">${result.seconds.toFixed(1)} s · payer ${change(spent)} SOL · files in <a href="${folder}/">${folder}/</a></p>
<details><summary>The step as a workflow would have it</summary><pre>- uses: OWNER/REPO/actions/${text(action)}@v1
  with:
${Object.entries(shown).map(([input, value]) => `    ${text(input)}: ${text(value)}`).join('\n')}</pre></details>
${result.summary === '' ? '<p class="none">No job summary: the process was killed before it could write one.</p>' : `<article class="summary">${renderMarkdown(result.summary)}</article>`}
<details><summary>Log (${result.log.length} ${result.log.length === 1 ? 'line' : 'lines'})</summary><pre class="log">${result.log.map(logLine).join('\n')}</pre></details>
${Object.keys(result.outputs).length === 0 ? '' : `<details><summary>Outputs</summary><div class="scroll"><table><tbody>${Object.entries(result.outputs).map(([output, value]) => `<tr><td>${text(output)}</td><td><code>${text(value)}</code></td></tr>`).join('')}</tbody></table></div></details>`}`;
}

/** As the runner shows it: commands become what they stand for. @param {{ line: string, at: number }} entry */
function logLine({ line, at }) {
  const [, command, title, message] = /^::(error|warning|notice)(?: title=([^:]*))?::(.*)$/s.exec(line) ?? [];
  const shown = command !== undefined ? `<b class="${command}">${command}: ${text(title ?? '')}</b> ${text(message)}`
    : line.startsWith('::group::') ? `<b>▾ ${text(line.slice('::group::'.length))}</b>`
      : line === '::endgroup::' ? null : text(line);
  return shown === null ? '' : `<i>${at.toFixed(2).padStart(6)}</i>  ${shown}`;
}

const fact = (/** @type {string} */ name, /** @type {string} */ value) => `<div><dt>${name}</dt><dd>${text(value)}</dd></div>`;

/** @param {Played} step @returns {'good' | 'bad' | 'killed' | 'verdict'} */
function kind({ exit, result, verdicts }) {
  if (verdicts.some(([, holds]) => !holds)) return 'bad';
  if (exit === 'killed') return 'killed';
  return result.code === 0 ? 'good' : 'verdict';
}

/** @param {Played} step */
const ending = ({ exit, result }) => (exit === 'killed' ? 'killed, as told' : result.code === 0 ? 'exit 0' : `exit ${result.code}${result.code === exit ? ', as told' : ''}`);

/** @param {bigint} spent */
const change = (spent) => (spent === 0n ? '±0' : `${spent > 0n ? '−' : '+'}${(Number(spent < 0n ? -spent : spent) / 1e9).toFixed(6)}`);
