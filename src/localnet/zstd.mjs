// zstd for `base64+zstd`: Node's own where it has it (22.15 and later), else WebAssembly.

import * as zlib from 'node:zlib';

/** @typedef {(bytes: Uint8Array) => Uint8Array} Compress */

const builtin = /** @type {any} */ (zlib).zstdCompressSync;
/** @type {Promise<Compress> | undefined} */
let loading;

/** @returns {Promise<Compress>} */
export const zstd = () => (loading ??= builtin ? Promise.resolve((bytes) => builtin(bytes)) : loadWasm());

/** @returns {Promise<Compress>} */
async function loadWasm() {
  const wasm = await import('@bokuweb/zstd-wasm');
  await wasm.init();
  return (bytes) => wasm.compress(bytes, 3);
}
