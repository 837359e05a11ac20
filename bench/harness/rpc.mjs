// The few questions the demo and the benchmarks have for a node. They are not what is measured, so
// they patiently repeat what a limited or faulty endpoint refuses.

import { setTimeout as sleep } from 'node:timers/promises';
import { findProgramAddress } from '../../src/localnet/program-address.mjs';
import { LOADER_V3, addressOf, bytesOf, keyFromAddress } from '../../src/localnet/keys.mjs';

const LOADER = addressOf(LOADER_V3);
const BUFFER_TAG = '2UzHM'; // base58 of 01 00 00 00
const ATTEMPTS = 40;

/** @param {string} program @returns {string} */
export const programDataOf = (program) => addressOf(findProgramAddress([bytesOf(keyFromAddress(program))], LOADER_V3));

/** @param {string} url */
export function rpcClient(url) {
  const ask = async (method, ...params) => {
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      });
      const { result, error } = await response.json();
      if (!error) return result;
      if (attempt === ATTEMPTS || ![429, 503].includes(response.status)) throw new Error(`${method}: ${error.message}`);
      await sleep(response.status === 429 ? 1000 : 50);
    }
  };
  const lamports = async (address, commitment = 'processed') => BigInt((await ask('getBalance', address, { commitment })).value);
  return {
    ask,
    lamports,
    stats: () => ask('localnetStats'),
    slot: (commitment = 'processed') => ask('getSlot', { commitment }),
    /** Addresses and sizes of all loader buffers. */
    async buffers() {
      const found = await ask('getProgramAccounts', LOADER, {
        commitment: 'processed', encoding: 'base64', dataSlice: { offset: 0, length: 0 }, filters: [{ memcmp: { offset: 0, bytes: BUFFER_TAG } }],
      });
      return found.map(({ pubkey, account }) => ({ address: pubkey, lamports: BigInt(account.lamports), size: account.space }));
    },
    /** The bytes a program runs, and what its two accounts hold; null when it does not exist. */
    async program(id) {
      const address = programDataOf(id);
      const { value } = await ask('getAccountInfo', address, { commitment: 'processed', encoding: 'base64' });
      if (value === null) return null;
      const data = Buffer.from(value.data[0], 'base64');
      return { bytes: data.subarray(45), lamports: BigInt(value.lamports) + (await lamports(id)), slot: Number(data.readBigUInt64LE(4)) };
    },
  };
}
