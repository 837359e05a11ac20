// A WebSocket client that keeps what it hears.

import { once } from 'node:events';
import WebSocket from 'ws';

export async function socket(url) {
  const ws = new WebSocket(url);
  const heard = [];
  const waiting = new Set();
  ws.on('message', (data) => {
    heard.push(JSON.parse(data));
    for (const wake of waiting) wake();
  });
  await once(ws, 'open');
  let id = 0;
  const until = async (matches, within = 5000) => {
    const deadline = Date.now() + within;
    for (;;) {
      const found = heard.find(matches);
      if (found) return found;
      if (Date.now() > deadline) throw new Error(`not heard within ${within} ms; heard ${JSON.stringify(heard).slice(0, 2000)}`);
      await new Promise((resolve) => {
        const wake = () => { waiting.delete(wake); clearTimeout(timer); resolve(); };
        const timer = setTimeout(wake, 50);
        waiting.add(wake);
      });
    }
  };
  const ask = (method, ...params) => {
    const mine = ++id;
    ws.send(JSON.stringify({ jsonrpc: '2.0', id: mine, method, params }));
    return until((message) => message.id === mine);
  };
  return { ws, heard, ask, until, close: () => ws.terminate() };
}
