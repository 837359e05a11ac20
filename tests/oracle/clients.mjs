// The clients of the programs that own, describe and vouch for other programs, for this folder and for the localnet's tests:
// packages are looked up from here.
import { createRequire } from 'node:module';

// The client of Squads as its CommonJS build: the other one does not load under Node.
const require = createRequire(import.meta.url);

/** @type {typeof import('@sqds/multisig')} */
export const multisig = require('@sqds/multisig');
/** @type {typeof import('@solana/web3.js')} */
export const web3 = require('@solana/web3.js');
export const beet = require('@metaplex-foundation/beet');
export const beetSolana = require('@metaplex-foundation/beet-solana');
export * as metadata from '@solana-program/program-metadata';
