// slotSubscribe, signatureSubscribe, accountSubscribe, logsSubscribe and their unsubscribes.

import { accountEncoder } from './account-encoding.mjs';
import { SYSTEM_PROGRAM } from './keys.mjs';
import { address, commitment, flag, list, options, requireParams, signature } from './params.mjs';
import { RpcError } from './rpc-error.mjs';
import { toJson } from './json.mjs';
import { slotAt } from './view.mjs';

/**
 * @typedef {import('./view.mjs').Commitment} Commitment
 * @typedef {import('./history.mjs').TransactionRecord} TransactionRecord
 * @typedef {{
 *   kind: 'slot' | 'signature' | 'account' | 'logs', client: Client, id: number, commitment: Commitment,
 *   signature?: string, received?: boolean, key?: string, mentions?: string | null,
 *   encode?: (account: any) => any,
 * }} Subscription
 */

const COMMITMENTS = /** @type {const} */ (['processed', 'confirmed', 'finalized']);
const MOST_PER_CLIENT = 10_000;
const CLOSED = { lamports: 0n, data: new Uint8Array(), owner: SYSTEM_PROGRAM, executable: false, rentEpoch: 0n };

export class Subscriptions {
  /** @type {Map<number, Subscription>} */
  all = new Map();
  #nextId = 0;

