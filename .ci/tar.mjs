// A tar archive as `docker export` and `docker save` write it.

/** @typedef {{ name: string, type: string, mode: number, owner: number, link: string, data: Buffer }} Entry */

/** @param {Buffer} tar @returns {Generator<Entry>} */
export function* entries(tar) {
  /** @type {Record<string, string>} */
  let extended = {};
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0;) {
    const text = (/** @type {number} */ from, /** @type {number} */ length) => tar.toString('utf8', at + from, at + from + length).split('\0', 1)[0];
    const octal = (/** @type {number} */ from, /** @type {number} */ length) => parseInt(text(from, length).trim() || '0', 8);
    const size = octal(124, 12);
    const data = tar.subarray(at + 512, at + 512 + size);
    const type = text(156, 1) || '0';
    const prefix = text(257, 5) === 'ustar' ? text(345, 155) : '';
    if (type === 'x') {
      extended = records(data);
    } else if (type !== 'g') {
      const name = extended.path ?? (prefix ? `${prefix}/${text(0, 100)}` : text(0, 100));
      yield { name: name.replace(/^\.?\//, ''), type, mode: octal(100, 8), owner: octal(108, 8), link: extended.linkpath ?? text(157, 100), data };
      extended = {};
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
}

/** `length key=value` lines: what does not fit a header. @param {Buffer} data */
function records(data) {
  /** @type {Record<string, string>} */
  const found = {};
  for (let at = 0; at < data.length;) {
    const length = parseInt(data.toString('latin1', at, at + 20), 10);
    const [key, ...value] = data.toString('utf8', at, at + length - 1).replace(/^\d+ /, '').split('=');
    found[key] = value.join('=');
    at += length;
  }
  return found;
}
