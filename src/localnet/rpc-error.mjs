// JSON-RPC errors with Agave's codes and sentences.

export class RpcError extends Error {
  /** @param {number} code @param {string} message @param {any} [data] */
  constructor(code, message, data) {
    super(message);
    this.code = code;
    this.data = data;
  }

  static parse = () => new RpcError(-32700, 'Parse error');
  static invalidRequest = (message = 'Invalid request') => new RpcError(-32600, message);
  static methodNotFound = () => new RpcError(-32601, 'Method not found');
  static invalidParams = (/** @type {string} */ message) => new RpcError(-32602, message);
  static internal = () => new RpcError(-32603, 'Internal error');
  static preflight = (/** @type {string} */ sentence, /** @type {any} */ data) =>
    new RpcError(-32002, `Transaction simulation failed: ${sentence}`, data);
  static signature = () => new RpcError(-32003, 'Transaction signature verification failure');
  static blockNotAvailable = (/** @type {number} */ slot) => new RpcError(-32004, `Block not available for slot ${slot}`);
  static unsupportedVersion = (/** @type {number} */ version) =>
    new RpcError(-32015, `Transaction version (${version}) is not supported by the requesting client. ` +
      `Please try the request again with the following configuration parameter: "maxSupportedTransactionVersion": ${version}`);
  static minContextSlotNotReached = (/** @type {number} */ contextSlot) =>
    new RpcError(-32016, 'Minimum context slot has not been reached', { contextSlot });
  static tooManyRequests = () => new RpcError(429, 'Too many requests for a specific RPC call');
  static unavailable = () => new RpcError(503, 'Service unavailable');

  json() {
    return { code: this.code, message: this.message, data: this.data };
  }
}
