// localnetStats: not a Solana method. Counters since the start; free of limits, latency and errors.

/** @param {any[]} _ @param {import('../methods.mjs').Call} call */
export const localnetStats = (_, { node }) => ({
  slot: node.chain.slot,
  requests: node.counters.requests,
  status: node.counters.status,
  sends: node.counters.sends,
  transactions: node.counters.transactions,
  fees: node.counters.fees,
});
