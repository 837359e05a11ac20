import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { createAddressWithSeed, createNoopSigner, getAddressEncoder, getProgramDerivedAddress } from '@solana/kit';
import { metadata } from './clients.mjs';

const signer = createNoopSigner;
const hex = (bytes) => Buffer.from(bytes).toString('hex');
const seedOf = (random) => random.pick(['idl', 'security', 'a-name-of-16-long', random.text(16)]).slice(0, 16).replace(/[^\x20-\x7e]/g, 'x');
const form = (random) => ({ encoding: random.below(4), compression: random.below(3), format: random.below(4), dataSource: random.below(3) });
/** A program whose upgrade authority acts is given with its ProgramData; anyone else acts without. */
const owner = (random, address) => random.chance(2) ? { program: address(), programData: address() } : { program: null, programData: null };
const given = (value) => value ?? undefined;
const bytes = (random) => random.bytes(1 + random.below(800));

/** Per instruction: the arguments given, and what the client made of them. */
export const metadataMakers = {
  'metadata.Write': async (random, address) => {
    const data = bytes(random);
    const one = { buffer: address(), authority: address(), offset: random.u32(), data: hex(data) };
    return [one, metadata.getWriteInstruction({ buffer: one.buffer, authority: signer(one.authority), offset: one.offset, data })];
  },
  'metadata.Initialize': async (random, address) => {
    const data = random.chance(3) ? null : bytes(random);
    const one = {
      metadata: address(), authority: address(), program: address(), programData: random.chance(2) ? address() : null,
      seed: seedOf(random), ...form(random), data: data && hex(data),
    };
    return [one, metadata.getInitializeInstruction({
      ...one, authority: signer(one.authority), programData: given(one.programData), data,
      system: data ? undefined : metadata.PROGRAM_METADATA_PROGRAM_ADDRESS,
    })];
  },
  'metadata.SetAuthority': async (random, address) => {
    const one = { account: address(), authority: address(), ...owner(random, address), next: random.chance(3) ? null : address() };
    return [one, metadata.getSetAuthorityInstruction({
      account: one.account, authority: signer(one.authority), program: given(one.program), programData: given(one.programData), newAuthority: one.next,
    })];
  },
  'metadata.SetData': async (random, address) => {
    const data = random.chance(2) ? bytes(random) : null;
    const one = {
      metadata: address(), authority: address(), buffer: data ? null : address(), ...owner(random, address), ...form(random), data: data && hex(data),
    };
    return [one, metadata.getSetDataInstruction({
      ...one, authority: signer(one.authority), buffer: given(one.buffer), program: given(one.program), programData: given(one.programData), data,
    })];
  },
  'metadata.Trim': async (random, address) => {
    const one = { account: address(), authority: address(), ...owner(random, address), destination: address() };
    return [one, metadata.getTrimInstruction({
      ...one, authority: signer(one.authority), program: given(one.program), programData: given(one.programData),
    })];
  },
  'metadata.Close': async (random, address) => {
    const one = { account: address(), authority: address(), ...owner(random, address), destination: address() };
    return [one, metadata.getCloseInstruction({
      ...one, authority: signer(one.authority), program: given(one.program), programData: given(one.programData),
    })];
  },
  'metadata.Allocate': async (random, address) => {
    const one = { buffer: address(), authority: address(), program: address(), programData: random.chance(2) ? address() : null, seed: seedOf(random) };
    return [one, metadata.getAllocateInstruction({ ...one, authority: signer(one.authority), programData: given(one.programData) })];
  },
  'metadata.Extend': async (random, address) => {
    const one = { account: address(), authority: address(), ...owner(random, address), length: random.below(0x10000) };
    return [one, metadata.getExtendInstruction({
      ...one, authority: signer(one.authority), program: given(one.program), programData: given(one.programData),
    })];
  },
};

/** Both addresses that a seed has for a program. */
export async function metadataAddresses(random, address) {
  const one = { program: address(), authority: address(), seed: seedOf(random) };
  return { given: one, canonical: await metadata.findCanonicalPda(one), nonCanonical: await metadata.findNonCanonicalPda(one) };
}

const content = (random) => JSON.stringify({ name: random.text(30), words: Array.from({ length: random.below(60) }, () => random.text(12)) });

/** Accounts as the client writes them. */
export const metadataAccounts = {
  buffer: (random, address) => {
    const data = bytes(random);
    const fields = { program: random.chance(2) ? address() : null, authority: random.chance(2) ? address() : null, canonical: random.chance(2), seed: seedOf(random), data: hex(data) };
    return [fields, metadata.getBufferEncoder().encode({ ...fields, data })];
  },
  metadata: (random, address) => {
    const text = content(random);
    const packed = metadata.packDirectData({ content: text, compression: random.below(3), encoding: 1 });
    const fields = { program: address(), authority: random.chance(2) ? address() : null, mutable: random.chance(2), canonical: random.chance(2), seed: seedOf(random), format: 1 };
    const data = metadata.getMetadataEncoder().encode({ ...fields, ...packed, dataLength: packed.data.length });
    return [{ ...fields, compression: packed.compression, encoding: packed.encoding, text }, data];
  },
};

/** The account that Anchor kept an IDL in before program-metadata: discriminator, authority, length, deflated JSON, and room to grow. */
export async function legacyIdl(random, address) {
  const text = content(random);
  const program = address();
  const authority = address();
  const packed = deflateSync(text, { level: 1 + random.below(9) });
  const data = Buffer.concat([
    createHash('sha256').update('internal:IdlAccount').digest().subarray(0, 8), getAddressEncoder().encode(authority),
    Buffer.from(Uint32Array.of(packed.length).buffer), packed, Buffer.alloc(random.below(50)),
  ]);
  const [baseAddress] = await getProgramDerivedAddress({ programAddress: program, seeds: [] });
  return { program, address: await createAddressWithSeed({ baseAddress, seed: 'anchor:idl', programAddress: program }), authority, text, data: hex(data) };
}
