// Puts the parts together: one chain, and one or two endpoints that show it.

import { randomBytes } from 'node:crypto';
import { AccountStore } from './account-store.mjs';
import { Bank } from './bank.mjs';
import { encodeBase58 } from './base58.mjs';
import { Blockhashes } from './blockhashes.mjs';
import { Chain } from './chain.mjs';
import { Counters } from './counters.mjs';
import { choose } from './emulation/programs.mjs';
import { Endpoint } from './endpoint.mjs';
import { FAUCET_LAMPORTS, Faucet } from './faucet.mjs';
import { UsageError } from './flags.mjs';
import { genesis, wallet } from './genesis.mjs';
import { createHttpServer } from './http.mjs';
import { bytesOf, keyFromAddress } from './keys.mjs';
import { dice, seedBytes } from './random.mjs';
import { Simulator } from './simulator.mjs';
import { Subscriptions } from './subscriptions.mjs';
import { Trace } from './trace.mjs';
import { serveWebSocket } from './websocket.mjs';

/** @typedef {import('node:http').Server} Server */

export class Node {
  /** @type {Server[]} */
  #servers = [];
  /** @type {import('ws').WebSocketServer[]} */
  #sockets = [];

  /** @param {import('./flags.mjs').Options} options */
  constructor(options) {
    this.options = options;
    const seed = options.seed ?? randomBytes(16).toString('hex');
    const genesisBytes = options.genesis === null ? seedBytes(seed, 'genesis') : bytesOf(/** @type {string} */ (keyFromAddress(options.genesis)));
    this.genesisHash = encodeBase58(genesisBytes);
    this.identity = seedBytes(seed, 'identity');
    this.faucet = new Faucet(seedBytes(seed, 'faucet'));
    this.counters = new Counters();
    this.trace = new Trace(options.trace);

    const { emulated, loaded } = choose(options.emulate, process.env);
    for (const { name, file } of loaded) process.stderr.write(`localnet: ${name} is the program in ${file}\n`);
    if (emulated.length > 0) process.stderr.write(`localnet: emulated: ${emulated.map(({ name }) => name).join(', ')}\n`);
    const { create, accounts } = genesis(options, [this.faucet.key, wallet(FAUCET_LAMPORTS)], emulated, loaded);
    this.accounts = new AccountStore();
    for (const [key, account] of accounts) this.accounts.put(key, 0, account);
    this.blockhashes = new Blockhashes(genesisBytes);
    this.simulator = new Simulator(create, this.accounts, (slot) => this.chain.timeOf(slot), new Map(emulated.map(({ key, program }) => [key, program])));
    this.chain = new Chain({
      bank: new Bank(create(), accounts, this.simulator.emulator), accounts: this.accounts, blockhashes: this.blockhashes,
      slotMs: options.slotMs, timeOffset: options.timeOffset, lag: options.lagSlots,
      trace: this.trace, counters: this.counters,
    });

    const lossDice = dice(seed, 'loss');
    const errorDice = dice(seed, 'errors');
    this.losesSubmission = () => options.loss > 0 && lossDice() < options.loss;
    this.fails = () => options.errorRate > 0 && errorDice() < options.errorRate;
  }

  /** Serves and lets the slots run. */
  async start() {
    const ports = await this.#serve(new Endpoint(this, 0), this.options.port);
    const lag = this.options.lagPort === null ? null : await this.#serve(new Endpoint(this, this.options.lagSlots), this.options.lagPort);
    this.chain.start();
    return { ...ports, lag };
  }

  async stop() {
    this.chain.stop();
    for (const sockets of this.#sockets) for (const socket of sockets.clients) socket.terminate();
    for (const server of this.#servers) {
      server.close();
      server.closeAllConnections();
    }
    await this.trace.close();
  }

  /** @param {Endpoint} endpoint @param {number} port 0 picks one; the WebSocket is on the port after it */
  async #serve(endpoint, port) {
    const { host } = this.options;
    for (let attempt = 1; ; attempt++) {
      const http = createHttpServer(endpoint);
      const httpPort = await listen(http, port, host);
      const ws = createHttpServer(endpoint);
      const wsPort = httpPort + 1;
      try {
        await listen(ws, wsPort, host);
      } catch (error) {
        http.close();
        if (port !== 0 || attempt === 50) throw error;
        continue;
      }
      this.#sockets.push(serveWebSocket(ws, endpoint, new Subscriptions(endpoint)));
      this.#servers.push(http, ws);
      const name = host.includes(':') ? `[${host}]` : host;
      return { http: `http://${name}:${httpPort}`, ws: `ws://${name}:${wsPort}` };
    }
  }
}

/** @param {Server} server @param {number} port @param {string} host @returns {Promise<number>} */
const listen = (server, port, host) => new Promise((resolve, reject) => {
  server.once('error', (/** @type {NodeJS.ErrnoException} */ error) =>
    reject(new UsageError(`cannot listen on ${host}:${port}: ${error.code ?? error.message}`)));
  server.listen(port, host, () => resolve(/** @type {import('node:net').AddressInfo} */ (server.address()).port));
});
