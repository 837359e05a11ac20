// One self-contained page of everything the demo did.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { escapeHtml as text, renderMarkdown } from './markdown.mjs';
import { folderOf } from './stage.mjs';

const CSS = fileURLToPath(new URL('page.css', import.meta.url));

/** @typedef {import('./stage.mjs').Played} Played */

/** @param {{ directory: string, steps: Played[], seconds: number, failure: string | null, genesis: string, airdropLamports: number }} demo @returns {string} the file */
export function writePage({ directory, steps, seconds, failure, genesis, airdropLamports }) {
  const spent = steps.reduce((sum, step) => sum + Number(step.spent), 0);
  const fees = steps.reduce((sum, step) => sum + Number(step.result.outputs['fee-lamports'] ?? 0), 0);
  const checks = steps.flatMap((step) => step.verdicts);
  const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Demo: deploying real programs</title>
<style>
${readFileSync(CSS, 'utf8')}</style>
</head>
<body>
<header>
<h1>Deploying real programs, end to end</h1>
<p>A local cluster with the real loader (400 ms slots, 50 ms round trip), throw-away keys, and the executable that the actions run, started as GitHub’s runner starts it. Below each step: what its job summary says, and what was checked afterwards on the chain.</p>
${failure === null ? '' : `<p class="failure">The demo failed: ${text(failure)}</p>`}
<dl class="facts">
${fact('Steps', String(steps.length))}${fact('Checks held', `${checks.filter(([, holds]) => holds).length} of ${checks.length}`)}${fact('Time', `${seconds.toFixed(0)} s`)}${fact('Out of the payer’s pocket', sol(spent))}${fact('Fees among that, as reported', sol(fees))}${fact('Airdrop', sol(airdropLamports))}
</dl>
</header>
${timeline(steps)}
<main>
${steps.map(section).join('\n')}
</main>
<footer>Localnet genesis <code>${text(genesis)}</code>. Explorer links point at a cluster that is gone by now.</footer>
</body>
</html>
`;
  const file = join(directory, 'index.html');
  writeFileSync(file, page);
  return file;
}

/** @param {Played[]} steps */
function timeline(steps) {
  const end = Math.max(...steps.map((step) => step.startedAt + step.result.seconds));
  const percent = (/** @type {number} */ value) => `${((100 * value) / end).toFixed(2)}%`;
  const bars = steps.map((step) => `<li><a href="#${step.name}"><span class="label">${step.number}. ${text(step.title)}</span><span class="track"><span class="bar ${kind(step)}" style="left:${percent(step.startedAt)};width:${percent(step.result.seconds)}"></span></span><span class="seconds">${step.result.seconds.toFixed(1)} s</span><span class="sol">${change(step.spent)}</span></a></li>`);
  return `<nav aria-label="Timeline"><h2>Timeline</h2><ol>
<li class="head"><span class="label">Step</span><span class="track">0–${end.toFixed(0)} s</span><span class="seconds">Took</span><span class="sol">Payer, SOL</span></li>
${bars.join('\n')}
</ol></nav>`;
}

/** @param {Played} step */
function section(step) {
  const { number, name, title, tells, action, shown, result, verdicts, spent } = step;
  const folder = folderOf(number, name);
  return `<section id="${name}">
<h2>${number}. ${text(title)} <span class="badge ${kind(step)}">${ending(step)}</span></h2>
<p class="tells">${text(tells)}</p>
<ul class="checks">${verdicts.map(([sentence, holds]) => `<li class="${holds ? 'held' : 'broken'}">${text(sentence)}</li>`).join('')}</ul>
<p class="measures">${result.seconds.toFixed(1)} s · payer ${change(spent)} SOL · files in <a href="${folder}/">${folder}/</a></p>
<details><summary>The step as a workflow would have it</summary><pre>- uses: OWNER/REPO/actions/${text(action)}@v1
  with:
${Object.entries(shown).map(([input, value]) => `    ${text(input)}: ${text(value)}`).join('\n')}</pre></details>
${result.summary === '' ? '<p class="none">No job summary: the process was killed before it could write one.</p>' : `<article class="summary">${renderMarkdown(result.summary)}</article>`}
<details><summary>Log (${result.log.length} ${result.log.length === 1 ? 'line' : 'lines'})</summary><pre class="log">${result.log.map(logLine).join('\n')}</pre></details>
${Object.keys(result.outputs).length === 0 ? '' : `<details><summary>Outputs</summary><div class="scroll"><table><tbody>${Object.entries(result.outputs).map(([output, value]) => `<tr><td>${text(output)}</td><td><code>${text(value)}</code></td></tr>`).join('')}</tbody></table></div></details>`}
</section>`;
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

const sol = (/** @type {number} */ lamports) => `${(lamports / 1e9).toFixed(9).replace(/\.?0+$/, '')} SOL`;

/** @param {bigint} spent */
const change = (spent) => (spent === 0n ? '±0' : `${spent > 0n ? '−' : '+'}${(Number(spent < 0n ? -spent : spent) / 1e9).toFixed(6)}`);
