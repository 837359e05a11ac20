// GITHUB_OUTPUT as the runner reads it: `name=value`, or `name<<delimiter`, lines, `delimiter`.

/** @param {string} text */
export function readFileCommand(text) {
  /** @type {Record<string, string>} */
  const values = {};
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const [, name, separator, rest] = /^(.+?)(=|<<)(.*)$/.exec(lines[i]) ?? [];
    if (name === undefined) continue;
    if (separator === '=') {
      values[name] = rest;
      continue;
    }
    const end = lines.indexOf(rest, i + 1);
    if (end < 0) throw new Error(`the value of ${name} never ends`);
    values[name] = lines.slice(i + 1, end).join('\n');
    i = end;
  }
  return values;
}
