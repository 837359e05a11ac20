// A job's log as the runner keeps it: what ::add-mask:: names is *** from then on, and the command itself is not shown.

const MASK = '::add-mask::';

/** @param {(line: string) => void} take @returns {(stream: import('node:stream').Readable) => void} */
export function logReader(take) {
  /** @type {Set<string>} */
  const masks = new Set();
  const line = (/** @type {string} */ text) => {
    if (text.startsWith(MASK)) masks.add(unescape(text.slice(MASK.length)));
    else take([...masks].sort((a, b) => b.length - a.length).reduce((shown, mask) => shown.replaceAll(mask, '***'), text));
  };
  return (stream) => {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (/** @type {string} */ text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(line);
    });
    stream.on('end', () => { if (rest !== '') line(rest); });
  };
}

const unescape = (/** @type {string} */ data) => data.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
