import { networkInterfaces } from 'node:os'

/** An address by which other computers would reach this one, or undefined (said once) where it is in no network. */
export const OWN_ADDRESS = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address

if (OWN_ADDRESS === undefined) console.log('skipped: this computer is in no network')
