import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderMarkdown } from '../../bench/demo/markdown.mjs';

test('HTML in a summary stays text', () => {
  const html = renderMarkdown('<img src=x onerror=alert(1)> &lt;b&gt; and \\<i>');
  assert.equal(html, '<p>&lt;img src=x onerror=alert(1)&gt; &lt;b&gt; and &lt;i&gt;</p>');
});

test('escaped characters are shown as they are', () => {
  assert.equal(renderMarkdown('\\-1.5 SOL\\. 2\\*3 a\\_b'), '<p>-1.5 SOL. 2*3 a_b</p>');
});

test('a table has a head only when it says something, and code keeps its bars', () => {
  const html = renderMarkdown('|  | Now |\n| --- | ---: |\n| **Hash** | `a\\|b` |');
  assert.match(html, /<th><\/th><th class="number">Now<\/th>/);
  assert.match(html, /<td><strong>Hash<\/strong><\/td><td class="number"><code>a\|b<\/code><\/td>/);
  assert.doesNotMatch(renderMarkdown('|  |  |\n| --- | --- |\n| a | b |'), /<thead>/);
});

test('only https links are links', () => {
  assert.match(renderMarkdown('[x](https://example.org/?a=1&b=2)'), /<a href="https:\/\/example.org\/\?a=1&amp;b=2">x<\/a>/);
  assert.doesNotMatch(renderMarkdown('[x](javascript:alert(1))'), /<a /);
});

test('details fold what is between their lines', () => {
  assert.equal(
    renderMarkdown('<details>\n<summary>2 keys</summary>\n\n- one\n- two\n\n</details>').replace(/\n+/g, ''),
    '<details><summary>2 keys</summary><ul><li>one</li><li>two</li></ul></details>');
});

test('a fence keeps everything up to its like', () => {
  assert.equal(renderMarkdown('````\n```\n# not a heading <b>\n```\n````'), '<pre>```\n# not a heading &lt;b&gt;\n```</pre>');
});
