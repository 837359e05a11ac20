// The release history as a picture: a lane for each environment, time to the right. Drawn for a width in pixels and never scaled, so
// that its text keeps its size; labels that would touch each other get rows of their own.

import { nameOf, spanOf, tellHistory } from './history.mjs';
import { escapeHtml as text } from './markdown.mjs';

/** @typedef {import('./history.mjs').Lane} Lane */
/** @typedef {{ x: number, left: number, place: 'start' | 'middle' | 'end', row: number, text: string, kind: string }} Label x: what it is about; left: where its text begins; place: how it is set against that, for a guess at its width is never exact */

const EDGE = 10; // room for a mark at either end
const CHARACTER = 7.6; // of 13 px text, rounded up
const LABEL = 17;
const BAR = 20;
const MARK = 7; // half a mark
const TITLE = 26;

/** @param {Lane[]} lanes @param {number} width @returns {string} SVG */
export function drawHistory(lanes, width) {
  const { start, end } = spanOf(lanes);
  const place = (/** @type {number} */ time) => EDGE + ((time - start) / Math.max(1, end - start)) * (width - 2 * EDGE);
  let top = 0;
  const parts = lanes.map((lane) => {
    const laid = layOut(lane, place, width);
    const drawn = `<g transform="translate(0 ${top})">${draw(laid, lane, width, place(end))}</g>`;
    top += laid.height;
    return drawn;
  });
  const id = `history-${width}`;
  const seconds = (end - start) / 1000;
  return `<svg class="history w${width}" role="img" aria-labelledby="${id}-title ${id}-desc" width="${width}" height="${top + 34}" viewBox="0 0 ${width} ${top + 34}">
<title id="${id}-title">Release history of ${lanes.map(({ environment }) => text(environment)).join(', ')}</title>
<desc id="${id}-desc">${text(tellHistory(lanes).map(({ seconds: at, environment, what }) => `${at.toFixed(0)} s, ${environment}: ${what}.`).join(' '))}</desc>
${parts.join('\n')}
<g transform="translate(0 ${top})">${axis(seconds, width)}</g>
</svg>`;
}

/**
 * Where everything of a lane goes.
 * @param {Lane} lane @param {(time: number) => number} place @param {number} width
 */
export function layOut({ attempts, checks }, place, width) {
  const above = rows(attempts.map((attempt) => label(place(attempt.live ?? attempt.from), attemptLabel(attempt), attempt.live === null || attempt.isUndone ? 'bad' : attempt.kind)), width);
  let last = -Infinity;
  const marks = checks.map((check) => {
    last = Math.max(place(check.at), last + 2 * MARK + 2);
    return { x: last, check };
  });
  // A crowd at the right edge moves back to the left.
  marks.reduceRight((limit, mark) => (mark.x = Math.min(mark.x, limit)) - 2 * MARK - 2, width - EDGE);
  const below = rows(marks.filter(({ check }) => !check.isPositive).map(({ x, check }) => label(x, `${nameOf(check.check)} fails`, 'bad', 'middle')), width);
  const barTop = TITLE + LABEL * depth(above);
  const markY = barTop + BAR + MARK + 4;
  return { above, marks, below, barTop, markY, belowTop: markY + MARK, height: markY + MARK + LABEL * depth(below) + 14 };
}

/** @param {import('./history.mjs').Attempt} attempt */
const attemptLabel = ({ kind, version, live }) => (live === null ? `${version} failed` : kind === 'rollback' ? `back to ${version}` : version);

/** @param {number} x @param {string} words @param {string} kind @param {'start' | 'middle'} [place] */
const label = (x, words, kind, place = 'start') => ({ x, text: words, kind, place });

