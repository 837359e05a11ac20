// An RPC node that lies in one place: http://hostile:8899/<place>/<text>. Everything else is answered by the localnet.

import { createServer } from 'node:http';

const TEXTS = {
  plain: 'something went wrong',
  orders: '\n::set-output name=changed::true\n::add-mask::localnet\n##[set-output name=changed]true\n::stop-commands::x\n::error title=forged::forged',
  escapes: '%0A::set-output name=changed::true%0D%0A%250A::add-mask::localnet',
  heredoc: '\nchanged<<EOF\ntrue\nEOF\nverified=true\nghadelimiter_0\n',
  marks: '\n# Forged\n| a | b |\n|---|---|\n</details><details>\n```\n<!-- -->[x](javascript:x)<img src=x>',
  ansi: '\u001b[2J\u001b]0;title\u0007\u001b[31m::set-output name=changed::true\r\u202e\u200b::set-env name=A::b',
  nul: '\0::set-output name=changed::true\0\n\0::add-mask::localnet',
  lone: 'half a character \ud800::set-output name=changed::true',
  long: `::set-output name=changed::true${' %0A <<EOF | ` '.repeat(350_000)}`,
};

/** How a place lies: what it makes of the localnet's answer to a method. @type {Record<string, (method: string, answer: any, text: string) => any>} */
const PLACES = {
  error: (method, answer, text) => (method === 'getMultipleAccounts' || method === 'getAccountInfo' ? { error: { code: -32603, message: text, data: { text } } } : answer),
  genesis: (method, answer, text) => (method === 'getGenesisHash' ? { result: text } : answer),
  owner: (method, answer, text) => (answer.result?.value ? { result: { ...answer.result, value: [answer.result.value].flat().map((account) => account && { ...account, owner: text }) } } : answer),
  logs: (method, answer, text) => (method === 'simulateTransaction' ? { result: { ...answer.result, value: { ...answer.result?.value, err: { InstructionError: [0, text] }, logs: text.split('\n'), unitsConsumed: 1 } } } : answer),
};

const MIXED = ['orders', 'escapes', 'heredoc', 'marks', 'ansi', 'nul'].map((name) => TEXTS[/** @type {keyof typeof TEXTS} */ (name)]).join('\n');

createServer(async (request, response) => {
  if (request.method === 'GET') return response.end('ok');
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const [, place, name] = request.url?.split('/') ?? [];
  const text = name === 'mixed' ? MIXED : TEXTS[/** @type {keyof typeof TEXTS} */ (name)];
  if (place === 'body') return response.end(text);
  if (place === 'status') return response.writeHead(500, { 'content-type': 'text/plain' }).end(text);
  const call = JSON.parse(Buffer.concat(chunks).toString());
  const answers = await (await fetch('http://localnet:8899', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(call) })).json();
  const lie = (/** @type {any} */ one, /** @type {any} */ answer) => ({ jsonrpc: '2.0', id: one.id, ...strip(PLACES[place](one.method, answer, text)) });
  response.setHeader('content-type', 'application/json');
  return response.end(JSON.stringify(Array.isArray(call) ? call.map((one) => lie(one, answers.find((/** @type {any} */ answer) => answer.id === one.id))) : lie(call, answers)));
}).listen(8899);

function strip(/** @type {any} */ { result, error }) {
  return error ? { error } : { result };
}
