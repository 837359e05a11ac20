// What localnetStats answers.

export class Counters {
  /** @type {Record<string, number>} */
  requests = {};
  /** @type {Record<string, number>} */
  status = {};
  /** Sends by outcome: accepted | lost | preflight | invalid. @type {Record<string, number>} */
  sends = {};
  /** Executed or dropped transactions: landed | failed | AlreadyProcessed | BlockhashNotFound | …. @type {Record<string, number>} */
  transactions = { landed: 0, failed: 0, duplicate: 0, lost: 0 };
  fees = 0n;

  /** @param {string} method @param {number} status */
  answered(method, status) {
    this.requests[method] = (this.requests[method] ?? 0) + 1;
    this.status[status] = (this.status[status] ?? 0) + 1;
  }

  /** @param {string} outcome */
  sent(outcome) {
    this.sends[outcome] = (this.sends[outcome] ?? 0) + 1;
    if (outcome === 'lost') this.transactions.lost++;
  }

  /** @param {{ err: any, fee: bigint }} record */
  executed({ err, fee }) {
    this.transactions[err === null ? 'landed' : 'failed']++;
    this.fees += fee;
  }

  /** @param {string} reason */
  dropped(reason) {
    const name = reason === 'AlreadyProcessed' ? 'duplicate' : reason;
    this.transactions[name] = (this.transactions[name] ?? 0) + 1;
  }
}
