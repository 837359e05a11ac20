// Real programs to deploy, and the loader's steps as the deploy engine takes them.

import { address, getProgramDerivedAddress } from '@solana/kit';
import { programs } from '../../../src/localnet/programs.mjs';
import * as w from './wire.mjs';

export const ELF = programs();

export async function programDataOf(program) {
  const [found] = await getProgramDerivedAddress({ programAddress: address('BPFLoaderUpgradeab1e11111111111111111111111'), seeds: [program] });
  return w.unbase58(found);
}

let serial = 0;

/** Creates a buffer with a derived address and writes the file into it. */
export async function writeBuffer(net, payer, elf) {
  const seed = Buffer.from(String(serial++).padStart(32, '0'));
  const buffer = w.withSeed(payer.key, seed, w.LOADER);
  const size = 37 + elf.length;
  const rent = await net.ask('getMinimumBalanceForRentExemption', size);
  const create = w.transaction([payer], [
    w.createAccountWithSeed(payer.key, payer.key, seed, rent, size, w.LOADER),
    w.loader.initializeBuffer(buffer, payer.key),
  ], await net.blockhash());
  const created = await net.land(create);
  if (created.err) throw new Error(`create: ${JSON.stringify(created.err)}`);
  const blockhash = await net.blockhash();
  const writes = [];
  for (let at = 0; at < elf.length; at += 1012)
    writes.push(w.transaction([payer], [w.loader.write(buffer, payer.key, at, elf.subarray(at, at + 1012))], blockhash));
  await Promise.all(writes.map((tx) => net.send(tx, { skipPreflight: true })));
  for (const tx of writes) {
    const { err } = await net.settle(tx.signature, 'processed');
    if (err) throw new Error(`write: ${JSON.stringify(err)}`);
  }
  return { buffer, writes };
}

export async function deployment(net, payer, program, elf, buffer) {
  const rent = await net.ask('getMinimumBalanceForRentExemption', 36);
  return w.transaction([payer, program], [
    w.createAccount(payer.key, program.key, rent, 36, w.LOADER),
    w.loader.deploy(payer.key, await programDataOf(program.key), program.key, buffer, payer.key, elf.length),
  ], await net.blockhash());
}

export async function deploy(net, payer, elf) {
  const { buffer } = await writeBuffer(net, payer, elf);
  const program = w.keypair();
  const status = await net.land(await deployment(net, payer, program, elf, buffer));
  if (status.err) throw new Error(`deploy: ${JSON.stringify(status.err)}`);
  return { program, programData: await programDataOf(program.key), slot: status.slot };
}
