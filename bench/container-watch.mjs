// Runs inside the container, see container.mjs: <runs>, prints the seconds from starting the executable to its first output of each.

import { spawn } from 'node:child_process';

const seconds = [];
for (let run = -1; run < Number(process.argv.at(-1)); run++) {
  const start = process.hrtime.bigint();
  const child = spawn('/solana-actions', ['verify-program'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const first = await new Promise((resolve) => child.stdout.once('data', () => resolve(process.hrtime.bigint())));
  await new Promise((resolve) => child.once('close', resolve));
  if (run >= 0) seconds.push(Number(first - start) / 1e9); // the one before reads the image from the disk
}
console.log(JSON.stringify(seconds));
