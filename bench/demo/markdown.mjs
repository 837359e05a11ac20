// Renders the Markdown that our summaries consist of: headings, paragraphs, bullets, tables, fenced code, details; in a line
// code, links, bold. Anything else stays text, and HTML stays text too. Headings are two levels down, below those of the page.

/** @param {string} text @returns {string} HTML */
export function renderMarkdown(text) {
  const lines = text.split('\n');
  /** @type {string[]} */
  const out = [];
  for (let i = 0; i < lines.length;) {
    const [html, next] = block(lines, i);
    out.push(html);
    i = next;
  }
  return out.join('\n');
}

export const escapeHtml = (/** @type {string} */ text) => text.replace(/[&<>"]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char] ?? char);

/** @param {string[]} lines @param {number} at @returns {[html: string, next: number]} */
function block(lines, at) {
  const line = lines[at];
  if (line.trim() === '' || line === '</details>') return [line === '</details>' ? line : '', at + 1];
  if (line === '<details>') return ['<details>', at + 1];
  const [, summary] = /^<summary>(.*)<\/summary>$/.exec(line) ?? [];
  if (summary !== undefined) return [`<summary>${inline(summary)}</summary>`, at + 1];

  const [, fence] = /^(`{3,})/.exec(line) ?? [];
  if (fence !== undefined) {
    const end = lines.indexOf(fence, at + 1);
    return [`<pre>${escapeHtml(lines.slice(at + 1, end < 0 ? undefined : end).join('\n'))}</pre>`, end < 0 ? lines.length : end + 1];
  }
  const [, hashes, heading] = /^(#{1,4}) (.*)$/.exec(line) ?? [];
  if (hashes !== undefined) return [`<h${hashes.length + 2}>${inline(heading)}</h${hashes.length + 2}>`, at + 1];

  const end = endOf(lines, at, kindOf(line));
  const body = lines.slice(at, end);
  switch (kindOf(line)) {
    case 'table': return [table(body), end];
    case 'bullet': return [`<ul>${body.map((item) => `<li>${inline(item.slice(2))}</li>`).join('')}</ul>`, end];
    default: return [`<p>${inline(body.join(' '))}</p>`, end];
  }
}

/** @param {string} line */
function kindOf(line) {
  if (line.startsWith('| ')) return 'table';
  if (line.startsWith('- ')) return 'bullet';
  return line.trim() === '' || /^(#{1,6} |```|<\/?(details|summary)>)/.test(line) ? 'other' : 'paragraph';
}

/** @param {string[]} lines @param {number} at @param {string} kind */
function endOf(lines, at, kind) {
  let end = at + 1;
  while (end < lines.length && kindOf(lines[end]) === kind) end++;
  return end;
}

/** @param {string[]} lines */
function table([head, rule, ...rows]) {
  const cells = (/** @type {string} */ row) => row.replace(/^\| ?| ?\|$/g, '').split(/(?<!\\)\|/).map((cell) => cell.trim());
  const aligns = cells(rule).map((cell) => (/^-+:$/.test(cell) ? ' class="number"' : ''));
  const row = (/** @type {string} */ text, /** @type {'th' | 'td'} */ tag) => `<tr>${cells(text).map((cell, i) => `<${tag}${aligns[i] ?? ''}>${inline(cell)}</${tag}>`).join('')}</tr>`;
  const hasHead = cells(head).some((cell) => cell !== '');
  return `<div class="scroll"><table>${hasHead ? `<thead>${row(head, 'th')}</thead>` : ''}<tbody>${rows.map((each) => row(each, 'td')).join('')}</tbody></table></div>`;
}

const SPAN = /(`+)(.+?)\1(?!`)|\[((?:\\.|[^\]\\])*)\]\((https:\/\/[^)\s]+)\)|\*\*((?:\\.|[^*\\])+)\*\*|\\([!-/:-@[-`{-~])|&(#\d+|#x[0-9a-f]+|lt|gt|amp|quot);/gi;

/** @param {string} text @returns {string} */
function inline(text) {
  let html = '';
  let from = 0;
  for (const match of text.matchAll(SPAN)) {
    const [whole, ticks, code, label, url, strong, escaped, entity] = match;
    html += escapeHtml(text.slice(from, match.index));
    if (ticks !== undefined) html += `<code>${escapeHtml(code.replace(/^ (.*) $/, '$1').replaceAll('\\|', '|'))}</code>`;
    else if (url !== undefined) html += `<a href="${escapeHtml(url)}">${inline(label)}</a>`;
    else if (strong !== undefined) html += `<strong>${inline(strong)}</strong>`;
    else if (escaped !== undefined) html += escapeHtml(escaped);
    else if (entity !== undefined) html += whole;
    from = match.index + whole.length;
  }
  return html + escapeHtml(text.slice(from));
}
