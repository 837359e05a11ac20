#!/usr/bin/env node
// node .ci/pin.mjs <image>:vX.Y.Z@sha256:<digest>: every action of this checkout takes that image. What a release does, on a commit off main.

import { fileURLToPath } from 'node:url';
import { actionFiles, isPinned, writeImage } from './rewrite.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const [image] = process.argv.slice(2);
if (image === undefined || !isPinned(image)) {
  process.stderr.write('usage: node .ci/pin.mjs <registry>/<owner>/<name>:vX.Y.Z@sha256:<64 hex digits>\n');
  process.exit(2);
}
const changed = writeImage(root, image);
console.log(`${actionFiles(root).length} actions take ${image}; ${changed.length} changed`);
