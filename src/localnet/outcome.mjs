// What LiteSVM reports of a run, in the RPC's form.

import { encodeBase58 } from './base58.mjs';

/** Failures after which a cluster still takes the fee, although nothing ran (SIMD-0191); LiteSVM does not. */
export const FEE_ONLY = new Set(['ProgramAccountNotFound', 'InvalidProgramForExecution', 'MaxLoadedAccountsDataSizeExceeded']);

/** Logs, inner instructions and return data; the latter two only where the logs show that there are any. */
export function outcome(/** @type {any} */ meta) {
  const logs = /** @type {string[]} */ (meta.logs());
  const deep = logs.some((line) => line.endsWith('invoke [2]') || line === 'Log truncated');
  const returned = logs.some((line) => line.startsWith('Program return: '));
  return { logs, inner: deep ? innerInstructions(meta) : [], returnData: returned ? returnDataOf(meta) : null };
}

const innerInstructions = (/** @type {any} */ meta) =>
  meta.innerInstructions()
    .map((/** @type {any[]} */ list, /** @type {number} */ index) => ({
      index,
      instructions: list.map((inner) => {
        const instruction = inner.instruction();
        return {
          programIdIndex: instruction.programIdIndex(),
          accounts: [...instruction.accounts()],
          data: encodeBase58(instruction.data()),
          stackHeight: inner.stackHeight(),
        };
      }),
    }))
    .filter((/** @type {{ instructions: any[] }} */ { instructions }) => instructions.length > 0);

function returnDataOf(/** @type {any} */ meta) {
  const data = meta.returnData();
  return { programId: encodeBase58(data.programId()), data: [Buffer.from(data.data()).toString('base64'), 'base64'] };
}

/** LiteSVM calls a missing program "not executable"; a cluster says that it does not exist. */
export function explain(/** @type {any} */ err, /** @type {import('./transaction.mjs').Message} */ message, /** @type {(key: string) => boolean} */ exists) {
  const missing = err === 'InvalidProgramForExecution' && message.instructions.some(({ program }) => !exists(message.keys[program]));
  return missing ? 'ProgramAccountNotFound' : err;
}
