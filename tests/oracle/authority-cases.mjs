// node authority-cases.mjs <seed> <count>: JSON lines of generated cases about Squads, program-metadata and otter-verify. See README.md.
import { getAddressDecoder } from '@solana/kit';
import { legacyIdl, metadataAccounts, metadataAddresses, metadataMakers } from './metadata.mjs';
import { otterAccount, otterMakers } from './otter.mjs';
import { Random } from './random.mjs';
import { squadsAccounts, squadsAddresses, squadsMakers, web3Accounts } from './squads.mjs';

const [seed = '1', count = '10'] = process.argv.slice(2);
const random = new Random(seed);
const hex = (bytes) => Buffer.from(bytes).toString('hex');
const address = () => getAddressDecoder().decode(random.bytes(32));
const lines = [];
const emit = (kind, value) =>
  lines.push(JSON.stringify({ kind, ...value }, (_, item) => (typeof item === 'bigint' ? item.toString() : item)));

for (let i = 0; i < Number(count); i++) {
  for (const [name, make] of Object.entries({ ...squadsMakers, ...otterMakers })) {
    const [given, instruction] = await make(random, address);
    emit('instruction', { name, given, program: instruction.programId.toBase58(), accounts: web3Accounts(instruction), data: hex(instruction.data) });
  }

  for (const [name, make] of Object.entries(metadataMakers)) {
    const [given, { programAddress, accounts, data }] = await make(random, address);
    emit('instruction', { name, given, program: programAddress, accounts: accounts.map((account) => [account.address, account.role]), data: hex(data) });
  }

  for (const [name, make] of Object.entries({ ...squadsAccounts, ...metadataAccounts, claim: otterAccount })) {
    const [fields, data] = make(random, address);
    emit(`account.${name}`, { fields, data: hex(data) });
  }

  emit('addresses.squads', squadsAddresses(random, address));
  emit('addresses.metadata', await metadataAddresses(random, address));
  emit('legacyIdl', await legacyIdl(random, address));
}

process.stdout.write(`${lines.join('\n')}\n`);
