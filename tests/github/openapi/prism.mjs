// Prism between a client and the stand-in: it refuses a request that GitHub's description does not allow, and an answer that it does not promise.

import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

/** @param {string} document @param {string} upstream @returns {Promise<{ url: string, stop: () => void }>} */
export function startPrism(document, upstream) {
  const main = createRequire(import.meta.url).resolve('@stoplight/prism-cli/dist/index.js');
  const child = spawn(process.execPath, [main, 'proxy', document, upstream, '--errors', '--port', '0', '--host', '127.0.0.1'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = () => void child.kill('SIGKILL');
  process.on('exit', stop);
  return new Promise((resolve, reject) => {
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        said += `${line}\n`;
        const url = /listening on (http:\S+)/.exec(line)?.[1];
        if (url !== undefined) resolve({ url, stop });
      });
    child.once('exit', (code) => reject(new Error(`Prism exited with ${code}:\n${said.slice(-4000)}`)));
    child.once('error', reject);
  });
}
