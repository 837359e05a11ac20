// otter-verify has no client in JavaScript: its instructions are put together here from its source, with Metaplex's borsh.
import { createHash } from 'node:crypto';
import { beet, beetSolana, web3 } from './clients.mjs';

const { PublicKey, SystemProgram } = web3;
const PROGRAM = new PublicKey('verifycLy8mB96wd9wqq3WDXQwM4oU6r42Th37Db9fC');
const key = (address) => new PublicKey(address);
const named = (name) => createHash('sha256').update(name).digest().subarray(0, 8);

const claim = [['version', beet.utf8String], ['gitUrl', beet.utf8String], ['commit', beet.utf8String], ['args', beet.array(beet.utf8String)], ['deploySlot', beet.u64]];
const params = new beet.FixableBeetArgsStruct(claim, 'InputParams');
const account = new beet.FixableBeetArgsStruct([['address', beetSolana.publicKey], ['signer', beetSolana.publicKey], ...claim, ['bump', beet.u8]], 'BuildParams');

const claimed = (random) => ({
  version: random.text(8), gitUrl: random.text(80), commit: Buffer.from(random.bytes(20)).toString('hex'),
  args: Array.from({ length: random.below(6) }, () => random.text(20)), deploySlot: random.u64(),
});
const plain = (fields) => ({ ...fields, deploySlot: fields.deploySlot.toString() });
const pdaOf = (program, signer) => PublicKey.findProgramAddressSync([Buffer.from('otter_verify'), key(signer).toBytes(), key(program).toBytes()], PROGRAM);

const call = (name) => async (random, address) => {
  const given = { program: address(), signer: address(), ...(name === 'close' ? {} : claimed(random)) };
  const meta = (pubkey, isSigner, isWritable) => ({ pubkey, isSigner, isWritable });
  const keys = [meta(pdaOf(given.program, given.signer)[0], false, true), meta(key(given.signer), true, true), meta(key(given.program), false, false)];
  if (name === 'close') return [given, { programId: PROGRAM, keys, data: named(`global:${name}`) }];
  const [data] = params.toFixedFromValue(plain(given)).serialize(plain(given));
  return [given, { programId: PROGRAM, keys: [...keys, meta(SystemProgram.programId, false, false)], data: Buffer.concat([named(`global:${name}`), data]) }];
};

export const otterMakers = { 'otter.Initialize': call('initialize'), 'otter.Update': call('update'), 'otter.Close': call('close') };

/** A claim as the program stores it, now and then with room left over from a longer one. */
export function otterAccount(random, address) {
  const fields = { program: address(), signer: address(), ...claimed(random) };
  const [pda, bump] = pdaOf(fields.program, fields.signer);
  const value = { ...plain(fields), address: key(fields.program), signer: key(fields.signer), bump };
  const [data] = account.toFixedFromValue(value).serialize(value);
  return [{ ...fields, pda: pda.toBase58() }, Buffer.concat([named('account:BuildParams'), data, Buffer.alloc(random.pick([0, 0, 30]))])];
}
