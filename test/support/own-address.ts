import { networkInterfaces } from 'node:os'

/** An address of this computer for other computers; undefined, with a message, if it is in no network. */
export function ownAddress(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  const found = addresses.find(({ internal, family }) => !internal && family === 'IPv4')?.address
  if (found === undefined) console.log('skipped: this computer is in no network')
  return found
}
