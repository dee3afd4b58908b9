import { isLoopback } from './upstream-address.ts'

/** Where the gateway listens, by the address that the command line gave, and whether other computers reach it there. */
export interface Reach {
  readonly hosts: readonly string[]
  readonly fromOutside: boolean
}

/** Loopback is always among the addresses: it is the one that people are told to paste. */
export function reachOf(host: string | undefined): Reach {
  if (host === '0.0.0.0') return { hosts: ['0.0.0.0', '::1'], fromOutside: true }
  if (host === '::') return { hosts: ['::', '127.0.0.1'], fromOutside: true }
  const loopback = ['127.0.0.1', '::1']
  if (host === undefined || host === 'localhost') return { hosts: loopback, fromOutside: false }
  return { hosts: [...new Set([host, ...loopback])], fromOutside: host !== '::1' && !isLoopback(host) }
}
