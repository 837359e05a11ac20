// How one endpoint sees the chain: which slot its commitments stand at. A lagging node is the same
// chain seen some slots late.

import { RpcError } from './rpc-error.mjs';

/** @typedef {'processed' | 'confirmed' | 'finalized'} Commitment */

export class View {
  /** @param {import('./chain.mjs').Chain} chain @param {number} lag */
  constructor(chain, lag) {
    this.chain = chain;
    this.lag = lag;
  }

  /** The slot in progress, as this endpoint sees it. */
  get slot() {
    return this.chain.slot - this.lag;
  }

  /** @param {Commitment} commitment */
  slotAt(commitment) {
    return slotAt(this.slot, commitment);
  }

  /**
   * The slot to read at, or −32016 when it is behind what the caller has seen.
   * @param {{ commitment: Commitment, minContextSlot?: number }} options
   */
  contextSlot({ commitment, minContextSlot = 0 }) {
    const slot = this.slotAt(commitment);
    if (slot < minContextSlot) throw RpcError.minContextSlotNotReached(slot);
    return slot;
  }

  /** @param {number} slot the slot of a transaction @returns {Commitment | null} null when it is not visible yet */
  commitmentOf(slot) {
    if (slot <= this.slotAt('finalized')) return 'finalized';
    if (slot <= this.slotAt('confirmed')) return 'confirmed';
    return slot <= this.slotAt('processed') ? 'processed' : null;
  }
}

/** @param {number} current the slot in progress @param {Commitment} commitment */
export function slotAt(current, commitment) {
  if (commitment === 'processed') return Math.max(0, current - 1);
  return Math.max(0, current - (commitment === 'confirmed' ? 2 : 32));
}