  /** @param {import('./endpoint.mjs').Endpoint} endpoint */
  constructor(endpoint) {
    this.endpoint = endpoint;
    this.node = endpoint.node;
    this.view = endpoint.view;
    /** The last slot told about, per commitment. */
    this.told = Object.fromEntries(COMMITMENTS.map((each) => [each, this.view.slotAt(each)]));
    this.node.chain.onSlot(() => this.#slotBegan());
    this.node.chain.onReceive((transaction) => this.#received(transaction.signature));
  }

  /** @param {(text: string) => void} send */
  connect(send) {
    return new Client(this, send);
  }

  /** @param {Omit<Subscription, 'id'>} subscription */
  add(subscription) {
    const id = this.#nextId++;
    const added = { ...subscription, id };
    this.all.set(id, added);
    return added;
  }

  #slotBegan() {
    const slot = this.view.slot;
    const processed = slotAt(slot, 'processed');
    if (processed > this.told.processed)
      for (const each of this.#of('slot'))
        this.notify(each, { parent: processed - 1, root: slotAt(slot, 'finalized'), slot: processed });
    for (const level of COMMITMENTS) {
      const newest = slotAt(slot, level);
      while (this.told[level] < newest) this.#slotReached(++this.told[level], level);
    }
  }

  /** @param {number} slot @param {Commitment} level */
  #slotReached(slot, level) {
    const finished = this.node.chain.finished(slot);
    if (finished === undefined || this.all.size === 0) return;
    for (const record of finished.records) {
      for (const each of this.#of('signature', level)) if (each.signature === record.signature) this.finish(each, record);
      for (const each of this.#of('logs', level))
        if (each.mentions === null || record.keys.includes(/** @type {string} */ (each.mentions)))
          this.notify(each, { context: { slot }, value: { err: record.err, logs: record.logs, signature: record.signature } });
    }
    for (const each of this.#of('account', level))
      if (finished.changed.has(/** @type {string} */ (each.key)))
        this.notify(each, { context: { slot }, value: each.encode?.(this.node.accounts.at(/** @type {string} */ (each.key), slot) ?? CLOSED) });
  }

  #received(/** @type {string} */ wanted) {
    for (const each of this.#of('signature'))
      if (each.received && each.signature === wanted)
        this.notify(each, { context: { slot: this.view.slotAt('processed') }, value: 'receivedSignature' });
  }

  /** @param {Subscription['kind']} kind @param {Commitment} [level] */
  #of(kind, level) {
    return [...this.all.values()].filter((each) => each.kind === kind && (level === undefined || each.commitment === level));
  }

  /** A signature's notification is its last. @param {Subscription} subscription @param {TransactionRecord} record */
  finish(subscription, { slot, err }) {
    this.all.delete(subscription.id);
    this.notify(subscription, { context: { slot }, value: { err } });
  }

  /** @param {Subscription} subscription @param {any} result */
  async notify({ kind, id, client }, result) {
    const text = `{"jsonrpc":"2.0","method":"${kind}Notification","params":{"result":${toJson(result)},"subscription":${id}}}`;
    await this.endpoint.travel();
    client.send(text);
  }
}

/** One WebSocket connection. */
export class Client {
  #open = true;

  /** @param {Subscriptions} subscriptions @param {(text: string) => void} send */
  constructor(subscriptions, send) {
    this.subscriptions = subscriptions;
    this.transmit = send;
  }

  /** @param {string} text */
  send(text) {
    if (this.#open) this.transmit(text);
  }

  disconnect() {
    this.#open = false;
    for (const each of this.#mine()) this.subscriptions.all.delete(each.id);
  }

  /** @param {string} method @param {any[]} params @returns {Promise<number | boolean>} */
  async call(method, params) {
    switch (method) {
      case 'slotSubscribe': return this.#add({ kind: 'slot', commitment: 'processed' });
      case 'signatureSubscribe': return this.#signature(params);
      case 'accountSubscribe': return this.#account(params);
      case 'logsSubscribe': return this.#logs(params);
      case 'slotUnsubscribe': return this.#remove('slot', params);
      case 'signatureUnsubscribe': return this.#remove('signature', params);
      case 'accountUnsubscribe': return this.#remove('account', params);
      case 'logsUnsubscribe': return this.#remove('logs', params);
      default: throw RpcError.methodNotFound();
    }
  }

  #mine() {
    return [...this.subscriptions.all.values()].filter((each) => each.client === this);
  }

  /** @param {Omit<Subscription, 'id' | 'client'>} subscription */
  #add(subscription) {
    if (this.#mine().length >= MOST_PER_CLIENT) throw new RpcError(-32603, 'Internal Error: Subscription refused. Node subscription limit reached');
    return this.subscriptions.add({ ...subscription, client: this }).id;
  }

  /** @param {any[]} params */
  #signature(params) {
    requireParams(params, 1);
    const wanted = signature(params[0]);
    const config = options(params[1]);
    const level = commitment(config.commitment);
    const id = this.#add({ kind: 'signature', commitment: level, signature: wanted, received: flag(config.enableReceivedNotification) });
    const record = this.subscriptions.node.chain.history.get(wanted);
    if (record && record.slot <= this.subscriptions.view.slotAt(level)) {
      const subscription = /** @type {Subscription} */ (this.subscriptions.all.get(id));
      setImmediate(() => this.subscriptions.finish(subscription, record)); // after the answer to this call
    }
    return id;
  }

  /** @param {any[]} params */
  async #account(params) {
    requireParams(params, 1);
    const key = address(params[0]);
    const config = options(params[1]);
    return this.#add({ kind: 'account', commitment: commitment(config.commitment), key, encode: await accountEncoder(config) });
  }

  /** @param {any[]} params */
  #logs(params) {
    requireParams(params, 1);
    const [filter, config] = params;
    const level = commitment(options(config).commitment);
    if (filter === 'all' || filter === 'allWithVotes') return this.#add({ kind: 'logs', commitment: level, mentions: null });
    const mentions = list(options(filter, 'a logs filter').mentions);
    if (mentions.length !== 1) throw RpcError.invalidParams('Invalid Request: Only 1 address supported');
    return this.#add({ kind: 'logs', commitment: level, mentions: address(mentions[0]) });
  }

  /** @param {Subscription['kind']} kind @param {any[]} params */
  #remove(kind, params) {
    requireParams(params, 1);
    const known = this.subscriptions.all.get(params[0]);
    if (known?.kind !== kind || known.client !== this) throw RpcError.invalidParams('Invalid subscription id.');
    this.subscriptions.all.delete(known.id);
    return true;
  }
}
