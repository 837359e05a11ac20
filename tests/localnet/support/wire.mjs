// A second, independent opinion on Solana's wire formats: what the tests send.

import { createHash, createPrivateKey, createPublicKey, randomBytes, sign } from 'node:crypto';
import { getBase58Decoder, getBase58Encoder } from '@solana/kit';

export const base58 = (bytes) => getBase58Decoder().decode(bytes);
export const unbase58 = (text) => Buffer.from(getBase58Encoder().encode(text));

export const SYSTEM = unbase58('11111111111111111111111111111111');
export const LOADER = unbase58('BPFLoaderUpgradeab1e11111111111111111111111');
export const COMPUTE_BUDGET = unbase58('ComputeBudget111111111111111111111111111111');
const RENT = unbase58('SysvarRent111111111111111111111111111111111');
const CLOCK = unbase58('SysvarC1ock11111111111111111111111111111111');

export function keypair(seed = randomBytes(32)) {
  const secret = createPrivateKey({ key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]), format: 'der', type: 'pkcs8' });
  const key = createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(12);
  return { key, address: base58(key), sign: (message) => sign(null, message, secret) };
}

const u32 = (n) => { const b = Buffer.alloc(4); b.writeUInt32LE(n); return b; };
const u64 = (n) => { const b = Buffer.alloc(8); b.writeBigUInt64LE(BigInt(n)); return b; };
const compact = (n) => n < 0x80 ? Buffer.from([n]) : n < 0x4000 ? Buffer.from([n & 0x7f | 0x80, n >> 7]) : Buffer.from([n & 0x7f | 0x80, n >> 7 & 0x7f | 0x80, n >> 14]);

/** accounts: [key, 'ws' | 'w' | 's' | ''] */
export const instruction = (program, accounts, data) => ({ program, accounts, data });

/** A legacy message; the first signer pays. */
export function message(signers, instructions, blockhash) {
  const metas = new Map();
  const meet = (key, flags) => {
    const id = key.toString('hex');
    const known = metas.get(id) ?? { key, signs: false, writes: false };
    metas.set(id, { key, signs: known.signs || flags.includes('s'), writes: known.writes || flags.includes('w') });
  };
  meet(signers[0].key, 'ws');
  for (const { accounts } of instructions) for (const [key, flags] of accounts) meet(key, flags);
  for (const { program } of instructions) meet(program, '');
  const all = [...metas.values()];
  const groups = [[true, true], [true, false], [false, true], [false, false]].map(([s, w]) => all.filter((m) => m.signs === s && m.writes === w));
  const keys = groups.flat().map((m) => m.key);
  const index = (key) => keys.findIndex((k) => k.equals(key));
  return {
    signers: [...groups[0], ...groups[1]].map(({ key }) => signers.find((s) => s.key.equals(key))),
    bytes: Buffer.concat([
      Buffer.from([groups[0].length + groups[1].length, groups[1].length, groups[3].length]),
      compact(keys.length), ...keys, typeof blockhash === 'string' ? unbase58(blockhash) : blockhash,
      compact(instructions.length),
      ...instructions.flatMap(({ program, accounts, data }) => [
        Buffer.from([index(program)]), compact(accounts.length), Buffer.from(accounts.map(([key]) => index(key))), compact(data.length), data,
      ]),
    ]),
  };
}

export function transaction(signers, instructions, blockhash) {
  const { signers: order, bytes } = message(signers, instructions, blockhash);
  const signatures = order.map((signer) => signer ? signer.sign(bytes) : Buffer.alloc(64));
  return { wire: Buffer.concat([compact(signatures.length), ...signatures, bytes]), signature: base58(signatures[0]), message: bytes };
}

export const transfer = (from, to, lamports) =>
  instruction(SYSTEM, [[from, 'ws'], [to, 'w']], Buffer.concat([u32(2), u64(lamports)]));
export const createAccount = (from, to, lamports, space, owner) =>
  instruction(SYSTEM, [[from, 'ws'], [to, 'ws']], Buffer.concat([u32(0), u64(lamports), u64(space), owner]));
export const withSeed = (base, seed, owner) => createHash('sha256').update(base).update(seed).update(owner).digest();
export const createAccountWithSeed = (from, base, seed, lamports, space, owner) =>
  instruction(SYSTEM, [[from, 'ws'], [withSeed(base, seed, owner), 'w'], [base, 's']],
    Buffer.concat([u32(3), base, u64(seed.length), Buffer.from(seed), u64(lamports), u64(space), owner]));
export const unitLimit = (n) => instruction(COMPUTE_BUDGET, [], Buffer.concat([Buffer.from([2]), u32(n)]));
export const unitPrice = (n) => instruction(COMPUTE_BUDGET, [], Buffer.concat([Buffer.from([3]), u64(n)]));

export const loader = {
  initializeBuffer: (buffer, authority) => instruction(LOADER, [[buffer, 'w'], [authority, '']], u32(0)),
  write: (buffer, authority, offset, bytes) =>
    instruction(LOADER, [[buffer, 'w'], [authority, 's']], Buffer.concat([u32(1), u32(offset), u64(bytes.length), bytes])),
  deploy: (payer, programData, program, buffer, authority, length) => instruction(LOADER,
    [[payer, 'ws'], [programData, 'w'], [program, 'w'], [buffer, 'w'], [RENT, ''], [CLOCK, ''], [SYSTEM, ''], [authority, 's']],
    Buffer.concat([u32(2), u64(length)])),
  upgrade: (programData, program, buffer, spill, authority) => instruction(LOADER,
    [[programData, 'w'], [program, 'w'], [buffer, 'w'], [spill, 'w'], [RENT, ''], [CLOCK, ''], [authority, 's']], u32(3)),
  setAuthority: (account, current, next) => instruction(LOADER, [[account, 'w'], [current, 's'], ...(next ? [[next, '']] : [])], u32(4)),
  close: (account, recipient, authority, program) =>
    instruction(LOADER, [[account, 'w'], [recipient, 'w'], [authority, 's'], ...(program ? [[program, 'w']] : [])], u32(5)),
  extend: (programData, program, payer, bytes) =>
    instruction(LOADER, [[programData, 'w'], [program, 'w'], [SYSTEM, ''], [payer, 'ws']], Buffer.concat([u32(6), u32(bytes)])),
};
