// Who wants to hear what, and telling them when a slot reaches their commitment.

import { SYSTEM_PROGRAM } from './keys.mjs';
import { SubscriptionClient } from './subscription-client.mjs';
import { toJson } from './json.mjs';
import { slotAt } from './view.mjs';

/**
 * @typedef {import('./view.mjs').Commitment} Commitment
 * @typedef {import('./history.mjs').TransactionRecord} TransactionRecord
 * @typedef {{
 *   kind: 'slot' | 'signature' | 'account' | 'logs', client: SubscriptionClient, id: number, commitment: Commitment,
 *   signature?: string, received?: boolean, key?: string, mentions?: string | null,
 *   encode?: (account: any) => any,
 * }} Subscription
 */

const COMMITMENTS = /** @type {const} */ (['processed', 'confirmed', 'finalized']);
const CLOSED = { lamports: 0n, data: new Uint8Array(), owner: SYSTEM_PROGRAM, executable: false, rentEpoch: 0n };

export class Subscriptions {
  /** @type {Map<number, Subscription>} */
  #byId = new Map();
  /** Those that are not about a signature. @type {Set<Subscription>} */
  #streams = new Set();
  /** @type {Map<string, Set<Subscription>>} */
  #bySignature = new Map();
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
    return new SubscriptionClient(this, send);
  }

  /** @param {Omit<Subscription, 'id'>} subscription */
  add(subscription) {
    const added = { ...subscription, id: this.#nextId++ };
    this.#byId.set(added.id, added);
    added.client.own.add(added);
    if (added.signature === undefined) this.#streams.add(added);
    else this.#bySignature.set(added.signature, (this.#bySignature.get(added.signature) ?? new Set()).add(added));
    return added;
  }

  /** @param {number} id */
  get(id) {
    return this.#byId.get(id);
  }

  /** @param {Subscription} subscription */
  remove(subscription) {
    this.#byId.delete(subscription.id);
    subscription.client.own.delete(subscription);
    this.#streams.delete(subscription);
    const others = subscription.signature === undefined ? undefined : this.#bySignature.get(subscription.signature);
    others?.delete(subscription);
    if (others?.size === 0) this.#bySignature.delete(/** @type {string} */ (subscription.signature));
  }

  #slotBegan() {
    const slot = this.view.slot;
    const processed = slotAt(slot, 'processed');
    if (processed > this.told.processed)
      for (const each of this.#streams)
        if (each.kind === 'slot') this.notify(each, { parent: processed - 1, root: slotAt(slot, 'finalized'), slot: processed });
    for (const level of COMMITMENTS) {
      const newest = slotAt(slot, level);
      while (this.told[level] < newest) this.#slotReached(++this.told[level], level);
    }
  }

  /** @param {number} slot @param {Commitment} level */
  #slotReached(slot, level) {
    const finished = this.node.chain.finished(slot);
    if (finished === undefined || this.#byId.size === 0) return;
    const streams = [...this.#streams].filter((each) => each.commitment === level);
    for (const record of finished.records) {
      for (const each of this.#bySignature.get(record.signature) ?? []) if (each.commitment === level) this.finish(each, record);
      for (const each of streams)
        if (each.kind === 'logs' && (each.mentions === null || record.keys.includes(/** @type {string} */ (each.mentions))))
          this.notify(each, { context: { slot }, value: { err: record.err, logs: record.logs, signature: record.signature } });
    }
    for (const each of streams)
      if (each.kind === 'account' && finished.changed.has(/** @type {string} */ (each.key)))
        this.notify(each, { context: { slot }, value: each.encode?.(this.node.accounts.at(/** @type {string} */ (each.key), slot) ?? CLOSED) });
  }

  #received(/** @type {string} */ wanted) {
    for (const each of this.#bySignature.get(wanted) ?? [])
      if (each.received) this.notify(each, { context: { slot: this.view.slotAt('processed') }, value: 'receivedSignature' });
  }

  /** A signature's notification is its last. @param {Subscription} subscription @param {TransactionRecord} record */
  finish(subscription, { slot, err }) {
    if (!subscription.client.own.has(subscription)) return;
    this.remove(subscription);
    this.notify(subscription, { context: { slot }, value: { err } });
  }

  /** @param {Subscription} subscription @param {any} result */
  async notify({ kind, id, client }, result) {
    const text = `{"jsonrpc":"2.0","method":"${kind}Notification","params":{"result":${toJson(result)},"subscription":${id}}}`;
    await this.endpoint.travel();
    client.send(text);
  }
}
