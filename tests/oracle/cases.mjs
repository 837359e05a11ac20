// node cases.mjs <seed> <count>: JSON lines of generated cases, `count` of each kind. See README.md.
import {
  createAddressWithSeed,
  createKeyPairFromPrivateKeyBytes,
  getAddressDecoder,
  getAddressFromPublicKey,
  getBase58Decoder,
  getProgramDerivedAddress,
  isOffCurveAddress,
  signBytes,
} from '@solana/kit';
import { accountsOf, makers } from './instructions.mjs';
import { makeMessage } from './messages.mjs';
import { Random } from './random.mjs';

const [seed = '1', count = '10'] = process.argv.slice(2);
const random = new Random(seed);
const hex = (bytes) => Buffer.from(bytes).toString('hex');
const address = () => getAddressDecoder().decode(random.bytes(32));
const lines = [];
const emit = (kind, value) =>
  lines.push(JSON.stringify({ kind, ...value }, (_, item) => (typeof item === 'bigint' ? item.toString() : item)));

for (let i = 0; i < Number(count); i++) {
  for (const [name, make] of Object.entries(makers)) {
    const [given, instruction] = await make(random, address);
    emit('instruction', {
      name,
      given,
      program: instruction.programAddress,
      accounts: accountsOf(name, instruction),
      data: hex(instruction.data),
    });
  }

  for (let j = 0; j < 4; j++) emit('message', makeMessage(random, address));

  const seeds = Array.from({ length: random.below(16) }, () => random.bytes(random.below(33)));
  const program = address();
  const [derived, bump] = await getProgramDerivedAddress({ programAddress: program, seeds });
  emit('pda', { seeds: seeds.map(hex), program, address: derived, bump });

  const point = address();
  emit('curve', { address: point, on: !isOffCurveAddress(point) });

  const text = random.text(32);
  const base = address();
  const owner = address();
  emit('seeded', { base, seed: text, owner, address: await createAddressWithSeed({ baseAddress: base, seed: text, programAddress: owner }) });

  const bytes = random.bytes(random.below(100));
  bytes.fill(0, 0, Math.min(bytes.length, random.pick([0, 0, 1, 5, 100])));
  emit('base58', { bytes: hex(bytes), text: getBase58Decoder().decode(bytes) });

  const secret = random.bytes(32);
  const message = random.bytes(random.below(1300));
  const keys = await createKeyPairFromPrivateKeyBytes(secret);
  emit('signature', {
    secret: hex(secret),
    address: await getAddressFromPublicKey(keys.publicKey),
    message: hex(message),
    signature: getBase58Decoder().decode(await signBytes(keys.privateKey, message)),
  });
}

process.stdout.write(`${lines.join('\n')}\n`);
