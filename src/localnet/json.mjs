// JSON with 64-bit integers: BigInts are written as plain numbers, as a validator does.

/** @param {any} value @returns {string} */
export function toJson(value) {
  switch (typeof value) {
    case 'string': return JSON.stringify(value);
    case 'bigint': return value.toString();
    case 'number': return Number.isFinite(value) ? String(value) : 'null';
    case 'boolean': return value ? 'true' : 'false';
    case 'object': break;
    default: return 'null';
  }
  if (value === null) return 'null';
  if (Array.isArray(value)) return `[${value.map(toJson).join(',')}]`;
  let text = '';
  for (const name in value) {
    if (value[name] === undefined) continue;
    text += `${text && ','}${JSON.stringify(name)}:${toJson(value[name])}`;
  }
  return `{${text}}`;
}
