import * as loader from '@solana-program/loader-v3';
import * as system from '@solana-program/system';
import * as budget from '@solana-program/compute-budget';
import { createAddressWithSeed, createNoopSigner, getAddressEncoder, getProgramDerivedAddress } from '@solana/kit';

const signer = createNoopSigner;

const programData = async (program) => {
  const [address] = await getProgramDerivedAddress({
    programAddress: loader.LOADER_V3_PROGRAM_ADDRESS,
    seeds: [getAddressEncoder().encode(program)],
  });
  return address;
};

const seeded = async (random, address) => {
  const given = { base: address(), seed: random.text(32), owner: address() };
  const at = await createAddressWithSeed({ baseAddress: given.base, seed: given.seed, programAddress: given.owner });
  return { given, at };
};

/** Per instruction: the arguments given, and what the client made of them. */
export const makers = {
  'loader.InitializeBuffer': async (_, address) => {
    const given = { buffer: address(), authority: address() };
    return [given, loader.getInitializeBufferInstruction({ sourceAccount: given.buffer, bufferAuthority: given.authority })];
  },
  'loader.Write': async (random, address) => {
    const bytes = random.bytes(random.pick([0, 1, 111, 112, 960, 1012, random.below(1100)]));
    const given = { buffer: address(), authority: address(), offset: random.u32(), bytes: Buffer.from(bytes).toString('hex') };
    return [given, loader.getWriteInstruction({
      bufferAccount: given.buffer, bufferAuthority: signer(given.authority), offset: given.offset, bytes,
    })];
  },
  'loader.DeployWithMaxDataLen': async (random, address) => {
    const given = { payer: address(), program: address(), buffer: address(), authority: address(), length: random.u64() };
    return [given, loader.getDeployWithMaxDataLenInstruction({
      payerAccount: signer(given.payer),
      programDataAccount: await programData(given.program),
      programAccount: given.program,
      bufferAccount: given.buffer,
      authority: signer(given.authority),
      maxDataLen: given.length,
    })];
  },
  'loader.Upgrade': async (_, address) => {
    const given = { program: address(), buffer: address(), authority: address(), spill: address() };
    return [given, loader.getUpgradeInstruction({
      programDataAccount: await programData(given.program),
      programAccount: given.program,
      bufferAccount: given.buffer,
      spillAccount: given.spill,
      authority: signer(given.authority),
    })];
  },
  'loader.SetAuthority': async (random, address) => {
    const given = { account: address(), current: address(), next: random.chance(3) ? null : address() };
    return [given, loader.getSetAuthorityInstruction({
      bufferOrProgramDataAccount: given.account, currentAuthority: signer(given.current), newAuthority: given.next ?? undefined,
    })];
  },
  'loader.SetAuthorityChecked': async (_, address) => {
    const given = { account: address(), current: address(), next: address() };
    return [given, loader.getSetAuthorityCheckedInstruction({
      bufferOrProgramDataAccount: given.account, currentAuthority: signer(given.current), newAuthority: signer(given.next),
    })];
  },
  'loader.Close': async (random, address) => {
    const given = { account: address(), recipient: address(), authority: address(), program: random.chance(2) ? null : address() };
    return [given, loader.getCloseInstruction({
      bufferOrProgramDataAccount: given.account,
      destinationAccount: given.recipient,
      authority: signer(given.authority),
      programAccount: given.program ?? undefined,
    })];
  },
  'loader.ExtendProgram': async (random, address) => {
    const given = { program: address(), additional: random.u32(), payer: random.chance(3) ? null : address() };
    return [given, loader.getExtendProgramInstruction({
      programDataAccount: await programData(given.program),
      programAccount: given.program,
      systemProgram: given.payer ? system.SYSTEM_PROGRAM_ADDRESS : undefined,
      payer: given.payer ? signer(given.payer) : undefined,
      additionalBytes: given.additional,
    })];
  },
  'system.CreateAccount': async (random, address) => {
    const given = { payer: address(), account: address(), lamports: random.u64(), space: random.u64(), owner: address() };
    return [given, system.getCreateAccountInstruction({
      payer: signer(given.payer), newAccount: signer(given.account),
      lamports: given.lamports, space: given.space, programAddress: given.owner,
    })];
  },
  'system.CreateAccountWithSeed': async (random, address) => {
    const { given: account, at } = await seeded(random, address);
    const payer = random.chance(2) ? account.base : address();
    const given = { payer, ...account, lamports: random.u64(), space: random.u64() };
    return [given, system.getCreateAccountWithSeedInstruction({
      payer: signer(payer), newAccount: at, baseAccount: payer === account.base ? undefined : signer(account.base),
      base: account.base, seed: account.seed, amount: given.lamports, space: given.space, programAddress: account.owner,
    })];
  },
  'system.Transfer': async (random, address) => {
    const given = { from: address(), to: address(), lamports: random.u64() };
    return [given, system.getTransferSolInstruction({ source: signer(given.from), destination: given.to, amount: given.lamports })];
  },
  'system.Allocate': async (random, address) => {
    const given = { account: address(), space: random.u64() };
    return [given, system.getAllocateInstruction({ newAccount: signer(given.account), space: given.space })];
  },
  'system.AllocateWithSeed': async (random, address) => {
    const { given: account, at } = await seeded(random, address);
    const given = { ...account, space: random.u64() };
    return [given, system.getAllocateWithSeedInstruction({
      newAccount: at, baseAccount: signer(account.base),
      base: account.base, seed: account.seed, space: given.space, programAddress: account.owner,
    })];
  },
  'system.Assign': async (_, address) => {
    const given = { account: address(), owner: address() };
    return [given, system.getAssignInstruction({ account: signer(given.account), programAddress: given.owner })];
  },
  'system.AssignWithSeed': async (random, address) => {
    const { given, at } = await seeded(random, address);
    return [given, system.getAssignWithSeedInstruction({
      account: at, baseAccount: signer(given.base), base: given.base, seed: given.seed, programAddress: given.owner,
    })];
  },
  'budget.SetComputeUnitLimit': async (random) => {
    const given = { units: random.u32() };
    return [given, budget.getSetComputeUnitLimitInstruction(given)];
  },
  'budget.SetComputeUnitPrice': async (random) => {
    const given = { price: random.u64() };
    return [given, budget.getSetComputeUnitPriceInstruction({ microLamports: given.price })];
  },
};

/**
 * The accounts as the cluster needs them, which the loader's client gets wrong twice:
 * for an optional account that is left out it writes the loader's own address, which would become the new authority, while
 * the loader wants such accounts absent; and it lists the program of a Close as read-only, which the loader refuses.
 */
export const accountsOf = (name, instruction) =>
  (instruction.accounts ?? [])
    .filter((account) => account.address !== instruction.programAddress)
    .map((account, i) => [account.address, name === 'loader.Close' && i === 3 ? account.role | 1 : account.role]);
