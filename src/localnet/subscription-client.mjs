// slotSubscribe, signatureSubscribe, accountSubscribe, logsSubscribe and their unsubscribes, for one connection.

import { accountEncoder } from './account-encoding.mjs';
import { address, commitment, flag, list, options, requireParams, signature } from './params.mjs';
import { RpcError } from './rpc-error.mjs';

/**
 * @typedef {import('./subscriptions.mjs').Subscription} Subscription
 * @typedef {import('./subscriptions.mjs').Subscriptions} Subscriptions
 */

const MOST_PER_CLIENT = 10_000;

/** One WebSocket connection. */
export class SubscriptionClient {
  #open = true;
  /** @type {Set<Subscription>} */
  own = new Set();

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
    for (const each of this.own) this.subscriptions.remove(each);
  }

  /** @param {string} method @param {any[]} params @returns {Promise<number | boolean>} */
  async call(method, params) {
    switch (method) {
      case 'slotSubscribe': return this.#add({ kind: 'slot', commitment: 'processed' }).id;
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

  /** @param {Omit<Subscription, 'id' | 'client'>} subscription */
  #add(subscription) {
    if (this.own.size >= MOST_PER_CLIENT) throw new RpcError(-32603, 'Internal Error: Subscription refused. Node subscription limit reached');
    return this.subscriptions.add({ ...subscription, client: this });
  }

  /** @param {any[]} params */
  #signature(params) {
    requireParams(params, 1);
    const wanted = signature(params[0]);
    const config = options(params[1]);
    const level = commitment(config.commitment);
    const subscription = this.#add({ kind: 'signature', commitment: level, signature: wanted, received: flag(config.enableReceivedNotification) });
    const record = this.subscriptions.node.chain.history.get(wanted);
    if (record && record.slot <= this.subscriptions.view.slotAt(level))
      setImmediate(() => this.subscriptions.finish(subscription, record)); // after the answer to this call
    return subscription.id;
  }

  /** @param {any[]} params */
  async #account(params) {
    requireParams(params, 1);
    const key = address(params[0]);
    const config = options(params[1]);
    const encode = await accountEncoder(config);
    const binary = await accountEncoder({ ...config, encoding: 'base64' });
    return this.#add({
      kind: 'account', commitment: commitment(config.commitment), key,
      encode: (account) => {
        try {
          return encode(account);
        } catch { // base58 has a limit, and a notification has no other way to say so
          return { .../** @type {object} */ (binary(account)), data: 'error: data too large for bs58 encoding' };
        }
      },
    }).id;
  }

  /** @param {any[]} params */
  #logs(params) {
    requireParams(params, 1);
    const [filter, config] = params;
    const level = commitment(options(config).commitment);
    if (filter === 'all' || filter === 'allWithVotes') return this.#add({ kind: 'logs', commitment: level, mentions: null }).id;
    const mentions = list(options(filter, 'a logs filter').mentions);
    if (mentions.length !== 1) throw RpcError.invalidParams('Invalid Request: Only 1 address supported');
    return this.#add({ kind: 'logs', commitment: level, mentions: address(mentions[0]) }).id;
  }

  /** @param {Subscription['kind']} kind @param {any[]} params */
  #remove(kind, params) {
    requireParams(params, 1);
    const known = this.subscriptions.get(params[0]);
    if (known?.kind !== kind || known.client !== this) throw RpcError.invalidParams('Invalid subscription id.');
    this.subscriptions.remove(known);
    return true;
  }
}
