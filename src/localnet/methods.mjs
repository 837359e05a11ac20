// The JSON-RPC methods by name.

import * as accounts from './methods/accounts.mjs';
import * as cluster from './methods/cluster.mjs';
import * as fees from './methods/fees.mjs';
import * as send from './methods/send.mjs';
import * as stats from './methods/stats.mjs';
import * as transactions from './methods/transactions.mjs';

/**
 * @typedef {{
 *   node: import('./node.mjs').Node, view: import('./view.mjs').View,
 *   note: (facts: object) => void,
 * }} Call note adds facts to the call's line in the trace
 * @typedef {(params: any[], call: Call) => any} Method
 */

/** Each of the modules exports its methods and nothing else. @type {Map<string, Method>} */
export const METHODS = new Map(Object.entries(
  /** @type {Record<string, Method>} */ ({ ...accounts, ...cluster, ...fees, ...send, ...stats, ...transactions })));