/** The first row, from the thing it is about outwards, in which a label touches no other. @param {ReturnType<typeof label>[]} labels @param {number} width @returns {Label[]} */
function rows(labels, width) {
  /** @type {Label[]} */
  const placed = [];
  for (const each of labels) {
    const size = widthOf(each.text);
    const wanted = each.place === 'middle' ? each.x - size / 2 : each.x - 4;
    const place = wanted > width - size ? 'end' : wanted < 2 ? 'start' : each.place;
    const left = Math.max(2, Math.min(wanted, width - size));
    let row = 0;
    while (placed.some((other) => other.row === row && left < other.left + widthOf(other.text) + 8 && other.left < left + size + 8)) row++;
    placed.push({ ...each, left, place, row });
  }
  return placed;
}

export const widthOf = (/** @type {string} */ words) => words.length * CHARACTER;

const depth = (/** @type {Label[]} */ labels) => Math.max(0, ...labels.map(({ row }) => row + 1));

/** @param {ReturnType<typeof layOut>} laid @param {Lane} lane @param {number} width @param {number} end */
function draw({ above, marks, below, barTop, markY, belowTop, height }, { environment, attempts }, width, end) {
  const live = attempts.map((attempt, i) => ({ attempt, x: above[i].x })).filter(({ attempt }) => attempt.live !== null);
  const bars = live.map(({ attempt, x }, i) => `<rect class="bar ${attempt.isUndone ? 'bad' : attempt.kind}" x="${n(x)}" y="${barTop}" width="${n(Math.max(2, (live[i + 1]?.x ?? end + 2) - x - 2))}" height="${BAR}"><title>${text(attemptLabel(attempt))} in ${text(environment)}</title></rect>`);
  const leads = above.map(({ x, row }) => `<path class="lead" d="M${n(x)} ${barTop + BAR}V${barTop - 3 - row * LABEL}"/>`);
  const tops = above.map((each) => words(each, barTop - 5 - each.row * LABEL));
  const dots = marks.map(({ x, check }) => `<g class="mark ${check.isPositive ? 'good' : 'bad'}" transform="translate(${n(x)} ${markY})"><title>${text(check.version)} ${check.isPositive ? 'passes' : 'fails'} its ${text(nameOf(check.check))} in ${text(environment)}</title>${shape(check.check)}<path d="${check.isPositive ? 'M-3 0l2 2.5 4-5' : 'M-2.5 -2.5l5 5m0 -5l-5 5'}"/></g>`);
  const bottoms = below.map((each) => words(each, belowTop + 13 + each.row * LABEL));
  return `<text class="lane" x="2" y="17">${text(environment)}</text><path class="base" d="M0 ${barTop + BAR / 2}H${width}"/>${leads.join('')}${tops.join('')}${bars.join('')}${dots.join('')}${bottoms.join('')}<path class="rule" d="M0 ${height - 1}H${width}"/>`;
}

/** @param {Label} label @param {number} y */
const words = ({ left, place, kind, text: said }, y) => `<text class="${kind}" text-anchor="${place}" x="${n(left + { start: 0, middle: 0.5, end: 1 }[place] * widthOf(said))}" y="${y}">${text(said)}</text>`;

/** Verifications are square, smoke tests round. @param {string} check */
const shape = (check) => (check === 'verify' ? `<rect x="${-MARK}" y="${-MARK}" width="${2 * MARK}" height="${2 * MARK}" rx="2"/>` : `<circle r="${MARK}"/>`);

/** @param {number} seconds @param {number} width */
function axis(seconds, width) {
  const room = width - 2 * EDGE;
  const step = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600].find((each) => (each / seconds) * room >= 56) ?? seconds;
  const ticks = Array.from({ length: Math.floor(seconds / step) + 1 }, (_, i) => i * step);
  return ticks.map((at) => {
    const x = EDGE + (at / Math.max(seconds, 1e-3)) * room;
    const anchor = at === 0 ? 'start' : x > width - 30 ? 'end' : 'middle';
    return `<path class="tick" d="M${n(x)} 0v5"/><text class="tick" text-anchor="${anchor}" x="${n(at === 0 ? 2 : anchor === 'end' ? width - 2 : x)}" y="20">${at} s</text>`;
  }).join('');
}

const n = (/** @type {number} */ value) => value.toFixed(1);
