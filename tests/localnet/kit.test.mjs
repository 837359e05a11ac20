// An unmodified @solana/kit client: what a user's own code would do.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  address, airdropFactory, appendTransactionMessageInstructions, assertIsTransactionWithBlockhashLifetime, createSolanaRpc, createSolanaRpcSubscriptions,
  createTransactionMessage, generateKeyPairSigner, getSignatureFromTransaction, lamports, pipe, sendAndConfirmTransactionFactory,
  setTransactionMessageFeePayerSigner, setTransactionMessageLifetimeUsingBlockhash, signTransactionMessageWithSigners,
} from '@solana/kit';
import { getTransferSolInstruction } from '@solana-program/system';
import { localnet } from './support/localnet.mjs';

let net;
let rpc;
let rpcSubscriptions;
before(async () => {
  net = await localnet('--latency-ms', '10');
  rpc = createSolanaRpc(net.http);
  rpcSubscriptions = createSolanaRpcSubscriptions(net.ws);
});
after(() => net.stop());

async function funded() {
  const signer = await generateKeyPairSigner();
  await airdropFactory({ rpc, rpcSubscriptions })({ commitment: 'confirmed', lamports: lamports(5_000_000_000n), recipientAddress: signer.address });
  return signer;
}

async function transferOf(source, destination, amount, version = 0) {
  const { value: blockhash } = await rpc.getLatestBlockhash({ commitment: 'confirmed' }).send();
  const signed = await pipe(
    createTransactionMessage({ version }),
    (message) => setTransactionMessageFeePayerSigner(source, message),
    (message) => setTransactionMessageLifetimeUsingBlockhash(blockhash, message),
    (message) => appendTransactionMessageInstructions([getTransferSolInstruction({ source, destination, amount: lamports(amount) })], message),
    (message) => signTransactionMessageWithSigners(message),
  );
  assertIsTransactionWithBlockhashLifetime(signed);
  return signed;
}

test('airdrop, send and confirm over subscriptions', async () => {
  const [payer, to] = [await funded(), await generateKeyPairSigner()];
  const sendAndConfirm = sendAndConfirmTransactionFactory({ rpc, rpcSubscriptions });
  for (const version of ['legacy', 0]) {
    const transaction = await transferOf(payer, to.address, version === 0 ? 2_000_000n : 1_000_000n, version);
    await sendAndConfirm(transaction, { commitment: 'confirmed' });
    const found = await rpc.getTransaction(getSignatureFromTransaction(transaction), { commitment: 'confirmed', encoding: 'json', maxSupportedTransactionVersion: 0 }).send();
    assert.equal(found.meta.err, null);
    assert.equal(found.meta.fee, 5000n);
    assert.equal(found.version, version);
  }
  assert.equal((await rpc.getBalance(to.address, { commitment: 'confirmed' }).send()).value, 3_000_000n);
});

test('kit understands a refused preflight', async () => {
  const payer = await funded();
  const transaction = await transferOf(payer, (await generateKeyPairSigner()).address, 10_000_000_000_000n);
  const sendAndConfirm = sendAndConfirmTransactionFactory({ rpc, rpcSubscriptions });
  await assert.rejects(sendAndConfirm(transaction, { commitment: 'confirmed' }), (error) => {
    assert.match(error.message, /simulation failed/i);
    assert.equal(error.cause?.context?.code ?? error.context.code ?? 1, 1);
    return true;
  });
});

test('kit reads u64 whole, and hears slots', async () => {
  const payer = await funded();
  const { value } = await rpc.getAccountInfo(payer.address, { encoding: 'base64', commitment: 'confirmed' }).send();
  assert.equal(value.rentEpoch ?? 18446744073709551615n, 18446744073709551615n);
  assert.equal(value.lamports, 5_000_000_000n);
  const stop = new AbortController();
  const slots = await rpcSubscriptions.slotNotifications().subscribe({ abortSignal: stop.signal });
  let heard = 0;
  for await (const { slot, parent } of slots) {
    assert.equal(slot, parent + 1n);
    if (++heard === 3) break;
  }
  stop.abort();
  assert.equal(await rpc.getMinimumBalanceForRentExemption(0n).send(), 650_240n);
  assert.ok((await rpc.getProgramAccounts(address('BPFLoaderUpgradeab1e11111111111111111111111'), { encoding: 'base64', dataSlice: { offset: 0, length: 45 }, commitment: 'processed' }).send()).length >= 8);
});
