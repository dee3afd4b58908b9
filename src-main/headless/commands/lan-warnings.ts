import type { GatewayState } from '#shared/console-api/state.ts'

/** Warnings for a gateway that other computers can reach. Every command that opens it prints them. */
export function lanWarnings({ lan, lanProblem }: Pick<GatewayState, 'lan' | 'lanProblem'>): string[] {
  const isPlain = lan.some((url) => url.startsWith('http:'))
  const open = `Other computers can reach the gateway at ${lan.join(' and ')}. They need a key for every request. ${isPlain ? PLAIN : ENCRYPTED}`
  return [...(lan.length > 0 ? [open] : []), ...(lanProblem === null ? [] : [lanProblem.message])]
}

const PLAIN =
  'The connection is not encrypted, so others on the network can read it. To encrypt it, run: latchkey settings set lanTls authority'
const ENCRYPTED = 'The connection is encrypted. To set up a device, run: latchkey lan --qr'
