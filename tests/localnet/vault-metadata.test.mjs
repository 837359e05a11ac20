// A vault that publishes: Squads calls program-metadata. With LOCALNET_SQUADS_SO and LOCALNET_METADATA_SO both are the real ones.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { metadata } from '../oracle/clients.mjs';
import { localnet } from './support/localnet.mjs';
import { ALL, Team, funded, web3 } from './support/squads.mjs';

const { PublicKey, SystemProgram, TransactionInstruction } = web3;
const SOL = 1_000_000_000;
/** Any program will do: the vault speaks of it under its own name. */
const ABOUT = 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA';
const ID = metadata.PROGRAM_METADATA_PROGRAM_ADDRESS;

let net;
let payer;
before(async () => {
  net = await localnet('--emulate', 'squads,metadata');
  payer = await funded(net);
});
after(() => net.stop());

const signer = (address) => ({ address, signTransactions: async () => { throw new Error('signed elsewhere'); } });
const ROLES = [[false, false], [true, false], [false, true], [true, true]];
const toClient = ({ programAddress, accounts, data }) => new TransactionInstruction({
  programId: new PublicKey(programAddress), data: Buffer.from(data),
  keys: accounts.map(({ address, role }) => ({ pubkey: new PublicKey(address), isWritable: ROLES[role][0], isSigner: ROLES[role][1] })),
});

/** What becomes of a proposal that is approved at once. */
async function pass(team, ...instructions) {
  const [member] = team.members;
  const index = await team.propose(member, ...instructions);
  await team.approve(member, index);
  return team.fail([member], await team.execution(member, index));
}

test('all that a vault’s transaction calls may let an account grow by 10,240 bytes, not each call', async () => {
  const team = await Team.create(net, payer, [ALL]);
  const vault = team.vault.toBase58();
  await team.pass([], SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: team.vault, lamports: SOL }));
  const seed = 'idl';
  const [buffer] = await metadata.findNonCanonicalPda({ program: ABOUT, authority: vault, seed });
  const own = { authority: signer(vault), program: ABOUT, programData: ID };
  const fund = SystemProgram.transfer({ fromPubkey: team.vault, toPubkey: new PublicKey(buffer), lamports: 5080 * (128 + 30_000) });
  const allocate = toClient(metadata.getAllocateInstruction({ buffer, ...own, seed }));
  const extend = (length) => toClient(metadata.getExtendInstruction({ account: buffer, ...own, length }));
  const length = async () => (await team.raw(new PublicKey(buffer)))?.data.length;
  const refused = { InstructionError: [0, 'InvalidRealloc'] };

  assert.deepEqual(await pass(team, fund, allocate, extend(10_145)), refused);
  assert.equal(await pass(team, fund, allocate, extend(10_144)), null);
  assert.equal(await length(), 10_240);
  assert.deepEqual(await pass(team, extend(10_240), extend(1)), refused);
  assert.equal(await pass(team, extend(5_000), extend(5_240)), null);
  assert.equal(await length(), 20_480);
});
