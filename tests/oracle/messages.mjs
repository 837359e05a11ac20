import {
  appendTransactionMessageInstructions,
  compileTransactionMessage,
  compressTransactionMessageUsingAddressLookupTables,
  createTransactionMessage,
  getCompiledTransactionMessageEncoder,
  pipe,
  setTransactionMessageFeePayer,
  setTransactionMessageLifetimeUsingBlockhash,
} from '@solana/kit';

/** Instructions over a small set of accounts, so that roles of one account have to be merged. */
const instructionsOf = (random, address) => {
  const accounts = Array.from({ length: 1 + random.below(24) }, address);
  const programs = Array.from({ length: 1 + random.below(4) }, address);
  return [accounts, Array.from({ length: random.below(6) }, () => ({
    programAddress: random.pick(programs),
    accounts: Array.from({ length: random.below(10) }, () => ({
      address: random.pick(random.chance(12) ? programs : accounts),
      role: random.pick([0, 0, 1, 1, 2, 3]),
    })),
    data: random.bytes(random.pick([0, 1, 127, 128, random.below(600)])),
  }))];
};

/** kit refuses programs that are written or sign, and more than 12 signers; the wire allows both. */
const isAllowed = (instructions) => {
  const programs = new Set(instructions.map((instruction) => instruction.programAddress));
  const metas = instructions.flatMap((instruction) => instruction.accounts);
  const signers = new Set(metas.filter((meta) => meta.role >= 2).map((meta) => meta.address));
  return signers.size < 12 && metas.every((meta) => meta.role === 0 || !programs.has(meta.address));
};

export const makeMessage = (random, address) => {
  let [accounts, instructions] = instructionsOf(random, address);
  while (!isAllowed(instructions)) [accounts, instructions] = instructionsOf(random, address);
  const feePayer = random.chance(2) ? random.pick(accounts) : address();
  const blockhash = address();
  const version = random.pick(['legacy', 0]);
  const plain = pipe(
    createTransactionMessage({ version }),
    (message) => setTransactionMessageFeePayer(feePayer, message),
    (message) => setTransactionMessageLifetimeUsingBlockhash({ blockhash, lastValidBlockHeight: 1n }, message),
    (message) => appendTransactionMessageInstructions(instructions, message),
  );
  const withTable = version === 0 && random.chance(2);
  const tables = withTable ? { [address()]: [...accounts.slice(0, random.below(accounts.length + 1)), address()] } : {};
  const message = withTable ? compressTransactionMessageUsingAddressLookupTables(plain, tables) : plain;
  const compiled = compileTransactionMessage(message);
  return {
    version: String(version),
    feePayer,
    blockhash,
    instructions: instructions.map((instruction) => ({
      program: instruction.programAddress,
      accounts: instruction.accounts.map((account) => [account.address, account.role]),
      data: Buffer.from(instruction.data).toString('hex'),
    })),
    tables,
    bytes: Buffer.from(getCompiledTransactionMessageEncoder().encode(compiled)).toString('hex'),
  };
};
