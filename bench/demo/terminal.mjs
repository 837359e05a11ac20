// Colours where they are wanted: on a terminal, and not against https://no-color.org.

const isColoured = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (/** @type {string} */ code) => (/** @type {string} */ text) => (isColoured ? `\x1b[${code}m${text}\x1b[0m` : text);

export const style = { bold: paint('1'), dim: paint('2'), good: paint('32'), bad: paint('31'), warn: paint('33') };
